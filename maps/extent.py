"""How much a map shows at first, and how much there is."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.council import COUNCIL

Bounds = tuple[float, float, float, float]
"""West, south, east, north; degrees, WGS84."""

_FAR = 4.0
"""Median absolute deviations from the median, beyond which an estate is left out of the first view."""


@dataclass(frozen=True)
class Extent:
    """The window of the first view, and the one that has every estate."""

    first: Bounds
    whole: Bounds


def extent(areas: gpd.GeoDataFrame) -> Extent:
    """The windows for a set of estates (WGS84): the few that lie far from all others must not make the rest tiny.

    Without estates, the district.
    """
    if areas.empty:
        return Extent(COUNCIL.bounds, COUNCIL.bounds)
    bounds = areas.bounds.to_numpy()
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    near = areas[_is_near(middles[:, 0]) & _is_near(middles[:, 1])]
    return Extent(_bounds(near), _bounds(areas))


def _is_near(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    off = np.abs(values - np.median(values))
    near: npt.NDArray[np.bool_] = off <= _FAR * np.median(off)
    return near


def _bounds(areas: gpd.GeoDataFrame) -> Bounds:
    west, south, east, north = areas.total_bounds.tolist()
    return west, south, east, north
