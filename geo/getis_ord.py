"""Getis and Ord's local statistic Gi*: where high values lie together."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.crs import FloatArray


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

    Examples
    --------
    Six areas in a row, each with those beside it:
    >>> row = csr_array(np.eye(6) + np.eye(6, k=1) + np.eye(6, k=-1))
    >>> gi_star_z([0, 0, 1, 9, 8, 9], row).round(2)
    array([-1.7 , -2.22, -0.62,  0.8 ,  2.22,  1.51])
    >>> gi_star_z([3, 3, 3, 3, 3, 3], row)
    array([nan, nan, nan, nan, nan, nan])
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
