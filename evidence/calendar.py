"""The calendar of a source: which of its months are loaded whole, in part, twice or not at all.

A month that was not loaded is not a quiet month: nothing that needs it may be said as if it were one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betainc, pdtr

from evidence.months import YEAR, add_months, length, month_number, month_numbers, month_of_number, months
from geo.crs import FloatArray

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.int64]

_UNLIKELY = 0.001
"""A month that brings so few rows, or falls silent for so long, by chance less often than this is not loaded whole."""
_NONE = 0.005
"""Of no row at all: that a month was not loaded is likelier beforehand than that it was loaded in part."""
_HALF = 0.5
"""And it brings fewer than this share of what is usual: many rows make small differences sure."""
_EDGE, _HOLIDAYS = 3, 11
"""Days, with a bank holiday and with the turn of the year: so long nothing is recorded anywhere."""
_SELDOM, _MORE = 0.8, 1.5
"""A silence is seldom if it is so much longer than those of this share of a source's months."""
_BESIDE = 6
"""Months on either side that say what is usual."""
_FEWEST = 3
"""Months, without which nothing says what is usual."""
_TWINS = 0.5
"""Where more than this share of a month's rows is there in another file too, the month was loaded twice."""


class MonthState(StrEnum):
    """What is loaded of a month."""

    COMPLETE = "complete"
    EMPTY = "empty"
    """Somebody has declared that nothing happened: as good as complete."""
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    DOUBLE = "loaded twice"


@dataclass(frozen=True)
class Calendar:
    """What is loaded of every month from that of the first row to that of the last."""

    first: date | None
    """The first day of the first month; None of a source without rows."""
    states: tuple[MonthState, ...]
    changed: date | None = None
    """From this month on the source counts something else: nothing before is compared with it."""

    @property
    def complete(self) -> tuple[date, ...]:
        """The months that can be counted, oldest first."""
        return tuple(month for month, state in self.by_month() if state in (MonthState.COMPLETE, MonthState.EMPTY))

    @property
    def alike(self) -> tuple[date, ...]:
        """The months that can be counted and count the same as the last, oldest first."""
        return tuple(month for month in self.complete if self.changed is None or month >= self.changed)

    @property
    def last_complete(self) -> date | None:
        """The last month that can be counted; None if there is none."""
        return max(self.complete, default=None)

    @property
    def sentence(self) -> str:
        """What is loaded, in a sentence."""
        if not self.complete:
            return "No month is loaded whole." if self.states else "Nothing is loaded."
        first, last = self.complete[0], self.complete[-1]
        lacking = lacking_in_words(self.lacking(first, last))
        told = f"Complete from {first:%B %Y} to {last:%B %Y}" + (f", but {lacking}" if lacking else "")
        return f"{told}. From {self.changed:%B %Y} on it counts something else." if self.changed else f"{told}."

    def by_month(self) -> Iterator[tuple[date, MonthState]]:
        """Every month with its state."""
        for at, state in enumerate(self.states):
            if self.first:
                yield add_months(self.first, at), state

    def lacking(self, first: date, last: date) -> dict[date, MonthState]:
        """The months from `first` to `last`, both included, that cannot be counted; beyond the rows all are missing."""
        states = dict(self.by_month())
        wanted = ((month, states.get(month, MonthState.MISSING)) for month in months(first, last))
        return {month: state for month, state in wanted if state not in (MonthState.COMPLETE, MonthState.EMPTY)}

    def last_whole_year(self) -> date | None:
        """The last month of the latest twelve in a row that can be counted; None if there are none."""
        complete = set(self.complete)
        years = ((month, months(add_months(month, 1 - YEAR), month)) for month in reversed(self.complete))
        return next((month for month, year in years if complete.issuperset(year)), None)

    def compared_months(self, last: date) -> tuple[date, ...]:
        """Of the twelve months to `last` those that can be counted and whose month a year before can be, too."""
        alike, year = set(self.alike), months(add_months(last, 1 - YEAR), last)
        return tuple(month for month in year if {month, add_months(month, -YEAR)} <= alike)


def calendar(
    happened: pl.Series,
    *,
    twins: pl.Series | None = None,
    empty: Collection[date] = (),
    changed: date | None = None,
) -> Calendar:
    """Say of every month of a source what of it is loaded.

    Parameters
    ----------
    happened : dates, no nulls
    twins : of each row, whether another file has brought the same row under another reference; None if not known
    empty : months, by their first days, of which somebody has declared that nothing happened in them
    changed : the month from which on, somebody has declared, the source counts something else

    Notes
    -----
    A month is missing if it has so few rows that chance brings as few less than once in a thousand times (no row at
    all: five times in a thousand), with as many as are usual in the months around it or in the same month of other
    years, whichever are fewer, and varying as much as months do (negative binomial, the variance by the median
    absolute deviation, which a few odd months do not move). It is incomplete if nothing was recorded for longer than
    chance makes likely, than the source often is silent (some are filled in on one day of a month), and than the days
    about the turn of a year, or, where a month is the first or the last or beside a missing one, a long weekend. Of a
    source that gives nothing but months the counts alone are judged.
    The first month, in which a source begins, is never missing. Of a source of few rows nobody can tell that a month
    is missing: of 20 a month it is noticed in 95 of 100 cases, of 12 in 60, of 8 in 20.
    """
    if happened.is_empty():
        return Calendar(None, ())
    number = month_numbers(happened)
    start = int(number.min())
    declared = {month_number(month) - start for month in empty if month_number(month) >= start}
    counts = np.bincount(number - start, minlength=max(declared, default=0) + 1).astype(np.float64)
    missing = _missing(counts)
    by_month = bool((happened.dt.day() == 1).all())
    partial = np.zeros(counts.size, dtype=np.bool_) if by_month else _fall_silent(happened, number - start, missing)
    double = _double(number - start, twins, counts)
    states = [
        MonthState.EMPTY
        if at in declared and not count
        else MonthState.MISSING
        if missing[at] and at
        else MonthState.INCOMPLETE
        if missing[at] or partial[at]
        else MonthState.DOUBLE
        if double[at]
        else MonthState.COMPLETE
        for at, count in enumerate(counts)
    ]
    return Calendar(month_of_number(start), tuple(states), changed)


