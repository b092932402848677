import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, gamma, nbinom, poisson

from geo.rates import (
    chance_limits,
    effective_number,
    exact_limits,
    rate_ratio,
    shrunken_rates,
    wilson_limits,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Lip cancer in the 56 districts of Scotland, 1975-1980, observed and expected: the data of Clayton and Kaldor (1987).
# fmt: off
LIP_CANCER = np.array([
    9, 39, 11, 9, 15, 8, 26, 7, 6, 20, 13, 5, 3, 8, 17, 9, 2, 7, 9, 7, 16, 31, 11, 7, 19, 15, 7, 10, 16, 11, 5, 3, 7, 8,
    11, 9, 11, 8, 6, 4, 10, 8, 2, 6, 19, 3, 2, 3, 28, 6, 1, 1, 1, 1, 0, 0,
])
EXPECTED = np.array([
    1.4, 8.7, 3.0, 2.5, 4.3, 2.4, 8.1, 2.3, 2.0, 6.6, 4.4, 1.8, 1.1, 3.3, 7.8, 4.6, 1.1, 4.2, 5.5, 4.4, 10.5, 22.7, 8.8,
    5.6, 15.5, 12.5, 6.0, 9.0, 14.4, 10.2, 4.8, 2.9, 7.0, 8.5, 12.3, 10.1, 12.7, 9.4, 7.2, 5.3, 18.8, 15.8, 4.3, 14.6,
    50.7, 8.2, 5.6, 9.3, 88.7, 19.6, 3.4, 3.6, 5.7, 7.0, 4.2, 1.8,
])
# fmt: on


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.364, 121.627)]
)
def test_exact_limits_are_the_published_ones_of_a_poisson_count(count: int, low: float, high: float) -> None:
    """The 95 % limits of the usual tables (Garwood 1936; Pearson and Hartley, table 40), per 1,000 homes."""
    lows, highs = exact_limits([count], [1000])
    assert (lows[0], highs[0]) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_each_exact_limit_leaves_two_and_a_half_per_cent_outside() -> None:
    """Were the lower limit true, so many or more would be seen in one of 40 cases; likewise the upper."""
    counts = np.array([1, 3, 17, 250])
    lows, highs = exact_limits(counts, np.full(4, 1000))
    assert poisson.sf(counts - 1, lows) == pytest.approx(0.025)
    assert poisson.cdf(counts, highs) == pytest.approx(0.025)


def test_a_rate_without_homes_is_not_a_number() -> None:
    """Where nobody lives there is no rate, nor a range of one; twice the homes are half the rate."""
    lows, highs = exact_limits([5, 5, 5], [0, 100, 200])
    assert np.isnan(lows[0])
    assert np.isnan(highs[0])
    assert lows[1] == 2 * lows[2]


def _log_of_what_is_maximised(counts: IntArray, thousands: FloatArray, mean: float, shape: float) -> float:
    """By scipy's negative binomial, times B (1 - B), B being the prior's share in an area of mean size."""
    rate = shape / mean
    share = rate / (rate + thousands.mean())
    return float(np.sum(nbinom.logpmf(counts, shape, rate / (rate + thousands))) + np.log(share * (1 - share)))


def test_the_prior_of_the_lip_cancers_is_the_likeliest_on_a_fine_grid() -> None:
    """No shape and mean on a grid around it, by steps of 0.5 %, beats the one that was found."""
    prior = shrunken_rates(LIP_CANCER, 1000 * EXPECTED).prior
    mean = prior.shape / prior.rate
    found = _log_of_what_is_maximised(LIP_CANCER, EXPECTED, mean, prior.shape)
    steps = np.exp(np.linspace(-0.2, 0.2, 81))
    grid = [_log_of_what_is_maximised(LIP_CANCER, EXPECTED, mean * a, prior.shape * b) for a in steps for b in steps]
    assert max(grid) <= found
    assert not prior.alike


