"""Getis and Ord's local statistic Gi*: where high values lie together."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.crs import FloatArray

IndexArray = npt.NDArray[np.int64]


def gi_star_z(values: npt.ArrayLike, windows: csr_array) -> FloatArray:
    """Standardise the sum of each window by its mean and variance over all ways to deal the values out.

    Parameters
    ----------
    values : one for each area, finite
    windows : weights of areas (columns) in the window of each area (rows), itself included

    Returns
    -------
    One z for each area. NaN where the statistic says nothing: all values are equal, or a window has every area;
    NaN everywhere if a value is not finite.

    Notes
    -----
    Ord, J. K. and Getis, A. (1995), Local spatial autocorrelation statistics, Geographical Analysis 27, 286-306,
    equation 14; the standard deviation is that of the population.
    """
    x = np.asarray(values, dtype=np.float64)
    if not x.size:
        return x
    n, mean, spread = x.size, x.mean(), x.std()
    weight, square = np.asarray(windows.sum(axis=1)), np.asarray((windows * windows).sum(axis=1))
    deviation = spread * np.sqrt(np.maximum(n * square - weight**2, 0) / max(n - 1, 1))
    # Of equal values the deviation is rounding, not spread.
    said = deviation > 1e-12 * max(abs(mean), 1e-300)
    z: FloatArray = np.divide(windows @ x - mean * weight, deviation, out=np.full(n, np.nan), where=said)
    return z


def gi_star_p(values: npt.ArrayLike, windows: csr_array, permutations: int = 999, *, seed: int) -> FloatArray:
    """How often a window's sum is reached when the values of all other areas are dealt out anew.

    Parameters
    ----------
    values : one for each area, finite
    windows : ones for the areas (columns) in the window of each area (rows), itself included
    permutations : how often they are dealt out
    seed : of the dealing

    Returns
    -------
    One-sided p of each area, from 1 / (permutations + 1) to 1; NaN everywhere if a value is not finite.

    Notes
    -----
    Conditional permutation (Anselin, L. (1995), Local indicators of spatial association, Geographical Analysis 27,
    93-115), without replacement and without the area itself. All areas share the same deals, as in PySAL. An area
    that was dealt to itself gets the next value of that deal instead, so only those few sums are made anew.
    """
    x = np.asarray(values, dtype=np.float64)
    others = np.diff(windows.indptr) - 1
    random, most = np.random.default_rng(seed), min(int(others.max(initial=0)) + 1, x.size)
    dealt = np.array([random.choice(x.size, most, replace=False) for _ in range(permutations)])
    # Sums in another order differ by rounding: that is no difference.
    reached = windows @ x - x - 1e-9 * np.abs(x).max(initial=0.0)
    count = np.empty(x.size, dtype=np.int64)
    for number in np.unique(others):
        areas = np.flatnonzero(others == number)
        count[areas] = _deals_reaching(x, dealt, int(number), areas, reached[areas])
    return np.where(np.isfinite(reached), (count + 1) / (permutations + 1), np.nan)


def _deals_reaching(
    x: FloatArray, dealt: IndexArray, number: int, areas: IndexArray, reached: FloatArray
) -> IndexArray:
    """In how many deals the sum of the first `number` values, of areas other than itself, reaches each area's."""
    sums = x[dealt[:, :number]].sum(axis=1)
    count: IndexArray = sums.size - np.searchsorted(np.sort(sums), reached)
    if number == 0:
        return count
    place = np.full(x.size, -1)
    place[areas] = np.arange(areas.size)
    deal, column = np.nonzero(place[dealt[:, :number]] >= 0)
    itself = dealt[deal, column]
    anew = sums[deal] - x[itself] + x[dealt[deal, number]]
    at = place[itself]
    np.add.at(count, at, (anew >= reached[at]).astype(np.int64) - (sums[deal] >= reached[at]))
    return count
