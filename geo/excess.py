"""Where more is reported than the number of homes explains, with how surely that is not chance."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import gammaincc, ndtr

from geo.beta_binomial import upper_tail
from geo.crs import FloatArray
from geo.rates import shrunken_rates
from geo.variation import Variation, variation

BoolArray = npt.NDArray[np.bool_]

FALSE_DISCOVERIES = 0.05
"""Of maps on which nothing stands out, the share on which chance alone makes something stand out, at most."""

MORE_THAN_USUAL = 1.5
"""How many times the district's rate is surely more."""

_LONGER_TAILS = 1.5
"""By which the variance between places counts: their rates have longer tails than a gamma distribution.

At one in 100,000 a lognormal distribution whose logarithm has the standard deviation 0.3 reaches as far as a gamma
distribution with 1.48 times its variance.
"""
_NEARLY_ALL = 1 - 1e-9
_MAPS = 2000
_MAPS_AT_ONCE = 250
_SEED = 2026


@dataclass(frozen=True)
class Windows:
    """Cells and the windows over them in which is counted; what is asked of a window is asked of all cells in it."""

    homes: FloatArray
    """Of each cell."""
    over: csr_array
    """Ones for the cells (columns) of each window (rows)."""
    size: npt.NDArray[np.int64]
    """A number for each window; what is usual is known from those of one size together."""
    fewest_homes: float = 10
    """A window with fewer is not tested."""
    fewest_counts: float = 5
    """A window with fewer counts does not stand out, however few are usual."""
    most_by_home: float = 5.0
    """By how much homes differ at most, as in `geo.variation`."""

    @cached_property
    def inside(self) -> FloatArray:
        """Homes in each window."""
        return np.asarray(self.over @ self.homes, dtype=np.float64)

    @cached_property
    def tested(self) -> BoolArray:
        """Which windows are tested: with homes enough in them, and some beyond them."""
        enough: BoolArray = (self.inside >= self.fewest_homes) & (self.inside < self.homes.sum())
        return enough

    @cached_property
    def effective_number(self) -> float:
        """How many windows that had nothing in common would have as high a maximum by chance.

        Notes
        -----
        By simulation, seeded, of normal counts whose variance is the number of homes: from the height that the
        highest window of a map reaches on one map of twenty. (As in Dudbridge, F. and Gusnanto, A. (2008), Genetic
        Epidemiology 32, 227-234, who number tests of genes that depend on each other so.)
        """
        lived = np.flatnonzero(self.homes > 0)
        standard = 1 / np.sqrt(self.inside[self.tested])
        over, deviation = self.over[self.tested][:, lived], np.sqrt(self.homes[lived])
        random, highest = np.random.default_rng(_SEED), []
        for _ in range(0, _MAPS if self.tested.any() else 0, _MAPS_AT_ONCE):
            counts = random.standard_normal((lived.size, _MAPS_AT_ONCE)) * deviation[:, None]
            highest.append(((over @ counts) * standard[:, None]).max(axis=0))
        if not highest:
            return 1.0
        reached = float(ndtr(-np.quantile(np.concatenate(highest), 1 - FALSE_DISCOVERIES)))
        return max(1.0, float(np.log1p(-FALSE_DISCOVERIES) / np.log1p(-reached)))


@dataclass(frozen=True)
class Excess:
    """What was found in each window."""

    observed: FloatArray
    expected: FloatArray
    """If reports fell on all homes at the usual rate; NaN where the window was not tested."""
    p: FloatArray
    """One-sided, of this window alone, never 0 and never above 1; NaN where it was not tested."""
    corrected: FloatArray
    """How often chance makes any window of the map so clear, where none stands out; 1 where it was not tested."""
    surely_more: FloatArray
    """How surely the true rate is at least MORE_THAN_USUAL times the district's, 0 to 1; 0 where it was not tested."""
    usual: Variation
    """What is usual, and how counts vary about it."""


def excess(counts: npt.ArrayLike, windows: Windows) -> Excess:
    """Ask of every window whether it stands out here, and whether its rate is surely half as high again.

    Parameters
    ----------
    counts : one for each cell, whole numbers, not negative

    Returns
    -------
    The finding of every window. Where there are no counts, or no homes, every p is 1.

    Notes
    -----
    *Does it stand out among how places here differ?* Given the total of all cells, how many of it fall into a window
    is beta-binomial, with the usual rate of the homes in it as mean and the variation of `geo.variation` about it.
    Where homes do not differ that is the binomial, the exact form of dealing every report to a home at random again
    and again. The p of a window is corrected for how many there are (`Windows.effective_number`): one map in twenty on
    which nothing stands out has a window that seems to.

    *Is its rate surely half as high again as the district's?* Places may differ for good, and a place that does not
    stand out among them may still have twice as much as is usual. Of that the rates of all windows of a size tell,
    each drawn towards all (`geo.rates.shrunken_rates`).

    Examples
    --------
    Cells of a hundred homes, each its own window, one of them with ten times as much; the last has too few homes:
    >>> windows = Windows(np.array([100.0] * 20 + [100, 5]), csr_array(np.eye(22)), np.zeros(22, dtype=int))
    >>> found = excess([3] * 20 + [30, 4], windows)
    >>> np.flatnonzero(found.corrected <= 0.05).tolist(), found.p[-1:], bool(found.surely_more[20] > 0.99)
    ([20], array([nan]), True)
    >>> set(excess([0] * 22, windows).p[:21].tolist())
    {1.0}
    """
    y, h = np.asarray(counts, dtype=np.float64), windows.homes
    observed, inside, tested = windows.over @ y, windows.inside, windows.tested
    total = float(y[h > 0].sum())
    p, corrected, surely = np.full(inside.size, np.nan), np.ones(inside.size), np.zeros(inside.size)
    if not total or not tested.any():
        return Excess(observed, np.where(tested, 0.0, np.nan), np.where(tested, 1.0, np.nan), corrected, surely, _NONE)
    usual = variation(np.where(h > 0, y, 0), h, windows.over, windows.most_by_home)
    spread = usual.spread(inside[tested], (windows.over @ h**2)[tested])
    spread += (_LONGER_TAILS - 1) * (spread - 1 - usual.by_home)
    counted = np.minimum(observed[tested], total)
    share = np.minimum(inside[tested] * usual.rate / total, _NEARLY_ALL)
    p[tested] = upper_tail(counted, np.full(counted.size, total), share, spread)
    enough = tested & (observed >= windows.fewest_counts)
    corrected[enough] = -np.expm1(windows.effective_number * np.log1p(-p[enough]))
    for size in np.unique(windows.size[enough]):
        alike = np.flatnonzero(tested & (windows.size == size))
        rates = shrunken_rates(observed[alike], inside[alike])
        surely[alike] = gammaincc(rates.shape, rates.rate * MORE_THAN_USUAL * 1000 * total / h.sum())
    expected = np.where(tested, inside * usual.rate, np.nan)
    return Excess(observed, expected, p, corrected, np.where(enough, surely, 0.0), usual)


_NONE = Variation(0.0, 0.0, 0.0, 0.0)
