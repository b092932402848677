"""Features as GeoJSON (RFC 7946): WGS84, longitude first."""

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import orjson
from shapely import Geometry, orient_polygons, to_geojson
from starlette.responses import Response

_PLACES = 6
"""Decimals of a degree: 0.1 m."""


class GeoJSON(Response):
    """A response in GeoJSON."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """The content as JSON; dates as ISO 8601."""
        return orjson.dumps(content)


def feature(row: dict[str, Any]) -> dict[str, Any]:
    """A record as a feature: its reference is the id, its place the geometry; null without a place."""
    own = dict(row)
    place = (own.pop("longitude"), own.pop("latitude"))
    there = None not in place
    geometry = {"type": "Point", "coordinates": [round(part, _PLACES) for part in place]} if there else None
    return {"type": "Feature", "id": row["reference"], "geometry": geometry, "properties": own}


def area_features(areas: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Areas (WGS84) as features with their code as id."""
    columns = (areas["code"], areas["name"], areas["parish"], areas.geometry)
    for code, name, parish, shape in zip(*columns, strict=True):
        about = {"code": code, "name": name, "parish": parish}
        yield {"type": "Feature", "id": code, "geometry": _geometry(shape), "properties": about}


def shape_features(shapes: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """Polygons (WGS84) as features: the column `id` is their id, the other columns are their properties."""
    for about in shapes.to_dict("records"):
        identifier, shape = about.pop("id"), about.pop("geometry")
        yield {"type": "Feature", "id": identifier, "geometry": _geometry(shape), "properties": about}


def _geometry(shape: Geometry) -> Any:
    # Outer rings counterclockwise, as RFC 7946 has them.
    return orjson.loads(to_geojson(orient_polygons(shape)))
