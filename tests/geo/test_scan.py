"""The scan against loops over sets, SaTScan's published numbers, exact distributions, and maps with nothing in them."""

import math
import pickle
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import betabinom, binom, binomtest

from geo.crs import FloatArray
from geo.scan import spatial_scan

IntArray = npt.NDArray[np.int64]


def _hexagons(rows: int, columns: int, cell_width: float = 150.0) -> tuple[FloatArray, FloatArray]:
    """Middles of hexagons, where many lie equally far from each."""
    row, column = np.indices((rows, columns)).reshape(2, -1)
    return 480_000 + cell_width * (column + row % 2 / 2), 230_000 + cell_width * row * math.sqrt(3) / 2


def _map(seed: int) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """A small map: hexagons, or cells anywhere, some at the same place; some without homes, some without counts."""
    random = np.random.default_rng(seed)
    x, y = _hexagons(7, 8) if seed % 2 else random.integers(0, 12, (2, 60)) * 100.0
    homes = random.integers(0, 30, x.size) * random.integers(0, 2, x.size)
    return x, y, random.poisson(homes / 10 + 0.2), homes


def _ratio(observed: int, expected: float, total: int) -> float:
    if observed <= expected:
        return 0.0
    outside = total - observed
    there = outside * math.log(outside / (total - expected)) if outside else 0.0
    return observed * math.log(observed / expected) + there


def _one_by_one(
    x: FloatArray, y: FloatArray, counts: IntArray, homes: IntArray, at_most: Fraction
) -> tuple[object, ...]:
    """Ask every centre and every other cell's distance from it; the first of equals stays."""
    everyone, total, best = int(homes.sum()), int(counts.sum()), 0.0
    found: tuple[object, ...] = ()
    for centre in range(len(x)):
        away = [math.hypot(x[cell] - x[centre], y[cell] - y[centre]) for cell in range(len(x))]
        for radius in sorted(away):
            members = {cell for cell in range(len(x)) if away[cell] <= radius + 0.0005}
            inside, observed = (sum(int(part[cell]) for cell in members) for part in (homes, counts))
            if 10 <= inside <= at_most * everyone:
                ratio = _ratio(observed, total * inside / everyone, total)
                if ratio > best:
                    best = ratio
                    found = centre, radius, sorted(members), observed, total * inside / everyone, ratio
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_strongest_circle_is_that_of_asking_one_by_one(seed: int) -> None:
    """All of it: middle, radius, cells, counts and ratio, on maps full of equal distances and equal circles."""
    x, y, counts, homes = _map(seed)
    at_most = Fraction(1, (5, 8, 2)[seed % 3])
    found = spatial_scan(x, y, counts, homes, at_most=float(at_most), replicates=9, seed=1)
    centre, radius, cells, observed, expected, ratio = _one_by_one(x, y, counts, homes, at_most)
    assert found is not None
    assert (found.centre, found.cells.tolist(), found.observed) == (centre, cells, observed)
    assert (found.radius, found.expected, found.log_likelihood_ratio) == pytest.approx((radius, expected, ratio))


def test_a_circle_reaches_as_far_as_homes_let_it() -> None:
    """Across a hundred cells where nobody lives, on a line, to the one with the most."""
    homes = np.array([40] + [0] * 100 + [60] * 10 + [260])
    counts = np.array([0, 1] * 50 + [5] + [0] * 11)
    x, y = 150.0 * np.indices((1, 112)).reshape(2, -1)[::-1]
    found = spatial_scan(x, y, counts, homes, seed=1)
    assert found is not None
    _, radius, cells, *_ = _one_by_one(x, y, counts, homes, Fraction(1, 20))
    assert (found.radius, found.cells.tolist()) == (radius, cells)
    assert found.cells.size == 101


