"""Is something starting: where more was reported of late than the place and the time explain, each by itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.crs import FloatArray
from geo.scan import Circles, Cluster, Deal, IndexArray, strongest


@dataclass(frozen=True)
class Emerging(Cluster):
    """The circle and the last periods whose count is least like chance."""

    periods: int
    """How many of the last periods it has lasted."""


def space_time_scan(
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    homes: npt.ArrayLike,
    cells: npt.ArrayLike,
    periods: npt.ArrayLike,
    last: int,
    longest: int = 3,
    at_most: float = 0.05,
    replicates: int = 999,
    *,
    seed: int,
) -> Emerging | None:
    """Find the circle and the last periods with most more cases than both explain apart.

    Parameters
    ----------
    easting, northing : middle of each cell, metres, EPSG:27700
    homes : one for each cell, not negative, only for how far circles reach; a cell where anything is missing is in
        no circle
    cells, periods : of each case, whole numbers: the position of its cell, and when it was; a case in no cell (-1)
        or after the last period is left out
    last : the period that all cylinders end with, even when it has no case; only complete periods tell anything
    longest : how many periods a cylinder may last
    at_most : the share of all homes that a circle may hold
    replicates : how often the periods are dealt out anew
    seed : of the dealing

    Returns
    -------
    The strongest cylinder, of equals the one whose middle cell comes first, then the smaller, then the shorter.
    None where nothing can be said: no cases, no homes, every cell with more homes than a circle may hold, or no
    cylinder with more than expected (always so when all cases are in one cell, or all in one period).

    Notes
    -----
    Kulldorff, M. et al. (2005), A space-time permutation scan statistic for disease outbreak detection, PLoS
    Medicine 2:e59. Expected is the circle's share of the cases of all periods, times the cases of these periods:
    a place that is always high, or a month that is high everywhere, is no cluster. Replicates deal the periods to
    the cases anew. Each case is taken to come by itself, so a home that reports again and again within few periods
    is a cluster to it: give such a home's cases once where that is not meant.

    Examples
    --------
    Nine cells in a row; in each one case a month, and in the fifth six more in the last:
    >>> cells = [*range(9)] * 6 + [4] * 6
    >>> months = [month for month in range(6) for _ in range(9)] + [5] * 6
    >>> found = space_time_scan(range(0, 900, 100), [0] * 9, [10] * 9, cells, months, last=5, at_most=0.3, seed=1)
    >>> found.cells.tolist(), found.periods, found.observed, round(found.expected, 2)
    ([4], 1, 7, 3.0)
    >>> space_time_scan([0], [0], [10], [], [], last=5, seed=1) is None
    True
    """
    x, y, h = np.asarray([easting, northing, homes], dtype=np.float64)
    cell, period = np.asarray(cells, dtype=np.int64), np.asarray(periods, dtype=np.int64)
    meant = (cell >= 0) & (period <= last)
    cell, age = cell[meant], last - period[meant]
    if not cell.size or not np.nansum(h):
        return None
    circles = Circles(x, y, h, at_most)
    recent = age < longest
    by_age = np.bincount(cell[recent] * longest + age[recent], minlength=x.size * longest).reshape(-1, longest)
    counts = by_age.cumsum(axis=1).astype(np.float64)
    ever = np.bincount(cell, minlength=x.size)
    expected = circles.sums(ever[:, None].astype(np.float64)) * counts.sum(axis=0) / cell.size
    deal = _dealing(ever, by_age.sum(axis=0), seed)
    found = strongest(circles, counts, expected, float(cell.size), deal, replicates)
    return Emerging(**vars(found[0]), periods=found[1] + 1) if found else None


def _dealing(ever: IndexArray, by_age: IndexArray, seed: int) -> Deal:
    """Deal the periods to the cases, all orders being equally likely.

    How many of each cell's cases are recent is multivariate hypergeometric, and which of these are how recent is their
    order. So a deal costs a number for each cell and each recent case, however many there have ever been.
    """
    random, there = np.random.default_rng(seed), np.flatnonzero(ever)
    longest, age = by_age.size, np.repeat(np.arange(by_age.size), by_age)

    def deal(times: int) -> FloatArray:
        recent = random.multivariate_hypergeometric(ever[there], age.size, size=times, method="marginals")
        dealt = np.empty((ever.size, longest, times))
        for at, numbers in enumerate(recent):
            place = random.permutation(np.repeat(there, numbers)) * longest + age
            dealt[..., at] = np.bincount(place, minlength=ever.size * longest).reshape(-1, longest)
        return dealt.cumsum(axis=1)

    return deal
