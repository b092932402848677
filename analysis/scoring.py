"""What a theme's score in an estate is made of, drawn from what is known of each part.

Every part is the base 2 logarithm of how many times the usual something is: 0 is the usual, 1 is twice and -1 half of
it. The score is their weighted mean, so that 2 to its power reads "1.8 times the usual".

voice
    The theme's share of what residents say, against an equal share of all themes.
record
    What is recorded of it per home, against the district.
severity
    The share of these records that are severe, against the district.
trend
    Records of the last twelve months, against the twelve before.
satisfaction
    The share of tenants who are dissatisfied with it in a survey, against the landlord's.

Each is drawn towards the district's the more so the less is known in the estate: rates as by
`geo.rates.shrunken_rates`, shares as by `share_counts`. For the trend that is the share of the last twelve months in
all twenty-four, which draws the change towards the district's own change.

The district's usual (and the landlord's) is what is to be expected of an estate of which nothing is known: the mean of
the prior's logarithms, so that such an estate has 0, and not less because logarithms of what is uncertain are lower on
average. The prior is taken as known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from analysis.weights import PARTS
from geo.crs import FloatArray
from geo.rates import shrunken_rates
from layers._layer import Theme

THEMES = tuple(theme for theme in Theme if theme is not Theme.OTHER)
"""What is ranked."""

_NEVER_SEEN = 0.5
"""Cases of what was never seen, as in Jeffreys' prior."""

_LEAST = 2.0
"""Cases of every kind that a prior is worth: 95 of 100 estates then have 0.12 to 2.8 times the usual. Of rare kinds the
counts cannot tell by how much estates differ, and with less, their chance would be the loudest part of a score."""

_LN_2 = float(np.log(2))


@dataclass(frozen=True)
class Evidence:
    """Counts by estate (rows) and theme (columns, in the order of THEMES): not negative, never NaN.

    All are of the last twelve months but `before`.
    """

    homes: FloatArray
    """Of each estate: one-dimensional."""
    heard: FloatArray
    """All that residents said, whole numbers."""
    recorded: FloatArray
    """All records, whole numbers."""
    voices: FloatArray
    """What residents said, as many as are independent of each other: repeats of one home are one voice or two."""
    records: FloatArray
    """Likewise, as all that follows."""
    judged: FloatArray
    """Records of layers that say what is severe."""
    severe: FloatArray
    """Of these, the severe ones."""
    now: FloatArray
    """Records of layers that are complete for twenty-four months."""
    before: FloatArray
    """Of the same layers, in the twelve months before."""
    answered: FloatArray
    """Effective number of answers to the survey's question about the theme."""
    dissatisfied: FloatArray
    """Of these, the dissatisfied ones."""


def part_draws(evidence: Evidence, draws: int, random: np.random.Generator) -> FloatArray:
    """Draw every part of the score from what is known of it.

    Returns
    -------
    Parts (in the order of PARTS) by draws by estates by themes; NaN for a part of which the district has nothing, and
    for the record of an estate without homes.
    """
    drawn = np.full((len(PARTS), draws, *evidence.voices.shape), np.nan)
    if evidence.voices.any():
        drawn[0] = np.log2(len(THEMES)) + _shares(share_counts(evidence.voices)[0], draws, random)
    for at in range(len(THEMES)):
        records, now, before = evidence.records[:, at], evidence.now[:, at], evidence.before[:, at]
        drawn[1, :, :, at] = _rate(records, evidence.homes, draws, random)
        drawn[2, :, :, at] = _share(evidence.severe[:, at], evidence.judged[:, at], draws, random)
        drawn[3, :, :, at] = _change(now, before, draws, random)
        drawn[4, :, :, at] = _share(evidence.dissatisfied[:, at], evidence.answered[:, at], draws, random)
    return drawn


