"""A heat surface: how many points there are per hectare, smoothed, on a grid."""

import math

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from geo.crs import FloatArray

_SQUARE_METRES = 10_000
"""Of a hectare."""

_REACH = 4.0
"""How far the kernel goes, in standard deviations."""

_POINTS_AT_ONCE = 2**13


def density(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    deviation: float,
    bounds: tuple[float, float, float, float],
    step: float,
) -> FloatArray:
    """Add up Gaussian kernels, one for each point, at the nodes of a grid.

    Parameters
    ----------
    easting, northing : one-dimensional, metres; a point with a missing coordinate counts nowhere
    deviation : standard deviation of the kernel, metres
    bounds : left, bottom, right, top, metres; points beyond them count as far as their kernels reach inside
    step : from node to node, metres

    Returns
    -------
    Points per hectare, rows from south to north and columns from west to east. The first node lies at the left and
    bottom, the last at the right and top or less than a step beyond. Zeros where there are no points.

    Notes
    -----
    Each point is shared among the four nodes around it (linear binning: Wand, M. P. (1994), Fast computation of
    multivariate kernel estimators, Journal of Computational and Graphical Statistics 3, 433-445), then the nodes
    are smoothed. Against the exact sum a point is wrong by at most (step / deviation)^2 / 4 of its kernel's height,
    so by 1 % with five steps to a deviation, and by another 0.1 % because the kernel ends at four deviations.

    Examples
    --------
    One point, by a kernel of 20 m: 10,000 / (2 pi 20²) = 3.98 to the hectare at its middle, and one in all.
    >>> surface = density([200], [200], 20, (0, 0, 400, 400), 4)
    >>> surface.shape, round(float(surface.max()), 2), round(float(surface.sum()) * 4**2 / 10_000, 2)
    ((101, 101), 3.98, 1.0)
    >>> bool(density([], [], 20, (0, 0, 400, 400), 4).any())
    False
    """
    left, bottom, right, top = bounds
    rows, columns = (math.ceil(length / step - 1e-9) + 1 for length in (top - bottom, right - left))
    # What lies beyond is put onto the outermost nodes, which no kernel joins to the grid.
    margin = int(_REACH * deviation / step + 0.5) + 2
    shape = rows + 2 * margin, columns + 2 * margin
    origin = left - margin * step, bottom - margin * step
    nodes = _binned(np.asarray(easting, np.float64), np.asarray(northing, np.float64), origin, step, shape)
    smooth = gaussian_filter(nodes, deviation / step, mode="constant", truncate=_REACH)
    points: FloatArray = smooth[margin:-margin, margin:-margin] * (_SQUARE_METRES / step**2)
    return points


def _binned(
    x: FloatArray, y: FloatArray, origin: tuple[float, float], step: float, shape: tuple[int, int]
) -> FloatArray:
    rows, columns = shape
    nodes = np.zeros(rows * columns)
    # The nodes to the east, north and north-east of every node, at the same place as the node itself.
    beside, above, across = nodes[1:], nodes[columns:], nodes[columns + 1 :]
    for start in range(0, x.size, _POINTS_AT_ONCE):
        part = slice(start, start + _POINTS_AT_ONCE)
        west, east = _between(x[part], origin[0], step, columns)
        south, north = _between(y[part], origin[1], step, rows)
        corner = (south * columns + west).astype(np.intp)
        both = north * east
        np.add.at(nodes, corner, (1 - north) * (1 - east))
        np.add.at(beside, corner, east - both)
        np.add.at(above, corner, north - both)
        np.add.at(across, corner, both)
    return nodes.reshape(shape)


def _between(values: FloatArray, origin: float, step: float, size: int) -> tuple[FloatArray, FloatArray]:
    """Between which nodes values lie: the number of the lower, and the share of the upper."""
    at = (values - origin) * (1 / step)
    # Not maximum, which would let a missing value through.
    np.fmin(np.fmax(at, 0, out=at), size - 2, out=at)
    below = np.floor(at)
    return below, at - below
