"""What course an area takes by its months, in a sentence."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, gammainc

from geo.crs import FloatArray
from geo.mann_kendall import mann_kendall
from geo.rates import rate_ratio

SURE = 0.05
"""A rise or fall is sure if chance alone makes one so clear in fewer series than this share."""

_YEAR = 12
_ONE_MONTH = 0.001
_STEADY = (0.9, 1.1)
"""Times as many as a year before: between these nothing has changed elsewhere for a sentence."""


class TrendClass(StrEnum):
    """What course an area takes."""

    NEW = "new"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    UNSURE = "unsure"
    """High now, and neither surely high before nor surely more than then."""
    ONE_OFF = "one-off"
    """High by one month alone."""
    FADING = "fading"
    NONE = "none"
    TOO_SHORT = "too short"


@dataclass(frozen=True)
class Years:
    """The last 12 months against the 12 before."""

    now: int
    before: int
    elsewhere: float
    """How many times as many there are elsewhere as in the year before; a month of none counts as one."""
    ratio: float
    """Of now to before, divided by that: NaN if both are 0, infinite if only before is."""
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
    one_off: int | None = None
    """How long before the last month the one was that alone makes the year high; None if there is none such."""


def trend_class(
    months: npt.ArrayLike, elsewhere: npt.ArrayLike, high_now: bool, high_before: bool, expected: float = 0.0
) -> Change:
    """Tell the course of a monthly series beside what happens elsewhere.

    Parameters
    ----------
    months : counts of complete months, oldest first; NaN for a gap, and only what comes after the last gap is used
    elsewhere : counts of all other areas together, of the same months
    high_now, high_before : whether the last 12 months, and the 12 before, were high for the area
    expected : of the last 12 months if they were not high

    Returns
    -------
    Its course: with fewer than 24 months, too short; otherwise the first of these that holds.

    - one-off: high now and not before, by one month alone;
    - new: high now and not before, and surely more than before (the lower limit of the ratio is above 1);
    - fading: high before, and falling; or no longer high, and surely less than before (the upper limit is below 1);
    - none: not high now;
    - intensifying: high now and before, and rising;
    - persistent: high now and before;
    - unsure: high now, and neither high before nor surely more than then.

    More, less, rising and falling are beside the others: what grows everywhere is no news of an area. Rising and
    falling are said if the Mann-Kendall test, which compares how many times the others' count each month has with the
    same month of other years, has p of at most 0.05 over all months, and the last 12 months are on the same side of
    the 12 before.

    Examples
    --------
    >>> found = trend_class([2] * 12 + [6] * 12, [90] * 24, high_now=True, high_before=False)
    >>> found.trend_class.value, found.years.now, found.years.before, round(found.years.low, 2)
    ('new', 72, 24, 1.87)

    Where there is three times as much everywhere, that is not new; and after a gap a series begins again:
    >>> trend_class([2] * 12 + [6] * 12, [30] * 12 + [90] * 12, high_now=True, high_before=True).trend_class.value
    'persistent'
    >>> trend_class([6] * 12 + [np.nan] + [6] * 11, [90] * 24, high_now=True, high_before=True).trend_class.value
    'too short'
    """
    counts, everywhere = np.asarray(months, dtype=np.float64), np.asarray(elsewhere, dtype=np.float64)
    start = np.flatnonzero(np.isnan(counts)).max(initial=-1) + 1
    counts, everywhere = counts[start:], everywhere[start:]
    # Where nothing happens elsewhere nothing could be compared with it.
    everywhere = np.maximum(everywhere, 1)
    tested = mann_kendall((counts / everywhere)[None], seasons=_YEAR)
    z, p = float(tested.z[0]), float(tested.p[0])
    if counts.size < 2 * _YEAR:
        return Change(TrendClass.TOO_SHORT, counts.size, None, z, p)
    years = _years(counts, everywhere)
    way = int(np.sign(z)) if p <= SURE and (years.ratio - 1) * z > 0 else 0
    month = month_alone(counts[-_YEAR:], everywhere[-_YEAR:], expected)
    trend = _trend_class(years, way, high_now, high_before, month is not None)
    one_off = None if month is None or trend != TrendClass.ONE_OFF else _YEAR - 1 - month
    return Change(trend, counts.size, years, z, p, one_off)


def _last_two(counts: FloatArray, elsewhere: FloatArray) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
    return (counts[-_YEAR:], elsewhere[-_YEAR:]), (counts[-2 * _YEAR : -_YEAR], elsewhere[-2 * _YEAR : -_YEAR])


def _years(counts: FloatArray, elsewhere: FloatArray) -> Years:
    (now, others), (before, others_before) = ((a.sum(), b.sum()) for a, b in _last_two(counts, elsewhere))
    ratio, low, high = (float(each) for each in rate_ratio(now, others, before, others_before))
    return Years(int(now), int(before), float(others / others_before), ratio, low, high)


def month_alone(counts: npt.ArrayLike, elsewhere: npt.ArrayLike, expected: float) -> int | None:
    """Find the one month that alone makes a year high.

    Parameters
    ----------
    counts : by month
    elsewhere : what the same months bring elsewhere, above 0, in any unit
    expected : of a year that is not high

    Returns
    -------
    Its position: of the month with most, if chance puts as many into one of the months less than once in a thousand
    years, and the others are not surely more than is expected of them; otherwise None.

    Examples
    --------
    >>> month_alone([2, 1, 30, 2, 1, 3], [1] * 6, 10)
    2
    >>> [month_alone(year, [1] * 6, 10) for year in ([2, 1, 5, 2, 1, 3], [7, 6, 40, 7, 6, 8])]
    [None, None]
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(elsewhere, dtype=np.float64)
    total = float(y.sum())
    if not total:
        return None
    most = int(y.argmax())
    share = float(e[most] / e.sum())
    outstanding = y.size * float(bdtrc(y[most] - 1, int(total), share)) <= _ONE_MONTH
    usual_without = float(gammainc(max(total - y[most], 1e-9), expected * (1 - share))) > SURE
    return most if outstanding and usual_without else None


