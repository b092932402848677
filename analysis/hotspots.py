"""Hotspots of a layer: cells where more is reported than their homes explain, and since when."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import false_discovery_control

from analysis.households import NO_REPEAT
from evidence import YEAR, add_months, in_months
from geo.excess import FALSE_DISCOVERIES, Excess, excess
from geo.getis_ord import gi_star_z
from geo.hexagons import CellArray, cells_at, centres, neighbours
from geo.rates import rate_ratio
from geo.trend import TrendClass

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

RECENT = 6
"""Months that are tested besides, because in a whole year something that has just begun is lost."""

FEWEST_HOMES = 10
"""Of fewer homes nothing is tested or ranked: one household would be more than a tenth of what is found."""

FEWEST_ROWS = 20
"""Rows in all, without which nothing is tested: of fewer it cannot be told how much they vary by chance."""


FEWEST_COMPARED = 6
"""Months that are there in both years, without which nothing is said of how a place has changed."""


@dataclass(frozen=True)
class Grid:
    """Hexagons with the homes in each (map points in use, where a source's points stand for several addresses)."""

    cell_width: float
    """Width from edge to edge, metres."""
    cells: CellArray
    homes: FloatArray
    windows: csr_array
    """Each cell with the up to six around it."""

    def at(self, rows: pl.DataFrame) -> npt.NDArray[np.intp]:
        """The position of the cell of each row that has a point; the grid was made with these rows."""
        return np.searchsorted(self.cells, _cells(rows, self.cell_width))

    def counts(self, rows: pl.DataFrame) -> FloatArray:
        """How many of the rows that have a point lie in each cell."""
        return np.bincount(self.at(rows), minlength=self.cells.size).astype(np.float64)


@dataclass(frozen=True)
class Hotspots:
    """The hotspots of some rows of a layer in twelve months, beside the twelve before."""

    tested: int
    """Cells that were tested; the others have too few homes around them."""
    elsewhere: int
    """Rows with a point in the twelve months that lie in no tested cell."""
    expected_per_home: float
    by_home: float
    by_place: float
    cells: pl.DataFrame
    """Hot cells: cell, easting, northing (of the middle), course; of the cell with those around it: observed (without
    repeats), cases (all), reporting (the homes they came from), expected, homes, p (corrected), compared (observed in
    the months that are complete in both years), before (the same a year before), ratio (of these two), low, high, z
    (Gi*); and place."""
    places: pl.DataFrame
    """Cells that lie side by side, as one: place, course, cells, easting, northing, observed, cases,
    reporting, expected, homes, compared, before, ratio, low, high, p (the smallest of its cells)."""


def grid(homes: pl.DataFrame, rows: pl.DataFrame, cell_width: float) -> Grid:
    """The cells in which there are homes or rows; frames with easting and northing, metres, null without a place."""
    lived, used = _cells(homes, cell_width), _cells(rows, cell_width)
    cells = np.unique(np.concatenate([lived, used]))
    count = np.bincount(np.searchsorted(cells, lived), minlength=cells.size).astype(np.float64)
    return Grid(cell_width, cells, count, neighbours(cells))


def hotspots(
    of: Mapping[str, pl.DataFrame], on: Grid, compared: Sequence[date], last: date, fewest_homes: int = FEWEST_HOMES
) -> dict[str, Hotspots]:
    """Find the hotspots of several selections of a layer's rows, corrected for all the tests that are made of them.

    Parameters
    ----------
    of : by any name, rows with easting, northing and happened, which the grid was made with, and of `with_households`
        home and is_repeat: repeats are told and not tested
    compared : of the twelve months to `last` those that are complete, and were a year before; of fewer than half a
        year no course can be told
    last : the last month that is complete
    fewest_homes : in a cell and those around it, or they are not tested
    """
    counts = {name: _by_period(rows, on, last, compared) for name, rows in of.items()}
    found = {name: [_tested(count, on, fewest_homes) for count in each[:3]] for name, each in counts.items()}
    corrected = iter(_corrected([each for periods in found.values() for each in periods]))
    return {
        name: _hotspots_of(
            on, counts[name], periods, [next(corrected) for _ in periods], len(compared) >= FEWEST_COMPARED
        )
        for name, periods in found.items()
    }


def _cells(rows: pl.DataFrame, cell_width: float) -> CellArray:
    there = rows.drop_nulls(["easting", "northing"])
    return cells_at(there["easting"].to_numpy(), there["northing"].to_numpy(), cell_width)


def _by_period(rows: pl.DataFrame, on: Grid, last: date, compared: Sequence[date]) -> list[FloatArray]:
    """Counts of the year to `last`, of the months compared a year before, of the latest few, of the months compared.

    After these all cases of the year, and the homes that they came from.
    """
    month = pl.col("happened").dt.truncate("1mo")
    year, recent = (in_months("happened", add_months(last, 1 - long), last) for long in (YEAR, RECENT))
    before = [add_months(each, -YEAR) for each in compared]
    chosen = (year, month.is_in(before), recent, month.is_in(list(compared)))
    told = rows.filter(year)
    tested = [on.counts(rows.filter(each, NO_REPEAT)) for each in chosen]
    return [*tested, on.counts(told), on.counts(told.unique(["home", "easting", "northing"], keep="any"))]


def _tested(count: FloatArray, on: Grid, fewest_homes: float) -> Excess:
    return excess(count, on.homes, on.windows, fewest_homes if count.sum() >= FEWEST_ROWS else math.inf)


def _corrected(found: Sequence[Excess]) -> list[FloatArray]:
    """The p of every cell, corrected for all tests at once; 1 where none was made."""
    every = np.concatenate([each.p for each in found]) if found else np.empty(0)
    tested = np.isfinite(every)
    corrected = np.ones(every.size)
    if tested.any():
        corrected[tested] = false_discovery_control(every[tested])
    return np.split(corrected, np.cumsum([each.p.size for each in found])[:-1])


def _hotspots_of(
    on: Grid, counts: Sequence[FloatArray], periods: Sequence[Excess], p: Sequence[FloatArray], compared: bool
) -> Hotspots:
    now, before, _ = periods
    again, cases, reporting = (on.windows @ each for each in counts[3:])
    latest = np.minimum(p[0], p[2])
    hot = np.flatnonzero(
        ((latest <= FALSE_DISCOVERIES) & (counts[0] > 0)) | ((p[1] <= FALSE_DISCOVERIES) & (counts[1] > 0))
    )
    x, y = centres(on.cells[hot], on.cell_width)
    cells = {
        "cell": on.cells,
        "observed": now.observed.astype(np.int64),
        "cases": cases.astype(np.int64),
        "reporting": reporting.astype(np.int64),
        "compared": again.astype(np.int64),
        "before": before.observed.astype(np.int64),
        "expected": now.expected,
        "homes": (on.windows @ on.homes).astype(np.int64),
        "p": latest,
        "p_before": p[1],
        "z": np.nan_to_num(gi_star_z(counts[0], on.windows)),
        "own_observed": counts[0].astype(np.int64),
        "own_compared": counts[3].astype(np.int64),
        "own_cases": counts[4].astype(np.int64),
        "own_reporting": counts[5].astype(np.int64),
        "own_before": counts[1].astype(np.int64),
        "own_homes": on.homes.astype(np.int64),
    }
    told = pl.DataFrame({name: values[hot] for name, values in cells.items()} | {"easting": x, "northing": y})
    told = _with_trend_class(told, compared).drop_nulls("course")
    kept = np.searchsorted(on.cells, told["cell"].to_numpy())
    place = connected_components(on.windows[kept][:, kept], directed=False)[1] if kept.size else kept
    told = told.with_columns(pl.Series("place", place, dtype=pl.Int64))
    return Hotspots(
        now.tested,
        int(counts[4][~np.isfinite(now.p)].sum()),
        now.rate,
        now.by_home,
        now.by_place,
        told.drop("p_before", pl.selectors.starts_with("own_")),
        _places(told, now.rate, compared),
    )


def _with_trend_class(told: pl.DataFrame, compared: bool) -> pl.DataFrame:
    """Add the ratio of both years with its likely range, and the course: null where neither year tells one."""
    now, before = (told[name].to_numpy() for name in ("compared", "before"))
    ratio, low, high = rate_ratio(now, np.ones(now.size), before, np.ones(now.size))
    hot_now, hot_before = (told[name].to_numpy() <= FALSE_DISCOVERIES for name in ("p", "p_before"))
    told = told.with_columns(pl.Series("ratio", ratio), pl.Series("low", low), pl.Series("high", high))
    if not compared:
        return told.with_columns(course=pl.when(pl.Series(hot_now)).then(pl.lit(TrendClass.TOO_SHORT.value)))
    new, fading = pl.Series(hot_now & ~hot_before & (low > 1)), pl.Series(hot_before & (high < 1))
    course = pl.when(new).then(pl.lit(TrendClass.NEW.value)).when(fading).then(pl.lit(TrendClass.FADING.value))
    return told.with_columns(course=course.when(pl.Series(hot_now)).then(pl.lit(TrendClass.PERSISTENT.value)))


def _places(cells: pl.DataFrame, rate: float, compared: bool) -> pl.DataFrame:
    """Cells side by side as one place; its counts are those of its own cells, each once."""
    own = cells.group_by("place").agg(
        pl.len().alias("cells"),
        pl.col("easting", "northing").mean(),
        pl.col("own_observed").sum().alias("observed"),
        *(pl.col(f"own_{name}").sum().alias(name) for name in ("cases", "reporting", "compared")),
        pl.col("own_before").sum().alias("before"),
        pl.col("own_homes").sum().alias("homes"),
        pl.col("p", "p_before").min(),
        pl.col("course").first().alias("usual"),
    )
    told = _with_trend_class(own, compared).with_columns(pl.col("course").fill_null(pl.col("usual")))
    return told.with_columns(expected=pl.col("homes") * rate).drop("p_before", "usual").sort("place")
