"""Hexagons: against shapely, which knows nothing of a lattice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hexagons import CellArray, cells_at, centres, neighbours, polygons

ORIGIN = np.array([486_000.0, 237_500.0])
WIDTHS = (100.0, 150.0, 333.0)


def _patch(cell_width: float, half: float = 800.0) -> CellArray:
    """Every cell that has a point of a fine grid in it, about a place in Milton Keynes."""
    steps = np.arange(-half, half + 1, cell_width / 8)
    x, y = (axis.ravel() for axis in np.meshgrid(ORIGIN[0] + steps, ORIGIN[1] + steps))
    return np.unique(cells_at(x, y, cell_width))


@pytest.mark.parametrize("cell_width", WIDTHS)
def test_hexagons_tile_the_plane(cell_width: float) -> None:
    """They are regular, of the width that was asked for, lie edge to edge, and leave no gap and no overlap."""
    cells = _patch(cell_width)
    outlines = polygons(cells, cell_width)
    left, bottom, right, top = shapely.bounds(outlines).T
    assert right - left == pytest.approx(np.full(cells.size, cell_width), abs=0.002)
    assert top - bottom == pytest.approx(np.full(cells.size, cell_width * 2 / np.sqrt(3)), abs=0.002)
    assert shapely.area(outlines) == pytest.approx(np.full(cells.size, cell_width**2 * np.sqrt(3) / 2), rel=1e-4)
    assert shapely.coverage_is_valid(outlines)
    whole = shapely.union_all(outlines)
    assert whole.area == pytest.approx(shapely.area(outlines).sum(), rel=1e-9)
    assert isinstance(whole, shapely.Polygon)
    assert not whole.interiors
    assert whole.covers(shapely.box(*(ORIGIN - 790), *(ORIGIN + 790)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    x=st.floats(-100_000, 800_000),
    y=st.floats(-100_000, 1_300_000),
    cell_width=st.sampled_from([1.0, 75.5, 150.0, 2_000.0]),
)
def test_a_point_lies_in_its_cell(x: float, y: float, cell_width: float) -> None:
    """Anywhere on or off the grid of Great Britain, west and south of its origin too."""
    cell = cells_at([x], [y], cell_width)
    (outline,) = polygons(cell, cell_width)
    # Vertices are rounded to the millimetre.
    assert shapely.distance(outline, shapely.Point(x, y)) < 0.002
    (east,), (north,) = centres(cell, cell_width)
    assert shapely.distance(shapely.centroid(outline), shapely.Point(east, north)) < 0.002
    assert cells_at([east], [north], cell_width).tolist() == cell.tolist()


def test_a_point_on_an_edge_or_vertex_is_in_a_cell_that_has_it() -> None:
    """Where rounding decides, it decides for one of the cells there."""
    cell_width = 150.0
    corners = np.unique(shapely.get_coordinates(polygons(_patch(cell_width), cell_width)), axis=0)
    middles = shapely.get_coordinates(shapely.boundary(polygons(_patch(cell_width), cell_width)))
    places = np.concatenate([corners, (middles[1:] + middles[:-1]) / 2])
    outlines = polygons(cells_at(places[:, 0], places[:, 1], cell_width), cell_width)
    on = np.concatenate([np.ones(len(corners), bool), np.hypot(*np.diff(middles, axis=0).T) < cell_width])
    assert shapely.distance(outlines, shapely.points(places))[on].max() < 0.002


@pytest.mark.parametrize("cell_width", WIDTHS)
@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_neighbours_are_the_cells_that_touch(cell_width: float, kept: float) -> None:
    """The same pairs as shapely's touches, and each cell with itself; also in a set with holes and islands."""
    cells = _patch(cell_width)
    cells = cells[np.random.default_rng(5).random(cells.size) < kept]
    outlines = polygons(cells, cell_width)
    windows = neighbours(cells)
    table = windows.toarray()
    np.testing.assert_array_equal(table, shapely.touches(outlines[:, None], outlines) | np.eye(cells.size, dtype=bool))
    np.testing.assert_array_equal(table, table.T)
    assert windows.nnz == table.sum()


def test_the_same_place_has_the_same_number_in_every_call() -> None:
    """Alone or among others, in any order."""
    x, y = np.random.default_rng(3).uniform(-50_000, 50_000, (2, 500))
    together = cells_at(x, y, 150)
    assert np.concatenate([cells_at([east], [north], 150) for east, north in zip(x, y, strict=True)]).tolist() == (
        together.tolist()
    )
    np.testing.assert_array_equal(cells_at(x[::-1], y[::-1], 150), together[::-1])


def test_none_and_one() -> None:
    """No points are in no cells, which have no neighbours; one cell has itself."""
    nothing = cells_at([], [], 150)
    assert nothing.size == polygons(nothing, 150).size == 0
    assert neighbours(nothing).shape == (0, 0)
    assert neighbours(cells_at([1.0], [1.0], 150)).toarray().tolist() == [[1.0]]
