"""Feedback: what came in at doors, by surveys and online, and what was noted on walkabouts."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.demonstration.canaries import hide
from data.demonstration.events import Cases
from data.demonstration.evidence import Evidence
from data.demonstration.feedback_words import RULES
from data.demonstration.files import tabulate, write_geopackage, write_parquet
from data.demonstration.grammar import careless, chooser, expand, sentence
from data.demonstration.homes import Names
from data.demonstration.places import Places, locate
from data.demonstration.profiles import FEEDBACK as PROFILE
from data.demonstration.scene import Scene, draw_cases
from geo.crs import BRITISH_NATIONAL_GRID, to_lonlat

FILES = ["synthetic_feedback.parquet", "synthetic_feedback_walkabouts.gpkg"]

_ONLINE = "Website"
_CHANNELS = ("Door knocking", "Paper survey", _ONLINE)
_SHARES = (0.42, 0.33, 0.25)
_CARELESS = 0.18


def write(scene: Scene, folder: Path) -> Evidence:
    """Write what residents sent or said, and what was noted on walkabouts, oldest first."""
    usual, cases, background = draw_cases(scene, PROFILE)
    rng = scene.stream("feedback")
    # What needs no resident to report it was noted on a walkabout.
    walked = cases.unprompted
    channel = np.where(walked, "Estate walkabout", rng.choice(_CHANNELS, len(cases), p=_SHARES)).astype(object)
    places = locate(cases, scene.homes, scene.names, walked | (channel == _ONLINE), rng)
    references = np.char.add("FB-", np.char.zfill(np.arange(1, len(cases) + 1).astype(str), 6)).astype(object)
    said = _comments(cases, scene, rng)
    said, canaries = hide("feedback", cases, places, references, said)
    table = _table(cases, scene, places, references, channel, said)
    write_parquet(table.filter(~walked), folder / FILES[0])
    write_geopackage(_with_points(table, places, walked), folder / FILES[1], scene.last)
    hate = np.zeros(len(cases), bool)
    return Evidence(scene, usual, cases, background, places, references, canaries, hate)


def _comments(cases: Cases, scene: Scene, rng: np.random.Generator) -> Names:
    pick = chooser(rng)
    themes = [RULES[category.name] for category in PROFILE.categories]
    hurried = (rng.random(len(cases)) < _CARELESS).tolist()
    streets, estates = scene.homes.street[cases.home], scene.names[scene.homes.estate[cases.home]]
    said = []
    for theme, street, estate, hurry in zip(cases.category.tolist(), streets, estates, hurried, strict=True):
        text = sentence(expand("{say}", themes[theme], pick)).replace("{street}", street).replace("{estate}", estate)
        said.append(careless(text, pick) if hurry else text)
    return np.array(said, object)


def _table(cases: Cases, scene: Scene, places: Places, references: Names, channel: Names, said: Names) -> pl.DataFrame:
    labels = np.array([category.label for category in PROFILE.categories], object)
    longitude, latitude = to_lonlat(places.easting, places.northing)
    return tabulate(
        {
            "Response ID": references,
            "Date Received": scene.days.dates[cases.day],
            "Topic": labels[cases.category],
            "Method": channel,
            "Comments": said,
            "UPRN": places.uprn,
            "Postcode": places.postcode,
            "Estate Name": places.estate,
            "Longitude": longitude,
            "Latitude": latitude,
            "Note": "Synthetic",
        },
        len(cases),
    ).with_columns(pl.col("Longitude", "Latitude").fill_nan(None).round(6))


def _with_points(table: pl.DataFrame, places: Places, chosen: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    frame = table.filter(chosen).drop("Longitude", "Latitude", "UPRN").to_pandas()
    x, y = places.easting[chosen], places.northing[chosen]
    points = gpd.GeoSeries.from_xy(x, y, crs=BRITISH_NATIONAL_GRID)
    return gpd.GeoDataFrame(frame, geometry=points.where(~np.isnan(x)))
