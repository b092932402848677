"""Months, each given by its first day; and until which month a source is complete."""

from datetime import date
from math import ceil, log

import numpy as np
import polars as pl
from numpy.typing import NDArray

YEAR = 12
"""Months that are compared with as many before: whole years, or summer would be compared with winter."""

_UNLIKELY = 0.001
_WEEKEND = 3
"""Days, with a bank holiday: so long nothing is recorded anywhere."""


def month_number(day: date) -> int:
    """Months from the year 0 to the month of a day."""
    return day.year * 12 + day.month - 1


def month_numbers(days: pl.Series) -> NDArray[np.int64]:
    """Of each day, none of them null, its `month_number`."""
    return (days.dt.year().cast(pl.Int64) * 12 + days.dt.month() - 1).to_numpy()


def month_of_number(number: int) -> date:
    """The first day of the month with this `month_number`."""
    return date(number // 12, number % 12 + 1, 1)


def add_months(month: date, by: int) -> date:
    """The first day of the month that lies `by` months later (earlier, if negative)."""
    return month_of_number(month_number(month) + by)


def months(first: date, last: date) -> tuple[date, ...]:
    """First days of the months from `first` to `last`, both included; empty if `last` lies before `first`."""
    return tuple(add_months(first, by) for by in range(length(first, last)))


def length(first: date, last: date) -> int:
    """How many months there are from `first` to `last`, both included; never negative."""
    return max(0, month_number(last) - month_number(first) + 1)


def in_months(name: str, first: date, last: date) -> pl.Expr:
    """Whether a column of dates lies in the months from `first` to `last`, both included."""
    return pl.col(name).is_between(first, add_months(last, 1), closed="left")


def last_complete_month(happened: pl.Series) -> date | None:
    """The last month of which dates are complete; None if there is none.

    Parameters
    ----------
    happened : dates, no nulls

    Notes
    -----
    A file ends somewhere in a month and does not say where. Its last month is taken as complete if the latest date is
    so near to the month's end that a longer silence would come by chance less than once in a thousand times, at the
    rate of the latest year; and where a source gives nothing but months, each by its first day.
    """
    first, last = happened.min(), happened.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    month = last.replace(day=1)
    since = max(first, last.replace(year=last.year - 1, day=1))
    usual = ((last - since).days + 1) / (happened >= since).to_numpy().sum()
    silence = (add_months(month, 1) - last).days - 1
    if silence <= max(_WEEKEND, ceil(-log(_UNLIKELY) * usual)) or bool((happened.dt.day() == 1).all()):
        return month
    return add_months(month, -1) if first < month else None
