"""Whether a series rises or falls: the Mann-Kendall test, by seasons or without."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from geo.crs import FloatArray

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
