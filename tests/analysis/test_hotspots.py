from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from analysis.grid import Grid, grid
from analysis.hotspots import Hotspots, hotspots
from evidence import months
from geo.excess import FALSE_DISCOVERIES

FIRST, LAST = date(2024, 7, 1), date(2026, 6, 1)
ACROSS = 150.0
Place = tuple[float, float]


def homes() -> pl.DataFrame:
    """4,900 homes 40 m apart, and a tower of 300 more at (900, 900)."""
    x, y = (part.ravel() * 40.0 for part in np.meshgrid(np.arange(70), np.arange(70)))
    return pl.DataFrame({"easting": [*x, *[900.0] * 300], "northing": [*y, *[900.0] * 300]})


def rows_at(random: np.random.Generator, number: int, first: date, days: int, where: pl.DataFrame) -> pl.DataFrame:
    """Rows at homes drawn by chance, on days drawn by chance."""
    at = where[random.integers(0, where.height, number)]
    when = [first + timedelta(days=int(day)) for day in random.integers(0, days, number)]
    home = pl.format("{} {} {}", "easting", "northing", pl.int_range(pl.len()))
    return at.select("easting", "northing", home=home, is_repeat=False).with_columns(pl.Series("happened", when))


def usual(seed: int = 4) -> pl.DataFrame:
    """Two years of rows at all homes alike, about one in four homes a year."""
    return rows_at(np.random.default_rng(seed), 2600, FIRST, 730, homes())


def more(place: Place, number: int, first: date, days: int, seed: int = 2) -> pl.DataFrame:
    """Rows at the homes within 160 m of a place."""
    x, y = place
    near = homes().filter((pl.col("easting") - x) ** 2 + (pl.col("northing") - y) ** 2 < 160**2)
    return rows_at(np.random.default_rng(seed), number, first, days, near)


@cache
def grid_of_homes() -> Grid:
    """The cells of the homes, for rows that are all at one of them."""
    return grid(homes(), usual().clear(), ACROSS)


def hotspots_of_rows(*parts: pl.DataFrame, first: date = FIRST, on: Grid | None = None) -> Hotspots:
    """The hotspots of rows."""
    return hotspots({"all": pl.concat(parts)}, on or grid_of_homes(), months(first, LAST), LAST)["all"]


STEADY = more((2000, 2000), 130, FIRST, 730)
NEW = more((2000, 600), 60, date(2026, 3, 1), 120)
FADING = more((600, 2000), 90, FIRST, 300)


@pytest.mark.parametrize(
    ("planted", "place", "course"),
    [(STEADY, (2000, 2000), "persistent"), (NEW, (2000, 600), "new"), (FADING, (600, 2000), "fading")],
)
def test_a_hotspot_is_found_where_it_is_and_since_when(planted: pl.DataFrame, place: Place, course: str) -> None:
    """One place, near the middle of what was planted, with its course."""
    [told] = hotspots_of_rows(usual(), planted).places.to_dicts()
    assert np.hypot(told["easting"] - place[0], told["northing"] - place[1]) < ACROSS
    assert told["course"] == course


def test_since_when_is_a_month_with_its_range() -> None:
    """What began in March 2026, and what was over in May 2025; of what lasts no month is told."""
    [new], [fading], [steady] = (hotspots_of_rows(usual(), each).places.to_dicts() for each in (NEW, FADING, STEADY))
    assert new["since_earliest"] <= date(2026, 3, 1) <= new["since_latest"] <= date(2026, 4, 1)
    assert fading["since_earliest"] <= date(2025, 5, 1) <= fading["since_latest"] <= date(2025, 6, 1)
    assert steady["since"] is None


