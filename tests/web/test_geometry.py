import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.settings import Settings
from evidence import Database
from service.application import create_application

SHAPES = ("/estates.geojson", "/district.geojson", "/grid-roads.geojson")


@pytest.mark.parametrize("path", SHAPES)
def test_shapes_are_given_once_and_then_kept(stranger: TestClient, path: str) -> None:
    """GeoJSON with a tag; who has it is told that it has not changed."""
    answer = stranger.get(path)
    assert answer.headers["content-type"] == "application/geo+json"
    assert json.loads(answer.content)["type"] == "FeatureCollection"
    again = stranger.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert stranger.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_estates_are_those_in_use(stranger: TestClient, officer: TestClient) -> None:
    """The same for the public and for officers, with the place of each name."""
    features = stranger.get("/estates.geojson").json()["features"]
    assert [each["id"] for each in features] == ["E01", "E02", "E03", "E04", "E05", "E06"]
    assert features == officer.get("/estates.geojson").json()["features"]
    assert all(each["properties"]["room"] == pytest.approx(500, abs=10) for each in features)


def test_roads_have_their_numbers(stranger: TestClient) -> None:
    """From H1 and V1 on."""
    codes = {each["properties"]["code"] for each in stranger.get("/grid-roads.geojson").json()["features"]}
    assert {"H1", "H10", "V1", "V11"} <= codes


def test_a_basemap_that_is_a_file_is_given_in_pieces(filled: Database, tmp_path: Path) -> None:
    """The bytes asked for and no more, as PMTiles are read."""
    file = tmp_path / "mk.pmtiles"
    file.write_bytes(bytes(range(256)))
    client = TestClient(create_application(filled, Settings(home=tmp_path, basemap=file)))
    answer = client.get("/basemap.pmtiles", headers={"Range": "bytes=7-9"})
    assert (answer.status_code, answer.content) == (206, bytes([7, 8, 9]))


def test_without_such_a_file_there_is_none(application_of: Callable[[Database], FastAPI], filled: Database) -> None:
    """The address is then nobody's."""
    assert TestClient(application_of(filled)).get("/basemap.pmtiles").status_code == 404
