"""The space-time scan against loops over every case, an exact distribution, and maps where nothing starts."""

import math
import pickle
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binomtest, hypergeom

from geo.crs import FloatArray
from geo.scan import spatial_scan
from geo.space_time_scan import space_time_scan

IntArray = npt.NDArray[np.int64]


def _hexagons(rows: int, columns: int, cell_width: float = 150.0) -> tuple[FloatArray, FloatArray]:
    """Middles of hexagons, where many lie equally far from each."""
    row, column = np.indices((rows, columns)).reshape(2, -1)
    return 480_000 + cell_width * (column + row % 2 / 2), 230_000 + cell_width * row * math.sqrt(3) / 2


def _cases(means: FloatArray, seed: int) -> tuple[IntArray, IntArray]:
    """Cells and periods of Poisson cases, with that mean for each cell (row) and period (column)."""
    cell, period = np.indices(means.shape)
    number = np.random.default_rng(seed).poisson(means)
    return cell.repeat(number.ravel()), period.repeat(number.ravel())


def _one_by_one(
    x: FloatArray, y: FloatArray, homes: IntArray, cases: list[tuple[int, int]], longest: int, at_most: Fraction
) -> tuple[object, ...]:
    """Ask every centre, every distance from it and every number of periods; the first of equals stays."""
    last, total, best = max(period for _, period in cases), len(cases), 0.0
    found: tuple[object, ...] = ()
    for centre in range(len(x)):
        away = [math.hypot(x[cell] - x[centre], y[cell] - y[centre]) for cell in range(len(x))]
        for radius in sorted(away):
            members = {cell for cell in range(len(x)) if away[cell] <= radius + 0.0005}
            if sum(int(homes[cell]) for cell in members) > at_most * int(homes.sum()):
                break
            for periods in range(1, longest + 1):
                there = [period for cell, period in cases if cell in members]
                then = [period for _, period in cases if period > last - periods]
                both, expected = sum(period > last - periods for period in there), len(there) * len(then) / total
                if both * total > len(there) * len(then):
                    ratio = both * math.log(both / expected)
                    if both < total:
                        ratio += (total - both) * math.log((total - both) / (total - expected))
                    if ratio > best:
                        best, found = ratio, (centre, radius, sorted(members), periods, both, expected, ratio)
    return found


@pytest.mark.parametrize("seed", range(10))
def test_the_strongest_cylinder_is_that_of_asking_one_by_one(seed: int) -> None:
    """All of it, on maps of hexagons and of places anywhere, with cells that have no homes or no cases."""
    random = np.random.default_rng(seed)
    x, y = _hexagons(5, 6) if seed % 2 else random.integers(0, 9, (2, 30)) * 100.0
    homes = random.integers(0, 30, x.size) * random.integers(0, 2, x.size)
    cell, period = _cases(random.gamma(0.5, 0.8, (x.size, 7)), seed)
    longest, at_most = (1, 3, 7)[seed % 3], Fraction(1, (8, 4)[seed % 2])
    found = space_time_scan(x, y, homes, cell, period, 6, longest, float(at_most), replicates=9, seed=1)
    cases = [(int(c), int(p)) for c, p in zip(cell, period, strict=True)]
    assert period.max() == 6
    centre, radius, cells, periods, observed, expected, ratio = _one_by_one(x, y, homes, cases, longest, at_most)
    assert found is not None
    assert (found.centre, found.cells.tolist(), found.periods, found.observed) == (centre, cells, periods, observed)
    assert (found.radius, found.expected, found.log_likelihood_ratio) == pytest.approx((radius, expected, ratio))


def test_an_example_by_hand() -> None:
    """Cell 0 has 10 of 40 cases, the last period 8: 2 are expected in both, and 6 are there."""
    cell = np.repeat([0, 0, 1, 1], [4, 6, 28, 2])
    period = np.repeat([0, 3, 1, 3], [4, 6, 28, 2])
    found = space_time_scan([0, 900], [0, 0], [5, 95], cell, period, last=3, longest=2, seed=1)
    assert found is not None
    assert (found.cells.tolist(), found.periods, found.observed, found.expected) == ([0], 1, 6, 2.0)
    assert found.log_likelihood_ratio == pytest.approx(6 * math.log(3) + 34 * math.log(34 / 38))
    assert found.relative_risk == pytest.approx((6 / 2) / (34 / 38))


@pytest.mark.simulation
@pytest.mark.parametrize("size", [1, 100])
def test_with_one_cylinder_the_p_is_that_of_the_exact_distribution(size: int) -> None:
    """Of so many cases the last period's are drawn without replacement: hypergeometric; also in many parts."""
    here, then, both, total = 10 * size, 8 * size, 2 * size + 2 * math.isqrt(size), 40 * size
    cell = np.repeat([0, 0, 1, 1], [both, here - both, then - both, total - here - then + both])
    period = np.repeat([1, 0, 1, 0], [both, here - both, then - both, total - here - then + both])
    found = space_time_scan([0, 9], [0, 0], [5, 95], cell, period, last=1, longest=1, replicates=9_999, seed=4)
    assert found is not None
    exact = hypergeom(total, here, then).sf(both - 1)
    assert binomtest(round(found.p * 10_000) - 1, 9_999, exact).pvalue > 0.001


