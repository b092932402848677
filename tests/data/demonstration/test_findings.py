import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from scipy.spatial import cKDTree
from scipy.stats import poisson

from data.boundaries import ESTATES
from data.demonstration import Plant, Truth
from data.demonstration.profiles import EVENTS
from geo.crs import grid_frame, to_grid

Tables = dict[str, pl.DataFrame]
HOTSPOTS = ("steady", "emerging", "fading")


@pytest.fixture(scope="module")
def rows(tables: Tables) -> dict[str, pl.DataFrame]:
    """For each layer the month, the theme and the point of every row that has one, read from the files alone."""
    homes = tables["homes"].select("UPRN", hx="Easting", hy="Northing")
    longitude, latitude = (tables["feedback"][name].to_numpy() for name in ("Longitude", "Latitude"))
    x, y = to_grid(longitude, latitude)
    pinned = tables["feedback"].with_columns(pl.Series("x", x).fill_nan(None), pl.Series("y", y).fill_nan(None))
    plain = {
        "repairs": tables["repairs"].select("UPRN", at="DateReported", label="Trade", x=None, y=None),
        "asb": tables["asb"].select("UPRN", at="Date Opened", label="Case Type", x="Easting", y="Northing"),
        "feedback": pinned.select("UPRN", "x", "y", at="Date Received", label="Topic"),
    }
    themes = {profile.layer: {each.label: each.theme for each in profile.categories} for profile in EVENTS}
    return {
        layer: table.join(homes, on="UPRN", how="left")
        .select(
            month=pl.col("at").dt.strftime("%Y-%m"),
            theme=pl.col("label").replace_strict(themes[layer]),
            x=pl.coalesce("x", "hx"),
            y=pl.coalesce("y", "hy"),
        )
        .drop_nulls()
        for layer, table in plain.items()
    }


def _near(frame: pl.DataFrame, plant: Plant) -> pl.DataFrame:
    inside = (pl.col("x") - plant.easting) ** 2 + (pl.col("y") - plant.northing) ** 2 <= (plant.radius_m or 0) ** 2
    return frame.filter(inside, pl.col("theme") == plant.theme if plant.theme else True)


def _during(frame: pl.DataFrame, plant: Plant, inside: bool = True) -> pl.DataFrame:
    during = pl.col("month").is_between(pl.lit(plant.first_month), pl.lit(plant.last_month))
    return frame.filter(during if inside else ~during)


def _by_homes(frame: pl.DataFrame, plant: Plant, homes: int) -> float:
    """Cases to be expected if they followed homes alone."""
    of_theme = frame.filter(pl.col("theme") == plant.theme if plant.theme else True)
    return of_theme.height * plant.homes / homes


def test_the_files_hold_what_the_truth_counts(rows: Tables, truth: Truth) -> None:
    """Counted from the files, every hotspot has its exactly located cases, give or take points at its edge.

    Feedback from walkabouts is in another file, so there the files may have up to a fifth fewer.
    """
    hotspots = [plant for plant in truth.plants if plant.kind in HOTSPOTS]
    assert {plant.kind for plant in hotspots} == set(HOTSPOTS)
    for plant in hotspots:
        found = _during(_near(rows[plant.layer], plant), plant).height
        low = 0.8 if plant.layer == "feedback" else 0.95
        assert low * plant.actual_exact - 2 <= found <= 1.05 * plant.actual_exact + 2


def test_every_hotspot_can_be_found(rows: Tables, truth: Truth) -> None:
    """Against the number of homes alone its cases are far beyond chance (Poisson, p below one in a million)."""
    for plant in (plant for plant in truth.plants if plant.kind in HOTSPOTS):
        during = _during(rows[plant.layer], plant)
        expected = _by_homes(during, plant, truth.rows["homes"])
        assert plant.expected > 5
        assert poisson.sf(_near(during, plant).height - 1, expected) < 1e-6, plant.id


