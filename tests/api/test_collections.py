import os
import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.credentials import COOKIE
from evidence import PUBLIC, Database, visible
from layers._layer import Layer, Shown
from layers._registry import LAYERS

ALL = list(LAYERS.values())
SHOWN = visible(PUBLIC)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Items = list[dict[str, Any]]
Serving = Callable[[FastAPI], AbstractContextManager[str]]
of_every_layer = pytest.mark.parametrize("layer", ALL, ids=[layer.id for layer in ALL])
of_what_is_shown = pytest.mark.parametrize("layer", SHOWN, ids=[layer.id for layer in SHOWN])


def items(client: TestClient, layer: Layer, query: str = "") -> Items:
    """The records of a layer for a query, all on one page."""
    answer = client.get(f"/api/collections/{layer.id}/items?limit=10000&{query}")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert listed["numberMatched"] == listed["numberReturned"] == len(listed["features"])
    found: Items = listed["features"]
    return found


def links(document: dict[str, Any]) -> dict[str, str]:
    """The addresses that a document names, by relation."""
    return {link["rel"]: link["href"] for link in document["links"]}


def test_every_link_leads_somewhere(officer: TestClient) -> None:
    """From the landing page to the collections and their items, with the media type that the link promises."""
    seen, ahead = set(), ["/api"]
    while ahead:
        document = officer.get(ahead.pop()).json()
        for each in [document, *document.get("collections", [])]:
            for link in each.get("links", []):
                if link["href"] not in seen:
                    seen.add(link["href"])
                    answer = officer.get(link["href"])
                    assert answer.status_code == 200
                    assert answer.headers["content-type"].split(";")[0] in (link["type"], "application/json")
                    ahead.append(link["href"])
    assert {link.removeprefix("http://testserver") for link in seen} >= {
        *("/api", "/api/conformance", "/api/collections", "/api/openapi.json"),
        *(f"/api/collections/{layer.id}/items" for layer in ALL),
    }


def test_the_classes_of_the_standard_are_declared(stranger: TestClient) -> None:
    """Core and GeoJSON of OGC API Features part 1, and no more than is true: the description is OpenAPI 3.1."""
    declared = stranger.get("/api/conformance").json()["conformsTo"]
    assert declared == [
        f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson")
    ]
    service = next(each for each in stranger.get("/api").json()["links"] if each["rel"] == "service-desc")
    assert service["type"].endswith("version=3.1")
    assert stranger.get(service["href"]).json()["openapi"].startswith("3.1.")


def test_a_stranger_sees_the_collections_that_are_shown(stranger: TestClient, officer: TestClient) -> None:
    """An officer sees all, their hotspots and the priorities; both see the estates."""
    hotspots = [f"{layer.id}-hotspots" for layer in ALL]
    for client, seen in ((stranger, [layer.id for layer in SHOWN]), (officer, [*LAYERS, *hotspots, "priorities"])):
        listed = client.get("/api/collections").json()["collections"]
        assert [each["id"] for each in listed] == ["estates", *seen]
        for each in listed:
            assert client.get(f"/api/collections/{each['id']}").json() == each


@of_every_layer
def test_a_collection_says_what_it_is(officer: TestClient, layer: Layer) -> None:
    """Title, publisher, licence, the days that it spans, and whether it is made up."""
    found = officer.get(f"/api/collections/{layer.id}").json()
    days = [each["properties"][layer.happened] for each in items(officer, layer)]
    first, last = min(days)[:7], max(days)[:7]
    assert found["title"] == layer.title
    assert (found["publisher"], found["license"]) == (layer.publisher, layer.licence)
    assert (found["itemType"], found["crs"]) == ("feature", [CRS84])
    [[start, end]] = found["extent"]["temporal"]["interval"]
    assert re.fullmatch(rf"{first}-\d\dT00:00:00Z", start) and re.fullmatch(rf"{last}-\d\dT00:00:00Z", end)
    assert found["synthetic"] is (layer not in SHOWN)
    assert officer.get(f"/api/collections/{layer.id}/items?limit=1").json()["synthetic"] is (layer not in SHOWN)


def test_an_empty_collection_is_one_too(
    world: Database, application_of: Callable[[Database], FastAPI], sign_in: Callable[[FastAPI], TestClient]
) -> None:
    """Without rows it has no days, no features and no next page."""
    client = sign_in(application_of(world))
    for layer in ALL:
        assert client.get(f"/api/collections/{layer.id}").json()["extent"]["temporal"]["interval"] == [[None, None]]
        listed = client.get(f"/api/collections/{layer.id}/items").json()
        assert (listed["numberMatched"], listed["features"], "next" in links(listed)) == (0, [], False)


