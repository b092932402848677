"""Where most is reported beyond what the number of homes explains: the one strongest cluster, and how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import KDTree
from scipy.special import rel_entr

from geo.crs import FloatArray

BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.int64]
Deal = Callable[[int], FloatArray]
"""Deals anew so many times: counts of shape (cells, columns, times)."""

_MILLIMETRE = 0.001
_NUMBERS_AT_ONCE = 2**20


@dataclass(frozen=True)
class Cluster:
    """The circle whose count is least like chance."""

    centre: int
    """The cell in its middle."""
    radius: float
    """Metres from the middle of that cell to the middle of the farthest; 0 for one cell alone."""
    cells: IndexArray
    """All cells in it, ascending."""
    observed: int
    expected: float
    relative_risk: float
    """Observed over expected inside, divided by the same outside; infinite where nothing is outside."""
    log_likelihood_ratio: float
    p: float
    """How often chance alone makes any circle as strong; never 0."""


def spatial_scan(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    counts: npt.ArrayLike,
    homes: npt.ArrayLike,
    spread: float = 1.0,
    at_most: float = 0.05,
    fewest_homes: float = 10,
    replicates: int = 999,
    *,
    seed: int,
) -> Cluster | None:
    """Find the circle with most more counts than its homes explain.

    Parameters
    ----------
    easting, northing : middle of each cell, metres, EPSG:27700
    counts, homes : one for each cell, whole numbers, not negative; a cell where anything is missing is left out
    spread : variance of counts over that of a Poisson count, 1 or more: 1 + `by_home` of `geo.excess.Excess`
    at_most : the share of all homes that a circle may hold, below 1
    fewest_homes : a circle with fewer is not tested
    replicates : how often the counts are dealt out anew
    seed : of the dealing

    Returns
    -------
    The strongest circle, of equals the one whose middle cell comes first, then the smaller. None where nothing can
    be said: no counts, no homes, every cell with more homes than a circle may hold (one cell alone always), or no
    circle with more than expected.

    Notes
    -----
    Kulldorff, M. (1997), A spatial scan statistic, Communications in Statistics: Theory and Methods 26, 1481-1496,
    for more than expected only. There the total is dealt to the homes again and again, each report apart from all
    others: multinomial counts, as here for a spread of 1. But some homes report again and again, and to that test
    every one of them is a cluster. For a larger spread the counts are Dirichlet-multinomial with the same means and
    so many times the variance, which is exact where homes differ as a gamma distribution (as in `geo.excess`).

    Examples
    --------
    Nine cells in a row, 100 m apart, with ten homes each:
    >>> x, y, counts = range(0, 900, 100), [0] * 9, [1, 0, 1, 1, 9, 1, 0, 1, 1]
    >>> found = spatial_scan(x, y, counts, [10] * 9, at_most=0.3, seed=1)
    >>> found.cells.tolist(), found.observed, round(found.expected, 2), found.p < 0.05
    ([4], 9, 1.67, True)
    >>> spatial_scan(x, y, [0] * 9, [10] * 9, at_most=0.3, seed=1) is None
    True
    """
    x, y, n, h = np.asarray([easting, northing, counts, homes], dtype=np.float64)
    known = np.isfinite([x, y, n, h]).all(axis=0) & (n >= 0) & (h >= 0)
    n, h = np.where(known, n, 0.0), np.where(known, h, 0.0)
    if not h.any():
        return None
    circles = Circles(x, y, np.where(known, h, np.nan), at_most)
    total, inside = float(n.sum()), circles.sums(h[:, None])
    tested = (inside > 0) & (inside >= fewest_homes)
    # Of an untested circle everything is expected, so it never has more.
    expected = np.where(tested, total * inside / h.sum(), total)
    deal = _dealing_to(h, int(total), spread, seed)
    found = strongest(circles, n[:, None], expected, total, deal, replicates)
    return found[0] if found else None


def _dealing_to(homes: FloatArray, total: int, spread: float, seed: int) -> Deal:
    random, chances = np.random.default_rng(seed), homes / homes.sum()

    def deal(times: int) -> FloatArray:
        dealt = chances
        if spread > 1:
            # The size of the Dirichlet: from the variance n m (1 - m) (1 + (n - 1) / (size + 1)).
            size = max((total - spread) / (spread - 1), 1e-3)
            dealt = random.dirichlet(size * chances, times)
        return random.multinomial(total, dealt, times).T[:, None].astype(np.float64)

    return deal


class Circles:
    """The circles about every cell that hold at most a share of all homes.

    Each is the one before it and all cells at the next distance (to the millimetre). A cell without a place or
    number of homes (NaN) is in none.

    Parameters
    ----------
    easting, northing, homes : one for each cell, at least one of them known
    at_most : share of all homes that a circle may hold

    Attributes
    ----------
    centre, radius : one for each circle, by centre and then by radius
    """

    def __init__(self, easting: FloatArray, northing: FloatArray, homes: FloatArray, at_most: float) -> None:
        known = np.flatnonzero(np.isfinite([easting, northing, homes]).all(axis=0))
        places, h = np.column_stack((easting, northing))[known], homes[known]
        distance, cell, inside = _nearest(places, h, at_most)
        end = inside & (np.diff(distance, axis=1, append=np.inf) > _MILLIMETRE)
        within = np.logical_or.accumulate(end[:, ::-1], axis=1)[:, ::-1]
        row = np.nonzero(end)[0]
        self.centre, self.radius = known[row], distance[end]
        self._first = np.searchsorted(row, row)
        # The cells that each circle adds to the one before it; an empty row comes first.
        starts = np.concatenate([[0, 0], np.flatnonzero(end[within]) + 1])
        added = known[cell[within]]
        self._added = csr_array((np.ones(added.size), added, starts), shape=(row.size + 1, homes.size))

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum whole numbers, one row for each cell, over every circle.

        Examples
        --------
        >>> x, y, homes = np.array([0.0, 100.0, 250.0]), np.zeros(3), np.array([10.0, 20.0, 30.0])
        >>> circles = Circles(x, y, homes, at_most=0.5)
        >>> circles.centre.tolist(), circles.radius.tolist(), circles.sums(homes[:, None]).ravel().tolist()
        ([0, 0, 1, 1, 2], [0.0, 100.0, 0.0, 100.0, 0.0], [10.0, 30.0, 20.0, 30.0, 30.0])
        """
        running = (self._added @ values).cumsum(axis=0)
        sums: FloatArray = running[1:] - running[self._first]
        return sums

    def cells(self, circle: int) -> IndexArray:
        """All cells in a circle, ascending.

        Examples
        --------
        >>> Circles(np.array([0.0, 100.0, 250.0]), np.zeros(3), np.array([10.0, 20.0, 30.0]), at_most=0.5).cells(1)
        array([0, 1])
        """
        start, end = self._added.indptr[[self._first[circle] + 1, circle + 2]]
        return np.sort(self._added.indices[start:end]).astype(np.int64)


