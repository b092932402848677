"""The estates' outlines as GeoJSON, with the place where each name is set."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import geopandas as gpd
import orjson
import shapely

from geo.crs import WGS84, grid_frame, to_lonlat

_PRECISION = 1e-6
"""Degrees: 0.1 m."""

_TOLERANCE = 10.0
"""Metres to which the place of a name is found."""


def outlines(areas: gpd.GeoDataFrame) -> bytes:
    """Estates (WGS84) as features with code, name, parish, and where the name goes.

    `at` is the middle of the largest circle inside the estate (longitude, latitude; of its largest part), `room` that
    circle's radius in metres. Without estates, an empty collection.
    """
    names = tuple(zip(areas["code"], areas["name"], areas["parish"], strict=True))
    return _outlines(names, tuple(areas.geometry.to_wkb()))


# The same few sets are asked for again and again, and finding the circles takes a while.
@lru_cache(maxsize=4)
def _outlines(names: tuple[tuple[str, str, str], ...], shapes: tuple[bytes, ...]) -> bytes:
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_wkb(list(shapes), crs=WGS84))
    features = list(_features(names, frame)) if names else []
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _features(names: tuple[tuple[str, str, str], ...], frame: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    circles = shapely.maximum_inscribed_circle(grid_frame(frame).geometry.to_numpy(), _TOLERANCE)
    lon, lat = to_lonlat(*shapely.get_coordinates(shapely.get_point(circles, 0)).T)
    shapes = shapely.to_geojson(shapely.set_precision(frame.geometry.to_numpy(), _PRECISION))
    rooms = shapely.length(circles)
    for (code, name, parish), shape, *at, room in zip(
        names, shapes, lon.round(6).tolist(), lat.round(6).tolist(), rooms.round().tolist(), strict=True
    ):
        about = {"code": code, "name": name, "parish": parish, "at": at, "room": room}
        yield {"type": "Feature", "id": code, "geometry": orjson.loads(shape), "properties": about}