@pytest.mark.simulation
def test_no_far_prior_is_likelier() -> None:
    """In random districts, alike and unlike, no pair on a wide grid beats the one that was found."""
    random = np.random.default_rng(20)
    for areas, differ in ((2, 1.0), (5, 30.0), (30, 0.2), (30, 4.0), (60, 1000.0)):
        homes = random.lognormal(5, 1, areas)
        counts = random.poisson(random.gamma(differ, 20 / differ, areas) * homes / 1000)
        prior = shrunken_rates(counts, homes).prior
        mean = prior.shape / prior.rate
        found = _log_of_what_is_maximised(counts, homes / 1000, mean, prior.shape)
        steps, shapes = np.exp(np.linspace(-3, 3, 25)), np.geomspace(0.5, 1e5, 40)
        grid = [_log_of_what_is_maximised(counts, homes / 1000, mean * step, b) for step in steps for b in shapes]
        assert max(grid) <= found + 1e-9


@pytest.mark.simulation
def test_the_adjustment_hardly_moves_the_risks_of_the_lip_cancers() -> None:
    """Against the mere maximum of the likelihood, which is at 1.88 and 1.32, by at most 3 % of a risk."""
    grid = [
        (float(nbinom.logpmf(LIP_CANCER, shape, rate / (rate + EXPECTED)).sum()), shape, rate)
        for shape in np.linspace(1.5, 2.3, 81)
        for rate in np.linspace(1.0, 1.7, 71)
    ]
    _, shape, rate = max(grid)
    assert (shape, rate) == (pytest.approx(1.88), pytest.approx(1.32))
    risks = (LIP_CANCER + shape) / (EXPECTED + rate)
    assert shrunken_rates(LIP_CANCER, 1000 * EXPECTED).mean == pytest.approx(risks, rel=0.03)


def test_a_shrunken_rate_is_the_gamma_distribution_it_gives() -> None:
    """Mean and limits are those of scipy's gamma, and of draws with a seed; all are drawn towards the prior's mean."""
    found = shrunken_rates(LIP_CANCER, 1000 * EXPECTED)
    known = gamma(found.shape, scale=1 / found.rate)
    assert found.mean == pytest.approx(known.mean())
    assert found.low == pytest.approx(known.ppf(0.025))
    assert found.high == pytest.approx(known.ppf(0.975))
    draws = np.random.default_rng(1).gamma(found.shape, 1 / found.rate, (20_000, 56))
    assert draws.mean(axis=0) == pytest.approx(found.mean, rel=0.03)
    raw, middle = LIP_CANCER / EXPECTED, found.prior.shape / found.prior.rate
    assert (np.sign(raw - found.mean) == np.sign(found.mean - middle)).all()


def test_one_case_in_twenty_homes_tops_no_league() -> None:
    """Its raw rate is the highest of all in two of five districts, its shrunken one in none of 100."""
    random = np.random.default_rng(5)
    first_raw = first = 0
    for _ in range(100):
        homes = np.append(random.integers(100, 800, 59), 20)
        counts = random.poisson(random.gamma(6, 20 / 6, 60) * homes / 1000)
        counts[-1] = 1
        first_raw += (counts / homes).argmax() == 59
        first += shrunken_rates(counts, homes).mean.argmax() == 59
    assert first_raw > 30
    assert first == 0


@pytest.mark.parametrize(
    ("areas", "differ", "least"), [(12, 20.0, 0.88), (40, 1.0, 0.93), (40, 20.0, 0.91), (100, 4.0, 0.93)]
)
def test_limits_hold_as_often_as_is_said(areas: int, differ: float, least: float) -> None:
    """In 60 districts drawn with a seed the true rates lie between the limits; scarcely less often than 95 %."""
    random = np.random.default_rng(7)
    inside = []
    for _ in range(60):
        homes = random.integers(20, 800, areas)
        true = random.gamma(differ, 20 / differ, areas)
        found = shrunken_rates(random.poisson(true * homes / 1000), homes)
        inside.append((found.low <= true) & (true <= found.high))
    assert least < np.mean(inside) < 0.97


