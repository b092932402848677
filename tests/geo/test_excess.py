"""Excess over homes: against every way to deal the reports out, exact sums, and maps where the truth is known."""

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from scipy import stats
from scipy.sparse import csr_array

from geo.crs import FloatArray
from geo.excess import FALSE_DISCOVERIES, excess, upper_tail
from geo.hexagons import cells_at, centres, neighbours

ACROSS = 150.0
PLACES = np.random.default_rng(1).uniform(0, 1_800, (2, 20_000))
CELLS = np.unique(cells_at(PLACES[0], PLACES[1], ACROSS))
WINDOWS = neighbours(CELLS)
HOMES = np.random.default_rng(2).negative_binomial(1.2, 0.03, CELLS.size).astype(float)
Drawn = Callable[[Generator, FloatArray], FloatArray]


def _near(east: float, north: float, distance: float) -> FloatArray:
    """Ones for the cells whose middle lies within a distance of a place."""
    x, y = centres(CELLS, ACROSS)
    return (np.hypot(x - east, y - north) <= distance).astype(float)


def _exact(n: int, a: Fraction, b: Fraction) -> FloatArray:
    """P(Y >= y) of the beta-binomial for y from 0 to n, in fractions: no rounding before the end."""
    weights = [Fraction(1)]
    for k in range(n):
        weights.append(weights[-1] * (n - k) * (a + k) / ((k + 1) * (b + n - k - 1)))
    tails = list(accumulate(reversed(weights)))
    return np.array([float(tail / tails[-1]) for tail in reversed(tails)])


def _tail(y: float, n: float, share: float, spread: float) -> float:
    return float(upper_tail(*(np.array([float(each)]) for each in (y, n, share, spread)))[0])


@pytest.mark.parametrize(
    ("n", "share", "spread"), [(40, "1/10", "3/2"), (40, "9/10", "3"), (12, "1/2", "8"), (150, "1/50", "2")]
)
def test_the_tail_is_the_exact_sum(n: int, share: str, spread: str) -> None:
    """Of every count from 0 to all, down to the smallest probabilities, with fractions and with scipy."""
    size = (n - Fraction(spread)) / (Fraction(spread) - 1)
    a, b = Fraction(share) * size, (1 - Fraction(share)) * size
    found = np.array([_tail(y, n, float(Fraction(share)), float(Fraction(spread))) for y in range(n + 1)])
    np.testing.assert_allclose(found, _exact(n, a, b), rtol=1e-9)
    np.testing.assert_allclose(found, stats.betabinom.sf(np.arange(n + 1) - 1, n, float(a), float(b)), atol=1e-9)


def test_the_spread_is_the_variance_over_that_of_the_binomial() -> None:
    """The variance that the tails of all counts imply."""
    n, share, spread = 60, 0.2, 2.5
    tails = np.array([_tail(y, n, share, spread) for y in range(1, n + 1)])
    mean, square = tails.sum(), ((2 * np.arange(1, n + 1) - 1) * tails).sum()
    assert mean == pytest.approx(n * share)
    assert square - mean**2 == pytest.approx(spread * n * share * (1 - share))


@pytest.mark.parametrize("share", [0.001, 0.3, 0.99])
def test_without_spread_the_tail_is_binomial(share: float) -> None:
    """As scipy's, and in the far tail as the sum in fractions."""
    y, n = np.arange(301.0), np.full(301, 300.0)
    found = upper_tail(y, n, np.full(301, share), np.ones(301))
    np.testing.assert_allclose(found, stats.binom.sf(y - 1, 300, share), rtol=1e-9, atol=1e-300)
    p = Fraction(share)
    exact = float(sum(comb(300, k) * p**k * (1 - p) ** (300 - k) for k in range(40, 301)))
    assert found[40] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("spread", [1.0, 1.000001, 1.5, 5.0])
def test_large_counts_have_the_tail_of_the_normal_distribution(spread: float) -> None:
    """Also far below the mean, where every term of the sum is too small for a number and the sum is one."""
    n, share = 200_000, 0.5
    deviation = np.sqrt(n * share * (1 - share) * spread)
    for z in (-400, -40, -3, 0, 2, 4):
        y = max(round(n * share + z * deviation), 1)
        assert _tail(y, n, share, spread) == pytest.approx(stats.norm.sf((y - 0.5 - n * share) / deviation), rel=0.02)
    assert 0 < _tail(n, n, share, spread) < 1e-300


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(1, 5_000), st.floats(0, 1), st.floats(1e-6, 1 - 1e-6), st.floats(1, 1e5))
def test_p_is_never_0_and_never_above_1(n: int, part: float, share: float, spread: float) -> None:
    """Whatever is asked for; and a higher count is never likelier."""
    y = round(n * part)
    higher, lower = _tail(y, n, share, spread), _tail(max(y - 1, 0), n, share, spread)
    assert 0 < higher <= lower * (1 + 1e-9) <= 1 + 1e-9


def test_without_extra_variation_p_is_that_of_dealing_every_report_to_a_home() -> None:
    """All 7 ** 6 ways to deal six reports to seven homes in four cells, counted."""
    homes, counts = np.array([2, 1, 3, 1]), np.array([2, 1, 2, 1])
    windows = csr_array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]], dtype=float)
    found = excess(counts, homes, windows, fewest_homes=1)
    assert (found.by_home, found.by_place) == (0, 0)
    of_home = np.repeat(np.arange(4), homes)
    deals = of_home[np.array(list(product(range(7), repeat=6)))]
    dealt = np.stack([(deals == cell).sum(axis=1) for cell in range(4)])
    enumerated = (windows @ dealt >= (windows @ counts)[:, None]).mean(axis=1)
    np.testing.assert_allclose(found.p, enumerated, rtol=1e-12)
    np.testing.assert_allclose(found.expected, windows @ dealt.mean(axis=1))


