"""The hexagons over a layer, with the homes in each and the windows in which is looked for hotspots."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array, vstack

from geo.crs import FloatArray
from geo.excess import Windows
from geo.hexagons import CellArray, cells_at, neighbours

FEWEST_HOMES = 10
"""Of fewer homes nothing is tested or ranked: one household would be more than a tenth of what is found."""

FEWEST_POINTS = 3
"""Of fewer map points nothing is tested, where a source's points stand for several addresses each."""

_ANY = 1e4
"""By how much points may differ: one is a bench, another a shopping centre."""

SIZES = (0, 1, 2)
"""Steps from the middle of a window: of 1, 7 and 19 cells, 150, 450 and 750 m wide where a cell is 150 m wide."""


@dataclass(frozen=True)
class Grid:
    """Hexagons with the homes in each (map points in use, where a source's points stand for several addresses)."""

    cell_width: float
    """Width from edge to edge, metres."""
    cells: CellArray
    homes: FloatArray
    of_homes: bool
    """Whether these are homes: of points nobody knows how many people they stand for, so no rate is told of them."""

    @cached_property
    def around(self) -> csr_array:
        """Each cell with the up to six around it: the windows of Gi*."""
        return neighbours(self.cells)

    @cached_property
    def windows(self) -> Windows:
        """The windows of every size about every cell, the smallest first."""
        over = csr_array(vstack([neighbours(self.cells, steps) for steps in SIZES]))
        size = np.repeat(SIZES, self.cells.size)
        if self.of_homes:
            return Windows(self.homes, over, size, FEWEST_HOMES)
        return Windows(self.homes, over, size, FEWEST_POINTS, most_by_home=_ANY)

    def at(self, rows: pl.DataFrame) -> npt.NDArray[np.intp]:
        """The position of the cell of each row that has a point; the grid was made with these rows."""
        return np.searchsorted(self.cells, _cells(rows, self.cell_width))

    def counts(self, rows: pl.DataFrame) -> FloatArray:
        """How many of the rows that have a point lie in each cell."""
        return np.bincount(self.at(rows), minlength=self.cells.size).astype(np.float64)


def grid(homes: pl.DataFrame, rows: pl.DataFrame, cell_width: float, *, of_homes: bool = True) -> Grid:
    """The cells in which there are homes or rows; frames with easting and northing, metres, null without a place.

    Parameters
    ----------
    homes, rows : easting, northing : metres, EPSG:27700
    cell_width : from edge to edge, metres
    of_homes : False where `homes` are the points in use of a source whose points stand for several addresses
    """
    lived, used = _cells(homes, cell_width), _cells(rows, cell_width)
    cells = np.unique(np.concatenate([lived, used]))
    count = np.bincount(np.searchsorted(cells, lived), minlength=cells.size).astype(np.float64)
    return Grid(cell_width, cells, count, of_homes)


def _cells(rows: pl.DataFrame, cell_width: float) -> CellArray:
    there = rows.drop_nulls(["easting", "northing"])
    return cells_at(there["easting"].to_numpy(), there["northing"].to_numpy(), cell_width)
