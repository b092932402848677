"""The area of a point, against shapely's `covers` asked for every pair of area and point."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import AreaIndex
from geo.crs import grid_frame

EASTING, NORTHING = ORIGIN = np.array([480_000.0, 230_000.0])


def _codes(polygons: Sequence[shapely.Geometry]) -> list[str]:
    return [f"E{position:03d}" for position in range(len(polygons))]


def _asked_one_by_one(
    polygons: Sequence[shapely.Geometry], x: npt.ArrayLike, y: npt.ArrayLike
) -> npt.NDArray[np.int64]:
    points = np.asarray(shapely.points(np.column_stack([x, y])))
    covering = shapely.covers(np.array(polygons)[:, None], points[None, :])
    return np.where(covering.any(axis=0), covering.argmax(axis=0), -1)


def _adversarial_points(polygons: Sequence[shapely.Geometry]) -> tuple[npt.NDArray[np.float64], ...]:
    """Vertices, midpoints and other points of edges, each also moved to the next floats on all sides."""
    rings = shapely.boundary(polygons)
    lines = shapely.get_parts(rings)
    coordinates = shapely.get_coordinates(rings)
    along = [shapely.line_interpolate_point(lines, share, normalized=True) for share in (0.1, 1 / 3, 0.7)]
    places = [coordinates, (coordinates[1:] + coordinates[:-1]) / 2, *map(shapely.get_coordinates, along)]
    exact = np.concatenate([*places, shapely.get_coordinates(shapely.centroid(polygons))])
    up, down = np.nextafter(exact, np.inf), np.nextafter(exact, -np.inf)
    nudged = [np.column_stack((a[:, 0], b[:, 1])) for a in (exact, up, down) for b in (exact, up, down)]
    x, y = np.concatenate([*nudged, exact + 1e-7, exact - 1e-3, exact + np.array([0.25, -3.0])]).T
    return x, y


@st.composite
def _tessellations(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Voronoi cells of random places: every edge is shared, no coordinate is a round number."""
    ordinates = st.floats(0, 1_000, width=32)
    seeds = draw(st.lists(st.tuples(ordinates, ordinates), min_size=2, max_size=12, unique=True))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shapely.box(0, 0, 1_000, 1_000))
    moved = shapely.transform(shapely.get_parts(cells), lambda places: places + ORIGIN)
    return list(moved[shapely.is_valid(moved)])


