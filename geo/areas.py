"""Which area a point lies in: millions of points at a time, each with the answer that GEOS would give."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import FloatArray

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]
GeometryArray = npt.NDArray[np.object_]

NOWHERE = -1

_CELLS_PER_AREA = 512
_CELLS_PER_SIDE_AT_MOST = 2048
_HALVINGS = 5
_POINTS_AT_ONCE = 2**17


class AreaIndex:
    """An index of areas that finds the one in which each point lies.

    A raster holds for each cell the area it lies wholly inside, or that it lies in none, or which areas have
    an edge in it; only the points in cells of the last kind are given to GEOS. Areas are closed: a point on
    an edge or a vertex is inside, and where areas share it, or overlap, the smaller code wins.

    Parameters
    ----------
    codes : one for each area
    polygons : in the order of `codes`, valid polygons or multipolygons, EPSG:27700; a missing or empty one
        contains nothing

    Attributes
    ----------
    codes : sorted ascending; the answers are positions in it
    """

    codes: tuple[str, ...]

    def __init__(self, codes: Iterable[str], polygons: Iterable[shapely.Geometry | None]) -> None:
        pairs = sorted(zip(codes, polygons, strict=True), key=lambda pair: pair[0])
        self.codes = tuple(code for code, _ in pairs)
        self._polygons = np.array([polygon for _, polygon in pairs], dtype=np.object_)
        shapely.prepare(self._polygons)
        self._raster = _Raster(self._polygons)

    def find(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> IntArray:
        """Find the area of every point.

        Parameters
        ----------
        easting, northing : one-dimensional, metres, EPSG:27700

        Returns
        -------
        Positions in `codes`; -1 where a point is in no area, or a coordinate is missing or infinite.

        Examples
        --------
        >>> index = AreaIndex(["E1", "E2"], [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
        >>> index.find([5, 15, 25, np.nan], [5, 5, 5, 5]).tolist()
        [0, 1, -1, -1]

        A point on a shared edge is in the area with the smaller code:
        >>> index.codes[index.find([10], [5])[0]]
        'E1'
        >>> index.find([], []).size
        0
        """
        x, y = np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
        answer = np.empty(x.shape, dtype=np.int32)
        for start in range(0, x.size, _POINTS_AT_ONCE):
            part = slice(start, start + _POINTS_AT_ONCE)
            answer[part] = self._find(x[part], y[part])
        return answer

    def _find(self, x: FloatArray, y: FloatArray) -> IntArray:
        answer = self._raster.at(x, y)
        points = np.flatnonzero(answer < NOWHERE)
        cell = NOWHERE - 1 - answer[points]
        answer[points] = NOWHERE
        candidate, end = self._raster.starts[cell], self._raster.starts[cell + 1]
        while points.size:
            area = self._raster.candidates[candidate]
            inside = shapely.intersects_xy(self._polygons[area], x[points], y[points])
            answer[points[inside]] = area[inside]
            candidate += 1
            again = ~inside & (candidate < end)
            points, candidate, end = points[again], candidate[again], end[again]
        return answer


class _Raster:
    """Cells of equal size over all areas, found by halving, again and again, those that an edge crosses.

    `at` gives for each point the area its cell lies wholly inside, or -1 for a cell in none, or -2 - k for
    the k-th cell with an edge in it; the areas of that cell are `candidates[starts[k]:starts[k + 1]]`,
    ascending.
    """

    def __init__(self, polygons: GeometryArray) -> None:
        self._polygons, self._edges = polygons, shapely.boundary(polygons)
        shapely.prepare(self._edges)
        left, bottom, right, top = np.nan_to_num(shapely.bounds(shapely.geometrycollections(polygons)))
        width, height = right - left, top - bottom
        usual = math.sqrt(width * height / _CELLS_PER_AREA / max(polygons.size, 1))
        self._side = max(usual, width / _CELLS_PER_SIDE_AT_MOST, height / _CELLS_PER_SIDE_AT_MOST, 1e-6)
        self._left, self._bottom = left - self._side, bottom - self._side
        block = self._side * 2**_HALVINGS
        shape = math.ceil((height + 2 * self._side) / block), math.ceil((width + 2 * self._side) / block)
        self._fill(np.full(shape, NOWHERE, dtype=np.int32))

    def at(self, x: FloatArray, y: FloatArray) -> IntArray:
        rows, columns = self._cells.shape
        row = _step(y, self._bottom, self._side, rows - 1)
        column = _step(x, self._left, self._side, columns - 1)
        answer: IntArray = self._cells.ravel().take(row * columns + column)
        return answer

    def _fill(self, cells: IntArray) -> None:
        pairs = self._first_pairs(cells.shape)
        for halving in range(_HALVINGS + 1):
            if halving:
                cells, pairs = cells.repeat(2, axis=0).repeat(2, axis=1), _halved(pairs)
            pairs, inside = self._meeting(pairs, self._side * 2 ** (_HALVINGS - halving))
            first = _first_of_cell(pairs)
            settled = first & inside
            row, column, area = pairs[:, settled]
            cells[row, column] = area
            pairs = pairs[:, ~settled[first][np.cumsum(first) - 1]]
        row, column, self.candidates = pairs
        begin = np.flatnonzero(_first_of_cell(pairs))
        cells[row[begin], column[begin]] = NOWHERE - 1 - np.arange(begin.size)
        self.starts = np.append(begin, self.candidates.size)
        # A ring of empty cells answers for every point beyond the areas.
        self._cells = np.pad(cells, 1, constant_values=NOWHERE)

    def _first_pairs(self, shape: tuple[int, int]) -> IntArray:
        row, column = np.indices(shape, dtype=np.int32).reshape(2, -1)
        boxes = self._boxes(row, column, self._side * 2**_HALVINGS)
        cell, area = shapely.STRtree(self._polygons).query(boxes)
        ascending = np.lexsort((area, cell))
        return np.array([row[cell], column[cell], area], dtype=np.int32)[:, ascending]

    def _meeting(self, pairs: IntArray, side: float) -> tuple[IntArray, BoolArray]:
        """Keep the pairs of a cell and an area that meet, and say which cells lie wholly inside the area."""
        row, column, area = pairs
        crossed = shapely.intersects(self._edges[area], self._boxes(row, column, side))
        x, y = self._left + (column + 0.5) * side, self._bottom + (row + 0.5) * side
        inside = ~crossed
        inside[inside] = shapely.intersects_xy(self._polygons[area[inside]], x[inside], y[inside])
        meeting = crossed | inside
        return pairs[:, meeting], inside[meeting]

    def _boxes(self, row: IntArray, column: IntArray, side: float) -> GeometryArray:
        # A little larger than the cell: rounding may put a point into the cell beside its own.
        x, y, margin = self._left + column * side, self._bottom + row * side, 1e-6 * (1 + side)
        boxes: GeometryArray = shapely.box(x - margin, y - margin, x + side + margin, y + side + margin)
        return boxes


def _step(values: FloatArray, origin: float, side: float, last: int) -> npt.NDArray[np.int64]:
    # fmin and not minimum, so that a missing coordinate falls into the last cell, which is empty.
    return np.fmax(np.fmin((values - origin) * (1 / side) + 1, last), 0).astype(np.int64)


def _halved(pairs: IntArray) -> IntArray:
    quarters = [pairs * [[2], [2], [1]] + [[up], [right], [0]] for up in (0, 1) for right in (0, 1)]
    return np.concatenate(quarters, axis=1, dtype=np.int32)


def _first_of_cell(pairs: IntArray) -> BoolArray:
    first = np.ones(pairs.shape[1], dtype=np.bool_)
    first[1:] = (np.diff(pairs[:2]) != 0).any(axis=0)
    return first
