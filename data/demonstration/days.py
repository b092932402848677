"""The days that the evidence covers, and how likely each is for a kind of case."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

YEARS = 5

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Times = NDArray[np.datetime64]


@dataclass(frozen=True)
class Days:
    """Five years of days, the last included."""

    dates: Times
    """Every day, `datetime64[D]`, oldest first."""

    @property
    def months(self) -> Times:
        """The month of every day, `datetime64[M]`."""
        return self.dates.astype("datetime64[M]")

    def window(self, first: np.datetime64, last: np.datetime64) -> NDArray[np.bool_]:
        """Whether each day lies in the months from `first` to `last`, both included."""
        return np.asarray((self.months >= first) & (self.months <= last))

    def complete_month(self, before: int) -> np.datetime64:
        """A month so many before the last one all of whose days are there (0: that one)."""
        following: np.datetime64 = (self.dates[-1:] + np.timedelta64(1, "D")).astype("datetime64[M]")[0]
        return following - np.timedelta64(before + 1, "M")


def five_years(until: date) -> Days:
    """Every day from the same day five years before (28 February for the 29th) up to `until`."""
    day = 28 if (until.month, until.day) == (2, 29) else until.day
    since = until.replace(year=until.year - YEARS, day=day)
    return Days(np.arange(np.datetime64(since, "D"), np.datetime64(until, "D") + 1))


def likelihood(days: Days, swing: float, peak: float, week: tuple[float, ...], growth: float) -> Floats:
    """The share of a kind of case that falls on each day; they sum to 1.

    Parameters
    ----------
    swing, peak
        Height of a yearly cosine (0 for none, below 1) and the month at whose start it is highest (1 to 12).
    week
        Relative weight of the days from Monday to Sunday.
    growth
        Change per year, 0.02 for 2 %.
    """
    number = days.dates.astype(np.int64)
    day_of_year = (days.dates - days.dates.astype("datetime64[Y]")).astype(np.int64)
    year = 1 + swing * np.cos(2 * np.pi * (day_of_year / 365.25 - (peak - 1) / 12))
    # 1 January 1970, day 0, was a Thursday.
    weekday = np.asarray(week)[(number + 3) % 7]
    weight = year * weekday * (1 + growth) ** ((number - number[0]) / 365.25)
    return np.asarray(weight / weight.sum())