def scores(parts: FloatArray, weights: Mapping[str, float]) -> tuple[FloatArray, FloatArray]:
    """Weigh the parts of every draw.

    Parameters
    ----------
    parts : of `part_draws`
    weights : by part, not negative

    Returns
    -------
    Scores: draws by estates by themes, NaN where no part that weighs anything is known; and the share that each part
    has in them: parts by estates by themes, 0 for what is not known, so that the others carry it.
    """
    known = np.isfinite(parts[:, 0])
    weighed = np.array([float(weights[part]) for part in PARTS])[:, None, None] * known
    total = weighed.sum(axis=0)
    shares = np.divide(weighed, total, out=np.zeros_like(weighed), where=total > 0)
    score = np.where(total > 0, np.zeros(parts.shape[1:]), np.nan)
    for at, share in enumerate(shares):
        score += share * np.where(known[at], parts[at], 0.0)
    return score, shares


def share_counts(counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What is known of the shares of kinds in every area, and was known before its own counts, both as counts.

    Parameters
    ----------
    counts : areas by kinds, not negative; of weighted answers not whole

    Returns
    -------
    Parameters of a Dirichlet distribution for each area (areas by kinds), and of their prior, whose shares are those of
    all areas together. Where fewer than two areas have counts, nothing says how areas differ: each then has the
    distribution of the shares of all together under Jeffreys' prior, and so has the prior.

    Notes
    -----
    How much the prior counts is where the counts, Dirichlet-multinomial then, are most likely (Minka, T. (2000),
    Estimating a Dirichlet distribution), with the adjustment that `geo.rates.shrunken_rates` explains: every share
    that the prior may have in the estimate of an area of mean size is as credible beforehand.
    """
    from scipy.optimize import minimize_scalar  # half a second, which pages that rank nothing can do without

    there = counts[counts.sum(axis=1) > 0]
    pooled = there.sum(axis=0) + _NEVER_SEEN
    if len(there) < 2:
        return np.broadcast_to(pooled, counts.shape), pooled
    shares = pooled / pooled.sum()
    least = float(np.log(_LEAST / shares.min()))
    most = max(least, np.log(1e6)) + 1
    fitted = minimize_scalar(_unlikeliness, bounds=(least, most), args=(there, shares), method="bounded")
    prior = shares * float(np.exp(fitted.x))
    return counts + prior, prior


def _unlikeliness(logarithm: float, counts: FloatArray, shares: FloatArray) -> float:
    """The negative logarithm, up to a constant, of what is maximised by the logarithm of the prior's size."""
    size, number = np.exp(logarithm), counts.sum(axis=1)
    prior = size * shares
    likely = (gammaln(size) - gammaln(number + size)).sum() + (gammaln(counts + prior) - gammaln(prior)).sum()
    return float(2 * np.log(size + number.mean()) - logarithm - likely)


def _shares(known: FloatArray, draws: int, random: np.random.Generator) -> FloatArray:
    """Logarithms of the shares of kinds (last axis) in every area."""
    drawn = random.standard_gamma(known, (draws, *known.shape))
    logarithms: FloatArray = np.log2(drawn / drawn.sum(axis=-1, keepdims=True))
    return logarithms


def _rate(records: FloatArray, homes: FloatArray, draws: int, random: np.random.Generator) -> FloatArray:
    lived = homes > 0
    drawn = np.full((draws, homes.size), np.nan)
    if records[lived].any():
        rates = shrunken_rates(records[lived], homes[lived])
        usual = (psi(rates.prior.shape) - np.log(rates.prior.rate)) / _LN_2
        drawn[:, lived] = np.log2(random.gamma(rates.shape, 1 / rates.rate, (draws, rates.shape.size))) - usual
    return drawn


def _share(some: FloatArray, of: FloatArray, draws: int, random: np.random.Generator) -> FloatArray:
    if not of.any():
        return np.full((draws, of.size), np.nan)
    known, prior = share_counts(np.stack([some, of - some], axis=1))
    usual = float(psi(prior[0]) - psi(prior.sum())) / _LN_2
    return _shares(known, draws, random)[..., 0] - usual


def _change(now: FloatArray, before: FloatArray, draws: int, random: np.random.Generator) -> FloatArray:
    counts = np.stack([now, before], axis=1)
    if not counts.any():
        return np.full((draws, now.size), np.nan)
    shares = _shares(share_counts(counts)[0], draws, random)
    return shares[..., 0] - shares[..., 1]