def _trend_class(years: Years, way: int, high_now: bool, high_before: bool, one_month: bool) -> TrendClass:
    if high_now and not high_before and one_month:
        return TrendClass.ONE_OFF
    if high_now and not high_before and years.low > 1:
        return TrendClass.NEW
    if high_before and (way < 0 or (not high_now and years.high < 1)):
        return TrendClass.FADING
    if not high_now:
        return TrendClass.NONE
    if not high_before:
        return TrendClass.UNSURE
    return TrendClass.INTENSIFYING if way > 0 else TrendClass.PERSISTENT


_OPENINGS = {
    TrendClass.NEW: "High now and not the year before",
    TrendClass.INTENSIFYING: "High, and rising over {} months",
    TrendClass.PERSISTENT: "High in both years, with no sure change",
    TrendClass.UNSURE: "High now; whether it was the year before cannot be told",
    TrendClass.ONE_OFF: "High by one month alone",
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
    >>> found = trend_class([2] * 12 + [6] * 12, [90] * 24, high_now=True, high_before=False)
    >>> sentence(found, ("repair", "repairs"))
    'High now and not the year before: 72 repairs in the last 12 months, 24 in the 12 before, 3.0 times as many (likely
    between 1.9 and 5.0).'
    >>> found = trend_class([1] * 24, [60] * 12 + [90] * 12, high_now=False, high_before=False)
    >>> sentence(found, of_all=(26, 12))
    'Not high now: 26 cases in the last 12 months, 12 in the 12 before; leaving out repeats from the same homes 12 and
    12. Elsewhere 1.5 times as many; beside that, 0.7 times as many (likely between 0.3 and 1.6).'
    >>> sentence(trend_class([], [], high_now=False, high_before=False))
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
    compared = _comparison_sentence(change.years)
    if is_steady(change.years.elsewhere):
        return f"{opening}: {counted}, {compared}."
    return f"{opening}: {counted}. Elsewhere {_times(change.years.elsewhere)} times as many; beside that, {compared}."


def is_steady(times: float) -> bool:
    """Whether so many times as many as a year before is no change for a sentence.

    Examples
    --------
    >>> is_steady(1.08), is_steady(0.8)
    (True, False)
    """
    return _STEADY[0] <= times <= _STEADY[1]


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
