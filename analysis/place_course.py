"""What a hotspot's months say: whether it is new, lasts or fades beside the district, and since when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from evidence import YEAR, add_months
from geo.change_point import change_point
from geo.crs import FloatArray
from geo.rates import rate_ratio
from geo.trend import TrendClass, month_alone

FEWEST_COMPARED = 6
"""Months that are there in both years, without which nothing is said of how a place has changed."""

_SCHEMA = {
    "course": pl.String,
    "compared": pl.Int64,
    "before": pl.Int64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "district": pl.Float64,
    "since": pl.Date,
    "since_earliest": pl.Date,
    "since_latest": pl.Date,
    "month": pl.Date,
    "month_count": pl.Int64,
}


def with_course(places: pl.DataFrame, rows: pl.DataFrame, alike: Sequence[date], last: date) -> pl.DataFrame:
    """Add to every place what its months say.

    Parameters
    ----------
    places : with place (0, 1, ...), expected (of a year), is_high (now) and was_high (in the year before, asked of it
        alone)
    rows : without repeats, with place (-1 in none) and happened
    alike : the months that are complete and count the same, oldest first
    last : of the twelve months that are looked at

    Returns
    -------
    The places, but for is_high and was_high, with course; compared and before, the counts of the months that both
    years have; ratio, of now to then, divided by that of all other places, with its likely range (low, high);
    district, the ratio of all other places; since, the month from which on it has its present level, and the range in
    which that month lies (null where no month can be told); month and month_count, of a one-off.

    Notes
    -----
    A place is *new* if it was not high before and surely is more than then; *intensifying* if it was and surely is
    more; *persistent* if it was and is; *fading* if it was and surely is less; *unsure* if it is high and none of
    these; a *one-off* if it is high by one month alone; and *none* of all these if it is not high. All of it is beside
    the district: what grows everywhere is no news of a place.
    """
    series = _by_month(places.height, rows, alike)
    courses = [
        _course(place, series[number], series.sum(axis=0) - series[number], alike, last)
        for number, place in enumerate(places.iter_rows(named=True))
    ]
    return places.drop("is_high", "was_high").hstack(pl.DataFrame(courses, schema=_SCHEMA, orient="row"))


def _by_month(places: int, rows: pl.DataFrame, alike: Sequence[date]) -> FloatArray:
    """Counts by place (rows; the last is of those in none) and month."""
    number = {month: at for at, month in enumerate(alike)}
    series = np.zeros((places + 1, len(alike)))
    counted = rows.group_by("place", pl.col("happened").dt.truncate("1mo").alias("month")).len()
    for place, month, count in counted.iter_rows():
        if month in number:
            series[place, number[month]] = count
    return series


def _course(
    place: dict[str, Any], counts: FloatArray, others: FloatArray, alike: Sequence[date], last: date
) -> dict[str, Any]:
    at_month = {month: at for at, month in enumerate(alike)}
    year = [at_month[month] for back in range(YEAR) if (month := add_months(last, -back)) in at_month]
    pairs = [(at, at_month[month]) for at in year if (month := add_months(alike[at], -YEAR)) in at_month]
    now, before = ([pair[which] for pair in pairs] for which in (0, 1))
    # Where nothing else is reported nothing could be compared with it.
    elsewhere, elsewhere_before = (max(others[each].sum(), 1.0) for each in (now, before))
    compared = rate_ratio(counts[now].sum(), elsewhere, counts[before].sum(), elsewhere_before)
    ratio, low, high = (float(each) for each in compared)
    alone = [at for each in (year, before) if (at := _month_alone(counts, others, each, place["expected"])) is not None]
    course = _class(place["is_high"], place["was_high"], bool(alone), low > 1, high < 1)
    course = course if len(pairs) >= FEWEST_COMPARED else TrendClass.TOO_SHORT
    one_off = alone[0] if course == TrendClass.ONE_OFF else None
    return {
        "course": course.value,
        "compared": int(counts[now].sum()),
        "before": int(counts[before].sum()),
        "ratio": ratio,
        "low": low,
        "high": high,
        "district": float(elsewhere / elsewhere_before),
        **_since(course, counts, others, alike),
        "month": None if one_off is None else alike[one_off],
        "month_count": None if one_off is None else int(counts[one_off]),
    }


def _month_alone(counts: FloatArray, others: FloatArray, year: Sequence[int], expected: float) -> int | None:
    if not year:
        return None
    at = month_alone(counts[year], np.maximum(others[year], 1), expected * len(year) / YEAR)
    return None if at is None else year[at]


def _since(course: TrendClass, counts: FloatArray, others: FloatArray, alike: Sequence[date]) -> dict[str, date | None]:
    change = (
        None if course in (TrendClass.TOO_SHORT, TrendClass.ONE_OFF) else change_point(counts, np.maximum(others, 1))
    )
    # A change the other way is not what the course tells of.
    if change is None or (change.times < 1) != (course == TrendClass.FADING):
        return dict.fromkeys(("since", "since_earliest", "since_latest"))
    return {
        "since": alike[change.month],
        "since_earliest": alike[change.earliest],
        "since_latest": alike[change.latest],
    }


def _class(high: bool, before: bool, one_off: bool, more: bool, less: bool) -> TrendClass:
    if one_off and not (high and before):
        return TrendClass.ONE_OFF
    if before and less:
        return TrendClass.FADING
    if not high:
        return TrendClass.NONE
    if before:
        return TrendClass.INTENSIFYING if more else TrendClass.PERSISTENT
    return TrendClass.NEW if more else TrendClass.UNSURE
