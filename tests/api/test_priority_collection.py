import os
import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import geopandas as gpd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from analysis.priority_areas import COLUMNS, priority_areas
from evidence import Database, Viewer
from evidence.access.keys import Key, add_key

PRIORITIES = "/api/collections/priorities"
Serving = Callable[[FastAPI], AbstractContextManager[str]]


@pytest.fixture
def analysed_application(analysed: Database, application_of: Callable[[Database], FastAPI]) -> FastAPI:
    """The application over a small world with priorities."""
    return application_of(analysed)


@pytest.fixture
def client(analysed_application: FastAPI, sign_in: Callable[[FastAPI], TestClient]) -> TestClient:
    """An officer there."""
    return sign_in(analysed_application)


def items(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    """The priorities for a query, all on one page."""
    answer = client.get(f"{PRIORITIES}/items?limit=10000&{query}")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert listed["numberMatched"] == listed["numberReturned"] == len(listed["features"])
    assert listed["synthetic"] is True
    return listed["features"]  # type: ignore[no-any-return]


def test_priorities_are_features_of_geojson(client: TestClient, analysed: Database) -> None:
    """One for each estate and theme, in order, with the figures that were found and nothing rounded."""
    frame = priority_areas(analysed, Viewer("officer")).frame
    told = items(client)
    assert [each["id"] for each in told] == frame["id"].tolist()
    for each, row in zip(told, frame.to_dict("records"), strict=True):
        assert each["properties"] == {name: row[name] for name in COLUMNS if name != "id"}
    read = gpd.read_file(BytesIO(client.get(f"{PRIORITIES}/items").content))
    assert read.crs == 4326 and read.is_valid.all()


def test_the_collection_says_from_what_and_by_which_weights(client: TestClient, analysed: Database) -> None:
    """The run, the sources with how far they are complete and located, who set the weights."""
    found = client.get(PRIORITIES).json()
    assert found["run"] == priority_areas(analysed, Viewer("officer")).run and found["synthetic"] is True
    assert found["sources"]["asb"] == {"last": "2026-06", "located": 199, "total": 199}
    assert found["sources"]["repairs"] == {"last": None, "located": 0, "total": 0}
    assert found["weights"]["who"] and found["weights"]["weights"]["voice"] == 2
    assert "in what share of draws it comes first" in found["description"]
    assert found in client.get("/api/collections").json()["collections"]


def test_filters_narrow_down(client: TestClient) -> None:
    """By estate, theme, rank and window; a theme that is none is refused with those that are."""
    assert {each["properties"]["estate"] for each in items(client, "estate=E01&estate=E02")} == {"E01", "E02"}
    (first,) = items(client, "estate=E01&rank=1")
    assert first["properties"]["rank"] == 1
    assert {each["properties"]["theme"] for each in items(client, "theme=safety")} <= {"safety"}
    assert items(client, "bbox=0,50,1,51") == [] and len(items(client, "bbox=-1,51,0,53")) == len(items(client))
    refused = client.get(f"{PRIORITIES}/items?theme=weather")
    assert refused.status_code == 400 and "There is no theme weather: there are safety" in refused.json()["detail"]


def test_one_can_be_asked_for(client: TestClient) -> None:
    """By the identifier that the list gives; one that is not there is not found."""
    listed = items(client)[0]
    found = client.get(f"{PRIORITIES}/items/{listed['id']}").json()
    assert found["properties"] == listed["properties"] and found["links"][0]["href"].endswith(f"/items/{listed['id']}")
    assert client.get(f"{PRIORITIES}/items/E99-safety").status_code == 404


def test_a_page_leads_to_the_next(client: TestClient) -> None:
    """With the same filters."""
    page = client.get(f"{PRIORITIES}/items?limit=1&rank=9&estate=E01").json()
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    assert "rank=9" in following and "estate=E01" in following and "offset=1" in following


def test_before_a_run_it_is_empty_and_says_why(officer: TestClient) -> None:
    """With the command that helps."""
    found = officer.get(PRIORITIES).json()
    assert found["description"].endswith("run priorities analyse.") and found["run"] is None
    assert officer.get(f"{PRIORITIES}/items").json()["features"] == []


@pytest.mark.parametrize("path", ["", "/items", "/items/E01-safety"])
def test_a_stranger_learns_nothing_of_it(analysed_application: FastAPI, path: str) -> None:
    """It is not there for anybody but officers."""
    stranger = TestClient(analysed_application)
    assert stranger.get(f"{PRIORITIES}{path}").status_code == 404
    assert "priorities" not in {each["id"] for each in stranger.get("/api/collections").json()["collections"]}


def test_gdal_reads_it(analysed_application: FastAPI, client: TestClient, serving: Serving) -> None:
    """With a planner's key."""
    made = Key("gdal for priorities", "planner", frozenset(), None, None)
    key = add_key(analysed_application.state.database, Viewer("administrator", "it"), made)
    with serving(analysed_application) as address:
        read = subprocess.run(
            ["ogrinfo", "-q", "-al", "-geom=NO", f"OAPIF:{address}/api", "priorities", "-where", "rank = 1"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "GDAL_HTTP_HEADERS": f"Authorization: Bearer {key}"},
        ).stdout
    first = [each for each in items(client) if each["properties"]["rank"] == 1]
    assert read.count("OGRFeature(priorities)") == len(first) > 0
    times = [float(each) for each in re.findall(r"  times \(Real\) = (\S+)", read)]
    assert times == pytest.approx([each["properties"]["times"] for each in first])
