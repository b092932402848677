"""What a layer records in every estate: rates that few homes cannot exaggerate, and the course over the months."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.households import NO_REPEAT, spread_between_homes
from evidence import YEAR, Calendar, add_months, in_months, months
from evidence.months import length
from geo.rates import chance_limits, shrunken_rates
from geo.trend import Change, sentence, trend_class

FloatArray = npt.NDArray[np.float64]

_SURELY = 0.998
"""Of a funnel's outer limits: of 100 estates that are alike, one in five such maps has one beyond them by chance."""


def estate_figures(
    rows: pl.DataFrame,
    homes: Mapping[str, int],
    codes: Sequence[str],
    loaded: Calendar,
    first: date,
    last: date,
    noun: tuple[str, str],
) -> list[dict[str, Any]]:
    """The figures of every estate, by code.

    Parameters
    ----------
    rows : with estate (code or null), happened, and home and is_repeat, of `analysis.households`: counts are of all
        rows, what is inferred is of those that are no repeats, told at the district's rate of all rows
    homes : by code; an estate without homes has counts and no rate
    codes : of the estates
    loaded : which months are complete; nothing before a change of definition is compared with what comes after it
    first, last : the first and the last month that is looked at

    Returns
    -------
    For each estate its code, homes, count (of the last twelve months, or of all if there are fewer), before (of the
    twelve before; None where these twenty-four cannot be compared), rate, shrunken rate with its limits,
    rate_without_repeats, limits of chance about the district's rate, all per 1,000 homes and
    None without homes; counts by month, oldest first, None of a month that is not complete; its course and a sentence
    that says it.
    """
    every, counting = (_by_month(of, codes, loaded, first, last) for of in (rows, rows.filter(NO_REPEAT)))
    listed = np.array([homes.get(code, 0) for code in codes], dtype=np.float64)
    now, before = _years(every)
    alike = counting[:, _first_alike(loaded, first, last) :]
    whole = alike.shape[1] >= 2 * YEAR and bool(np.isfinite(alike[:, -2 * YEAR :]).all())
    high, high_before = (_high(year, listed) for year in _years(counting))
    usual = _district_rate(_years(counting)[0], listed) / 1000
    rates = _rates(rows, now, _years(counting)[0], listed, last)
    return [
        {
            "code": code,
            "homes": int(listed[at]),
            "count": int(now[at]),
            "before": int(before[at]) if whole else None,
            **{name: _finite(values[at]) for name, values in rates.items()},
            "months": [None if np.isnan(count) else int(count) for count in every[at]],
            **_course(
                trend_class(alike[at], alike.sum(axis=0) - alike[at], high[at], high_before[at], usual * listed[at]),
                last,
                noun,
                (int(now[at]), int(before[at])),
            ),
        }
        for at, code in enumerate(codes)
    ]


def _years(series: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Counts of the last twelve months and of the twelve before, as far as months are complete."""
    return np.nansum(series[:, -YEAR:], axis=1), np.nansum(series[:, -2 * YEAR : -YEAR], axis=1)


def _high(counts: FloatArray, homes: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether the rate of an estate is surely above the district's."""
    district = _district_rate(counts, homes)
    return (shrunken_rates(counts, homes).low > district) & (district > 0)


def _district_rate(counts: FloatArray, homes: FloatArray) -> float:
    """Per 1,000 homes; 0 without homes."""
    return float(1000 * counts[homes > 0].sum() / max(homes.sum(), 1))


def _rates(
    rows: pl.DataFrame, counts: FloatArray, counting: FloatArray, homes: FloatArray, last: date
) -> dict[str, FloatArray]:
    """What is told of the rate of every estate in the last twelve months, per 1,000 homes."""
    year = rows.filter(in_months("happened", add_months(last, 1 - YEAR), last), NO_REPEAT)
    spread = spread_between_homes(year["home"], homes.sum())
    shrunken = shrunken_rates(counting, homes)
    low, high = chance_limits(_district_rate(counting, homes), homes, _SURELY, spread)
    inferred = {
        "shrunken": shrunken.mean,
        "low": shrunken.low,
        "high": shrunken.high,
        "rate_without_repeats": _per_thousand(counting, homes),
        "chance_low": low,
        "chance_high": high,
    }
    # Told at the rate of all rows, beside which it stands.
    lived = homes > 0
    scale = counts[lived].sum() / counting[lived].sum() if counting[lived].any() else 1.0
    return {"rate": _per_thousand(counts, homes)} | {name: scale * values for name, values in inferred.items()}


def _course(change: Change, last: date, noun: tuple[str, str], of_all: tuple[int, int]) -> dict[str, str]:
    month = "" if change.one_off is None else f" The month is {add_months(last, -change.one_off):%B %Y}."
    return {"course": change.trend_class.value, "said": sentence(change, noun, of_all) + month}


def _first_alike(loaded: Calendar, first: date, last: date) -> int:
    """The position of the first month that counts the same as the last one."""
    return 0 if loaded.changed is None else length(first, last) - length(max(first, loaded.changed), last)


def _by_month(rows: pl.DataFrame, codes: Sequence[str], loaded: Calendar, first: date, last: date) -> FloatArray:
    """Counts of estates (rows) by month (columns); NaN where a month is not complete."""
    number = {month: at for at, month in enumerate(months(first, last))}
    place = {code: at for at, code in enumerate(codes)}
    inside = rows.filter(in_months("happened", first, last)).drop_nulls("estate")
    counted = inside.group_by("estate", pl.col("happened").dt.truncate("1mo").alias("month")).len()
    series = np.zeros((len(codes), len(number)))
    for estate, month, count in counted.iter_rows():
        if estate in place:
            series[place[estate], number[month]] = count
    series[:, [number[month] for month in loaded.lacking(first, last)]] = np.nan
    return series


def _per_thousand(counts: FloatArray, homes: FloatArray) -> FloatArray:
    rate: FloatArray = np.divide(1000 * counts, homes, out=np.full(counts.shape, np.nan), where=homes > 0)
    return rate


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
