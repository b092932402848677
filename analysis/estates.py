"""What a layer records in every estate: rates that few homes cannot exaggerate, and the course over the months."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.households import spread_between_homes
from evidence import YEAR, add_months, in_months, month_number, months
from geo.rates import chance_limits, shrunken_rates
from geo.trend import sentence, trend_class

FloatArray = npt.NDArray[np.float64]

_SURELY = 0.998
"""Of a funnel's outer limits: of 100 estates that are alike, one in five such maps has one beyond them by chance."""


def estate_figures(
    rows: pl.DataFrame,
    homes: Mapping[str, int],
    codes: Sequence[str],
    first: date,
    last: date,
    noun: tuple[str, str],
    complete: Collection[date] | None = None,
    changed: date | None = None,
) -> list[dict[str, Any]]:
    """The figures of every estate, by code.

    Parameters
    ----------
    rows : with estate (code or null), happened, and counts, of `analysis.households`: counts are of all rows, what is
        inferred is of those that count, told at the district's rate of all rows
    homes : by code; an estate without homes has counts and no rate
    codes : of the estates
    first, last : the first and last complete month
    complete : those between that are complete; None if all are
    changed : the month from which on something else is counted: nothing before is compared with it

    Returns
    -------
    For each estate its code, homes, count (of the last twelve months, or of all if there are fewer), before (of the
    twelve before; None where a month of the twenty-four is not complete), rate, shrunken rate with its limits, judged
    (the rate without what repeats of one home add), limits of chance about the district's rate, all per 1,000 homes and
    None without homes; counts by month, oldest first, None of a month that is not complete; its course and a sentence
    that says it.
    """
    series = _by_month(rows, codes, first, last, complete)
    counting = _by_month(rows.filter(pl.col("counts")), codes, first, last, complete)
    listed = np.array([homes.get(code, 0) for code in codes], dtype=np.float64)
    now, before = np.nansum(series[:, -YEAR:], axis=1), np.nansum(series[:, -2 * YEAR : -YEAR], axis=1)
    alike = _since(counting, last, changed)
    whole = alike.shape[1] >= 2 * YEAR and bool(np.isfinite(alike[:, -2 * YEAR :]).all())
    lived = listed > 0
    told, told_before = (np.nansum(part, axis=1) for part in (counting[:, -YEAR:], counting[:, -2 * YEAR : -YEAR]))
    district, district_before = (1000 * part[lived].sum() / max(listed.sum(), 1) for part in (told, told_before))
    shrunken, shrunken_before = (shrunken_rates(part, listed) for part in (told, told_before))
    lowest, highest = chance_limits(district, listed, _SURELY, _spread(rows, last, listed.sum()))
    # Told at the rate of all rows, beside which it stands.
    every = now[lived].sum() / told[lived].sum() if told[lived].any() else 1.0
    rates = {
        "rate": _per_thousand(now, listed),
        "shrunken": every * shrunken.mean,
        "low": every * shrunken.low,
        "high": every * shrunken.high,
        "judged": every * _per_thousand(told, listed),
        "chance_low": every * lowest,
        "chance_high": every * highest,
    }
    return [
        {
            "code": code,
            "homes": int(listed[at]),
            "count": int(now[at]),
            "before": int(before[at]) if whole else None,
            **{name: _finite(values[at]) for name, values in rates.items()},
            "months": [None if np.isnan(count) else int(count) for count in series[at]],
            **_trend_sentence(
                alike[at], shrunken.low[at] > district > 0, shrunken_before.low[at] > district_before > 0, noun
            ),
        }
        for at, code in enumerate(codes)
    ]


def _spread(rows: pl.DataFrame, last: date, homes: float) -> float:
    """How unevenly homes report in the last twelve months beyond the repeats that do not count."""
    year = rows.filter(in_months("happened", add_months(last, 1 - YEAR), last), pl.col("counts"))
    return spread_between_homes(year["home"], homes)


def _since(series: FloatArray, last: date, changed: date | None) -> FloatArray:
    """The months that count the same as the last one."""
    alike = 0 if changed is None else month_number(last) - month_number(changed) + 1
    return series if changed is None else series[:, max(0, series.shape[1] - max(0, alike)) :]


def _trend_sentence(series: FloatArray, high_now: bool, high_before: bool, noun: tuple[str, str]) -> dict[str, str]:
    change = trend_class(series, bool(high_now), bool(high_before))
    return {"course": change.trend_class.value, "said": sentence(change, noun)}


def _by_month(
    rows: pl.DataFrame, codes: Sequence[str], first: date, last: date, complete: Collection[date] | None
) -> FloatArray:
    """Counts of estates (rows) by month (columns); NaN where a month is not complete."""
    number = {month: at for at, month in enumerate(months(first, last))}
    place = {code: at for at, code in enumerate(codes)}
    inside = rows.filter(in_months("happened", first, last)).drop_nulls("estate")
    counted = inside.group_by("estate", pl.col("happened").dt.truncate("1mo").alias("month")).len()
    series = np.zeros((len(codes), len(number)))
    for estate, month, count in counted.iter_rows():
        if estate in place:
            series[place[estate], number[month]] = count
    if complete is not None:
        series[:, [at for month, at in number.items() if month not in complete]] = np.nan
    return series


def _per_thousand(counts: FloatArray, homes: FloatArray) -> FloatArray:
    rate: FloatArray = np.divide(1000 * counts, homes, out=np.full(counts.shape, np.nan), where=homes > 0)
    return rate


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
