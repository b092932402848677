"""Rates, shares and ratios of small counts, each with the range in which the truth likely lies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, gammaincc, gammaincinv, gammaln, nbdtrik, ndtri, pdtrik, psi

from geo.crs import FloatArray

_OUTSIDE = 0.05
_HOMES = 1000
"""Rates are per so many homes."""
_LEAST_SHAPE = 0.5
"""Of a prior, as in Jeffreys'. With less, where most areas have no case, they would be said to surely have none."""


def exact_limits(counts: npt.ArrayLike, homes: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Between which rates the true one lies in 95 of 100 cases.

    Parameters
    ----------
    counts, homes : one-dimensional, not negative

    Returns
    -------
    Lower and upper limit, per 1,000 homes; NaN where there are no homes.

    Notes
    -----
    The exact limits of a Poisson count: Garwood, F. (1936), Fiducial limits for the Poisson distribution,
    Biometrika 28, 437-442. Events that come in series (one quarrel, ten reports) are less sure than this.

    Examples
    --------
    No case in 1,000 homes, ten, and three where no homes are listed:
    >>> low, high = exact_limits([0, 10, 3], [1000, 1000, 0])
    >>> low.round(1), high.round(1)
    (array([0. , 4.8, nan]), array([ 3.7, 18.4,  nan]))
    """
    events, thousands = np.asarray(counts, dtype=np.float64), _thousands(homes)
    # The lower limit of no events is none. (Quantiles of the gamma distribution; scipy.stats has them under
    # another name and takes a second to import.)
    low = np.where(events > 0, gammaincinv(np.maximum(events, 1), _OUTSIDE / 2), 0.0)
    high = gammaincinv(events + 1, 1 - _OUTSIDE / 2)
    return low / thousands, high / thousands


@dataclass(frozen=True)
class Prior:
    """What is known of an area's rate before its own count: a gamma distribution, per 1,000 homes."""

    shape: float
    rate: float
    """How many thousand homes of evidence it is worth; its mean is shape / rate."""
    alike: bool
    """Nothing told areas apart: this is what is known of all of them, own counts included."""


@dataclass(frozen=True)
class ShrunkenRates:
    """What is known of the rate of each area, per 1,000 homes: a gamma distribution; NaN without homes.

    Draw from it with ``generator.gamma(shape, 1 / rate)``.
    """

    prior: Prior
    shape: FloatArray
    rate: FloatArray
    mean: FloatArray
    low: FloatArray
    """Below it the true rate lies in 2.5 of 100 cases."""
    high: FloatArray
    """Above it the true rate lies in 2.5 of 100 cases."""


def shrunken_rates(counts: npt.ArrayLike, homes: npt.ArrayLike) -> ShrunkenRates:
    """Draw the rate of each area towards that of all, the more so the fewer homes it has.

    Parameters
    ----------
    counts, homes : one-dimensional, not negative

    Returns
    -------
    The distribution of each area's rate, with mean and 95 % limits. Areas without homes (0 or NaN) have NaN and are
    left out of the prior.

    Notes
    -----
    Clayton, D. and Kaldor, J. (1987), Empirical Bayes estimates of age-standardized relative risks for use in disease
    mapping, Biometrics 43, 671-681: rates differ between areas as a gamma distribution does, counts are Poisson given
    their rate, and the prior is the one under which the counts, negative binomial then, are most likely.

    The likelihood is adjusted as by Christiansen, C. L. and Morris, C. N. (1997), Hierarchical Poisson regression
    modeling, JASA 92, 618-632: every share that the prior may have in the estimate of an area of mean size is as
    credible beforehand. The mere maximum takes areas for alike too often: with a dozen whose rates differ by a fifth,
    limits said to hold in 95 of 100 cases hold in 78. Adjusted they do in 88 or more from a dozen areas on, and in
    nearly 80 with two or three, whose counts say little of how areas differ.

    Where there is one area, or no case at all, nothing says how areas differ: each then has the distribution of the
    rate of all together under Jeffreys' prior, of shape: total + 1/2.

    Examples
    --------
    Five cases in 10 homes say less than 20 in 1,000; without homes nothing is said:
    >>> found = shrunken_rates([5, 20, 60, 90, 1], [10, 1000, 1000, 1000, 0])
    >>> found.mean.round(), (found.high - found.low).round()
    (array([177.,  22.,  61.,  90.,  nan]), array([247.,  18.,  30.,  36.,  nan]))
    >>> shrunken_rates([], []).mean.size
    0
    """
    events, thousands = np.asarray(counts, dtype=np.float64), _thousands(homes)
    known = np.isfinite(thousands)
    prior = _prior(events[known], thousands[known])
    own = 0.0 if prior.alike else 1.0
    shape = np.where(known, prior.shape + own * events, np.nan)
    rate = np.where(known, prior.rate + own * thousands, np.nan)
    low, high = (gammaincinv(shape, share) / rate for share in (_OUTSIDE / 2, 1 - _OUTSIDE / 2))
    return ShrunkenRates(prior, shape, rate, shape / rate, low, high)


def _prior(events: FloatArray, thousands: FloatArray) -> Prior:
    from scipy.optimize import minimize  # 40 MB and half a second, which a page that only shows rates can do without

    total, everywhere = float(events.sum()), float(thousands.sum())
    if events.size < 2 or not total:
        return Prior(total + 0.5, everywhere, alike=True)
    start, bounds = [np.log(total / everywhere), 0.0], [(None, None), (np.log(_LEAST_SHAPE), None)]
    fitted = minimize(_unlikeliness, start, (events, thousands), "L-BFGS-B", jac=True, bounds=bounds, tol=1e-12)
    mean, shape = np.exp(fitted.x)
    return Prior(float(shape), float(shape / mean), alike=False)


def _unlikeliness(logarithms: FloatArray, events: FloatArray, thousands: FloatArray) -> tuple[float, FloatArray]:
    """The negative logarithm, up to a constant, of what is maximised, and its gradient.

    Both by the logarithms of the prior's mean and shape, which unlike shape and rate are nearly independent.
    """
    mean, shape = np.exp(logarithms)
    rate, usual = shape / mean, thousands.mean()
    share = np.log(rate) - np.log(rate + thousands)
    likely = gammaln(events + shape) - gammaln(shape) + shape * share - events * np.log(rate + thousands)
    adjustment = np.log(rate) - 2 * np.log(rate + usual)
    by_rate = (shape - rate * (events + shape) / (rate + thousands)).sum() + 1 - 2 * rate / (rate + usual)
    by_shape = shape * (psi(events + shape) - psi(shape) + share).sum() + by_rate
    return -likely.sum() - adjustment, -np.array([-by_rate, by_shape])


def chance_limits(
    district_rate: float, homes: npt.ArrayLike, inside: float = 0.95, spread: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Between which rates chance alone would leave an area that is like the district: the lines of a funnel plot.

    Parameters
    ----------
    district_rate : per 1,000 homes
    homes : of each area
    inside : the share of such areas between the limits; the custom is to draw 0.95 and 0.998
    spread : how many times the variance of a count is that of pure chance; below 1 counts as 1

    Returns
    -------
    Lower and upper limit for each area, per 1,000 homes; NaN without homes or without a district's rate. Where the
    district has no case, the upper limit is just below one case.

    Notes
    -----
    Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24,
    1185-1202: exact limits, between whole counts by straight lines in the distribution. With spread the count is
    negative binomial instead of Poisson, of the variance of that paper's overdispersed limits but never below zero.

    The upper limit is one case further out than in the paper, where one case in 20 homes crosses it at a fifth of a
    case expected: so an area lies beyond a limit just when chance brings its count, or one further out, to less than
    (1 - inside) / 2 of such areas.

    Examples
    --------
    Where the district has 20 cases per 1,000 homes, a small area may have any few by chance:
    >>> low, high = chance_limits(20, [50, 5000, 0])
    >>> low.round(1), high.round(1)
    (array([ 0. , 16.1,  nan]), array([78. , 24.1,  nan]))
    """
    thousands = _thousands(homes)
    # Next to nothing for none, of which there is no distribution.
    mean = np.maximum(district_rate * thousands, 1e-9)
    low, high = (_quantile(share, mean, spread) for share in ((1 - inside) / 2, (1 + inside) / 2))
    return np.maximum(low, 0) / thousands, (high + 1) / thousands


def _quantile(share: float, mean: FloatArray, spread: float) -> FloatArray:
    """The count below which so large a share of counts lie, between -1 and 0 where 0 alone is a larger share."""
    if spread <= 1 + 1e-9:
        count = np.ceil(np.maximum(pdtrik(share, mean), 0))
        below, up_to = np.where(count > 0, gammaincc(count, mean), 0.0), gammaincc(count + 1, mean)
    else:
        size, odds = mean / (spread - 1), 1 / spread
        count = np.ceil(np.maximum(nbdtrik(share, size, odds), 0))
        below, up_to = np.where(count > 0, betainc(size, count, odds), 0.0), betainc(size, count + 1, odds)
    quantile: FloatArray = count - (up_to - share) / (up_to - below)
    return quantile


def wilson_limits(shares: npt.ArrayLike, answers: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Between which shares the true one lies in 95 of 100 surveys.

    Parameters
    ----------
    shares : of the answers, weighted or not, 0 to 1
    answers : how many there are; if they are weighted, the effective number

    Returns
    -------
    Lower and upper limit, 0 to 1; NaN where there are no answers.

    Notes
    -----
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.

    Examples
    --------
    Half of 10 answers, half of 1,000, and of none:
    >>> low, high = wilson_limits([0.5, 0.5, 0.5], [10, 1000, 0])
    >>> low.round(2), high.round(2)
    (array([0.24, 0.47,  nan]), array([0.76, 0.53,  nan]))
    """
    p, number = np.asarray(shares, dtype=np.float64), np.asarray(answers, dtype=np.float64)
    extra = float(ndtri(1 - _OUTSIDE / 2) ** 2) / np.where(number > 0, number, np.nan)
    middle, half = p + extra / 2, np.sqrt(p * (1 - p) * extra + extra**2 / 4)
    low, high = (np.clip(limit / (1 + extra), 0.0, 1.0) for limit in (middle - half, middle + half))
    return low, high


def effective_number(weights: npt.ArrayLike) -> float:
    """How many answers of equal weight would say as much: Kish, L. (1965), Survey Sampling, section 11.7.

    Parameters
    ----------
    weights : one for each answer, not negative; none, or all of them zero, are worth 0 answers

    Examples
    --------
    >>> effective_number([1, 1, 1, 1]), round(effective_number([5, 1, 1, 1]), 2), effective_number([])
    (4.0, 2.29, 0.0)
    """
    w = np.asarray(weights, dtype=np.float64)
    squares = float((w**2).sum())
    return float(w.sum()) ** 2 / squares if squares else 0.0


def rate_ratio(
    counts: npt.ArrayLike, exposures: npt.ArrayLike, counts_before: npt.ArrayLike, exposures_before: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How many times the rate before the rate is now.

    Parameters
    ----------
    counts, counts_before : not negative, one for each comparison
    exposures, exposures_before : what the counts are of: months, homes, or homes times months

    Returns
    -------
    Ratio, lower and upper limit of its 95 % interval. With no count now the ratio and the lower limit are 0; with none
    before the ratio and the upper limit are infinite, and only the other limit says something; with neither the ratio
    is NaN and lies between 0 and infinity. All are NaN where an exposure is not above 0.

    Notes
    -----
    Given their sum, one of two Poisson counts is binomial: Przyborowski, J. and Wilenski, H. (1940), Homogeneity of
    results in testing samples from Poisson series, Biometrika 31, 313-323. The limits of its share are those of
    Clopper and Pearson. Events that come in series are less sure than this.

    Examples
    --------
    30 cases after 10, 5 after none, and none after none, each in twelve months:
    >>> ratio, low, high = rate_ratio([30, 5, 0], 12, [10, 0, 0], 12)
    >>> ratio, low.round(2), high.round(2)
    (array([ 3., inf, nan]), array([1.43, 0.92, 0.  ]), array([6.88,  inf,  inf]))
    """
    now, before = np.asarray(counts, dtype=np.float64), np.asarray(counts_before, dtype=np.float64)
    exposed, exposed_before = (_above_zero(each) for each in (exposures, exposures_before))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, low, high = now / before, _least_odds(now, before), 1 / _least_odds(before, now)
    relative = exposed_before / exposed
    return ratio * relative, low * relative, high * relative


def _least_odds(count: FloatArray, other: FloatArray) -> FloatArray:
    share = np.where(count > 0, betaincinv(np.maximum(count, 1), other + 1, _OUTSIDE / 2), 0.0)
    odds: FloatArray = share / (1 - share)
    return odds


def _thousands(homes: npt.ArrayLike) -> FloatArray:
    return _above_zero(homes) / _HOMES


def _above_zero(values: npt.ArrayLike) -> FloatArray:
    numbers = np.asarray(values, dtype=np.float64)
    return np.where(numbers > 0, numbers, np.nan)
