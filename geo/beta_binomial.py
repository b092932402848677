"""How likely a beta-binomial count is at least so high: exact, far into the tail, for many counts at once."""

import numpy as np
from scipy.special import bdtrc, betaln

from geo.crs import FloatArray

_TERMS = 32
"""Of the sum of a tail, added up at once."""


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