@pytest.mark.parametrize(
    ("people", "cases", "expected", "risk", "ratio"),
    [(95_249, 85, 49.71, 1.84, 11.577255), (34_083, 38, 17.79, 2.22, 9.019716), (8_839, 11, 4.61, 2.41, 3.209485)],
)
def test_leukaemia_in_new_york(people: int, cases: int, expected: float, risk: float, ratio: float) -> None:
    """Clusters of Waller and Turnbull's 552 cases, as SaTScan has them (quoted in the tests of R's smerc)."""
    found = spatial_scan([0, 9], [0, 0], [cases, 552 - cases], [people, 1_057_673 - people], at_most=0.1, seed=1)
    assert found is not None
    assert (round(found.expected, 2), round(found.relative_risk, 2)) == (expected, risk)
    assert round(found.log_likelihood_ratio, 6) == ratio


@pytest.mark.parametrize(("total", "observed"), [(12, 2), (20_000, 1_090)])
@pytest.mark.parametrize("spread", [1.0, 1.5, 4.0])
def test_with_one_circle_the_p_is_that_of_the_exact_distribution(total: int, observed: int, spread: float) -> None:
    """Binomial for a spread of 1, else beta-binomial with so many times its variance; also in many parts."""
    found = spatial_scan([0, 9], [0, 0], [observed, total - observed], [50, 950], spread, replicates=19_999, seed=3)
    size = (total - spread) / (spread - 1) if spread > 1 else math.inf
    null = binom(total, 0.05) if spread == 1 else betabinom(total, 0.05 * size, 0.95 * size)
    assert null.var() == pytest.approx(spread * total * 0.05 * 0.95)
    assert found is not None
    assert binomtest(round(found.p * 20_000) - 1, 19_999, null.sf(observed - 1)).pvalue > 0.001


def _surprises(spread: float, said: float, maps: int = 1_500) -> float:
    """How many maps without any cluster have a p of at most 0.05."""
    random = np.random.default_rng(8)
    x, y = _hexagons(10, 10)
    homes = random.integers(0, 60, x.size)
    means = homes * 0.2
    found = 0
    for seed in range(maps):
        # Poisson counts whose mean is gamma for each home: the cell's sum is gamma as well.
        rates = random.gamma(means / (spread - 1), spread - 1) if spread > 1 else means
        cluster = spatial_scan(x, y, random.poisson(rates), homes, said, replicates=99, seed=seed)
        assert cluster is not None
        found += cluster.p <= 0.05
    return found / maps


@pytest.mark.simulation
@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_one_map_in_twenty_without_a_cluster_has_a_p_of_a_twentieth(spread: float) -> None:
    """For Poisson counts and for homes that report again and again, within three standard errors."""
    assert _surprises(spread, spread) == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 1_500))


def test_the_spread_is_what_keeps_repeat_reporters_from_being_clusters() -> None:
    """Taken for Poisson, maps with three times its variance have a cluster nearly always."""
    assert _surprises(3.0, said=1.0, maps=100) > 0.5


@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_a_planted_cluster_is_found_where_it_is(spread: float) -> None:
    """Three times the rate within 250 m of one cell, on 1,500 cells; no other place will do."""
    random = np.random.default_rng(5)
    x, y = _hexagons(38, 40)
    homes = random.integers(5, 80, x.size)
    planted = np.hypot(x - x[777], y - y[777]) < 250
    counts = random.poisson(homes * 0.1 * np.where(planted, 3, 1))
    found = spatial_scan(x, y, counts, homes, spread, seed=2)
    assert found is not None
    assert found.p <= 0.005
    assert set(found.cells) <= set(np.flatnonzero(np.hypot(x - x[777], y - y[777]) < 410))
    assert planted[found.cells].sum() >= 0.7 * planted.sum()
    assert 2 < found.relative_risk < 4


