from datetime import date

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from api.geojson import GeoJSON, area_features, feature

ROW = {
    "reference": "a/1",
    "opened": date(2026, 3, 1),
    "longitude": -0.75000049,
    "latitude": 52.03999951,
    "estate": None,
}


def test_a_record_is_a_feature_with_its_reference_as_id() -> None:
    """Longitude comes first, to 0.1 m; every other field is a property."""
    found = feature(ROW)
    assert (found["type"], found["id"]) == ("Feature", "a/1")
    assert found["geometry"] == {"type": "Point", "coordinates": [-0.75, 52.04]}
    assert found["properties"] == {"reference": "a/1", "opened": date(2026, 3, 1), "estate": None}


@pytest.mark.parametrize("missing", ["longitude", "latitude"])
def test_a_record_without_a_place_has_no_geometry(missing: str) -> None:
    """RFC 7946 has null for it."""
    assert feature(ROW | {missing: None})["geometry"] is None


def test_a_row_is_left_as_it_was() -> None:
    """Making a feature of it takes nothing out of it."""
    row = dict(ROW)
    feature(row)
    assert row == ROW


def test_areas_are_features_that_keep_to_the_right_hand_rule() -> None:
    """Outer rings run counterclockwise and holes clockwise, whichever way they were drawn."""
    drawn = [box(0, 0, 4, 4).reverse(), Polygon(box(5, 0, 9, 4, ccw=False).exterior, [box(6, 1, 8, 3).exterior])]
    shapes = [MultiPolygon(drawn), drawn[0]]
    frame = gpd.GeoDataFrame({"code": ["A", "B"], "name": ["a", "b"], "parish": ["p", ""]}, geometry=shapes, crs=4326)
    found = list(area_features(frame))
    assert [each["id"] for each in found] == ["A", "B"]
    assert found[0]["properties"] == {"code": "A", "name": "a", "parish": "p"}
    for each, shape in zip(found, shapes, strict=True):
        read = shapely.from_geojson(orjson.dumps(each["geometry"]))
        assert shapely.equals(read, shape)
        parts = shapely.get_parts(read)
        assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()
        holes = [hole for part in parts for hole in part.interiors]
        assert not np.any(shapely.is_ccw(holes))


def test_dates_are_written_as_iso_8601() -> None:
    """And text as UTF-8."""
    answer = GeoJSON({"opened": date(2026, 3, 1), "name": "Ünïcode"})
    assert answer.body == '{"opened":"2026-03-01","name":"Ünïcode"}'.encode()
    assert answer.headers["content-type"] == "application/geo+json"
