"""Hotspots of a layer: places where more is reported than their homes explain, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control

from analysis.grid import Grid
from analysis.households import NO_REPEAT
from analysis.place_course import with_course
from evidence import YEAR, add_months, in_months
from geo.crs import FloatArray
from geo.excess import FALSE_DISCOVERIES, Excess, excess
from geo.getis_ord import gi_star_z
from geo.hexagons import centres
from geo.trend import TrendClass
from geo.variation import Variation

BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]

RECENT = 6
"""Months that are tested besides, because in a whole year something that has just begun is lost."""

FEWEST_ROWS = 20
"""Rows in all, without which nothing is tested: of fewer it cannot be told how much they vary by chance."""

SURELY = 0.95
"""How surely a place has half as much again as the district, to be told."""


@dataclass(frozen=True)
class Hotspots:
    """The hotspots of some rows of a layer in twelve months, beside the twelve before."""

    tested: int
    """Windows that were tested; the others have too few homes in them."""
    elsewhere: int
    """Rows with a point in the twelve months that lie in no window that was tested."""
    usual: Variation
    cells: pl.DataFrame
    """Of each cell of a place: cell, place, easting, northing (of its middle), cases, homes, z (Gi*)."""
    places: pl.DataFrame
    """Each is one window, and no two have a cell in common: place, cells, easting, northing (of the middle, by homes);
    observed (without repeats), cases (all), reporting (the homes they came from), expected, homes; p (corrected),
    stands_out, surely_more (null of map points); and what `analysis.place_course` says of its months."""


@dataclass(frozen=True)
class _Rows:
    """The rows of a selection that have a point, with the cell of each."""

    rows: pl.DataFrame
    cell: IndexArray
    size: int

    def counts(self, which: pl.Expr) -> FloatArray:
        """How many of some of them lie in each cell."""
        chosen = self.rows.select(which.fill_null(value=False)).to_series().to_numpy()
        return np.bincount(self.cell[chosen], minlength=self.size).astype(np.float64)


def hotspots(of: Mapping[str, pl.DataFrame], on: Grid, alike: Sequence[date], last: date) -> dict[str, Hotspots]:
    """Find the hotspots of several selections of a layer's rows, corrected for all the tests that are made of them.

    Parameters
    ----------
    of : by any name, rows with easting, northing and happened, which the grid was made with, and of `with_households`
        home and is_repeat: repeats are told and not tested
    alike : the months that are complete and count the same
    last : the last month that is complete

    Notes
    -----
    A place is told if it stands out in the twelve months, in the latest of them, or in the twelve before, or if it
    surely has half as much again as the district (`geo.excess`). Of windows that overlap the clearest is told. The
    corrected p of each is that of the whole map; of all maps, three of each selection, those are taken on which
    anything is clear by the rule of Benjamini and Hochberg (1995), and within them what is clear at the same share of
    5 % as they are of all maps: so of the maps that show anything one in twenty shows something by chance, on average
    (Benjamini, Y. and Bogomolov, M. (2014), Selective inference on multiple families of hypotheses, JRSS B 76,
    297-318).
    """
    rows = {name: _located(each, on) for name, each in of.items()}
    found = {name: [excess(count, on.windows) for count in _periods(each, alike, last)] for name, each in rows.items()}
    share = _share_of_clear_maps([each for periods in found.values() for each in periods])
    return {name: _hotspots_of(on, rows[name], alike, last, periods, share) for name, periods in found.items()}


def _located(rows: pl.DataFrame, on: Grid) -> _Rows:
    there = rows.drop_nulls(["easting", "northing"])
    return _Rows(there, on.at(there), on.cells.size)


def _periods(of: _Rows, alike: Sequence[date], last: date) -> list[FloatArray]:
    """Counts, without repeats, of the year to `last`, of the latest months of it, and of the year before.

    Of the year before those months are counted that can be compared, or all if none can.
    """
    year, recent = (in_months("happened", add_months(last, 1 - long), last) for long in (YEAR, RECENT))
    before = in_months("happened", add_months(last, 1 - 2 * YEAR), add_months(last, -YEAR)) & _in(alike)
    counts = [of.counts(which & NO_REPEAT) for which in (year, recent, before)]
    return [count if count.sum() >= FEWEST_ROWS else np.zeros_like(count) for count in counts]


def _in(months: Sequence[date]) -> pl.Expr:
    return pl.col("happened").dt.truncate("1mo").is_in(list(months))


def _share_of_clear_maps(found: Sequence[Excess]) -> float:
    best = np.array([each.corrected.min(initial=1.0) for each in found])
    clear = int((false_discovery_control(best) <= FALSE_DISCOVERIES).sum()) if best.size else 0
    return max(clear, 1) / max(best.size, 1)


def _hotspots_of(
    on: Grid,
    of: _Rows,
    alike: Sequence[date],
    last: date,
    periods: Sequence[Excess],
    share: float,
) -> Hotspots:
    year, recent, before = periods
    surely = year.surely_more if on.of_homes else np.full_like(year.surely_more, np.nan)
    now = np.minimum(np.minimum(year.corrected, recent.corrected) / share, 1.0)
    then = np.minimum(before.corrected / share, 1.0)
    chosen = clearest_apart(on.windows.over, now, then, surely)
    place = _place_of_cells(on.windows.over[chosen])
    this_year = in_months("happened", add_months(last, 1 - YEAR), last)
    cases = of.counts(this_year)
    told = pl.DataFrame(
        {
            "p": now,
            "stands_out": now <= FALSE_DISCOVERIES,
            "surely_more": pl.Series(surely, nan_to_null=True),
            "is_high": (now <= FALSE_DISCOVERIES) | (surely >= SURELY),
            # Of the place alone: it was chosen for what is now.
            "was_high": np.nan_to_num(before.p, nan=1.0) <= FALSE_DISCOVERIES,
            "observed": year.observed.astype(np.int64),
            "expected": year.expected,
            "homes": on.windows.inside.astype(np.int64),
        }
    )[chosen]
    places = told.hstack(_where(on, on.windows.over[chosen])).hstack(_cases(on, of, chosen, this_year))
    counted = of.rows.with_columns(place=pl.Series(place[of.cell])).filter(NO_REPEAT)
    tested = on.windows.tested & bool(year.observed.any())
    covered = np.asarray(on.windows.over[tested].sum(axis=0)) > 0
    # What was hot the year before, and is neither hot now nor surely less than then, is nothing to tell of.
    told_of = with_course(places, counted, alike, last).filter(pl.col("course") != TrendClass.NONE)
    cells = _cells(on, place, cases).join(told_of.select("place"), on="place", how="semi", maintain_order="left")
    return Hotspots(int(tested.sum()), int(cases[~covered].sum()), year.usual, cells, told_of)


def _where(on: Grid, over: csr_array) -> pl.DataFrame:
    x, y = centres(on.cells, on.cell_width)
    weight = np.maximum(on.homes, 1e-9)
    middle = [over @ (weight * each) / (over @ weight) for each in (x, y)]
    numbers = {"place": np.arange(over.shape[0]), "cells": np.diff(over.indptr).astype(np.int64)}
    return pl.DataFrame(numbers | {"easting": middle[0], "northing": middle[1]})


def _cases(on: Grid, of: _Rows, chosen: IndexArray, which: pl.Expr) -> pl.DataFrame:
    """All cases of places, repeats too, and the homes that they came from."""
    homes = of.rows.filter(which).unique(["home", "easting", "northing"], keep="any")
    reporting = np.bincount(on.at(homes), minlength=on.cells.size)
    counts = {"cases": of.counts(which), "reporting": reporting}
    return pl.DataFrame({name: (on.windows.over[chosen] @ each).astype(np.int64) for name, each in counts.items()})


def _place_of_cells(over: csr_array) -> IndexArray:
    """The place that each cell is in, -1 in none."""
    place = np.full(over.shape[1], -1)
    place[over.indices] = np.repeat(np.arange(over.shape[0]), np.diff(over.indptr))
    return place


def _cells(on: Grid, place: IndexArray, cases: FloatArray) -> pl.DataFrame:
    inside = np.flatnonzero(place >= 0)
    x, y = centres(on.cells[inside], on.cell_width)
    return pl.DataFrame(
        {
            "cell": on.cells[inside],
            "place": place[inside],
            "easting": x,
            "northing": y,
            "cases": cases[inside].astype(np.int64),
            "homes": on.homes[inside].astype(np.int64),
            "z": np.nan_to_num(gi_star_z(cases, on.around))[inside],
        }
    )


def clearest_apart(over: csr_array, now: FloatArray, then: FloatArray, surely: FloatArray) -> IndexArray:
    """The windows that are told, the clearest first, none of which has a cell with another in common.

    Parameters
    ----------
    over : cells of each window
    now, then : corrected p of each, for the present and for the year before
    surely : how surely each has half as much again as the district
    """
    clear = np.minimum(now, then)
    hot = np.flatnonzero((clear <= FALSE_DISCOVERIES) | (surely >= SURELY))
    order = hot[np.lexsort((-surely[hot], clear[hot]))]
    taken, chosen = np.zeros(over.shape[1], dtype=np.bool_), []
    for window in order:
        cells = over.indices[over.indptr[window] : over.indptr[window + 1]]
        if not taken[cells].any():
            taken[cells] = True
            chosen.append(window)
    return np.array(chosen, dtype=np.intp)
