import itertools
import warnings

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import kendalltau, norm

from geo.mann_kendall import mann_kendall

THREE_YEARS = [
    *(14, 9, 11, 7, 6, 8, 12, 15, 10, 9, 5, 13),
    *(12, 11, 11, 8, 9, 7, 16, 15, 14, 9, 8, 12),
    *(17, 11, 13, 10, 9, 9, 15, 20, 14, 12, 8, 16),
]


def test_mann_kendall_of_a_worked_example() -> None:
    """J. Little, A Mann-Kendall example by hand (College of the Holy Cross): one tie, S = 54, Z = 2.9058."""
    series = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]
    found = mann_kendall([series])
    assert found.s[0] == 54
    assert found.z[0] == pytest.approx(2.9058, abs=5e-5)
    assert found.p[0] / 2 == pytest.approx(0.0018, abs=5e-5)


def test_mann_kendall_is_that_of_pymannkendall() -> None:
    """original_test and seasonal_test(period=12) of pymannkendall 1.4.3 on the same 36 months."""
    plain, seasonal = mann_kendall([THREE_YEARS]), mann_kendall([THREE_YEARS], seasons=12)
    assert (plain.s[0], seasonal.s[0]) == (123, 21)
    assert plain.z[0] == pytest.approx(1.6719651166083205)
    assert plain.p[0] == pytest.approx(0.0945312009585999)
    assert seasonal.z[0] == pytest.approx(3.287979746107146)
    assert seasonal.p[0] == pytest.approx(0.0010090909880959842)


def test_many_series_have_the_variance_of_scipy() -> None:
    """Against scipy's kendalltau with time, whose p has no correction for continuity: z is so much smaller."""
    series = np.random.default_rng(2).poisson(2, (50, 30))
    found = mann_kendall(series)
    for row, s, z in zip(series, found.s, found.z, strict=True):
        later = [np.sign(b - a) for a, b in itertools.combinations(row.tolist(), 2)]
        assert s == sum(later)
        deviation = s / norm.isf(kendalltau(np.arange(30), row, method="asymptotic").pvalue / 2) if s else 1.0
        assert abs(z) == pytest.approx(max(abs(s) - 1, 0) / abs(deviation))


@pytest.mark.parametrize("number", range(2, 11))
def test_few_values_without_ties_have_an_exact_p(number: int) -> None:
    """That of scipy's kendalltau by its exact method, for 20 orders of 2 to 10 values."""
    random = np.random.default_rng(number)
    series = np.array([random.permutation(number) for _ in range(20)])
    exact = [kendalltau(np.arange(number), row, method="exact").pvalue for row in series]
    assert mann_kendall(series).p == pytest.approx(exact)


def test_the_exact_p_counts_all_orders() -> None:
    """Of five values, all 120 orders: so many have an S at least so far from 0."""
    every = np.array(list(itertools.permutations(range(5))))
    found = mann_kendall(every)
    farther = (np.abs(found.s) >= np.abs(found.s)[:, None]).mean(axis=1)
    assert found.p == pytest.approx(farther)


def test_what_is_missing_is_left_out() -> None:
    """A series with gaps is that without them; by season a month that lacks loses only its own pairs."""
    gaps = np.array([3, np.nan, 1, 4, np.nan, 5, 9, 2, 6, 5, 3, 5, 8, np.nan, 9])
    whole, found = mann_kendall([gaps[~np.isnan(gaps)]]), mann_kendall([gaps])
    assert (found.s[0], found.z[0], found.p[0]) == (whole.s[0], whole.z[0], whole.p[0])
    # The first January, 14, has one lower and one higher after it; the first February, 9, has two higher.
    assert mann_kendall([[np.nan, *THREE_YEARS[1:]]], seasons=12).s[0] == 21
    assert mann_kendall([[14, np.nan, *THREE_YEARS[2:]]], seasons=12).s[0] == 19


def test_a_part_of_a_year_is_compared_with_the_same_months() -> None:
    """30 months by season: six of them have three years and six have two, counted here pair by pair."""
    months = THREE_YEARS[6:]
    pairs = [(a, b) for a, b in itertools.combinations(range(30), 2) if (b - a) % 12 == 0]
    assert mann_kendall([months], seasons=12).s[0] == sum(np.sign(months[b] - months[a]) for a, b in pairs)


@pytest.mark.parametrize(
    "series", [np.zeros((2, 0)), np.zeros((2, 1)), np.full((2, 30), 7.0), np.full((2, 30), np.nan), np.zeros((0, 24))]
)
@pytest.mark.parametrize("seasons", [1, 12])
def test_nothing_to_compare_is_no_trend(series: npt.NDArray[np.float64], seasons: int) -> None:
    """No values, one, all equal, all missing: z of 0 and p of 1, without a warning; no rows, no statistics."""
    with warnings.catch_warnings(action="error"):
        found = mann_kendall(series, seasons)
    assert found.z.tolist() == [0.0] * len(series)
    assert found.p.tolist() == [1.0] * len(series)


def test_a_steep_and_long_rise_has_a_p_above_zero() -> None:
    """2,000 rising values: less likely than any number can tell, and still not impossible."""
    assert 0 < mann_kendall([np.arange(2000.0)]).p[0] < 1e-300


def test_seasons_do_not_pass_for_a_trend() -> None:
    """2,000 series of 24 months that swing by season without a trend: by season 1 to 6 in 100 are called sure.

    They begin before a trough and end after a peak, so that without seasons a fifth of them are called rising.
    """
    level = 10 + 8 * np.sin(2 * np.pi * (np.arange(24) - 5) / 12)
    series = np.random.default_rng(4).poisson(level, (2000, 24))
    assert 0.01 < (mann_kendall(series, seasons=12).p <= 0.05).mean() < 0.06
    fooled = mann_kendall(series)
    assert ((fooled.p <= 0.05) & (fooled.z > 0)).mean() > 0.15
