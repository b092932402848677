"""Where somebody looks from: an estate by its name, or a postcode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from evidence import Database, Viewer, postcode_place
from geo.crs import grid_frame, to_grid


@dataclass(frozen=True)
class Near:
    """A place to look from: its name as a sentence has it, and its shape (EPSG:27700)."""

    name: str
    shape: BaseGeometry

    def distances(self, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
        """Metres to records with longitude and latitude; 0 within an estate, NaN without a place."""
        degrees = np.array([(row["longitude"], row["latitude"]) for row in rows], float).reshape(-1, 2)
        x, y = to_grid(*degrees.T)
        metres = np.full(len(x), np.nan)
        there = ~np.isnan(x)
        metres[there] = shapely.distance(self.shape, shapely.points(x[there], y[there]))
        return metres


def near(database: Database, viewer: Viewer, estates: gpd.GeoDataFrame, text: str) -> Near | None:
    """The place that a text names: an estate of `estates` (WGS84), or a postcode that is known; None if neither."""
    wanted = _plain(text)
    pairs = zip(estates["code"], estates["name"], strict=True)
    named = estates[[bool(wanted) and wanted in (_plain(code), _plain(name)) for code, name in pairs]]
    if len(named):
        return Near(named["name"].iloc[0], grid_frame(named).union_all())
    place = postcode_place(database, viewer, text)
    return Near(text.strip().upper(), shapely.Point(place)) if place else None


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
