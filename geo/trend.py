"""Whether a monthly series rises or falls, and what course an area takes, in a sentence."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from geo.crs import FloatArray
from geo.rates import rate_ratio

SURE = 0.05
"""A rise or fall is sure if chance alone makes one so clear in fewer series than this share."""

_YEAR = 12
_EXACT = 10


@dataclass(frozen=True)
class Trends:
    """What the Mann-Kendall test says of each series."""

    s: FloatArray
    """Pairs of months of which the later is higher, less those of which it is lower."""
    z: FloatArray
    p: FloatArray
    """Two-sided, above 0 and at most 1."""


def mann_kendall(series: npt.ArrayLike, seasons: int = 1) -> Trends:
    """Test of each series whether it rises or falls.

    Parameters
    ----------
    series : one row for each, oldest value first; NaN for a missing value, which is left out
    seasons : how many there are in a year: 12 for months, of which then only equal ones are compared

    Returns
    -------
    Statistics of each row. A row that is constant, or in which nothing can be compared, has s and z of 0 and p of 1.

    Notes
    -----
    Mann, H. B. (1945), Nonparametric tests against trend, Econometrica 13, 245-259, with the correction for ties of
    Kendall, M. G. (1975), Rank Correlation Methods, and for continuity; p is exact for at most 10 values without ties
    and one season. By season: Hirsch, R. M., Slack, J. R. and Smith, R. A. (1982), Techniques of trend analysis for
    monthly water quality data, Water Resources Research 18, 107-121. Where one month's count carries over into the
    next, a trend is less sure than p says.

    Examples
    --------
    One that rises, one that does not change, and one with a gap:
    >>> found = mann_kendall([[1, 2, 4, 7, 9], [3, 3, 3, 3, 3], [9, np.nan, 5, 4, 1]])
    >>> found.s.tolist(), found.p.round(3)
    ([10.0, 0.0, -6.0], array([0.017, 1.   , 0.083]))
    """
    values = np.asarray(series, dtype=np.float64)
    rows, months = values.shape
    whole = np.pad(values, ((0, 0), (-months % seasons, 0)), constant_values=np.nan)
    by_season = whole.reshape(rows, whole.shape[1] // seasons, seasons).swapaxes(1, 2)
    s, variance = (each.sum(axis=1) for each in _scores(by_season))
    deviation = np.sqrt(variance)
    z = np.sign(s) * np.divide(np.abs(s) - 1, deviation, out=np.zeros_like(s), where=deviation > 0)
    p = 2 * ndtr(-np.abs(z))
    number = np.isfinite(values).sum(axis=1)
    untied = variance == _variance(number)
    for few in range(2, _EXACT + 1) if seasons == 1 else ():
        exact = untied & (number == few)
        p[exact] = _exact_p(few)[np.abs(s[exact]).astype(int)]
    # Of thousands of values the normal distribution has no tail left, and probabilities may add up to a bit over 1.
    return Trends(s, z, np.clip(p, np.finfo(np.float64).tiny, 1))


def _scores(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Kendall's S along the last axis, and its variance without a trend."""
    s, alike = np.zeros(values.shape[:-1]), np.ones_like(values)
    for lag in range(1, values.shape[-1]):
        later, earlier = values[..., lag:], values[..., :-lag]
        s += np.nan_to_num(np.sign(later - earlier)).sum(axis=-1)
        alike[..., lag:] += later == earlier
        alike[..., :-lag] += later == earlier
    # A tie of t values takes t (t - 1) (2 t + 5) / 18 from the variance, shared out here among the t.
    ties = ((alike - 1) * (2 * alike + 5)).sum(axis=-1) / 18
    return s, _variance(np.isfinite(values).sum(axis=-1)) - ties


def _variance(number: npt.NDArray[np.int_]) -> FloatArray:
    return number * (number - 1) * (2 * number + 5) / 18


@cache
def _exact_p(number: int) -> FloatArray:
    """How likely chance brings an S at least so far from 0, by S; all orders of the values are equally likely."""
    # Put in one after the other by size, the k-th value stands before 0 to k - 1 of the smaller ones.
    orders = np.ones(1)
    for already in range(1, number):
        orders = np.convolve(orders, np.full(already + 1, 1 / (already + 1)))
    s = np.abs(orders.size - 1 - 2 * np.arange(orders.size))
    return np.array([orders[s >= least].sum() for least in range(orders.size)])


class TrendClass(StrEnum):
    """What course an area takes."""

    NEW = "new"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    FADING = "fading"
    NONE = "none"
    TOO_SHORT = "too short"


@dataclass(frozen=True)
class Years:
    """The last 12 months against the 12 before."""

    now: int
    before: int
    ratio: float
    """Of now to before: NaN if both are 0, infinite if only before is."""
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """The course of a series, and what it was told from."""

    trend_class: TrendClass
    months: int
    """How many complete months there are after the last gap."""
    years: Years | None
    """None if the series is too short."""
    z: float
    """Of the Mann-Kendall test by months of the year over all those months: below 0 for a fall."""
    p: float
    """Of the same test, two-sided."""