def test_several_hotspots_are_several_places() -> None:
    """Each with its own course; no cell is in two, and a place counts each row once."""
    told = hotspots_of_rows(usual(), STEADY, NEW, FADING)
    assert sorted(told.places["course"]) == ["fading", "new", "persistent"]
    assert told.cells["cell"].is_unique().all()
    assert told.places["cells"].to_list() == told.cells.group_by("place").len().sort("place")["len"].to_list()
    of_cells = told.cells.group_by("place").agg(pl.col("cases", "homes").sum()).sort("place")
    assert told.places.select("place", "cases", "homes").equals(of_cells)


def test_a_place_is_no_wider_than_its_widest_window() -> None:
    """A long street of trouble is several places, not one that is chained over nine estates."""
    street = pl.concat([more((x, 1400), 40, date(2025, 7, 1), 360, seed=int(x)) for x in range(400, 2400, 200)])
    told = hotspots_of_rows(usual(), street)
    assert told.places.height >= 2
    assert told.places["cells"].max() <= 19  # type: ignore[operator]


def test_what_is_hot_in_one_month_alone_is_a_one_off() -> None:
    """Not new, and a year later not fading."""
    this = hotspots_of_rows(usual(), more((2000, 2000), 60, date(2026, 2, 1), 25))
    before = hotspots_of_rows(usual(), more((2000, 2000), 60, date(2025, 2, 1), 25))
    for told, month in ((this, date(2026, 2, 1)), (before, date(2025, 2, 1))):
        [place] = told.places.to_dicts()
        assert (place["course"], place["month"], place["since"]) == ("one-off", month, None)
        assert 60 <= place["month_count"] <= 70


def test_what_grows_everywhere_is_no_news_of_a_place() -> None:
    """A steady hotspot of a district whose cases double, and in which it doubles too, lasts."""
    twice = rows_at(np.random.default_rng(9), 1300, date(2025, 7, 1), 365, homes())
    [place] = hotspots_of_rows(usual(), twice, STEADY, more((2000, 2000), 65, date(2025, 7, 1), 360)).places.to_dicts()
    assert (place["course"], round(place["district"])) == ("persistent", 2)


def test_nothing_is_told_of_fewer_than_five_cases_or_ten_homes() -> None:
    """However few are usual: four in a lone house, and forty in nine homes far from all others."""
    far = pl.DataFrame({"easting": [9_000.0] * 9, "northing": [9_000.0] * 9})
    lived = pl.concat([homes(), far])
    random = np.random.default_rng(3)
    rows = pl.concat([usual(), rows_at(random, 40, date(2025, 8, 1), 300, far)])
    assert hotspots({"all": rows}, grid(lived, rows, ACROSS), months(FIRST, LAST), LAST)["all"].places.is_empty()
    few = rows_at(random, 4, date(2025, 8, 1), 300, far.head(1))
    many = pl.concat([homes(), *[far] * 2])
    rows = pl.concat([usual(), few])
    assert hotspots({"all": rows}, grid(many, rows, ACROSS), months(FIRST, LAST), LAST)["all"].places.is_empty()


def test_a_place_may_surely_be_high_without_standing_out() -> None:
    """Where places differ so much that twice the usual is nothing special, both are said."""
    random = np.random.default_rng(6)
    lived = homes()
    cell = grid(lived, lived.clear(), ACROSS).at(lived)
    level = np.random.default_rng(5).gamma(2, 1 / 2, cell.max() + 1)[cell]
    number = random.poisson(2.0 * level)
    at = lived[np.repeat(np.arange(lived.height), number)]
    rows = rows_at(random, at.height, FIRST, 730, at)
    told = hotspots_of_rows(rows).places
    beside = told.filter(~pl.col("stands_out") & (pl.col("surely_more") >= 0.95))
    assert beside.height > 3
    assert beside["p"].min() > FALSE_DISCOVERIES  # type: ignore[operator]


def test_a_place_that_is_only_full_of_homes_is_none() -> None:
    """The tower has the most rows of all cells, and no more than its homes explain."""
    rows = usual()
    on = grid(homes(), rows, ACROSS)
    assert on.homes[on.counts(rows).argmax()] >= 300
    assert hotspots_of_rows(rows).places.is_empty()


