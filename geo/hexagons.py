"""A grid of regular hexagons that covers the plane, always the same for a width, and who lies beside whom."""

import math

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from geo.crs import FloatArray

CellArray = npt.NDArray[np.int64]
GeometryArray = npt.NDArray[np.object_]

# Axial coordinates (q, r) in one number; q grows eastward, r north-eastward.
_SHIFT, _LOW, _HALF = 32, (1 << 32) - 1, 1 << 31


def cells_at(easting: npt.ArrayLike, northing: npt.ArrayLike, cell_width: float) -> CellArray:
    """Number the hexagon in which each point lies.

    Parameters
    ----------
    easting, northing : one-dimensional, finite, metres, EPSG:27700
    cell_width : width of a hexagon from edge to edge, metres

    Returns
    -------
    Numbers of cells; the same place has the same number in every call with the same width. A point on an edge is
    in one of the cells that share it.

    Examples
    --------
    >>> first, same, other = cells_at([485000, 485010, 485400], [238000, 238010, 238000], 150).tolist()
    >>> first == same, first == other
    (True, False)
    >>> cells_at([], [], 150).size
    0
    """
    x, y = np.asarray(easting, dtype=np.float64) / cell_width, np.asarray(northing, dtype=np.float64) / cell_width
    # Cube coordinates, rounded to the nearest cell; of the three the one rounded furthest follows from the others.
    r = y * 2 / math.sqrt(3)
    q = x - r / 2
    s = -q - r
    rounded = np.rint([q, r, s])
    off = np.abs(rounded - [q, r, s])
    worst = off.argmax(axis=0)
    q, r = (np.where(worst == axis, -rounded.sum(axis=0) + rounded[axis], rounded[axis]) for axis in (0, 1))
    return _number(q.astype(np.int64), r.astype(np.int64))


def centres(cells: CellArray, cell_width: float) -> tuple[FloatArray, FloatArray]:
    """Easting and northing of the middle of each cell, metres.

    Examples
    --------
    >>> x, y = centres(cells_at([485000], [238000], 150), 150)
    >>> x.round().tolist(), y.round().tolist()
    ([484950.0], [237984.0])
    """
    q, r = _axial(cells)
    return cell_width * (q + r / 2), cell_width * r * math.sqrt(3) / 2


def polygons(cells: CellArray, cell_width: float) -> GeometryArray:
    """The outline of each cell, EPSG:27700; cells side by side share their vertices to the millimetre.

    Examples
    --------
    >>> outlines = polygons(cells_at([485000, 485150], [238000, 238000], 150), 150)
    >>> shapely.area(outlines).round().tolist(), bool(shapely.touches(*outlines))
    ([19486.0, 19486.0], True)
    >>> polygons(cells_at([], [], 150), 150).size
    0
    """
    x, y = centres(cells, cell_width)
    # Pointed at the top: vertices at 30, 90, ... 330 degrees, a side's length from the middle.
    angles = np.radians(np.arange(30, 390, 60))
    radius = cell_width / math.sqrt(3)
    corners = np.stack([x[:, None] + radius * np.cos(angles), y[:, None] + radius * np.sin(angles)], axis=-1)
    return np.asarray(shapely.polygons(corners.round(3)), dtype=np.object_)


def neighbours(cells: CellArray, steps: int = 1) -> csr_array:
    """Which cells of a set lie within some steps of each, itself included: by one step, the windows of Gi*.

    Parameters
    ----------
    cells : ascending, each once
    steps : from cell to cell over their edges; within one lie up to 7 cells, within two 19

    Returns
    -------
    Square matrix of ones, float64; row i has a one for cell i and for each of the cells around it that is in the set.

    Examples
    --------
    Two cells side by side, and one far away:
    >>> cells = np.unique(cells_at([485000, 485150, 487000], [238000, 238000, 238000], 150))
    >>> neighbours(cells).toarray().astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    >>> neighbours(cells[:0]).shape
    (0, 0)
    """
    q, r = _axial(cells)
    beside = np.stack([_number(q + east, r + north) for east, north in _within(steps)], axis=1)
    at = np.searchsorted(cells, beside)
    at[at == cells.size] = 0
    there = cells[at] == beside if cells.size else np.zeros(beside.shape, dtype=np.bool_)
    starts = np.concatenate([[0], there.sum(axis=1).cumsum()])
    return csr_array((np.ones(starts[-1]), at[there], starts), shape=(cells.size, cells.size))


def _within(steps: int) -> list[tuple[int, int]]:
    every = range(-steps, steps + 1)
    return [(east, north) for east in every for north in every if abs(east + north) <= steps]


def _number(q: CellArray, r: CellArray) -> CellArray:
    number: CellArray = (q << _SHIFT) + (r + _HALF)
    return number


def _axial(cells: CellArray) -> tuple[CellArray, CellArray]:
    return cells >> _SHIFT, (cells & _LOW) - _HALF
