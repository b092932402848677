import numpy as np
import pytest
from scipy.stats import poisson

from maps.numbers import figure, likely_rates


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.04, "under 0.1"), (0.1, "0.1"), (7.26, "7.3"), (9.96, "10"), (41.4, "41"), (12644.2, "12,644")],
)
def test_figures_are_as_exact_as_they_are_read(value: float, words: str) -> None:
    """Whole from ten upwards, one decimal below, and never a zero for what is none."""
    assert figure(value) == words


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.364, 121.627)]
)
def test_likely_ranges_are_the_published_limits_of_a_poisson_count(count: int, low: float, high: float) -> None:
    """The 95 % limits of the usual tables (Garwood 1936; Pearson and Hartley, table 40), per 1,000 homes."""
    lows, highs = likely_rates([count], [1000])
    assert (lows[0], highs[0]) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_each_limit_leaves_two_and_a_half_per_cent_outside() -> None:
    """Were the lower limit true, so many or more would be seen in one of 40 cases; likewise the upper."""
    counts = np.array([1, 3, 17, 250])
    lows, highs = likely_rates(counts, np.full(4, 1000))
    assert poisson.sf(counts - 1, lows) == pytest.approx(0.025)
    assert poisson.cdf(counts, highs) == pytest.approx(0.025)


def test_a_rate_without_homes_is_not_a_number() -> None:
    """Where nobody lives there is no rate, nor a range of one; twice the homes are half the rate."""
    lows, highs = likely_rates([5, 5, 5], [0, 100, 200])
    assert np.isnan(lows[0])
    assert np.isnan(highs[0])
    assert lows[1] == 2 * lows[2]
