"""Since when: the month in which a series came to another level beside the district's, with its range."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from geo.crs import FloatArray

_INSIDE = 0.95
_ODDS = 19.0
"""A change is told if it is so many times as likely as none, however likely both were beforehand."""
_WORTH = 1.0
"""Cases that what is known of a level beforehand is worth: the level of the whole series, and hardly sure of it."""


@dataclass(frozen=True)
class ChangePoint:
    """When a series came to its present level, as positions of months."""

    month: int
    """The first month of the present level, most likely."""
    earliest: int
    latest: int
    """It lies in this range, both included, in 95 of 100 cases."""
    times: float
    """How many times the level before the present one is, each beside the district's; infinite after none at all."""


def change_point(counts: npt.ArrayLike, usual: npt.ArrayLike) -> ChangePoint | None:
    """Find the month from which a series has another level than before.

    Parameters
    ----------
    counts : of each month, oldest first; NaN for a month that is not known
    usual : what the same months bring elsewhere, in any unit; a change that is the district's is then none

    Returns
    -------
    The change; None where a level that never changed is not surely less likely, or fewer than two months are known.

    Notes
    -----
    Counts are Poisson about the level times the usual. Each level is gamma distributed beforehand about the level of
    the whole series and is integrated out, so every month has a probability of being the first of the present level
    (Raftery, A. E. and Akman, V. E. (1986), Bayesian analysis of a Poisson process with a change-point, Biometrika 73,
    85-89), all months being as likely beforehand. The range is from the earliest to the latest of the likeliest months
    that hold 95 %. A rise that comes slowly has its range where it is steepest.

    Examples
    --------
    Twice as much in every month from the 25th on, where the district does not change; and a district that does:
    >>> rise = [2] * 24 + [6] * 12
    >>> found = change_point(rise, [1] * 36)
    >>> found.month, found.earliest, found.latest, round(found.times, 1)
    (24, 22, 25, 3.0)
    >>> change_point(rise, rise) is None
    True
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(usual, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(y) & (e > 0))
    if known.size < 2 or not y[known].sum():
        return None
    before, exposed = y[known].cumsum(), e[known].cumsum()
    total, every = before[-1], exposed[-1]
    likely = _likelihood(before[:-1], exposed[:-1], total / every) + _likelihood(
        total - before[:-1], every - exposed[:-1], total / every
    )
    none = _likelihood(before[-1:], exposed[-1:], total / every)[0]
    if logsumexp(likely) - np.log(likely.size) - none < np.log(_ODDS):
        return None
    first = int(likely.argmax())
    there = known[1:][_likeliest(np.exp(likely - logsumexp(likely)))]
    level, earlier = (total - before[first]) / (every - exposed[first]), before[first] / exposed[first]
    return ChangePoint(
        int(known[first + 1]), int(there.min()), int(there.max()), float(level / earlier) if earlier else np.inf
    )


def _likelihood(counts: FloatArray, exposed: FloatArray, level: float) -> FloatArray:
    """The logarithm of how likely counts of one level are, up to what all ways to divide the same series share."""
    shape, rate = _WORTH, _WORTH / level
    likely: FloatArray = (
        gammaln(shape + counts) - gammaln(shape) + shape * np.log(rate) - (shape + counts) * np.log(rate + exposed)
    )
    return likely


def _likeliest(chance: FloatArray) -> npt.NDArray[np.intp]:
    """The fewest positions that hold so much."""
    order = np.argsort(-chance, kind="stable")
    return order[: int(np.searchsorted(chance[order].cumsum(), _INSIDE)) + 1]
