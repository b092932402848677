"""How figures are written, and how sure they are."""

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

FloatArray = npt.NDArray[np.float64]

_OUTSIDE = 0.05


def figure(value: float) -> str:
    """A rate as people read it: whole from 10 upwards, one decimal below, "under 0.1" rather than a false zero."""
    if 0 < value < 0.1:
        return "under 0.1"
    # Rounded first: 9.96 is "10", not "10.0".
    tenths = round(value, 1)
    return f"{round(value):,}" if tenths >= 10 or tenths == 0 else f"{tenths:.1f}"


def likely_rates(counts: npt.ArrayLike, homes: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
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
    """
    events, denominators = np.asarray(counts, float), np.asarray(homes, float)
    per_thousand = np.full(denominators.shape, np.nan)
    np.divide(1000.0, denominators, out=per_thousand, where=denominators > 0)
    # The lower limit of no events is none. (Quantiles of the gamma distribution; scipy.stats has them under
    # another name and takes a second to import.)
    low = np.where(events > 0, gammaincinv(np.maximum(events, 1), _OUTSIDE / 2), 0.0)
    high = gammaincinv(events + 1, 1 - _OUTSIDE / 2)
    return low * per_thousand, high * per_thousand