def test_areas_that_nothing_tells_apart_share_the_rate_of_all() -> None:
    """One area, or no case: Jeffreys' posterior of the total, with limits near the exact ones."""
    alone = shrunken_rates([30], [1000])
    assert (alone.prior.alike, alone.shape[0], alone.rate[0]) == (True, 30.5, 1.0)
    low, high = exact_limits([30], [1000])
    assert low[0] < alone.low[0] < alone.mean[0] < alone.high[0] < high[0]
    empty = shrunken_rates([0, 0, 0], [100, 20, 0])
    assert empty.prior.alike
    assert empty.mean[:2] == pytest.approx(0.5 / 0.12)
    assert np.isnan(empty.mean[2])


@pytest.mark.parametrize(
    ("counts", "homes"),
    [
        ([], []),
        ([5, 3], [0, 0]),
        ([5, 3, 1], [0, np.nan, 40]),
        ([1, *[0] * 500], [50] * 501),
        ([1000, *[0] * 9], [100] * 10),
        ([3, 3, 3], [100, 100, 100]),
        ([10**6] * 50, [1000] * 50),
        ([1, 1], [1, 10**7]),
    ],
)
def test_odd_districts_have_clear_rates(counts: list[int], homes: list[float]) -> None:
    """No warning; NaN just where there are no homes; elsewhere the mean lies between the limits, above 0."""
    with warnings.catch_warnings(action="error"):
        found = shrunken_rates(counts, homes)
    known = np.nan_to_num(homes) > 0
    for each in (found.shape, found.rate, found.mean, found.low, found.high):
        np.testing.assert_array_equal(np.isfinite(each), known)
    assert (found.low[known] < found.mean[known]).all()
    assert (found.mean[known] < found.high[known]).all()
    assert (found.low[known] > 0).all()


@pytest.mark.parametrize("inside", [0.95, 0.998])
@pytest.mark.parametrize("spread", [1.0, 1.5, 6.0])
def test_beyond_a_chance_limit_lies_just_what_chance_seldom_brings(inside: float, spread: float) -> None:
    """For every count from 0 to 60: if scipy's Poisson or negative binomial gives it and those beyond too little."""
    homes = np.array([1, 5, 20, 37, 100, 333, 1000, 2000])
    low, high = chance_limits(20, homes, inside, spread)
    mean, counts = homes * 0.02, np.arange(61)[:, None]
    chance = poisson(mean) if spread == 1 else nbinom(mean / (spread - 1), 1 / spread)
    rates = 1000 * counts / homes
    np.testing.assert_array_equal(rates > high, chance.sf(counts - 1) < (1 - inside) / 2)
    np.testing.assert_array_equal(rates < low, chance.cdf(counts) < (1 - inside) / 2)


def test_chance_limits_lie_on_straight_lines_between_the_steps_of_the_distribution() -> None:
    """Spiegelhalter's interpolation (2005), by numpy; the upper limit one case further out."""
    homes = np.array([100.0, 250, 1000, 20_000])
    low, high = chance_limits(20, homes)
    for position, mean in enumerate(homes * 0.02):
        steps = poisson.cdf(np.arange(-1, 600), mean)
        least, most = np.interp([0.025, 0.975], steps, np.arange(-1, 600))
        assert low[position] == pytest.approx(1000 * max(least, 0) / homes[position])
        assert high[position] == pytest.approx(1000 * (most + 1) / homes[position])


def test_a_funnel_narrows_widens_with_spread_and_has_no_place_without_homes() -> None:
    """With many homes the limits near 1.96 standard errors, with spread times its root; without homes NaN."""
    low, high = chance_limits(20, [0, 50, 10_000_000, np.nan])
    np.testing.assert_array_equal(np.isnan(high), [True, False, False, True])
    assert high[1] - low[1] > 40
    assert (high[2] - low[2]) / 2 == pytest.approx(1.96 * np.sqrt(20 / 10_000), rel=1e-3)
    wide_low, wide_high = chance_limits(20, [10_000_000], spread=4)
    assert (wide_high - wide_low)[0] == pytest.approx(2 * (high - low)[2], rel=1e-3)
    assert chance_limits(0, [100])[1] == pytest.approx(10, rel=0.03)
    assert np.isnan(chance_limits(np.nan, [100])[1]).all()