def trend_class(months: npt.ArrayLike, high_now: bool, high_before: bool) -> Change:
    """Tell the course of a monthly series.

    Parameters
    ----------
    months : counts of complete months, oldest first; NaN for a gap, and only what comes after the last gap is used
    high_now, high_before : whether the last 12 months, and the 12 before, were high for the area

    Returns
    -------
    Its course: with fewer than 24 months, too short; otherwise the first of these that holds.

    - new: high now and not before, and surely more than before (the lower limit of the ratio is above 1);
    - fading: high before, and falling; or no longer high, and surely less than before (the upper limit is below 1);
    - none: not high now;
    - intensifying: high now, and rising;
    - persistent: high now. It may not have been high before, but then it cannot be told that it has changed.

    Rising and falling are said if the Mann-Kendall test, which compares each month with the same month of other years,
    has p of at most 0.05 over all months, and the last 12 months are on the same side of the 12 before.

    Examples
    --------
    >>> found = trend_class([2] * 12 + [6] * 12, high_now=True, high_before=False)
    >>> found.trend_class.value, found.years.now, found.years.before, round(found.years.low, 2)
    ('new', 72, 24, 1.87)

    After a gap a series begins again:
    >>> trend_class([6] * 12 + [np.nan] + [6] * 11, high_now=True, high_before=True).trend_class.value
    'too short'
    """
    counts = np.asarray(months, dtype=np.float64)
    counts = counts[np.flatnonzero(np.isnan(counts)).max(initial=-1) + 1 :]
    tested = mann_kendall(counts[None], seasons=_YEAR)
    z, p = float(tested.z[0]), float(tested.p[0])
    if counts.size < 2 * _YEAR:
        return Change(TrendClass.TOO_SHORT, counts.size, None, z, p)
    now, before = int(counts[-_YEAR:].sum()), int(counts[-2 * _YEAR : -_YEAR].sum())
    ratio, low, high = (float(each) for each in rate_ratio(now, _YEAR, before, _YEAR))
    years = Years(now, before, ratio, low, high)
    way = int(np.sign(z)) if p <= SURE and (now - before) * z > 0 else 0
    return Change(_trend_class(years, way, high_now, high_before), counts.size, years, z, p)


def _trend_class(years: Years, way: int, high_now: bool, high_before: bool) -> TrendClass:
    if high_now and not high_before and years.low > 1:
        return TrendClass.NEW
    if high_before and (way < 0 or (not high_now and years.high < 1)):
        return TrendClass.FADING
    if not high_now:
        return TrendClass.NONE
    return TrendClass.INTENSIFYING if way > 0 else TrendClass.PERSISTENT


_OPENINGS = {
    TrendClass.NEW: "High now and not the year before",
    TrendClass.INTENSIFYING: "High, and rising over {} months",
    TrendClass.PERSISTENT: "High, with no sure change",
    TrendClass.FADING: "Was high, and is falling",
    TrendClass.NONE: "Not high now",
}


def sentence(change: Change, noun: tuple[str, str] = ("case", "cases"), of_all: tuple[int, int] | None = None) -> str:
    """Say a course in a sentence with its numbers.

    Parameters
    ----------
    noun : what is counted, for one and for many
    of_all : counts of both years, the last first, where the series leaves out what repeats of the same homes add

    Examples
    --------
    >>> sentence(trend_class([2] * 12 + [6] * 12, high_now=True, high_before=False), ("repair", "repairs"))
    'High now and not the year before: 72 repairs in the last 12 months, 24 in the 12 before, 3.0 times as many (likely
    between 1.9 and 5.0).'
    >>> sentence(trend_class([1] * 24, high_now=False, high_before=False), of_all=(26, 12))
    'Not high now: 26 cases in the last 12 months, 12 in the 12 before; leaving out repeats from the same homes 12 and
    12, about as many (likely between 0.4 and 2.4).'
    >>> sentence(trend_class([], high_now=False, high_before=False))
    'Too short to say: 0 complete months in a row, and 24 are needed.'
    """
    if change.years is None:
        complete = f"{change.months} complete month{'' if change.months == 1 else 's'} in a row"
        return f"Too short to say: {complete}, and 24 are needed."
    opening = _OPENINGS[change.trend_class].format(change.months)
    now, before = change.years.now, change.years.before
    if not now and not before:
        return f"{opening}: no {noun[1]} in the last 24 months."
    every, every_before = of_all or (now, before)
    lately = f"{every:,}" if every else "no"
    earlier = f"{every_before:,}" if every_before else "none"
    counted = f"{lately} {noun[every != 1]} in the last 12 months, {earlier} in the 12 before"
    if (every, every_before) != (now, before):
        counted += f"; leaving out repeats from the same homes {now:,} and {before:,}"
    return f"{opening}: {counted}, {_comparison_sentence(change.years)}."


def _comparison_sentence(years: Years) -> str:
    low, high = _times(years.low), _times(years.high)
    if years.now and years.before:
        many = "about as many" if _times(years.ratio) == "1.0" else f"{_times(years.ratio)} times as many"
        return f"{many} (likely between {low} and {high})"
    if years.low > 1:
        return f"likely at least {low} times as many"
    if years.high < 1:
        return f"likely at most {high} times as many"
    return "too few to compare"


def _times(ratio: float) -> str:
    # Whole from 10 upwards, and never a false zero.
    if ratio < 0.005:
        return "under 0.01"
    return f"{ratio:,.0f}" if ratio >= 9.95 else f"{ratio:.{1 if ratio >= 0.095 else 2}f}"
