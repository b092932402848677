"""Homes that report again and again make no hotspots: tried on null maps of 10,000 homes."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.grid import Grid, grid
from analysis.hotspots import hotspots
from analysis.households import with_households
from evidence import add_months, months

LAST = date(2026, 6, 1)
Repeat = Callable[[NDArray[np.int64], np.random.Generator], None]
MAPS = 20
RATE = 0.22
"""Cases a home and year."""
HOMES = pl.DataFrame(
    {
        "easting": [float(x) for x in range(0, 5000, 50) for _ in range(100)],
        "northing": [float(y) for _ in range(100) for y in range(0, 5000, 50)],
    }
)
WHERE = grid(HOMES, HOMES.clear(), 150.0)
KNOWN = months(add_months(LAST, -23), LAST)


def ten_homes(cases: NDArray[np.int64], random: np.random.Generator) -> None:
    """Ten report fifteen times."""
    cases[random.integers(0, cases.size, 10)] += 15


def series(cases: NDArray[np.int64], random: np.random.Generator) -> None:
    """A case in twenty is the first of a series of eight from the same home."""
    cases += 7 * random.binomial(cases, 0.05)


def map_of(cases: NDArray[np.int64], random: np.random.Generator) -> pl.DataFrame:
    """Two years of rows: as many of each home as it has cases, on any days."""
    home = np.repeat(np.arange(cases.size), cases)
    days = [LAST.replace(day=30) - timedelta(days=int(ago)) for ago in random.integers(0, 729, home.size)]
    rows = HOMES[home].with_columns(uprn=pl.Series(home).cast(pl.String), located_by=pl.lit("uprn"))
    return rows.with_columns(happened=pl.Series(days, dtype=pl.Date))


def any_hotspot(rows: pl.DataFrame, on: Grid) -> bool:
    """Whether a hotspot is told of."""
    return not hotspots({"all": rows}, on, KNOWN, LAST)["all"].places.is_empty()


@pytest.mark.simulation
@pytest.mark.parametrize(("repeat", "without"), [(ten_homes, 0.1), (series, 0.0)])
def test_homes_that_report_again_and_again_make_no_hotspot(repeat: Repeat, without: float) -> None:
    """On at most 5 % of null maps, and the error of so few maps; without the rule ten such homes do on a third."""
    told, plain = [], []
    for number in range(MAPS):
        random = np.random.default_rng([2026, number])
        cases = random.poisson(2 * RATE, HOMES.height)
        repeat(cases, random)
        rows = with_households(map_of(cases, random), pl.lit("all"), LAST, HOMES.height)
        told.append(any_hotspot(rows, WHERE))
        plain.append(any_hotspot(rows.with_columns(is_repeat=pl.lit(False)), WHERE))
    assert np.mean(told) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / MAPS)
    assert np.mean(plain) >= without
