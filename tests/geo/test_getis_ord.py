"""Gi* against PySAL's."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
from esda import G_Local
from libpysal.graph import Graph
from scipy.sparse import csr_array, eye_array

from geo.crs import FloatArray, grid_frame
from geo.getis_ord import gi_star_z
from geo.hexagons import cells_at, neighbours, polygons

ESTATES = Path(__file__).parents[2] / "data" / "boundaries" / "estates.geojson"


def _around(contiguity: Graph) -> csr_array:
    """Windows from PySAL's contiguity: what it has, and each area itself."""
    return csr_array(contiguity.sparse.astype(float) + eye_array(contiguity.n))


def _esda(values: npt.ArrayLike, contiguity: Graph) -> FloatArray:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found: FloatArray = G_Local(values, contiguity, transform="B", star=True, permutations=0).Zs
    return found


def _hexagons(kept: float, side: float = 3_000.0) -> tuple[Graph, csr_array]:
    """Hexagons with holes and islands, as PySAL sees their outlines and as ours sees their numbers."""
    random = np.random.default_rng(12)
    x, y = random.uniform(0, side, (2, 4_000))
    cells = np.unique(cells_at(x, y, 150))
    cells = cells[random.random(cells.size) < kept]
    outlines = gpd.GeoSeries(polygons(cells, 150), crs=27700)
    return Graph.build_contiguity(outlines, rook=False), neighbours(cells)


def _fields(n: int) -> dict[str, FloatArray]:
    random = np.random.default_rng(7)
    few = np.zeros(n)
    few[random.integers(0, n, 3)] = (1, 5, 2)
    return {
        "counts": random.poisson(4, n).astype(float),
        "nearly all zero": few,
        "far apart": random.lognormal(3, 2, n),
        "large": 1e6 + random.normal(0, 1, n),
    }


@pytest.mark.parametrize("kept", [1.0, 0.5, 0.15])
def test_z_is_that_of_esda_on_hexagons(kept: float) -> None:
    """To 1e-9, with holes and with islands that have no neighbour."""
    contiguity, windows = _hexagons(kept)
    assert (windows.sum(axis=1) == 1).any() == (kept < 1)
    for name, values in _fields(contiguity.n).items():
        # Of large values esda's variance, a difference of squares, has lost the digits.
        shifted = values - values.min() if name == "large" else values
        np.testing.assert_allclose(gi_star_z(shifted, windows), _esda(shifted, contiguity), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(gi_star_z(values, windows), gi_star_z(shifted, windows), rtol=1e-6, atol=1e-6)


def test_z_is_that_of_esda_on_the_estates() -> None:
    """Polygons of every size, side by side where they share an edge or a corner."""
    estates = grid_frame(gpd.read_file(ESTATES))
    contiguity = Graph.build_contiguity(estates.geometry.reset_index(drop=True), rook=False)
    for values in _fields(len(estates)).values():
        small = values - values.min()
        np.testing.assert_allclose(
            gi_star_z(small, _around(contiguity)), _esda(small, contiguity), rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, 1e9])
def test_equal_values_say_nothing(value: float) -> None:
    """Not that all is cold, nor that rounding is a hotspot: no z."""
    _, windows = _hexagons(0.5)
    values = np.full(windows.shape[0], value)
    assert np.isnan(gi_star_z(values, windows)).all()


def test_a_window_of_every_area_says_nothing() -> None:
    """Its sum is the same however the values are dealt."""
    assert np.isnan(gi_star_z([1, 2, 3], csr_array(np.ones((3, 3))))).all()


def test_none_and_one() -> None:
    """No areas have no statistics; one area has no others to be compared with."""
    nothing, one = csr_array((0, 0)), csr_array(np.ones((1, 1)))
    assert gi_star_z([], nothing).size == 0
    assert np.isnan(gi_star_z([5], one)).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_give_no_figure(bad: float) -> None:
    """Nowhere, rather than a false one somewhere."""
    _, windows = _hexagons(0.5)
    values = np.arange(windows.shape[0], dtype=float)
    values[3] = bad
    assert np.isnan(gi_star_z(values, windows)).all()
