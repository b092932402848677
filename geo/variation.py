"""How much counts vary beyond chance: because homes differ, because places do, because neighbourhoods do."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import betainc, betaln, gammaln, psi

from geo.crs import FloatArray

BoolArray = npt.NDArray[np.bool_]

_OUTER = 1.0
"""From so many standard deviations above what is expected only that a count is there is used, not how high it is."""

_ROUNDS = 3
_RATE, _PLACES = (-3.0, 1.0), (0.0, 2.0)
"""Between which the logarithm of the usual rate over that of all lies, and the variance between places: were they
wider, a map with everything in one place would be one on which places differ."""
_START = np.array([0.0, 0.05, 0.01, 0.01])
_LEAST = 1e-4
"""Extra variance, as a share of the mean, that stands for none: without any a count has another distribution."""


@dataclass(frozen=True)
class Variation:
    """The usual rate, and by how much counts vary about it."""

    rate: float
    """Counts per home where nothing stands out."""
    by_home: float
    """Extra variance of a count because homes differ, as a share of its mean; 0 is none."""
    by_place: float
    """Variance of the rate between cells, as a share of its square; 0 is none."""
    by_neighbourhood: float
    """Variance of the rate between windows of cells side by side, as a share of its square; 0 is none."""

    def spread(self, homes: npt.ArrayLike, squares: npt.ArrayLike) -> FloatArray:
        """The variance of the count of a window over that of a Poisson count, 1 or more.

        Parameters
        ----------
        homes : in each window, above 0
        squares : of the homes in each of its cells, summed

        Examples
        --------
        Fifty homes in one cell, and ten each in five:
        >>> Variation(rate=0.2, by_home=0.1, by_place=0.05, by_neighbourhood=0.01).spread([50, 50], [2500, 500])
        array([1.7, 1.3])
        """
        h, s = np.asarray(homes, dtype=np.float64), np.asarray(squares, dtype=np.float64)
        return 1 + self.by_home + self.rate * (self.by_place * s / h + self.by_neighbourhood * h)


def variation(counts: npt.ArrayLike, homes: npt.ArrayLike, windows: csr_array, most_by_home: float = 5.0) -> Variation:
    """Estimate the usual rate and the variation about it from a map that may have hotspots.

    Parameters
    ----------
    counts, homes : one for each cell, whole numbers, not negative, some of them above 0
    windows : ones for the cells (columns) of each window (rows), of several sizes: of one size places and
        neighbourhoods cannot be told from one another
    most_by_home : what `by_home` is at most; points that stand for a shop or a street may differ more than homes

    Notes
    -----
    The count of a window is negative binomial with variance as `Variation.spread` says: a share of the mean where
    homes differ (Poisson counts of homes whose rates are gamma distributed), its square where places do. All windows'
    likelihoods are multiplied as if they were independent, each to the power of one over its number of cells, so that
    every cell counts once for each size (composite likelihood: Varin, C., Reid, N. and Firth, D. (2011), Statistica
    Sinica 21, 5-42). Hotspots would hide themselves, and others, behind the variation that they make. So of a count
    more than one standard deviation above what is expected only that is used, as of one that is censored there: it is
    as likely as the whole tail. Where there is no hotspot that loses some precision and shifts nothing.

    Examples
    --------
    Four hundred cells, of which every tenth has twice as much:
    >>> counts, homes = np.tile([4, 6, 5, 5, 4, 6, 5, 5, 5, 10], 40), np.full(400, 50)
    >>> found = variation(counts, homes, csr_array(np.eye(400)))
    >>> round(found.rate, 2), found.by_home, found.by_place, found.by_neighbourhood
    (0.11, 0.0, 0.0, 0.0)
    """
    from scipy.optimize import minimize  # 40 MB and half a second, which a page can do without

    y, h = np.asarray(counts, dtype=np.float64), np.asarray(homes, dtype=np.float64)
    inside = windows @ h
    used = inside > 0
    there = windows[used]
    observed, lived, squares = there @ y, inside[used], there @ h**2
    weight = 1 / np.asarray(there.sum(axis=1), dtype=np.float64)
    everywhere = float(y.sum() / h.sum())
    at, bounds = _START, (_RATE, (0.0, most_by_home), _PLACES, _PLACES)
    for _ in range(_ROUNDS):
        so_far = _variation(at, everywhere)
        mean = lived * so_far.rate
        limit = np.floor(mean + _OUTER * np.sqrt(mean * so_far.spread(lived, squares))) + 1
        unlikely = partial(
            _unlikeliness, np.minimum(observed, limit), observed >= limit, lived, squares, weight, everywhere
        )
        found = minimize(unlikely, at, jac=True, method="L-BFGS-B", bounds=bounds).x
        settled, at = np.abs(found - at).max() < 1e-2, found
        if settled:
            break
    return _variation(at, everywhere)


def _variation(at: FloatArray, everywhere: float) -> Variation:
    return Variation(everywhere * float(np.exp(at[0])), *map(float, at[1:]))


def _unlikeliness(
    counts: FloatArray,
    beyond: BoolArray,
    homes: FloatArray,
    squares: FloatArray,
    weight: FloatArray,
    everywhere: float,
    at: FloatArray,
) -> tuple[float, FloatArray]:
    """The negative logarithm of the likelihood and its gradient, of a count or, beyond a limit, of at least so much."""
    tried = _variation(at, everywhere)
    mean, extra = homes * tried.rate, tried.spread(homes, squares) - 1 + _LEAST
    size = mean / extra
    log, by_size, by_extra = np.empty((3, counts.size))
    for parts, where in ((_exactly, ~beyond), (_at_least, beyond)):
        log[where], by_size[where], by_extra[where] = parts(counts[where], size[where], extra[where])
    # The size changes with the extra variance too.
    by_extra = weight * (by_extra - by_size * size / extra)
    between = extra - tried.by_home - _LEAST
    slope = (
        (weight * by_size * size + by_extra * between).sum(),
        by_extra.sum(),
        (by_extra * squares / homes).sum() * tried.rate,
        (by_extra * homes).sum() * tried.rate,
    )
    return -float((weight * log).sum()), -np.array(slope)


def _exactly(counts: FloatArray, size: FloatArray, extra: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    more = np.log1p(extra)
    log = gammaln(counts + size) - gammaln(size) - size * more + counts * (np.log(extra) - more)
    by_extra = (counts - size * extra) / extra / (1 + extra)
    return log, psi(counts + size) - psi(size) - more, by_extra


def _at_least(counts: FloatArray, size: FloatArray, extra: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    share, step = extra / (1 + extra), 1e-4 * size
    tail = np.maximum(betainc(counts, size, share), 1e-300)
    by_size = (betainc(counts, size + step, share) - betainc(counts, size - step, share)) / (2 * step)
    height = np.exp((counts - 1) * np.log(share) - (size - 1) * np.log1p(extra) - betaln(counts, size))
    return np.log(tail), by_size / tail, height / (1 + extra) ** 2 / tail
