import os
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pytest
import shapely
from fastapi import FastAPI
from fastapi.testclient import TestClient

from analysis.hotspot_areas import COLUMNS, hotspot_areas
from analysis.refresh import refresh
from analysis.weights import weights
from evidence import Database, Viewer
from evidence.access.keys import Key, add_key
from geo.excess import FALSE_DISCOVERIES
from layers._registry import LAYERS

HOTSPOTS = "/api/collections/asb-hotspots"
PROPERTIES = set(COLUMNS) - {"id"}
Serving = Callable[[FastAPI], AbstractContextManager[str]]


@pytest.fixture
def analysed_application(analysed: Database, application_of: Callable[[Database], FastAPI]) -> FastAPI:
    """The application over a small world with hotspots."""
    return application_of(analysed)


@pytest.fixture
def client(analysed_application: FastAPI, sign_in: Callable[[FastAPI], TestClient]) -> TestClient:
    """An officer there."""
    return sign_in(analysed_application)


def items(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    """The hotspots for a query, all on one page."""
    answer = client.get(f"{HOTSPOTS}/items?limit=10000&{query}")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert listed["numberMatched"] == listed["numberReturned"] == len(listed["features"])
    assert listed["synthetic"] is True
    return listed["features"]  # type: ignore[no-any-return]


def test_hotspots_are_polygons_of_geojson(client: TestClient) -> None:
    """As RFC 7946 has them: WGS84, rings counterclockwise and closed; as GDAL reads them, all in the district."""
    answer = client.get(f"{HOTSPOTS}/items")
    assert answer.headers["content-type"] == "application/geo+json"
    for each in answer.json()["features"]:
        assert set(each["properties"]) == PROPERTIES and each["geometry"]["type"] == "Polygon"
        [ring] = each["geometry"]["coordinates"]
        assert ring[0] == ring[-1] and len(ring) == 7 and shapely.is_ccw(shapely.LinearRing(ring))
    frame = gpd.read_file(BytesIO(answer.content))
    assert frame.crs == 4326 and frame.is_valid.all()
    assert len(frame.cx[-0.78:-0.72, 52.0:52.05]) == len(frame) > 10


def test_the_figures_are_those_that_were_found(client: TestClient, analysed: Database) -> None:
    """The same cells as officers get otherwise, with nothing rounded."""
    frame = hotspot_areas(analysed, Viewer("officer"), LAYERS["asb"]).frame
    told = items(client)
    assert [each["id"] for each in told] == frame["id"].tolist()
    for name in ("theme", "course", "observed", "expected", "homes", "p", "z", "place", "estate"):
        assert [each["properties"][name] for each in told] == frame[name].tolist()


def test_a_collection_says_from_what_and_how_surely(client: TestClient, analysed: Database) -> None:
    """Months, tests, cut-off, located of total, and the analysis's identifier."""
    found = client.get(HOTSPOTS).json()
    assert (found["months"], found["false_discoveries"]) == (["2025-07", "2026-06"], FALSE_DISCOVERIES)
    assert found["extent"]["temporal"]["interval"] == [["2025-07-01T00:00:00Z", "2026-06-30T00:00:00Z"]]
    assert (found["located"], found["total"], found["synthetic"]) == (451, 451, True)
    assert found["tested"]["all"] > 100
    assert found["analysis"] == hotspot_areas(analysed, Viewer("officer"), LAYERS["asb"]).analysis
    assert "from July 2025 to June 2026" in found["description"]
    assert "of those told, chance alone would make at most 1 in 20. 451 of 451" in found["description"]
    assert found in client.get("/api/collections").json()["collections"]


def test_a_layer_about_which_nothing_can_be_said_is_an_empty_collection(client: TestClient) -> None:
    """Its description says why; there is no month, no cut-off and no feature."""
    found = client.get("/api/collections/repairs-hotspots").json()
    assert found["description"].startswith("There are no repairs yet: load a file")
    assert "months" not in found and found["extent"]["temporal"]["interval"] == [[None, None]]
    listed = client.get("/api/collections/repairs-hotspots/items").json()
    assert (listed["numberMatched"], listed["features"]) == (0, [])


@pytest.mark.parametrize("layer", LAYERS)
def test_one_without_an_analysis_says_so(officer: TestClient, layer: str) -> None:
    """Each layer of the product has the collection, whether or not anybody has analysed it."""
    found = officer.get(f"/api/collections/{layer}-hotspots").json()
    assert "have not been analysed yet" in found["description"] and found["analysis"] is None


def test_points_that_stand_for_several_addresses_are_told_of(
    world: Database,
    bring: Callable[..., Any],
    application_of: Callable[[Database], FastAPI],
    sign_in: Callable[[FastAPI], TestClient],
    tmp_path: Path,
) -> None:
    """Of the police's crimes, that their points are moved, and that points in use are counted instead of homes."""
    rows = [
        {
            "crime_id": n,
            "month": date(2025, 1 + n % 6, 1),
            "crime_type": "Drugs",
            "easting": 485100 + n,
            "northing": 236100,
        }
        for n in range(40)
    ]
    bring(world, LAYERS["police"], rows)
    refresh(world, weights(tmp_path))
    told = sign_in(application_of(world)).get("/api/collections/police-hotspots").json()["description"]
    assert LAYERS["police"].anonymised_points in told
    assert "than the map points in use there explain" in told and told.endswith("`homes` counts map points in use.")


def test_filters_narrow_down(client: TestClient) -> None:
    """By theme, estate, window and page, alone and together, as counted one by one."""
    every = items(client)
    assert {each["properties"]["theme"] for each in every} == {"all", "anti-social behaviour", "cleanliness"}
    clean = [each for each in every if each["properties"]["theme"] == "cleanliness"]
    assert items(client, "theme=cleanliness") == clean
    assert items(client, "theme=cleanliness&theme=all&estate=E02") == [
        each for each in every if each["properties"]["theme"] == "all" and each["properties"]["estate"] == "E02"
    ]
    assert items(client, "theme=safety") == items(client, "bbox=10,10,11,11") == items(client, "theme=repairs") == []
    shapes = [shapely.from_geojson(orjson.dumps(each["geometry"])) for each in every]
    west, south, east, north = shapes[0].buffer(-1e-4).bounds
    meets = shapely.intersects(shapes, shapely.box(west, south, east, north))
    assert items(client, f"bbox={west},{south},{east},{north}") == [
        each for each, there in zip(every, meets, strict=True) if there
    ]
    assert 0 < meets.sum() < len(every)
    page = client.get(f"{HOTSPOTS}/items?limit=2&offset=1").json()
    assert page["features"] == every[1:3] and page["numberMatched"] == len(every)
    [onward] = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert client.get(onward).json()["features"] == every[3:5]


@pytest.mark.parametrize("query", ["colour=red", "theme=zebra", "limit=0", "offset=-1", "bbox=1,2,3", "first=2026-01"])
def test_what_cannot_be_read_is_told_in_a_sentence(client: TestClient, query: str) -> None:
    """400 and problem details."""
    answer = client.get(f"{HOTSPOTS}/items?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].endswith(".")


def test_one_hotspot_has_an_address(client: TestClient) -> None:
    """The same feature as in the list, and one that is not there is not found."""
    for each in items(client):
        found = client.get(f"{HOTSPOTS}/items/{each['id']}").json()
        assert {name: found[name] for name in each} == each
    assert client.get(f"{HOTSPOTS}/items/all-1").status_code == 404


@pytest.mark.parametrize("path", ["asb", "police", "zebra"])
@pytest.mark.parametrize("part", ["", "/items", "/items/all-1"])
def test_strangers_are_told_that_there_is_nothing(
    analysed_application: FastAPI, client: TestClient, path: str, part: str
) -> None:
    """Of what they may see themselves, too; an officer is told so of a layer that there is not."""
    stranger = TestClient(analysed_application)
    address = f"/api/collections/{path}-hotspots{part}"
    assert stranger.get(address).status_code == 404
    assert stranger.get(address).json()["detail"] == f"There is no collection {path}-hotspots that you may see."
    assert (client.get(address).status_code == 404) is (path == "zebra" or part.endswith("1"))
    assert not any("hotspots" in each["id"] for each in stranger.get("/api/collections").json()["collections"])


def test_gdal_takes_them_home(
    analysed_application: FastAPI, client: TestClient, serving: Serving, tmp_path: Path
) -> None:
    """With a planner's key, cell for cell and figure for figure, page by page."""
    file = tmp_path / "hotspots.gpkg"
    made = Key(f"gdal {tmp_path.name}", "planner", frozenset(), None, None)
    key = add_key(analysed_application.state.database, Viewer("administrator", "it"), made)
    with serving(analysed_application) as address:
        options = ("--config", "GDAL_HTTP_HEADERS", f"Authorization: Bearer {key}", "-oo", "PAGE_SIZE=7")
        command = ("ogr2ogr", *options, str(file), f"OAPIF:{address}/api", "asb-hotspots")
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "no_proxy": "*"})
        assert "ERROR" not in done.stderr, done.stderr
    frame, expected = gpd.read_file(file), items(client)
    assert frame.crs == 4326 and set(frame.geom_type) == {"Polygon"}
    for name in ("theme", "observed", "place", "estate", "p"):
        assert frame[name].tolist() == [each["properties"][name] for each in expected]
    shapes = [shapely.from_geojson(orjson.dumps(each["geometry"])) for each in expected]
    assert all(one.equals(other) for one, other in zip(frame.geometry, shapes, strict=True))