@pytest.mark.parametrize("seed", range(20))
def test_chance_is_not_called_a_hotspot(seed: int) -> None:
    """Twenty maps without one; that two have one comes by chance once in three times, three once in twelve."""
    assert sum(hotspots_of_rows(usual(100 + 20 * seed + each)).places.height > 0 for each in range(2)) <= 1


@pytest.mark.simulation
def test_all_tests_of_a_layer_are_corrected_together() -> None:
    """What is barely sure by itself is not, among many selections."""
    rows = pl.concat([usual(), more((2000, 2000), 34, date(2025, 7, 1), 360)])
    on = grid(homes(), rows, ACROSS)
    alone = hotspots({"all": rows}, on, months(FIRST, LAST), LAST)["all"].places
    others = {str(at): usual(at) for at in range(3, 12)}
    among = hotspots({"all": rows, **others}, on, months(FIRST, LAST), LAST)["all"].places
    assert alone.height > among.height
    assert alone["p"].max() <= FALSE_DISCOVERIES  # type: ignore[operator]


def test_without_two_years_no_course_is_told() -> None:
    """Hot it is, but since when cannot be said."""
    told = hotspots_of_rows(usual(), STEADY, first=date(2025, 3, 1))
    assert set(told.places["course"]) == {"too short"}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(600.0, 600.0, date(2026, 5, 1))],
        [(600.0, 600.0, date(2026, 5, 1))] * 3,
        [(None, None, date(2026, 5, 1))],
        [(99_000.0, 99_000.0, date(2026, 5, 1))] * 50,
    ],
    ids=["none", "one", "three in one cell", "nowhere", "far from all homes"],
)
def test_too_little_is_no_hotspot_and_no_error(rows: Sequence[tuple[float | None, float | None, date]]) -> None:
    """Neither of nothing nor of next to nothing; where nobody lives nothing is tested, and it is said how many."""
    schema = {"easting": pl.Float64, "northing": pl.Float64, "happened": pl.Date}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("home").with_columns(is_repeat=pl.lit(False))
    told = hotspots_of_rows(frame, on=grid(homes(), frame, ACROSS))
    assert told.places.is_empty() and told.cells.is_empty()
    assert told.elsewhere == sum(row[0] is not None for row in rows)


def test_of_map_points_no_rate_is_told() -> None:
    """Whoever stands behind them: a place stands out or is not told of."""
    rows = pl.concat([usual(), STEADY])
    on = grid(homes().unique(), rows, ACROSS, of_homes=False)
    places = hotspots_of_rows(rows, on=on).places
    assert places.height and places["stands_out"].all()
    assert places["surely_more"].to_list() == [None] * places.height


def test_what_was_hot_and_has_not_surely_fallen_is_not_told_of() -> None:
    """Nor is it called fading; of what is told every cell is in a place."""
    for seed in range(6):
        told = hotspots_of_rows(
            usual(seed), more((600, 2000), 45, FIRST, 365, seed), more((600, 2000), 22, date(2025, 7, 1), 360)
        )
        assert set(told.cells["place"]) == set(told.places["place"])
        assert "none" not in told.places["course"]
        assert (told.places.filter(pl.col("course") == "fading")["high"] < 1).all()


def test_all_in_one_cell_is_a_hotspot() -> None:
    """Forty rows at one crossing, of forty in all."""
    told = hotspots_of_rows(more((2000, 2000), 40, date(2026, 1, 1), 100))
    assert told.places["course"].to_list() == ["new"]
    assert told.places["before"].to_list() == [0]


def test_without_homes_nothing_is_tested() -> None:
    """There is nothing to compare with."""
    rows = usual()
    none = homes().clear()
    for each in (rows, rows.clear()):
        assert hotspots({"all": each}, grid(none, each, ACROSS), months(FIRST, LAST), LAST)["all"].tested == 0