@pytest.mark.parametrize(
    ("yes", "answers", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_limits_are_the_published_ones(yes: int, answers: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3; and those of scipy's binomtest."""
    found = [float(limit) for limit in wilson_limits(yes / answers, answers)]
    assert found == [pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5)]
    assert found == pytest.approx(list(binomtest(yes, answers).proportion_ci(method="wilson")), abs=1e-12)


def test_a_survey_without_answers_has_no_limits() -> None:
    """NaN, whatever share came with it; all saying yes leaves room below but none above."""
    low, high = wilson_limits([np.nan, 0.5, 1.0], [0, 0, 10])
    np.testing.assert_array_equal(np.isnan(low), [True, True, False])
    assert (low[2], high[2]) == (pytest.approx(0.7225, abs=5e-5), pytest.approx(1))
    assert high[2] <= 1


def test_weights_make_answers_worth_less() -> None:
    """Kish: equal weights cost nothing; of two groups, one of thrice the weight, a fifth is lost."""
    assert effective_number([2.5] * 40) == pytest.approx(40)
    # 1 + the squared coefficient of variation of the weights, which is (1 / 2) ^ 2.
    assert effective_number([1, 3] * 50) == pytest.approx(100 / 1.25)
    assert effective_number([]) == effective_number([0, 0]) == 0


def test_weighted_limits_hold_in_samples_with_a_seed() -> None:
    """2,000 surveys of which one half answers with thrice the weight: 94 to 97 of 100 limits hold the true share."""
    random = np.random.default_rng(11)
    weights = np.repeat([1.0, 3.0], 60)
    shares = (random.random((2000, 120)) < 0.3) @ weights / weights.sum()
    low, high = wilson_limits(shares, np.full(2000, effective_number(weights)))
    assert 0.94 < ((low <= 0.3) & (high >= 0.3)).mean() < 0.97


def test_a_ratio_of_rates_is_that_of_r() -> None:
    """Lung cancer in Fredericia and three other towns, the example in R's help on poisson.test."""
    found = [float(each) for each in rate_ratio(11, 800, 21, 1083 + 1050 + 878)]
    assert found == pytest.approx([1.971488, 0.8584264, 4.2772659], rel=1e-6)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(now=st.integers(0, 200), before=st.integers(0, 200), times=st.sampled_from([0.2, 1.0, 7.5]))
def test_a_ratio_has_the_limits_of_clopper_and_pearson(now: int, before: int, times: float) -> None:
    """Those of scipy's binomtest, turned from shares into odds; without counts one-sided or nothing."""
    ratio, low, high = (float(each) for each in rate_ratio(now, 1, before, times))
    if now + before == 0:
        assert np.isnan(ratio)
        assert (low, high) == (0, np.inf)
        return
    least, most = binomtest(now, now + before).proportion_ci(method="exact")
    assert low == pytest.approx(times * least / (1 - least))
    assert high == (pytest.approx(times * most / (1 - most)) if before else np.inf)
    assert ratio == (pytest.approx(times * now / before) if before else np.inf)


def test_the_limits_of_a_ratio_hold_at_least_as_often_as_is_said() -> None:
    """Exact limits, 5,000 pairs drawn with a seed, true ratio 1.5 on thrice the exposure: 95 to 98 of 100."""
    random = np.random.default_rng(3)
    now, before = random.poisson(9, 5000), random.poisson(18, 5000)
    _, low, high = rate_ratio(now, np.full(5000, 1.0), before, np.full(5000, 3.0))
    assert 0.95 < ((low <= 1.5) & (high >= 1.5)).mean() < 0.98


def test_no_exposure_has_no_ratio() -> None:
    """NaN in all three, without a warning."""
    with warnings.catch_warnings(action="error"):
        found = rate_ratio([4, 4], [0, 12], [4, 4], [12, 0])
    assert np.isnan(found).all()