def _by_chance(random: Generator, mean: FloatArray) -> FloatArray:
    return np.asarray(random.poisson(mean), dtype=np.float64)


def _by_home(random: Generator, mean: FloatArray) -> FloatArray:
    """Each home has a gamma distributed rate; a cell's is the sum of its homes'."""
    rates = random.gamma(np.maximum(HOMES, 1e-9) * 0.1) / np.maximum(HOMES * 0.1, 1e-10)
    return np.asarray(random.poisson(mean * rates), dtype=np.float64)


def _by_place(random: Generator, mean: FloatArray) -> FloatArray:
    """Each cell has a gamma distributed rate, however many homes are in it."""
    return np.asarray(random.poisson(mean * random.gamma(4.0, 1 / 4, mean.size)), dtype=np.float64)


def _rarely(alarms: list[np.bool_]) -> bool:
    """Whether their share is at most that of false discoveries, and three standard errors."""
    allowed = FALSE_DISCOVERIES
    return bool(np.mean(alarms) <= allowed + 3 * np.sqrt(allowed * (1 - allowed) / len(alarms)))


@pytest.mark.simulation
@pytest.mark.parametrize("drawn", [_by_chance, _by_home, _by_place])
def test_maps_without_hotspots_rarely_show_one(drawn: Drawn) -> None:
    """Of 200 maps at most 5 in 100 have any hot window, whichever way counts vary more than by chance."""
    random = np.random.default_rng(11)
    assert _rarely([excess(drawn(random, HOMES * 0.1), HOMES, WINDOWS).hot.any() for _ in range(200)])


@pytest.mark.simulation
@pytest.mark.parametrize("drawn", [_by_chance, _by_home])
def test_a_planted_cluster_is_found_where_it_is(drawn: Drawn) -> None:
    """Four times the reports within 300 m: hot on every map, and hardly any window is that does not reach there."""
    random = np.random.default_rng(21)
    inside = _near(900, 900, 300)
    reached = WINDOWS @ inside > 0
    found = [excess(drawn(random, HOMES * 0.3 * (1 + 3 * inside)), HOMES, WINDOWS) for _ in range(20)]
    assert all(each.hot[inside > 0].any() for each in found)
    hot = np.sum([each.hot for each in found], axis=0)
    assert hot[~reached].sum() <= FALSE_DISCOVERIES * hot.sum()
    assert np.mean([each.rate for each in found]) == pytest.approx(0.3, rel=0.1)


@pytest.mark.simulation
def test_a_place_that_is_only_full_of_homes_is_never_hot() -> None:
    """Towers of flats have most of the reports, and no more than their homes explain."""
    random = np.random.default_rng(31)
    towers = _near(900, 900, 200)
    homes = HOMES + 400 * towers
    found = [excess(random.poisson(homes * 0.1), homes, WINDOWS) for _ in range(50)]
    assert all((WINDOWS @ towers)[each.observed.argmax()] > 0 for each in found)
    assert not any(each.hot[WINDOWS @ towers > 0].any() for each in found)
    assert _rarely([each.hot.any() for each in found])


def test_windows_with_few_homes_are_not_tested_and_the_rest_corrected_by_their_number() -> None:
    """NaN for them; Benjamini and Hochberg's step-up procedure over the others, by its definition."""
    counts = np.random.default_rng(41).poisson(HOMES * 0.1)
    found = excess(counts, HOMES, WINDOWS, fewest_homes=200)
    tested = WINDOWS @ HOMES >= 200
    np.testing.assert_array_equal(np.isfinite(found.p), tested)
    np.testing.assert_array_equal(np.isfinite(found.expected), tested)
    assert found.tested == tested.sum() < CELLS.size
    p = np.sort(found.p[tested])
    steps = [min(1.0, *(p[later] * p.size / (later + 1) for later in range(at, p.size))) for at in range(p.size)]
    np.testing.assert_allclose(np.sort(found.adjusted[tested]), steps)
    assert found.hot.sum() == (np.array(steps) <= FALSE_DISCOVERIES).sum()


@pytest.mark.parametrize(
    ("counts", "homes"),
    [([], []), ([5], [100]), ([5, 1, 3], [0, 0, 0]), ([5, 1, 0], [100, 0, 0])],
    ids=["no cells", "one cell", "no homes", "all homes in one cell"],
)
def test_where_nothing_can_be_compared_nothing_is_tested(counts: list[int], homes: list[int]) -> None:
    """No p and nothing hot, but the counts."""
    found = excess(counts, homes, csr_array(np.eye(len(counts))))
    assert found.tested == 0
    assert not found.hot.any()
    assert found.observed.tolist() == counts
    assert np.isfinite([found.rate, found.by_home, found.by_place]).all()


def test_no_counts_are_no_excess_anywhere() -> None:
    """Every p is 1, and nothing is expected."""
    found = excess(np.zeros(3), [50, 60, 70], csr_array(np.eye(3)))
    assert found.p.tolist() == found.adjusted.tolist() == [1, 1, 1]
    assert found.expected.tolist() == [0, 0, 0]
    assert not found.hot.any()


def test_all_reports_in_one_cell_make_that_place_hot() -> None:
    """Even though the counts then vary as much as they can; a single report makes nothing hot."""
    counts = np.zeros(CELLS.size)
    at = int(np.argsort(HOMES)[CELLS.size // 2])
    counts[at] = 60
    hot = excess(counts, HOMES, WINDOWS).hot
    assert hot[at]
    assert not hot[WINDOWS[[at], :].toarray()[0] == 0].any()
    counts[at] = 1
    assert not excess(counts, HOMES, WINDOWS).hot.any()
