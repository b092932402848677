"""How exactly each row of an export says where it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demonstration.days import Floats
from data.demonstration.events import Cases
from data.demonstration.homes import Homes, Names

EXACT, POSTCODE, ESTATE, NOWHERE = range(4)
_SHARES = (0.945, 0.02, 0.02, 0.015)
_JITTER = 8.0
"""Metres; less than homes are from the edge of their estate."""


@dataclass(frozen=True)
class Places:
    """Columns that say where: each row has what its precision allows, and None or NaN elsewhere."""

    precision: NDArray[np.int64]
    uprn: Names
    postcode: Names
    estate: Names
    easting: Floats
    northing: Floats

    def exact(self) -> NDArray[np.bool_]:
        """Whether a row has a UPRN or coordinates."""
        return np.asarray(self.precision == EXACT)


def only(rows: NDArray[np.bool_], texts: Names | str) -> Names:
    """The texts of these rows, None elsewhere."""
    return np.where(rows, np.asarray(texts, object), np.array(None))


def locate(
    cases: Cases, homes: Homes, estate_names: Names, by_point: NDArray[np.bool_], rng: np.random.Generator
) -> Places:
    """Say where cases are: by point or UPRN, some only by postcode or estate, some not at all.

    Parameters
    ----------
    by_point
        Rows whose exact place is a point near the home, EPSG:27700, instead of a UPRN.

    The cases of traps are always exact, so that what is counted is what was planted.
    """
    precision = rng.choice(4, len(cases), p=_SHARES)
    precision[cases.trap >= 0] = EXACT
    exact = precision == EXACT
    point, uprn = exact & by_point, exact & ~by_point
    jitter = rng.uniform(-_JITTER / np.sqrt(2), _JITTER / np.sqrt(2), (2, len(cases)))
    return Places(
        precision,
        only(uprn, homes.uprn[cases.home]),
        only(uprn | (precision == POSTCODE), homes.postcode[cases.home]),
        only(precision == ESTATE, estate_names[homes.estate[cases.home]]),
        np.where(point, np.round(homes.easting[cases.home] + jitter[0]), np.nan),
        np.where(point, np.round(homes.northing[cases.home] + jitter[1]), np.nan),
    )
