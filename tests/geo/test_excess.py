"""Excess over homes: against every way to deal the reports out, and on maps where the truth is known."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from numpy.random import Generator
from scipy.sparse import csr_array, vstack

from geo.crs import FloatArray
from geo.excess import FALSE_DISCOVERIES, MORE_THAN_USUAL, Excess, Windows, excess
from geo.hexagons import cells_at, centres, neighbours
from geo.rates import shrunken_rates

ACROSS = 150.0
PLACES = np.random.default_rng(1).uniform(0, 1_800, (2, 20_000))
CELLS = np.unique(cells_at(PLACES[0], PLACES[1], ACROSS))
HOMES = np.random.default_rng(2).negative_binomial(1.2, 0.03, CELLS.size).astype(float)
SIZES = (0, 1, 2)
OVER = csr_array(vstack([neighbours(CELLS, steps) for steps in SIZES]))
WINDOWS = Windows(HOMES, OVER, np.repeat(SIZES, CELLS.size))
Drawn = Callable[[Generator, FloatArray], FloatArray]


def hot(found: Excess) -> np.ndarray:
    """Which windows stand out."""
    return found.corrected <= FALSE_DISCOVERIES


def near(east: float, north: float, distance: float) -> FloatArray:
    """Ones for the cells whose middle lies within a distance of a place."""
    x, y = centres(CELLS, ACROSS)
    return (np.hypot(x - east, y - north) <= distance).astype(float)


def by_chance(random: Generator, mean: FloatArray) -> FloatArray:
    """Poisson counts."""
    return np.asarray(random.poisson(mean), dtype=np.float64)


def by_home(random: Generator, mean: FloatArray) -> FloatArray:
    """Each home has a gamma distributed rate; a cell's is the sum of its homes'."""
    rates = random.gamma(np.maximum(HOMES, 1e-9) * 0.1) / np.maximum(HOMES * 0.1, 1e-10)
    return np.asarray(random.poisson(mean * rates), dtype=np.float64)


def by_place(random: Generator, mean: FloatArray) -> FloatArray:
    """Each cell has a gamma distributed rate, however many homes are in it."""
    return np.asarray(random.poisson(mean * random.gamma(4.0, 1 / 4, mean.size)), dtype=np.float64)


def by_neighbourhood(random: Generator, mean: FloatArray) -> FloatArray:
    """The logarithm of the rate is a smooth field of standard deviation 0.2 that changes over 600 m."""
    x, y = centres(CELLS, ACROSS)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    root = np.linalg.cholesky(np.exp(-((distance / 600) ** 2) / 2) + 1e-6 * np.eye(x.size))
    return np.asarray(random.poisson(mean * np.exp(0.2 * root @ random.standard_normal(x.size))), dtype=np.float64)


def seldom(alarms: list[np.bool_]) -> bool:
    """Whether their share is at most that of false discoveries, and three standard errors."""
    allowed = FALSE_DISCOVERIES
    return bool(np.mean(alarms) <= allowed + 3 * np.sqrt(allowed * (1 - allowed) / len(alarms)))


def test_without_extra_variation_p_is_that_of_dealing_every_report_to_a_home() -> None:
    """All 7 ** 6 ways to deal six reports to seven homes in four cells, counted, at the usual rate."""
    homes, counts = np.array([2.0, 1, 3, 1]), np.array([2, 1, 2, 1])
    over = csr_array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]], dtype=float)
    found = excess(counts, Windows(homes, over, np.ones(4, dtype=int), fewest_homes=1))
    usual = found.usual
    assert (usual.by_home, usual.by_place, usual.by_neighbourhood) == (0, 0, 0)
    of_home = np.repeat(np.arange(4), homes.astype(int))
    deals = of_home[np.array(list(product(range(7), repeat=6)))]
    dealt = np.stack([(deals == cell).sum(axis=1) for cell in range(4)])
    enumerated = (over @ dealt >= (over @ counts)[:, None]).mean(axis=1)
    # The usual rate is estimated, and with so few counts not quite six in seven.
    np.testing.assert_allclose(usual.rate, 6 / 7, rtol=0.05)
    np.testing.assert_allclose(found.p, enumerated, atol=0.06)
    np.testing.assert_allclose(found.expected, over @ dealt.mean(axis=1), rtol=0.05)


@pytest.mark.simulation
@pytest.mark.parametrize("drawn", [by_chance, by_home, by_place, by_neighbourhood])
def test_maps_on_which_nothing_stands_out_rarely_show_anything(drawn: Drawn) -> None:
    """Of 60 maps at most 5 in 100 have any hot window, whichever way counts vary more than by chance."""
    random = np.random.default_rng(11)
    assert seldom([hot(excess(drawn(random, HOMES * 0.1), WINDOWS)).any() for _ in range(60)])


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("drawn", "reach"), [(by_chance, 150), (by_chance, 300), (by_chance, 450), (by_home, 300), (by_home, 450)]
)
def test_a_planted_cluster_is_found_where_it_is(drawn: Drawn, reach: float) -> None:
    """Four times the reports in a block, a street, a neighbourhood: hot on nine maps of ten, and little lies apart."""
    random = np.random.default_rng(21)
    inside = near(900, 900, reach)
    reached = OVER @ inside > 0
    found = [hot(excess(drawn(random, HOMES * 0.6 * (1 + 3 * inside)), WINDOWS)) for _ in range(10)]
    assert sum(each[reached].any() for each in found) >= 9
    every = np.sum(found, axis=0)
    assert every[~reached].sum() <= FALSE_DISCOVERIES * every.sum()


@pytest.mark.simulation
def test_a_place_that_is_only_full_of_homes_is_never_hot() -> None:
    """Towers of flats have most of the reports, and no more than their homes explain."""
    random = np.random.default_rng(31)
    towers = near(900, 900, 200)
    windows = Windows(HOMES + 400 * towers, OVER, WINDOWS.size)
    found = [excess(random.poisson(windows.homes * 0.1), windows) for _ in range(20)]
    assert all((OVER @ towers)[each.observed.argmax()] > 0 for each in found)
    assert not any(hot(each)[OVER @ towers > 0].any() for each in found)
    assert seldom([hot(each).any() for each in found])


def test_windows_that_had_nothing_in_common_are_numbered_as_they_are() -> None:
    """And of those that overlap there are fewer, though more than there are cells between them."""
    apart = Windows(np.full(300, 50.0), csr_array(np.eye(300)), np.zeros(300, dtype=int))
    assert apart.effective_number == pytest.approx(300, rel=0.2)
    assert CELLS.size / 7 < WINDOWS.effective_number < WINDOWS.tested.sum()
    twice = csr_array(vstack([csr_array(np.eye(300))] * 2))
    assert Windows(apart.homes, twice, np.zeros(600, dtype=int)).effective_number == pytest.approx(
        apart.effective_number
    )


def test_p_is_corrected_for_the_number_of_windows() -> None:
    """As the smallest of so many independent ones; of too few homes, or of too few counts, nothing stands out."""
    counts = np.random.default_rng(41).poisson(HOMES * 0.1)
    windows = Windows(HOMES, OVER, WINDOWS.size, fewest_homes=200)
    found = excess(counts, windows)
    tested = OVER @ HOMES >= 200
    np.testing.assert_array_equal(np.isfinite(found.p), tested)
    np.testing.assert_array_equal(np.isfinite(found.expected), tested)
    enough = tested & (OVER @ counts >= 5)
    np.testing.assert_allclose(found.corrected[enough], 1 - (1 - found.p[enough]) ** windows.effective_number)
    assert (found.corrected[~enough] == 1).all()
    assert (found.surely_more[~enough] == 0).all()


def test_how_surely_it_is_more_is_what_draws_from_the_shrunken_rates_say() -> None:
    """The share of 20,000 draws of a window's rate above so many times the district's; of each size by itself."""
    random = np.random.default_rng(51)
    counts = by_place(random, HOMES * 0.4)
    found, district = excess(counts, WINDOWS), 1000 * counts.sum() / HOMES.sum()
    for size in SIZES:
        alike = np.flatnonzero((WINDOWS.size == size) & WINDOWS.tested)
        rates = shrunken_rates((OVER @ counts)[alike], (OVER @ HOMES)[alike])
        for at in np.argsort(-found.observed[alike])[:5]:
            draws = random.gamma(rates.shape[at], 1 / rates.rate[at], 20_000)
            assert found.surely_more[alike[at]] == pytest.approx((draws > MORE_THAN_USUAL * district).mean(), abs=0.02)


@pytest.mark.simulation
def test_where_places_differ_those_that_surely_have_more_do() -> None:
    """Of those told with 95 of 100 at least as many have, on 40 maps whose places have gamma distributed rates."""
    random, right, told = np.random.default_rng(61), 0, 0
    for _ in range(40):
        level = random.gamma(4.0, 1 / 4, HOMES.size)
        surely = excess(random.poisson(HOMES * 0.4 * level), WINDOWS).surely_more >= 0.95
        true = (OVER @ (HOMES * level))[surely] / (OVER @ HOMES)[surely] / (HOMES @ level / HOMES.sum())
        right, told = right + int((true >= MORE_THAN_USUAL).sum()), told + int(surely.sum())
    assert told > 200
    assert right / told >= 0.95


@pytest.mark.parametrize(
    ("counts", "homes"),
    [([5], [100]), ([5, 1, 3], [0, 0, 0]), ([5, 1, 0], [100, 0, 0])],
    ids=["one cell", "no homes", "all homes in one cell"],
)
def test_where_nothing_can_be_compared_nothing_is_tested(counts: list[int], homes: list[int]) -> None:
    """No p and nothing hot, but the counts."""
    size = len(counts)
    windows = Windows(np.array(homes, dtype=float), csr_array(np.eye(size)), np.zeros(size, dtype=int))
    found = excess(counts, windows)
    assert not windows.tested.any()
    assert not hot(found).any()
    assert found.observed.tolist() == counts
    assert windows.effective_number == 1


def test_no_counts_are_no_excess_anywhere() -> None:
    """Every p is 1, and nothing is expected."""
    windows = Windows(np.array([50.0, 60, 70]), csr_array(np.eye(3)), np.zeros(3, dtype=int))
    found = excess(np.zeros(3), windows)
    assert found.p.tolist() == found.corrected.tolist() == [1, 1, 1]
    assert found.expected.tolist() == [0, 0, 0]
    assert not hot(found).any()


def test_all_reports_in_one_cell_make_that_place_hot() -> None:
    """Even though the counts then vary as much as they can; a single report makes nothing hot."""
    counts = np.zeros(CELLS.size)
    at = int(np.argsort(HOMES)[CELLS.size // 2])
    counts[at] = 60
    found = hot(excess(counts, WINDOWS))
    assert found[at]
    assert not found[OVER[:, [at]].toarray()[:, 0] == 0].any()
    counts[at] = 1
    assert not hot(excess(counts, WINDOWS)).any()
