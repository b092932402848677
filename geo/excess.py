"""Where more is reported than the number of homes explains, with how surely that is not chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import bdtrc, betainc, betaln
from scipy.stats import false_discovery_control

from geo.crs import FloatArray

BoolArray = npt.NDArray[np.bool_]

FALSE_DISCOVERIES = 0.05
"""Of those called hotspots, the share that chance alone may have made, at most, on average."""

_OUTER = 0.2
"""The share of each outer part from which extra variation is told: further out, hotspots are."""

_EXTRA = np.geomspace(1e-3, 1e2, 26)
"""Extra variation is one of these, each 1.6 times the one before; the first stands for none."""

_ROUNDS = 5
_TERMS = 32


@dataclass(frozen=True)
class Excess:
    """What was found in the window of each cell."""

    observed: FloatArray
    expected: FloatArray
    """If reports fell on all homes alike; NaN where the window was not tested."""
    p: FloatArray
    """One-sided, never 0 and never above 1; NaN where the window was not tested."""
    adjusted: FloatArray
    """The p corrected for the number of windows tested, after Benjamini and Hochberg."""
    rate: float
    """Reports per home where nothing is hot."""
    by_home: float
    """How much more the counts vary than by pure chance because homes differ: 0 is not at all."""
    by_place: float
    """How much more they vary because places differ: 0 is not at all."""

    @property
    def hot(self) -> BoolArray:
        """Which windows have surely more than their homes explain."""
        return np.nan_to_num(self.adjusted, nan=1.0) <= FALSE_DISCOVERIES

    @property
    def tested(self) -> int:
        """How many windows were tested."""
        return int(np.isfinite(self.p).sum())


def excess(counts: npt.ArrayLike, homes: npt.ArrayLike, windows: csr_array, fewest_homes: float = 10) -> Excess:
    """Test in every window whether its count is higher than the homes in it explain.

    Parameters
    ----------
    counts, homes : one for each cell, whole numbers, not negative
    windows : ones for the cells (columns) in the window of each cell (rows), itself included
    fewest_homes : a window with fewer is not tested

    Returns
    -------
    The finding of every window. A window that has every home is not tested; where there are no counts every p is 1.

    Notes
    -----
    Given the total of all cells, how many of it fall into a window is beta-binomial, with the window's share of the
    homes as mean: for homes that differ as a gamma distribution this is exact (the reports of homes are then
    negative binomial with one p, whose sums given their total are Dirichlet-multinomial), and without any such
    difference it is the binomial, the exact form of dealing every report to a home at random again and again. The
    extra variation is estimated once as if homes differed and once as if places did, and the larger of the two
    variances is used for each window, so that either may be true. By moments a hotspot would hide itself, and all
    others, behind the variation that it makes. So the variation is sought with which as many counts as there should be
    lie in the highest and in the lowest fifth of their distributions (randomised quantile residuals, Dunn, P. and
    Smyth, G. (1996), JCGS 5, 236-244, averaged over the randomisation). Windows found hot are left out of it and of
    the usual rate, and both are estimated again.

    Benjamini, Y. and Hochberg, Y. (1995), Controlling the false discovery rate, JRSS B 57, 289-300: it holds for
    windows that overlap, whose counts depend on each other positively (Benjamini and Yekutieli 2001).

    Examples
    --------
    Cells of a hundred homes, each its own window, one of them with ten times as much; the last has too few homes:
    >>> found = excess([3] * 20 + [30, 4], [100] * 21 + [5], csr_array(np.eye(22)))
    >>> np.flatnonzero(found.hot).tolist(), found.tested, found.p[-1:]
    ([20], 21, array([nan]))
    >>> excess([0, 0], [100, 100], csr_array(np.eye(2))).p
    array([1., 1.])
    """
    y, h = np.asarray(counts, dtype=np.float64), np.asarray(homes, dtype=np.float64)
    usual = np.ones(y.size, dtype=np.bool_)
    found = _against(usual, y, h, windows, fewest_homes)
    for _ in range(_ROUNDS):
        # A cell is usual if it is in no hot window.
        again = windows.T @ found.hot.astype(np.float64) == 0
        if (again == usual).all() or not h[again].any():
            break
        usual = again
        found = _against(usual, y, h, windows, fewest_homes)
    return found


def _against(usual: BoolArray, y: FloatArray, h: FloatArray, windows: csr_array, fewest_homes: float) -> Excess:
    """Test every window against the usual cells that are not in it."""
    observed, inside = windows @ y, windows @ h
    beyond_y, beyond_h = (usual @ part - windows @ (usual * part) for part in (y, h))
    tested = (inside >= fewest_homes) & (beyond_h > 0)
    rate = float(usual @ y) / max(float(usual @ h), 1.0)
    mean = h * rate
    by_home, by_place = _more_than_chance(y[usual], mean[usual], windows[usual][:, usual])
    expected = windows @ mean
    more = np.maximum(by_home * expected, by_place * (windows @ mean**2))
    spread = 1 + np.divide(more, expected, out=np.zeros_like(more), where=expected > 0)
    p, adjusted = np.full(y.size, np.nan), np.full(y.size, np.nan)
    p[tested] = upper_tail(
        observed[tested],
        (observed + beyond_y)[tested],
        (inside / np.maximum(inside + beyond_h, 1))[tested],
        spread[tested],
    )
    if tested.any():
        adjusted[tested] = false_discovery_control(p[tested])
    return Excess(observed, np.where(tested, expected, np.nan), p, adjusted, rate, by_home, by_place)


def _more_than_chance(y: FloatArray, mean: FloatArray, windows: csr_array) -> tuple[float, float]:
    """Estimate the extra variance, as a share of the mean, and of the sum of the squared means of cells.

    Of cells and of windows, and the larger of both: neighbours may differ from others together.
    """
    alone, together = (y, mean, mean**2), (windows @ y, windows @ mean, windows @ mean**2)
    fits = [
        (_extra(counts, means, means), _extra(counts, means, squares)) for counts, means, squares in (alone, together)
    ]
    by_home, by_place = np.max(fits, axis=0)
    return float(by_home), float(by_place)


def _extra(counts: FloatArray, means: FloatArray, unit: FloatArray) -> float:
    """How often `unit` is added to the variance for the outer parts of the distributions to hold their share."""
    there = means > 0
    if not there.any():
        return 0.0
    y, mean, more = counts[there], means[there], unit[there] / means[there]
    shares = np.array([_outer_share(y, mean, 1 + each * more) for each in _EXTRA])
    # The first that is enough: beyond it, ever more of few counts would be in the outer parts again.
    enough = int(np.argmax(shares <= 2 * _OUTER)) if shares.min() <= 2 * _OUTER else int(shares.argmin())
    return float(_EXTRA[enough]) if enough else 0.0


def _outer_share(y: FloatArray, mean: FloatArray, spread: FloatArray) -> float:
    """The share of counts in the outer parts of their negative binomial distributions.

    A count that lies across the border of a part belongs to it by as much as its probability does.
    """
    size, other = mean / (spread - 1), 1 - 1 / spread
    above = betainc(y + 1, size, other)
    at_least = np.where(y > 0, betainc(np.maximum(y, 1), size, other), 1.0)
    chance = np.maximum(at_least - above, 1e-300)
    high = np.clip((_OUTER - above) / chance, 0, 1)
    low = np.clip((at_least - 1 + _OUTER) / chance, 0, 1)
    return float((high + low).mean())


def upper_tail(y: FloatArray, n: FloatArray, share: FloatArray, spread: FloatArray) -> FloatArray:
    """How likely a beta-binomial count is at least so high.

    Parameters
    ----------
    y : the counts, 0 to n
    n : how many there are in all
    share : mean of y / n, strictly between 0 and 1
    spread : variance of y over that of the binomial, at least 1, which is the binomial

    Returns
    -------
    Probabilities above 0 and at most 1.

    Examples
    --------
    3 or more of 10, of which each is one with a chance of a fifth; and if counts vary twice as much as that:
    >>> three, ten, fifth = np.array([3.0]), np.array([10.0]), np.array([0.2])
    >>> upper_tail(three, ten, fifth, np.array([1.0])).round(3), upper_tail(three, ten, fifth, np.array([2.0])).round(3)
    (array([0.322]), array([0.333]))
    >>> upper_tail(np.array([0.0]), ten, fifth, np.array([2.0]))
    array([1.])
    """
    p = bdtrc(y - 1, n.astype(np.int64), share)
    wider = np.flatnonzero((y > 0) & (spread > 1 + 1e-9))
    if wider.size:
        k, top, mean = y[wider], n[wider], share[wider]
        # The size of the Dirichlet: from the variance n m (1 - m) (1 + (n - 1) / (size + 1)).
        size = np.maximum((top - spread[wider]) / (spread[wider] - 1), 1e-3)
        # The terms of a tail that holds the mean begin too small for a float: 1 less the other tail.
        low, a, b = k < mean * top, mean * size, (1 - mean) * size
        tail = _beta_binomial_tail(np.where(low, top - k + 1, k), top, np.where(low, b, a), np.where(low, a, b))
        p[wider] = np.where(low, 1 - tail, tail)
    inside: FloatArray = np.clip(p, np.finfo(np.float64).tiny, 1.0)
    return inside


def _beta_binomial_tail(y: FloatArray, n: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    choices = -np.log1p(n) - betaln(n - y + 1, y + 1)
    term = np.exp(choices + betaln(y + a, n - y + b) - betaln(a, b))
    total, k = term.copy(), y.copy()
    left = np.flatnonzero(k < n)
    while left.size:
        at = k[left, None] + np.arange(_TERMS)
        up, m, alpha, beta = np.minimum(at, n[left, None] - 1), n[left, None], a[left, None], b[left, None]
        ratios = (m - up) / (up + 1) * (up + alpha) / (m - up - 1 + beta)
        terms = term[left, None] * np.where(at < m, ratios, 0.0).cumprod(axis=1)
        total[left] += terms.sum(axis=1)
        term[left], k[left] = terms[:, -1], k[left] + _TERMS
        left = left[(k[left] < n[left]) & (term[left] > 1e-15 * total[left])]
    whole: FloatArray = total
    return whole
