"""Gi* against PySAL's, and its p against every way there is to deal the values out."""

import warnings
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
from esda import G_Local
from libpysal.graph import Graph
from scipy.sparse import csr_array, eye_array

from geo.crs import FloatArray, grid_frame
from geo.getis_ord import gi_star_p, gi_star_z
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
    """Not that all is cold, nor that rounding is a hotspot: no z, and a p of 1."""
    _, windows = _hexagons(0.5)
    values = np.full(windows.shape[0], value)
    assert np.isnan(gi_star_z(values, windows)).all()
    assert (gi_star_p(values, windows, 99, seed=1) == 1).all()


def test_a_window_of_every_area_says_nothing() -> None:
    """Its sum is the same however the values are dealt."""
    assert np.isnan(gi_star_z([1, 2, 3], csr_array(np.ones((3, 3))))).all()
    assert (gi_star_p([1, 2, 3], csr_array(np.ones((3, 3))), 99, seed=1) == 1).all()


def test_none_and_one() -> None:
    """No areas have no statistics; one area has no others to be compared with."""
    nothing, one = csr_array((0, 0)), csr_array(np.ones((1, 1)))
    assert gi_star_z([], nothing).size == gi_star_p([], nothing, seed=1).size == 0
    assert np.isnan(gi_star_z([5], one)).all()
    assert gi_star_p([5], one, seed=1).tolist() == [1.0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_give_no_figure(bad: float) -> None:
    """Nowhere, rather than a false one somewhere."""
    _, windows = _hexagons(0.5)
    values = np.arange(windows.shape[0], dtype=float)
    values[3] = bad
    assert np.isnan(gi_star_z(values, windows)).all()
    assert np.isnan(gi_star_p(values, windows, 99, seed=1)).all()


def _enumerated(values: FloatArray, windows: csr_array) -> FloatArray:
    """Of all ways to choose the neighbours' values from those of the others, the share with a sum so high."""
    table = windows.toarray() > 0
    shares = []
    for area in range(values.size):
        others = np.delete(values, area)
        number = int(table[area].sum()) - 1
        reached = values[table[area]].sum() - values[area]
        shares.append(np.mean([sum(dealt) >= reached - 1e-9 for dealt in combinations(others, number)]))
    return np.array(shares)


@pytest.mark.parametrize("values", [[3, 0, 1, 5, 5, 2, 0, 1], [0, 0, 0, 9, 0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.5]])
def test_p_approaches_that_of_every_deal(values: list[float]) -> None:
    """With 40,000 deals it lies within five standard errors of the full enumeration, ties and islands included."""
    x = np.array(values, dtype=float)
    table = np.eye(x.size)
    for area, other in ((0, 1), (1, 2), (2, 3), (0, 2), (0, 3), (1, 3)):
        table[area, other] = table[other, area] = 1
    # The fifth area lies beside everything, the last is an island or beside the fifth alone.
    table[4, :-1] = table[:-1, 4] = 1
    exact = _enumerated(x, csr_array(table))
    found = gi_star_p(x, csr_array(table), 40_000, seed=3)
    error = np.sqrt(exact * (1 - exact) / 40_000)
    assert (np.abs(found - exact) < 5 * error + 1 / 40_000).all()


def test_p_is_that_of_esda_up_to_chance() -> None:
    """On hexagons, where an area that is dealt to itself is rare: the directed p of PySAL, made one-sided."""
    contiguity, windows = _hexagons(0.5)
    values = _fields(contiguity.n)["counts"]
    found = gi_star_p(values, windows, 9_999, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = G_Local(values, contiguity, transform="B", star=True, permutations=9_999, seed=1, n_jobs=1)
    # Of islands esda leaves out the area itself as it deals, and so has a p that is no p.
    beside = windows.sum(axis=1) > 1
    assert (found[~beside] == 1).all()
    reached = (theirs.sim >= theirs.Gs - 1e-12).mean(axis=0)
    # Both are estimates, from deals that all areas share.
    error = np.sqrt(2 * reached * (1 - reached) / 9_999)
    assert (np.abs(found - reached) < 5 * error + 2 / 9_999)[beside].all()


def test_p_is_never_0_and_the_seed_decides() -> None:
    """The lowest is one of the deals and the finding itself; the same seed gives the same p."""
    _, windows = _hexagons(1.0)
    values = np.zeros(windows.shape[0])
    values[windows[[200], :].indices] = 100
    found = gi_star_p(values, windows, 199, seed=1)
    assert found.min() == found[200] == 1 / 200
    assert found.max() <= 1
    np.testing.assert_array_equal(found, gi_star_p(values, windows, 199, seed=1))
    assert (found != gi_star_p(values, windows, 199, seed=2)).any()


def test_windows_of_many_areas_are_dealt_in_reasonable_time() -> None:
    """Two hundred neighbours among two thousand: a deal of different areas is drawn, not waited for."""
    n = 2_000
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    windows = csr_array((apart <= 100).astype(float))
    values = np.random.default_rng(6).poisson(3, n).astype(float)
    found = gi_star_p(values, windows, 99, seed=1)
    assert np.abs(np.corrcoef(found, gi_star_z(values, windows))[0, 1]) > 0.9
