"""Residents' projects, at public places of their estates."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.demonstration.days import Days, Times, Whole
from data.demonstration.files import tabulate, write_geojson
from data.demonstration.grammar import Pick, chooser
from data.demonstration.homes import Homes, Names
from data.demonstration.places import only
from data.demonstration.project_words import FUNDERS, KINDS, STATUSES, WHERE
from data.demonstration.scene import Scene
from geo.crs import BRITISH_NATIONAL_GRID, lonlat_frame

FILES = ["synthetic_projects.geojson"]

ROWS = 150

_NO_POINT = 4
_IN_FRONT = 6.0
"""Metres; less than homes are from the edge of their estate."""
_NO_ESTATE = 1
_ONLY_IDEAS = 0.125
_CLEAN_UP = next(at for at, kind in enumerate(KINDS) if kind.label == "Clean-up day")


def write(scene: Scene, folder: Path) -> None:
    """Write the list of projects, oldest first, with points in WGS84; the last few have none."""
    rng = scene.stream("projects")
    kind = rng.choice(len(KINDS), ROWS, p=[kind.share for kind in KINDS])
    estate = _estates(scene.homes, rng)
    proposed, started, completed, ends, status = _courses(scene.days, rng, kind == _CLEAN_UP)
    low, high = np.array([kind.funding for kind in KINDS]).T
    table = tabulate(
        {
            "Project ID": np.char.add("PR-", np.char.zfill(np.arange(1, ROWS + 1).astype(str), 4)),
            **_texts(kind, scene.names[estate], chooser(rng)),
            "Funding Source": only(status > 0, rng.choice(np.array(FUNDERS, object), ROWS)),
            "Project Status": np.array(STATUSES, object)[status],
            "Date Proposed": proposed,
            "Start Date": started,
            "Date Completed": completed,
            "Planned End": ends,
            "Funding GBP": np.where(status > 0, np.round(rng.uniform(low[kind], high[kind]), -1), np.nan),
            "Estate Name": only(np.arange(ROWS) < ROWS - _NO_ESTATE, scene.names[estate]),
            # Some meet in somebody's home or garden, which the public is not shown.
            "In A Public Place": np.where(np.arange(ROWS) % 10 > 0, "Yes", "No").astype(object),
            "Note": "Synthetic",
        },
        ROWS,
    )
    # GeoJSON has no dates, only text.
    frame = table.with_columns(pl.col(pl.Date).cast(pl.String)).to_pandas()
    points = _points(scene.homes, estate, rng)
    write_geojson(lonlat_frame(gpd.GeoDataFrame(frame, geometry=points)), folder / FILES[0])


def _estates(homes: Homes, rng: np.random.Generator) -> Whole:
    # More where there are more homes, but not in proportion.
    weight = np.sqrt(np.bincount(homes.estate))
    return rng.choice(len(weight), ROWS, p=weight / weight.sum())


def _points(homes: Homes, estate: Whole, rng: np.random.Generator) -> gpd.GeoSeries:
    """In the middle of a street: between a home and the next number, which is opposite; else in front of a home."""
    first = np.array([rng.choice(np.flatnonzero(homes.estate == at)) for at in estate])
    after = np.minimum(first + 1, len(homes.estate) - 1)
    second = np.where(homes.street[after] == homes.street[first], after, first)
    x, y = ((column[first] + column[second]) / 2 for column in (homes.easting, homes.northing))
    # A home is nobody's public place, and neither is the one place that all flats of a house have.
    x = np.where((x == homes.easting[first]) & (y == homes.northing[first]), x + _IN_FRONT, x)
    points = gpd.GeoSeries.from_xy(x, y, crs=BRITISH_NATIONAL_GRID)
    return points.where(np.arange(ROWS) < ROWS - _NO_POINT)


def _courses(
    days: Days, rng: np.random.Generator, clean_up: NDArray[np.bool_]
) -> tuple[Times, Times, Times, Times, Whole]:
    """Dates proposed, started (or to start), completed, to end, and the status on the last day."""
    last, never = days.dates[-1], np.datetime64("NaT", "D")
    proposed = np.sort(days.dates[(len(days.dates) * rng.beta(1.6, 1.0, ROWS)).astype(np.int64)])
    funded = proposed + rng.integers(30, 240, ROWS)
    started = funded + rng.integers(10, 150, ROWS)
    # A clean-up day is one day, a Saturday; day 0 was a Thursday.
    started += np.where(clean_up, (2 - started.astype(np.int64)) % 7, 0)
    completed = started + np.where(clean_up, 0, rng.integers(1, 330, ROWS))
    reached = (np.stack([funded, started, completed]) <= last).sum(axis=0)
    status = np.where(rng.random(ROWS) < _ONLY_IDEAS, 0, reached)
    ends = np.where((status == 1) | (status == 2), completed, never)
    return proposed, np.where(status >= 1, started, never), np.where(status == 3, completed, never), ends, status


def _texts(kind: Whole, estates: Names, pick: Pick) -> dict[str, Names]:
    rows = [(KINDS[at], estate) for at, estate in zip(kind, estates, strict=True)]
    texts = {
        "Project Name": [f"{pick(each.titles)} {pick(WHERE)}, {estate}" for each, estate in rows],
        "Project Type": [each.label for each, _ in rows],
        "Residents Group": [f"{estate} {each.group}" for each, estate in rows],
        "Description": [pick(each.about) for each, _ in rows],
        "How to help": [pick(each.help) for each, _ in rows],
        "Contact": [f"The {each.contact} of the group, through the form on this page" for each, _ in rows],
    }
    return {name: np.array(column, object) for name, column in texts.items()}
