"""The heat surface against the exact sum of kernels at every node, point by point."""

import numpy as np
import pytest

from geo.crs import FloatArray
from geo.density import density

ORIGIN = np.array([480_000.0, 230_000.0])
BOUNDS = (480_000.0, 230_000.0, 482_000.0, 231_500.0)


def _exact(places: FloatArray, deviation: float, step: float, shape: tuple[int, int]) -> FloatArray:
    """The sum at every node of what every point adds, per hectare; nothing is binned and no kernel cut off."""
    north, east = (ORIGIN[axis] + step * np.arange(shape[1 - axis]) for axis in (1, 0))
    squared = (east - places[:, 0, None, None]) ** 2 + (north[:, None] - places[:, 1, None, None]) ** 2
    total: FloatArray = np.exp(-squared / (2 * deviation**2)).sum(axis=0)
    return total / (2 * np.pi * deviation**2) * 10_000


def _density(
    places: FloatArray, deviation: float, bounds: tuple[float, float, float, float], step: float
) -> FloatArray:
    return density(places[:, 0], places[:, 1], deviation, bounds, step)


def _places(n: int) -> FloatArray:
    """Points that crowd together, some of them beyond the bounds."""
    random = np.random.default_rng(8)
    towns = random.uniform(-200, 2_200, (5, 2))
    return ORIGIN + towns[random.integers(0, 5, n)] + random.normal(0, 250, (n, 2))


def test_it_is_the_exact_sum_of_kernels() -> None:
    """Within half a percent of the highest at ten steps to a deviation, up to the edges of the grid."""
    places, step = _places(400), 20.0
    found = _density(places, 200.0, BOUNDS, step)
    exact = _exact(places, 200.0, step, (76, 101))
    assert found.shape == exact.shape
    assert np.abs(found - exact).max() < 0.005 * exact.max()


@pytest.mark.parametrize("steps", [2, 3, 5, 8])
def test_the_error_of_one_point_is_as_documented(steps: int) -> None:
    """Wherever it lies between the nodes: (step / deviation)^2 / 4 of the kernel's height, and 0.1 %."""
    step = 25.0
    deviation = step * steps
    height = 10_000 / (2 * np.pi * deviation**2)
    for place in np.random.default_rng(2).uniform(500, 1_000, (20, 2)) // 12.5 * 12.5 + ORIGIN:
        found = density([place[0]], [place[1]], deviation, BOUNDS, step)
        exact = _exact(place[None], deviation, step, found.shape)
        assert np.abs(found - exact).max() < height * (1 / steps**2 / 4 + 0.001)


def test_nothing_is_lost() -> None:
    """Over a grid that has every kernel whole in it, the densities add up to the points, however many they are."""
    places = ORIGIN + np.random.default_rng(1).uniform(500, 1_000, (100_000, 2))
    found = _density(places, 60.0, BOUNDS, 20.0)
    assert found.sum() * 20.0**2 / 10_000 == pytest.approx(100_000, rel=1e-9)
    assert found.min() >= 0


def test_bounds_choose_and_change_nothing() -> None:
    """A part of the grid is the same by itself as within the whole: points beyond it count."""
    places = _places(300)
    whole = _density(places, 150.0, BOUNDS, 50.0)
    left, bottom, right, top = BOUNDS
    part = _density(places, 150.0, (left + 500, bottom + 300, right - 800, top - 600), 50.0)
    np.testing.assert_allclose(part, whole[6:-12, 10:-16], atol=1e-12 * whole.max())


def test_rows_go_north_and_columns_east_to_the_bounds_or_just_beyond() -> None:
    """A point at a node is highest there; a side that is no multiple of the step is covered."""
    found = density([480_300.0], [230_100.0], 50.0, (480_000.0, 230_000.0, 480_510.0, 230_199.0), 100.0)
    assert found.shape == (3, 7)
    assert found.argmax() == 1 * 7 + 3
    assert density([480_000.0], [230_000.0], 50.0, (480_000.0, 230_000.0, 480_000.0, 230_000.0), 10.0).shape == (1, 1)


def test_points_that_are_nowhere_count_nowhere() -> None:
    """Missing, infinite and far ones add nothing; of none at all there are zeros."""
    places = _places(50)
    nowhere = np.array([[np.nan, 230_500], [480_500, np.nan], [np.inf, 230_500], [480_500, -np.inf], [1e9, -1e9]])
    alone = _density(places, 100.0, BOUNDS, 50.0)
    np.testing.assert_array_equal(_density(np.concatenate([places, nowhere]), 100.0, BOUNDS, 50.0), alone)
    assert not _density(nowhere, 100.0, BOUNDS, 50.0).any()
    assert not density([], [], 100.0, BOUNDS, 50.0).any()
