import json
from typing import Any

import geopandas as gpd
import pytest
from shapely import Point, box
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, lonlat_frame, to_grid
from maps.outlines import outlines


def frame(**shapes: BaseGeometry) -> gpd.GeoDataFrame:
    """Estates in metres, as WGS84."""
    columns = {"code": list(shapes), "name": [code.title() for code in shapes], "parish": ["P"] * len(shapes)}
    return lonlat_frame(gpd.GeoDataFrame(columns, geometry=list(shapes.values()), crs=BRITISH_NATIONAL_GRID))


def features(areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The features of the outlines."""
    found: list[dict[str, Any]] = json.loads(outlines(areas))["features"]
    return found


def test_a_name_goes_to_the_middle_with_the_room_that_there_is() -> None:
    """In a square of 1 km, 500 m each way."""
    (square,) = features(frame(square=box(485000, 236000, 486000, 237000)))
    assert square["id"] == "square"
    about = square["properties"]
    assert (about["code"], about["name"], about["parish"]) == ("square", "Square", "P")
    east, north = (float(part[0]) for part in to_grid(*([number] for number in about["at"])))
    assert [east, north] == pytest.approx([485500, 236500], abs=10)
    assert about["room"] == pytest.approx(500, abs=10)


def test_a_name_is_inside_even_where_the_middle_is_not() -> None:
    """Of an estate like an L the centroid lies outside."""
    corner = box(485000, 236000, 488000, 239000).difference(box(485400, 236400, 488000, 239000))
    assert not corner.contains(corner.centroid)
    (bent,) = features(frame(bent=corner))
    assert shape(bent["geometry"]).contains(Point(bent["properties"]["at"]))


def test_without_estates_there_is_an_empty_collection() -> None:
    """And not an error."""
    empty = gpd.GeoDataFrame({"code": [], "name": [], "parish": []}, geometry=[], crs=WGS84)
    assert json.loads(outlines(empty)) == {"type": "FeatureCollection", "features": []}


def test_other_estates_have_other_outlines() -> None:
    """What is remembered is remembered by names and shapes."""
    first = frame(one=box(485000, 236000, 486000, 237000))
    moved = frame(one=box(485000, 236000, 486000, 237500))
    assert outlines(first) == outlines(first.copy())
    assert outlines(first) != outlines(moved)
    assert outlines(first) != outlines(first.assign(name="Other"))