def _usual(counts: FloatArray, at: int) -> float:
    """How many rows are usual in a month: the fewest that the months before, after, or of other years say."""
    there = np.flatnonzero(counts)
    there = there[there != at]
    sides = (
        there[(there < at) & (there >= at - 2 * _BESIDE)][-_BESIDE:],
        there[(there > at) & (there <= at + 2 * _BESIDE)][:_BESIDE],
        there[(there - at) % YEAR == 0],
    )
    said = [float(np.median(counts[side])) for side in sides if side.size >= _FEWEST]
    return min(said, default=float(np.median(counts[there])) if there.size else 0.0)


def _missing(counts: FloatArray) -> BoolArray:
    usual = np.array([_usual(counts, at) for at in range(counts.size)])
    known = usual > 0
    # By the months that have rows: where most have none, they would make any number of rows plausible.
    some = known & (counts > 0)
    residual = (counts[some] - usual[some]) / np.sqrt(usual[some])
    # The median absolute deviation of a normal distribution is 0.6745 of its standard deviation.
    spread = float(np.median(np.abs(residual)) / 0.6745) ** 2 if residual.size else 1.0
    size = np.maximum(usual, 1e-9) / max(spread - 1, 1e-9)
    likely = pdtr(counts, usual) if spread <= 1 else betainc(size, counts + 1, 1 / spread)
    few = likely < np.where(counts == 0, _NONE, _UNLIKELY)
    return np.where(known, few & (counts < _HALF * usual), counts == 0)


def _fall_silent(happened: pl.Series, number: IndexArray, missing: BoolArray) -> BoolArray:
    """Whether nothing was recorded in a month for longer than chance, or what the source is used to, makes likely."""
    rows = np.bincount(number, minlength=missing.size).astype(np.float64)
    there = np.flatnonzero(~missing & (rows > 0))
    long, silences = _silences(happened, there)
    # Of a source of few months: as many as it has brought from its first day to its last.
    lasted = (happened.max() - happened.min()).days + 1  # type: ignore[operator,union-attr]
    of_months = there.size >= _FEWEST
    overall = 0.0 if of_months else rows.sum() / lasted * long
    usual = np.maximum([max(rows[at], _usual(rows, int(at))) for at in there], overall)
    chance = np.ceil(-log(_UNLIKELY) * long / usual)
    used_to = _MORE * np.quantile(silences, _SELDOM, axis=0, method="higher") if of_months else np.zeros(3)
    alone = np.pad(missing, 1, constant_values=True)
    edges = np.stack([alone[there], alone[there + 2], np.zeros(there.size, np.bool_)], axis=1)
    limits = np.maximum(np.maximum(np.where(edges, _EDGE, _HOLIDAYS), chance[:, None]), used_to)
    silent = np.zeros(missing.size, dtype=np.bool_)
    silent[there] = (silences > limits).any(axis=1)
    return silent


def _silences(happened: pl.Series, there: IndexArray) -> tuple[FloatArray, FloatArray]:
    """How many days each of these months has, and for how many nothing was recorded: before, after, in between."""
    days = happened.unique().sort()
    month, day = month_numbers(days), days.dt.day().to_numpy().astype(np.int64)
    first = int(month[0])
    begins = [month_of_number(first + int(at)) for at in there]
    long = np.array([(add_months(begin, 1) - begin).days for begin in begins], dtype=np.float64)
    of_month = (day[month == first + at] for at in there)
    silences = [
        (each[0] - 1, size - each[-1], np.diff(each).max(initial=1) - 1)
        for each, size in zip(of_month, long, strict=True)
    ]
    return long, np.array(silences, dtype=np.float64).reshape(-1, 3)


def _double(number: IndexArray, twins: pl.Series | None, counts: FloatArray) -> BoolArray:
    if twins is None:
        return np.zeros(counts.size, dtype=np.bool_)
    share = np.bincount(number, weights=twins.to_numpy().astype(np.float64), minlength=counts.size)
    return share > _TWINS * np.maximum(counts, 1)


def lacking_in_words(lacking: dict[date, MonthState]) -> str:
    """As in "March to May 2026 are missing, June 2026 is loaded twice"; empty if nothing is lacking."""
    spans: list[tuple[MonthState, date, date]] = []
    for month, state in sorted(lacking.items()):
        if spans and spans[-1][0] == state and add_months(spans[-1][2], 1) == month:
            spans[-1] = (state, spans[-1][1], month)
        else:
            spans.append((state, month, month))
    return ", ".join(_span_in_words(*span) for span in spans)


def _span_in_words(state: MonthState, first: date, last: date) -> str:
    if first == last:
        return f"{first:%B %Y} is {state}"
    begin = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
    joint = "and" if length(first, last) == 2 else "to"
    return f"{begin} {joint} {last:%B %Y} are {state}"