@st.composite
def _overlaps(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Hulls on a coarse lattice: overlaps, shared corners, collinear edges, touching points, slivers."""
    places = st.tuples(st.integers(0, 8), st.integers(0, 8))
    corners = draw(st.lists(st.lists(places, min_size=3, max_size=5), min_size=1, max_size=8))
    scale = draw(st.sampled_from([0.1, 1.0, 37.5, 333.3]))
    hulls = [shapely.MultiPoint(np.array(each) * scale + ORIGIN).convex_hull for each in corners]
    return [hull for hull in hulls if hull.geom_type == "Polygon"]


@pytest.mark.simulation
@settings(max_examples=150, deadline=None, derandomize=True)
@given(polygons=st.one_of(_tessellations(), _overlaps()).filter(len))
def test_adversarial_points_get_the_answer_of_covers(polygons: list[shapely.Geometry]) -> None:
    """Vertices, edges and their neighbouring floats: no difference, and the smaller code wins."""
    x, y = _adversarial_points(polygons)
    found = AreaIndex(_codes(polygons), polygons).find(x, y)
    np.testing.assert_array_equal(found, _asked_one_by_one(polygons, x, y))


NASTY = {
    "squares that meet at corners": [
        shapely.box(EASTING + 100 * i, NORTHING + 100 * j, EASTING + 100 * i + 100, NORTHING + 100 * j + 100)
        for i in range(4)
        for j in range(4)
    ],
    "a sliver gap of a tenth of a millimetre": [
        shapely.box(EASTING, NORTHING, EASTING + 500, NORTHING + 900),
        shapely.box(EASTING + 500.0001, NORTHING, EASTING + 900, NORTHING + 900),
    ],
    "a hole, filled by another area, with a hole": [
        shapely.Point(EASTING, NORTHING).buffer(500) - shapely.Point(EASTING, NORTHING).buffer(200),
        shapely.Point(EASTING, NORTHING).buffer(200) - shapely.Point(EASTING, NORTHING).buffer(1e-3),
    ],
    "parts far away from each other": [
        shapely.union(
            shapely.box(EASTING, NORTHING, EASTING + 1, NORTHING + 1),
            shapely.box(EASTING + 90_000, NORTHING + 70_000, EASTING + 90_001, NORTHING + 70_001),
        ),
        shapely.box(EASTING + 40_000, NORTHING, EASTING + 40_000.001, NORTHING + 70_000),
    ],
    "a needle": [
        shapely.Polygon([(EASTING, NORTHING), (EASTING + 20_000, NORTHING + 1e-6), (EASTING, NORTHING + 1e-6)])
    ],
    "the same area twice": [shapely.Point(EASTING, NORTHING).buffer(300)] * 2,
}


@pytest.mark.parametrize("polygons", NASTY.values(), ids=NASTY)
def test_nasty_areas_get_the_answer_of_covers(polygons: list[shapely.Geometry]) -> None:
    """The shapes that break a raster: no difference from asking area by area."""
    x, y = _adversarial_points(polygons)
    found = AreaIndex(_codes(polygons), polygons).find(x, y)
    np.testing.assert_array_equal(found, _asked_one_by_one(polygons, x, y))
    assert set(found) >= {0}


def test_points_that_are_nowhere() -> None:
    """Far away, missing or infinite coordinates are in no area; no points have no answers."""
    index = AreaIndex(["A"], [shapely.box(EASTING, NORTHING, EASTING + 10, NORTHING + 10)])
    values = [0.0, -1e300, 1e300, np.inf, -np.inf, np.nan, EASTING + 5, NORTHING + 5]
    x, y = (grid.ravel() for grid in np.meshgrid(values, values))
    found = index.find(x, y)
    assert found.tolist() == [0 if place == (EASTING + 5, NORTHING + 5) else -1 for place in zip(x, y, strict=True)]
    assert found.dtype == np.int32
    assert index.find([], []).size == 0


def test_answers_are_positions_in_the_sorted_codes() -> None:
    """The order of the areas does not matter, and the shared edge goes to the smaller code."""
    west, east = (shapely.box(EASTING + d, NORTHING, EASTING + d + 10, NORTHING + 10) for d in (0, 10))
    x, y = EASTING + np.array([5.0, 10.0, 15.0]), np.full(3, NORTHING + 5)
    for codes, polygons in ((["B", "A"], [west, east]), (["A", "B"], [east, west])):
        index = AreaIndex(codes, polygons)
        assert index.codes == ("A", "B")
        assert index.find(x, y).tolist() == [1, 0, 0]


@pytest.mark.parametrize("polygons", [[], [None, shapely.Polygon()]])
def test_nothing_lies_in_areas_that_are_not_there(polygons: list[shapely.Geometry]) -> None:
    """No areas, missing and empty ones contain no point, not even the origin."""
    assert AreaIndex(_codes(polygons), polygons).find([0.0, EASTING], [0.0, NORTHING]).tolist() == [-1, -1]


def test_codes_and_areas_go_together() -> None:
    """One code too few is a mistake of the caller."""
    with pytest.raises(ValueError, match="longer"):
        AreaIndex(["A"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])


@pytest.mark.simulation
def test_a_spread_of_points_gets_the_answer_of_a_spatial_join() -> None:
    """More points than are taken at once, over areas with long edges: the same as geopandas."""
    random = np.random.default_rng(2)
    seeds = shapely.MultiPoint(random.uniform(0, 20_000, (60, 2)) + ORIGIN)
    cells = list(shapely.get_parts(shapely.voronoi_polygons(seeds)))
    areas = gpd.GeoDataFrame({"code": _codes(cells)}, geometry=cells, crs=27700)
    x, y = random.uniform(-1_000, 21_000, (2, 150_000)) + ORIGIN[:, None]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=27700))
    joined = points.sjoin(areas, how="left", predicate="within")["code"]
    index = AreaIndex(areas["code"], areas.geometry)
    found = index.find(x, y)
    answers = [index.codes[area] if area >= 0 else None for area in found]
    assert answers == joined.astype(object).where(joined.notna(), None).tolist()


def test_real_postcodes_in_real_wards(shared_data: Path) -> None:
    """Every postcode unit of Milton Keynes gets the ward that covers it."""
    wards = grid_frame(gpd.read_file(shared_data / "mk_wards2021_bsc.geojson"))
    units = pd.read_csv(shared_data / "mk_postcodes_cpo_2025.csv")
    polygons = list(wards.geometry)
    found = AreaIndex(_codes(polygons), polygons).find(units["easting"], units["northing"])
    np.testing.assert_array_equal(found, _asked_one_by_one(polygons, units["easting"], units["northing"]))
    assert (found >= 0).mean() > 0.98


def _strips(edges: npt.NDArray[np.float64]) -> list[shapely.Geometry]:
    west, east = edges[:-1], edges[1:]
    return list(shapely.box(east, NORTHING, west, NORTHING + 977.7)[::-1])


@pytest.mark.simulation
def test_edges_a_float_beside_the_lines_of_the_raster() -> None:
    """Rounding puts some of their points into the cell next door, which must know of the edge."""
    edges = np.linspace(0, 123.456, 401)  # near the origin, where floats are finer than the raster
    raster = AreaIndex(_codes(_strips(edges)), _strips(edges))._raster
    nearest_line = np.round((edges - raster._left) / raster._side)
    for direction in (-np.inf, np.inf):
        beside = np.nextafter(raster._left + nearest_line * raster._side, direction)
        beside[[0, -1]] = edges[[0, -1]]
        strips = _strips(beside)
        x, y = np.repeat(beside, 2), np.tile([NORTHING + 1, NORTHING + 500], beside.size)
        found = AreaIndex(_codes(strips), strips).find(x, y)
        np.testing.assert_array_equal(found, _asked_one_by_one(strips, x, y))