def _nearest(places: FloatArray, homes: FloatArray, at_most: float) -> tuple[FloatArray, IndexArray, BoolArray]:
    """Find the cells about each, nearest first, with their distance and whether all so far hold at most that share."""
    tree, number, limit = KDTree(places), 32 + int(1.25 * at_most * len(places)), at_most * homes.sum()
    while True:
        number = min(number, len(places))
        distance, cell = map(np.asarray, tree.query(places, k=range(1, number + 1)))
        inside = homes[cell].cumsum(axis=1) <= limit
        if number == len(places) or not inside[:, -1].any():
            return distance, cell, inside
        number += number // 2


def strongest(
    circles: Circles, counts: FloatArray, expected: FloatArray, total: float, deal: Deal, replicates: int
) -> tuple[Cluster, int] | None:
    """Find the circle and column with the highest likelihood ratio, and how often a deal has one as high.

    Parameters
    ----------
    counts : cells x columns
    expected : circles x columns
    total : of all counts, inside a circle or not
    deal : makes counts under the null hypothesis
    replicates : how often they are made

    Returns
    -------
    The cluster and its column, of equals the first circle, then the first column; None where no circle has more
    than expected.

    Examples
    --------
    >>> circles = Circles(np.array([0.0, 100.0, 200.0, 300.0]), np.zeros(4), np.full(4, 10.0), at_most=0.3)
    >>> def deal(times):
    ...     return np.random.default_rng(1).multinomial(12, [0.25] * 4, times).T[:, None].astype(float)
    >>> found, column = strongest(circles, np.array([[9.0], [1.0], [1.0], [1.0]]), np.full((4, 1), 3.0), 12.0, deal, 99)
    >>> found.centre, found.relative_risk, column, found.p
    (0, 9.0, 0, 0.01)
    >>> strongest(circles, np.full((4, 1), 3.0), np.full((4, 1), 3.0), 12.0, deal, 99) is None
    True
    """
    observed = circles.sums(counts)
    ratios = log_likelihood_ratio(observed, expected, total)
    if not ratios.any():
        return None
    circle, column = np.unravel_index(ratios.argmax(), ratios.shape)
    o, e, ratio = (float(each[circle, column]) for each in (observed, expected, ratios))
    risk = o / e * (total - e) / (total - o) if o < total else np.inf
    p = _p(circles, _least(expected, total, ratio), deal, replicates)
    where = int(circles.centre[circle]), float(circles.radius[circle]), circles.cells(int(circle))
    return Cluster(*where, int(o), e, risk, ratio, p), int(column)


def log_likelihood_ratio(observed: FloatArray, expected: FloatArray, total: float) -> FloatArray:
    """Kulldorff's log likelihood ratio of Poisson counts; 0 where not more is observed than expected.

    Examples
    --------
    >>> log_likelihood_ratio(np.array([15.0, 10.0, 5.0]), np.full(3, 10.0), 100.0).round(2)
    array([1.22, 0.  , 0.  ])
    """
    ratio = rel_entr(observed, expected) + rel_entr(total - observed, total - expected)
    more: FloatArray = np.where(observed > expected, ratio, 0.0)
    return more


def _least(expected: FloatArray, total: float, ratio: float) -> FloatArray:
    """The smallest count with at least that ratio: it grows with the count, so no ratio of a deal is needed."""
    low, high = np.floor(expected), np.full_like(expected, total + 1)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = log_likelihood_ratio(middle, expected, total) >= ratio
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _p(circles: Circles, least: FloatArray, deal: Deal, replicates: int) -> float:
    step = max(_NUMBERS_AT_ONCE // least.size, 1)
    reached = 0
    for start in range(0, replicates, step):
        dealt = deal(min(step, replicates - start))
        sums = circles.sums(dealt.reshape(len(dealt), -1)).reshape(*least.shape, -1)
        reached += int((sums >= least[..., None]).any(axis=(0, 1)).sum())
    return (reached + 1) / (replicates + 1)