def _steady() -> tuple[FloatArray, FloatArray, FloatArray]:
    """A map with a place always five times as high as others, and busy winters everywhere."""
    x, y = _hexagons(20, 20)
    means = np.full((400, 24), 0.5) * (1 + 0.5 * np.cos(np.arange(24) * np.pi / 6))
    means[np.hypot(x - x[88], y - y[88]) < 250] *= 5
    return x, y, means


def test_a_steady_high_place_is_not_reported_and_a_recent_rise_is() -> None:
    """To the spatial scan the steady place is the cluster; what has risen for two months is found with its length."""
    x, y, means = _steady()
    homes, (cell, period) = np.full(400, 40), _cases(means, 2)
    high = spatial_scan(x, y, np.bincount(cell, minlength=400), homes, seed=1)
    nothing = space_time_scan(x, y, homes, cell, period, last=23, seed=1)
    assert high is not None
    assert nothing is not None
    assert (high.p, high.centre) == (0.001, 88)
    assert nothing.p > 0.05
    rising = np.hypot(x - x[311], y - y[311]) < 250
    means[rising, -2:] *= 4
    found = space_time_scan(x, y, homes, *_cases(means, 2), last=23, seed=1)
    assert found is not None
    assert (found.p, found.periods) == (0.001, 2)
    assert rising[found.cells].mean() >= 0.7
    assert rising[found.cells].sum() >= 0.7 * rising.sum()


def test_a_rise_that_is_over_is_not_reported() -> None:
    """Only cylinders that reach the last period say that something is starting."""
    x, y, means = _steady()
    means[np.hypot(x - x[311], y - y[311]) < 250, 10:12] *= 6
    found = space_time_scan(x, y, np.full(400, 40), *_cases(means, 3), last=23, seed=1)
    assert found is not None
    assert found.p > 0.05


@pytest.mark.simulation
def test_one_map_in_twenty_where_nothing_starts_has_a_p_of_a_twentieth() -> None:
    """With places and months that differ as they like, within three standard errors."""
    random = np.random.default_rng(9)
    x, y = _hexagons(8, 8)
    surprises = 0
    for seed in range(1_000):
        means = random.gamma(1, 0.4, (64, 1)) * random.gamma(2, 0.5, 12)
        found = space_time_scan(x, y, np.full(64, 30), *_cases(means, seed), last=11, replicates=99, seed=seed)
        surprises += found is not None and found.p <= 0.05
    assert surprises / 1_000 == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 1_000))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """And another seed another p, for the same cluster."""
    x, y = _hexagons(8, 8)
    cell, period = _cases(np.full((64, 12), 0.3), 7)
    once, again, other = (space_time_scan(x, y, np.full(64, 30), cell, period, 11, seed=seed) for seed in (1, 1, 2))
    assert pickle.dumps(once) == pickle.dumps(again)
    assert once is not None
    assert other is not None
    assert (once.p == other.p, once.log_likelihood_ratio) == (False, other.log_likelihood_ratio)


def test_cases_without_a_cell_or_in_the_future_are_left_out() -> None:
    """The answer is that of the others; and a cell without a place is in no circle."""
    x, y = _hexagons(8, 8)
    cell, period = _cases(np.full((64, 12), 0.3), 7)
    expected = space_time_scan(x, y, np.full(64, 30), cell, period, 11, seed=1)
    more, later = np.append(cell, [-1, -1, 5, 5]), np.append(period, [11, 3, 12, 99])
    found = space_time_scan(x, y, np.full(64, 30), more, later, 11, seed=1)
    assert pickle.dumps(found) == pickle.dumps(expected)
    assert found is not None
    x[found.centre] = np.nan
    without = space_time_scan(x, y, np.full(64, 30), cell, period, 11, seed=1)
    assert without is not None
    assert found.centre not in without.cells


@pytest.mark.parametrize(
    ("homes", "cells", "periods"),
    [
        ([], [], []),
        ([90] * 3, [], []),
        ([0] * 3, [0, 1, 2], [1, 2, 3]),
        ([np.nan] * 3, [0, 1, 2], [1, 2, 3]),
        ([90], [0, 0, 0], [1, 2, 3]),
        ([1, 99, 99], [0] * 7, [0, 0, 1, 2, 3, 3, 3]),
        ([1, 99, 99], [0, 1, 2, 0, 0], [3] * 5),
        ([1, 99, 99], [0, 1, 2, 0, 0], [0, 0, 0, -5, -4]),
        ([1, 99, 99], [-1, -1, 0], [3, 3, 4]),
    ],
    ids=[
        "no cells",
        "no cases",
        "no homes",
        "homes missing",
        "one cell",
        "all in one cell",
        "all in one period",
        "none of late",
        "none in a cell and a period",
    ],
)
def test_nothing_is_said_where_nothing_can_be(homes: list[float], cells: list[int], periods: list[int]) -> None:
    """None, whatever it is that is not there."""
    places = np.arange(len(homes)) * 150.0
    with np.errstate(all="raise"):
        assert space_time_scan(places, places, homes, cells, periods, last=3, longest=3, at_most=0.4, seed=1) is None


def test_a_single_case_is_no_start_of_anything() -> None:
    """It is all that is expected where it was and when it was."""
    x, y = _hexagons(5, 5)
    assert space_time_scan(x, y, np.full(25, 30), [12], [3], last=3, seed=1) is None
