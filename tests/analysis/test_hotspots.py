from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.hotspots import Hotspots, grid, hotspots
from evidence import add_months, months
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


def usual(seed: int = 1) -> pl.DataFrame:
    """Two years of rows at all homes alike, about one in four homes a year."""
    return rows_at(np.random.default_rng(seed), 2600, FIRST, 730, homes())


def more(place: Place, number: int, first: date, days: int, seed: int = 2) -> pl.DataFrame:
    """Rows at the homes within 160 m of a place."""
    x, y = place
    near = homes().filter((pl.col("easting") - x) ** 2 + (pl.col("northing") - y) ** 2 < 160**2)
    return rows_at(np.random.default_rng(seed), number, first, days, near)


def months_compared(first: date) -> list[date]:
    """The months of the last year that have one a year before."""
    return [month for month in months(add_months(LAST, -11), LAST) if add_months(month, -12) >= first]


def hotspots_of_rows(*parts: pl.DataFrame, first: date = FIRST, **options: Any) -> Hotspots:
    """The hotspots of rows."""
    rows = pl.concat(parts)
    return hotspots({"all": rows}, grid(homes(), rows, ACROSS), months_compared(first), LAST, **options)["all"]


STEADY = more((2000, 2000), 130, FIRST, 730)
NEW = more((2000, 600), 60, date(2026, 3, 1), 120)
FADING = more((600, 2000), 90, FIRST, 300)


@pytest.mark.parametrize(
    ("planted", "place", "course"),
    [(STEADY, (2000, 2000), "persistent"), (NEW, (2000, 600), "new"), (FADING, (600, 2000), "fading")],
)
def test_a_hotspot_is_found_where_it_is_and_since_when(planted: pl.DataFrame, place: Place, course: str) -> None:
    """The largest place is near the middle of what was planted, with its course."""
    largest = hotspots_of_rows(usual(), planted).places.sort("cells").row(-1, named=True)
    assert np.hypot(largest["easting"] - place[0], largest["northing"] - place[1]) < ACROSS
    assert largest["course"] == course


def test_several_hotspots_are_several_places() -> None:
    """Each with its own course; places are of cells side by side, and count each row once."""
    told = hotspots_of_rows(usual(), STEADY, NEW, FADING)
    largest = told.places.sort("cells").tail(3)
    assert sorted(largest["course"]) == ["fading", "new", "persistent"]
    assert told.places["cells"].sum() == told.cells.height
    assert told.places["observed"].sum() <= pl.concat([usual(), STEADY, NEW, FADING]).height


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
    alone = hotspots({"all": rows}, on, months_compared(FIRST), LAST)["all"]
    among = hotspots({"all": rows, **{str(at): usual(at) for at in range(3, 12)}}, on, months_compared(FIRST), LAST)[
        "all"
    ]
    assert alone.cells.height > among.cells.height
    assert alone.cells["p"].max() <= FALSE_DISCOVERIES  # type: ignore[operator]


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
    told = hotspots_of_rows(frame)
    assert told.places.is_empty() and told.cells.is_empty()
    assert told.elsewhere == sum(row[0] is not None for row in rows)


def test_all_in_one_cell_is_a_hotspot() -> None:
    """Forty rows at one crossing, of forty in all."""
    told = hotspots_of_rows(more((2000, 2000), 40, date(2026, 1, 1), 100))
    assert told.places["course"].to_list() == ["new"]
    assert told.places["before"].to_list() == [0]


def test_without_homes_nothing_is_tested() -> None:
    """There is nothing to compare with."""
    rows = usual()
    none = homes().clear()
    assert hotspots({"all": rows}, grid(none, rows, ACROSS), months_compared(FIRST), LAST)["all"].tested == 0
    assert (
        hotspots({"all": rows.clear()}, grid(none, rows.clear(), ACROSS), months_compared(FIRST), LAST)["all"].tested
        == 0
    )