def test_a_place_with_many_homes_and_as_many_counts_is_no_cluster() -> None:
    """One in ten homes everywhere, though one cell has fifty times the homes."""
    x, y = _hexagons(10, 10)
    homes = np.full(100, 100)
    homes[55] = 5_000
    assert spatial_scan(x, y, homes // 10, homes, at_most=0.5, seed=1) is None


def test_the_smallest_p_is_one_in_as_many_as_were_dealt_and_one() -> None:
    """Never 0; and a circle that has everything has a relative risk without end."""
    x, y = _hexagons(10, 10)
    found = spatial_scan(x, y, np.eye(100)[42] * 50, np.full(100, 20), seed=1)
    assert found is not None
    assert (found.p, found.centre, found.radius, found.relative_risk) == (0.001, 42, 0.0, math.inf)
    assert found.log_likelihood_ratio == pytest.approx(50 * math.log(100))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """And another seed another p, for the same cluster."""
    x, y, counts, homes = _map(3)
    once, again, other = (spatial_scan(x, y, counts, homes, 1.5, at_most=0.2, seed=seed) for seed in (1, 1, 2))
    assert pickle.dumps(once) == pickle.dumps(again)
    assert once is not None
    assert other is not None
    assert (once.p == other.p, once.log_likelihood_ratio) == (False, other.log_likelihood_ratio)


def test_cells_with_something_missing_are_left_out() -> None:
    """The answer is that of the other cells, numbered as they were given."""
    x, y = _hexagons(9, 9)
    counts, homes = np.where(np.hypot(x - x[40], y - y[40]) < 151, 20.0, 1.0), np.full(81, 50.0)
    holes = np.array([x, y, counts, homes])
    holes[[0, 1, 2, 3], [3, 9, 39, 41]] = np.nan, np.inf, -1, np.nan
    rest = np.setdiff1d(np.arange(x.size), [3, 9, 39, 41])
    found = spatial_scan(holes[0], holes[1], holes[2], holes[3], at_most=0.2, seed=1)
    expected = spatial_scan(x[rest], y[rest], counts[rest], homes[rest], at_most=0.2, seed=1)
    assert found is not None
    assert expected is not None
    assert found.cells.tolist() == rest[expected.cells].tolist()
    assert found.centre == rest[expected.centre]
    assert found.log_likelihood_ratio == expected.log_likelihood_ratio


@pytest.mark.parametrize("fewest", [0, 10])
def test_counts_where_nobody_lives_are_the_homes_around(fewest: float) -> None:
    """A park alone is no circle, for it has no homes; with the cells about it, it is."""
    x, y = _hexagons(9, 9)
    homes, counts = np.full(81, 50), np.full(81, 2)
    homes[40], counts[40] = 0, 30
    found = spatial_scan(x, y, counts, homes, at_most=0.1, fewest_homes=fewest, seed=1)
    assert found is not None
    assert 40 in found.cells
    assert found.expected == pytest.approx(190 * 50 * (len(found.cells) - 1) / 4_000)


@pytest.mark.parametrize(
    ("counts", "homes"),
    [([], []), ([5], [90]), ([0] * 3, [90] * 3), ([5] * 3, [0] * 3), ([9, 1, 1], [90] * 3), ([np.nan] * 3, [90] * 3)],
    ids=["no cells", "one cell", "no counts", "no homes", "cells too large", "counts missing"],
)
def test_nothing_is_said_where_nothing_can_be(counts: list[float], homes: list[float]) -> None:
    """None, whatever it is that is not there."""
    places = np.arange(len(counts)) * 150.0
    with np.errstate(all="raise"):
        assert spatial_scan(places, places, counts, homes, seed=1) is None


@pytest.mark.parametrize("spread", [1.0, 50.0])
def test_a_single_report_is_as_likely_as_homes_are_in_so_small_a_cell(spread: float) -> None:
    """However wide the spread: a deal is as strong when it falls to a cell with no more homes, alone."""
    x, y = _hexagons(10, 10)
    homes = np.arange(10, 110)
    found = spatial_scan(x, y, np.eye(100)[42], homes, spread, replicates=9_999, seed=1)
    assert found is not None
    assert (found.observed, found.cells.tolist()) == (1, [42])
    exact = homes[:43].sum() / homes.sum()
    assert binomtest(round(found.p * 10_000) - 1, 9_999, exact).pvalue > 0.001