@of_every_layer
def test_items_are_features_of_geojson(officer: TestClient, layer: Layer) -> None:
    """RFC 7946, as GDAL reads it: every record with its reference as id, those without a place with no geometry."""
    answer = officer.get(f"/api/collections/{layer.id}/items")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
    for each in answer.json()["features"]:
        assert each["type"] == "Feature" and each["id"] == each["properties"]["reference"]
    frame = gpd.read_file(BytesIO(answer.content))
    assert len(frame) == 30 and frame.crs == 4326
    assert set(frame.geom_type.dropna()) == {"Point"}
    assert frame.dropna(subset="geometry").cx[-0.8:-0.7, 52.0:52.1].shape[0] == frame.geometry.notna().sum() == 28


@of_what_is_shown
def test_a_stranger_gets_the_fields_shown(stranger: TestClient, officer: TestClient, layer: Layer) -> None:
    """And the estate; the officer gets more of the same records."""
    assert isinstance(layer.disclosure, Shown)
    public, internal = items(stranger, layer), items(officer, layer)
    assert all(set(each["properties"]) == {*layer.disclosure.fields, "estate"} for each in public)
    assert [each["id"] for each in public] == [each["id"] for each in internal]
    assert all(
        one["properties"].items() <= other["properties"].items() for one, other in zip(public, internal, strict=True)
    )


@pytest.mark.parametrize(
    "path", ["police/items/nothing", "police/items/", "estates/items/E99", "estates/items/e01", "nothing/items"]
)
def test_what_is_not_there_is_not_found(stranger: TestClient, path: str) -> None:
    """404 in a sentence."""
    answer = stranger.get(f"/api/collections/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].endswith(".")


def test_estates_are_a_collection_too(stranger: TestClient) -> None:
    """Valid polygons with code, name and parish, whose they are, and whether they are indicative."""
    listed = stranger.get("/api/collections/estates/items").json()
    assert (listed["indicative"], listed["attribution"], listed["numberMatched"]) == (True, "Test", 6)
    shapes = [shapely.from_geojson(orjson.dumps(each["geometry"])) for each in listed["features"]]
    assert shapely.is_valid(shapes).all()
    assert [each["id"] for each in listed["features"]] == ["E01", "E02", "E03", "E04", "E05", "E06"]
    # A kilometre square each, and 1.113e5 m to a degree of latitude.
    areas = shapely.area(shapes) * 1.113e5**2 * np.cos(np.radians(52.02))
    assert np.allclose(areas, 1e6, rtol=0.01)
    for each in listed["features"]:
        found = stranger.get(f"/api/collections/estates/items/{each['id']}").json()
        assert {name: found[name] for name in each} == each
        assert (found["indicative"], found["attribution"]) == (True, "Test")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("bbox=-0.757,52.019,-0.754,52.021", ["E01"]),
        ("bbox=10,10,11,11", []),
        ("estate=E02&estate=E05", ["E02", "E05"]),
        ("limit=2&offset=3", ["E04", "E05"]),
        ("offset=100", []),
    ],
)
def test_estates_are_narrowed_down(stranger: TestClient, query: str, codes: list[str]) -> None:
    """By a window, by code, by page."""
    answer = stranger.get(f"/api/collections/estates/items?{query}").json()
    assert [each["id"] for each in answer["features"]] == codes


def gdal(*command: str | Path) -> str:
    """What a program of GDAL writes."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "no_proxy": "*"})
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_reads_the_api(application: FastAPI, officer: TestClient, serving: Serving, tmp_path: Path) -> None:
    """A stranger's QGIS lists what is shown; an officer's takes a layer home, record for record."""
    with serving(application) as address:
        told = gdal("ogrinfo", "-ro", "-al", "-so", f"OAPIF:{address}/api")
        counts = dict(re.findall(r"Layer name: (\w+)\n.*?Feature Count: (\d+)", told, re.DOTALL))
        assert counts == {"estates": "6", **{layer.id: "30" for layer in SHOWN}}
        cookie = f"Cookie: {COOKIE}={officer.cookies[COOKIE]}"
        hidden = next(layer for layer in ALL if layer not in SHOWN)
        file = tmp_path / "records.gpkg"
        options = ("--config", "GDAL_HTTP_HEADERS", cookie, "-oo", "PAGE_SIZE=7")
        gdal("ogr2ogr", *options, file, f"OAPIF:{address}/api", hidden.id)
    frame = gpd.read_file(file)
    expected = items(officer, hidden)
    assert sorted(frame["reference"]) == sorted(each["id"] for each in expected)
    assert frame.crs == 4326
    placed = frame.dropna(subset="geometry")
    place = dict(zip(placed["reference"], map(tuple, placed.get_coordinates().to_numpy().tolist()), strict=True))
    assert place == {each["id"]: tuple(each["geometry"]["coordinates"]) for each in expected if each["geometry"]}
    assert date.fromisoformat(str(frame[hidden.happened].min())[:10]) == date(2025, 1, 1)
