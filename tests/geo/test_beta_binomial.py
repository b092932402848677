"""The tail of the beta-binomial: against exact sums in fractions, scipy, and the normal distribution."""

from fractions import Fraction
from itertools import accumulate
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.beta_binomial import upper_tail
from geo.crs import FloatArray


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