def test_emerging_and_fading_hotspots_are_nothing_at_other_times(rows: Tables, truth: Truth) -> None:
    """Outside their months they have no more cases than their homes explain."""
    for plant in (plant for plant in truth.plants if plant.kind in ("emerging", "fading")):
        other = rows[plant.layer].filter(
            ~pl.col("month").is_between(pl.lit(plant.first_month), pl.lit(plant.last_month))
        )
        ratio = _near(other, plant).height / _by_homes(other, plant, truth.rows["homes"])
        assert 0.5 < ratio < 1.5, plant.id


def test_places_full_of_homes_have_no_more_than_their_homes_explain(rows: Tables, truth: Truth) -> None:
    """Their counts are among the highest, their rates are the city's."""
    for plant in (plant for plant in truth.plants if plant.kind == "many homes"):
        ratio = _near(rows[plant.layer], plant).height / _by_homes(rows[plant.layer], plant, truth.rows["homes"])
        assert plant.homes > 250
        assert 0.75 < ratio < 1.25, plant.id


def test_quiet_estates_report_half_or_less(truth: Truth) -> None:
    """What came in is about the planted share of what was to be expected, never near all of it."""
    for plant in (plant for plant in truth.plants if plant.kind == "quiet"):
        assert plant.reporting <= 0.5
        assert plant.reporting * 0.75 < plant.actual / plant.expected < 0.7, plant.id


def test_traps_are_alone_in_their_estate(tables: Tables, truth: Truth) -> None:
    """Joined to the shipped outlines, the estates of the traps have exactly the cases that the truth says."""
    homes = tables["homes"].select("UPRN", hx="Easting", hy="Northing")
    asb = tables["asb"].join(homes, on="UPRN", how="left")
    x, y = (asb.select(pl.coalesce(a, b)).to_series().to_numpy() for a, b in (("Easting", "hx"), ("Northing", "hy")))
    points = gpd.GeoDataFrame(
        asb.select("Case Reference", "Hate Incident").to_pandas(), geometry=gpd.points_from_xy(x, y), crs=27700
    )
    joined = points[~np.isnan(x.astype(float))].sjoin(grid_frame(gpd.read_file(ESTATES)))
    traps = [plant for plant in truth.plants if plant.id.startswith("trap")]
    counts = []
    for plant in traps:
        there = joined[joined["code"] == plant.estates[0]]
        found = there["Case Reference"]
        counts.append(len(found))
        assert len(found) == plant.actual
        hate = there["Case Reference"][there["Hate Incident"] == "Yes"]
        assert set(plant.references) == set(hate if plant.kind == "lone hate case" else found)
        assert len(hate) == (plant.kind == "lone hate case")
    assert counts == [1, 1, 1, 11, 12, 7]


def test_no_other_place_stands_out(rows: Tables, tables: Tables, truth: Truth) -> None:
    """Away from the hotspots no circle of 200 m has twice the cases that its homes explain, where 20 are expected."""
    homes = tables["homes"].select("Easting", "Northing").to_numpy()
    tried, tree = homes[::10], cKDTree(homes)
    hotspots = [plant for plant in truth.plants if plant.kind in HOTSPOTS]
    for layer, frame in rows.items():
        for (theme,), cases in frame.group_by("theme"):
            near = [plant for plant in hotspots if (plant.layer, plant.theme) == (layer, theme)]
            away = [np.hypot(*(tried - (each.easting, each.northing)).T) > (each.radius_m or 0) + 200 for each in near]
            clear = np.all([np.ones(len(tried), bool), *away], axis=0)
            expected = tree.query_ball_point(tried, 200, return_length=True) * cases.height / len(homes)
            found = cKDTree(cases.select("x", "y").to_numpy()).query_ball_point(tried, 200, return_length=True)
            assert (found < 2 * expected)[clear & (expected > 20)].all(), (layer, theme)
