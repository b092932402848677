"""Whoever is let in tries to see more: other patches, other viewers' pages and tiles, other hosts' names."""

import html
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import PUBLIC, Database, Selection, Viewer, access_log, items, visible
from geo.web_mercator import morton
from layers._layer import Layer
from layers._registry import LAYERS

PATCH = frozenset({"E01", "E02"})
COUNTED = [layer for layer in LAYERS.values() if layer not in visible(PUBLIC)]
SHOWN = visible(PUBLIC)
HTML = {"Accept": "text/html"}
of_counted = pytest.mark.parametrize("layer", COUNTED, ids=[layer.id for layer in COUNTED])
Row = dict[str, Any]
AsAccount = Callable[..., TestClient]


@pytest.fixture(scope="module")
def patched(application: FastAPI, as_account: AsAccount) -> TestClient:
    """An officer of two estates."""
    return as_account(application, "patched", "officer", PATCH)


@pytest.fixture(scope="module")
def neighbour(application: FastAPI, as_account: AsAccount) -> TestClient:
    """An officer of another."""
    return as_account(application, "neighbour", "officer", frozenset({"E05"}))


@pytest.fixture(scope="module")
def planner(application: FastAPI, as_account: AsAccount) -> TestClient:
    """A planner."""
    return as_account(application, "planner", "planner", frozenset())


@pytest.fixture(scope="module")
def administrator(application: FastAPI, as_account: AsAccount) -> TestClient:
    """An administrator."""
    return as_account(application, "administrator", "administrator", frozenset())


def every_row(database: Database, layer: Layer) -> list[Row]:
    """The records as they are."""
    return items(database, Viewer("administrator"), layer, Selection(), limit=1000).rows


def records_given(client: TestClient, layer: Layer, query: str = "") -> list[Row]:
    """The records that a client is given, wherever it looks."""
    answer = client.get(f"/api/collections/{layer.id}/items?limit=10000&{query}")
    found = answer.json()
    assert found["numberMatched"] == len(found["features"])
    return [each["properties"] for each in found["features"]]


def window(row: Row) -> str:
    """A window in which a record lies, 2 m wide."""
    west, south = row["longitude"] - 1e-5, row["latitude"] - 1e-5
    return f"{west},{south},{row['longitude'] + 1e-5},{row['latitude'] + 1e-5}"


@of_counted
def test_the_patch_is_all_that_an_officer_can_list(filled: Database, patched: TestClient, layer: Layer) -> None:
    """By any filter, window, page or time; how many match counts no others either."""
    rows = every_row(filled, layer)
    mine = {row["reference"] for row in rows if row["estate"] in PATCH}
    theirs = [row for row in rows if row["estate"] not in PATCH]
    assert mine and {None, "E05", "E06"} <= {row["estate"] for row in theirs}
    queries = [
        "",
        "estate=E05",
        "estate=E01&estate=E03&estate=E04&estate=E05&estate=E06",
        "estate=",
        "bbox=-180,-90,180,90",
        "datetime=../..",
        "first=2000-01&last=2100-01",
        *(f"category={quote(each)}" for each in layer.categories),
        *(f"bbox={window(row)}" for row in theirs if row["longitude"]),
    ]
    for query in queries:
        assert {row["reference"] for row in records_given(patched, layer, query)} <= mine, query
    assert {row["reference"] for row in records_given(patched, layer)} == mine
    page = patched.get(f"/api/collections/{layer.id}/items?limit=1&offset={len(mine)}").json()
    assert (page["numberMatched"], page["features"]) == (len(mine), [])


@of_counted
def test_a_record_of_another_patch_is_as_if_it_were_not(
    filled: Database, patched: TestClient, planner: TestClient, stranger: TestClient, layer: Layer
) -> None:
    """The same answer as for a reference that nobody has; to a planner and a stranger there is no such list."""
    # The test client decodes an address twice: it cannot ask for a per cent sign.
    for row in (each for each in every_row(filled, layer) if "%" not in each["reference"]):
        address = f"/api/collections/{layer.id}/items/{quote(row['reference'])}"
        found = patched.get(address)
        assert found.status_code == (200 if row["estate"] in PATCH else 404)
        nothing = patched.get(f"/api/collections/{layer.id}/items/nothing")
        if found.status_code == 404:
            said = nothing.json()["detail"].replace("nothing", row["reference"])
            assert found.json() == {**nothing.json(), "detail": said}
        for client in (planner, stranger):
            assert client.get(address).status_code == 404


@of_counted
def test_a_planner_gets_no_single_record(planner: TestClient, filled: Database, layer: Layer) -> None:
    """Not in a list, not singly, not in a page; figures and hotspots are there."""
    references = [row["reference"] for row in every_row(filled, layer)]
    collections = [each["id"] for each in planner.get("/api/collections").json()["collections"]]
    assert layer.id not in collections and f"{layer.id}-hotspots" in collections
    for path in (f"/api/collections/{layer.id}", f"/api/collections/{layer.id}/items?estate=E01"):
        assert planner.get(path).status_code == 404
    page = planner.get(f"/officer/map?layer={layer.id}&open=E01", headers=HTML)
    assert page.status_code == 200 and "per 1,000 homes" in page.text
    text = html.unescape(page.text)
    assert not any(reference in text for reference in references)
    assert f"{layer.id} canary" not in text
    assert '"items": null' in page.text


def tile_of(client: TestClient, layer: Layer, zoom: int, row: Row, query: str = "") -> int:
    """Rows counted in the tile in which a record lies."""
    code = int(morton([row["longitude"]], [row["latitude"]], zoom)[0])
    x = sum(((code >> 2 * bit) & 1) << bit for bit in range(zoom))
    y = sum(((code >> (2 * bit + 1)) & 1) << bit for bit in range(zoom))
    answer = client.get(f"/tiles/{layer.id}/{zoom}/{y}/{x}.mvt?{query}")
    assert answer.status_code == 200
    decoded: dict[str, Any] = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    return sum(each["properties"]["count"] for each in decoded.get("heat", {}).get("features", []))


@of_counted
@pytest.mark.parametrize("zoom", [12, 14, 16])
def test_tiles_close_up_count_the_patch_alone(
    filled: Database, patched: TestClient, planner: TestClient, administrator: TestClient, layer: Layer, zoom: int
) -> None:
    """No filter brings a record of another patch to light; to a planner none at all."""
    for row in every_row(filled, layer):
        if not row["longitude"]:
            continue
        month = f"{row[layer.happened]:%Y-%m}"
        alone = f"category={row[layer.category]}&first={month}&last={month}"
        for query in ("", alone, f"estate={row['estate'] or ''}"):
            every = tile_of(administrator, layer, zoom, row, query)
            mine = sum(tile_of(administrator, layer, zoom, row, f"{alone}&estate={code}") for code in PATCH)
            assert every >= 1
            assert tile_of(planner, layer, zoom, row, query) == 0
            if query == alone:
                assert tile_of(patched, layer, zoom, row, query) == mine
            if query.startswith("estate=E"):
                assert tile_of(patched, layer, zoom, row, query) == (every if row["estate"] in PATCH else 0)


@of_counted
def test_from_afar_everybody_who_is_let_in_sees_the_same(
    filled: Database, patched: TestClient, planner: TestClient, administrator: TestClient, layer: Layer
) -> None:
    """Cells as wide as a hotspot's give no place away."""
    row = next(each for each in every_row(filled, layer) if each["longitude"])
    for zoom in (8, 11):
        counts = {tile_of(client, layer, zoom, row) for client in (patched, planner, administrator)}
        assert len(counts) == 1 and counts != {0}


def test_a_tile_of_one_asker_is_not_anothers(
    patched: TestClient, neighbour: TestClient, planner: TestClient, administrator: TestClient, officer: TestClient
) -> None:
    """Whoever sees something else has another ETag: nobody is told that the other's tile is still right."""
    clients = (patched, neighbour, planner, administrator, officer)
    for address in ("/tiles/asb/12/1357/2040.mvt", "/tiles/asb/16/21710/32634.mvt"):
        tags = [client.get(address).headers["etag"] for client in clients]
        # An officer of every estate and an administrator see the same, but are not the same.
        assert len(set(tags)) == len(clients)
        for client, own in zip(clients, tags, strict=True):
            for tag in tags:
                answer = client.get(address, headers={"If-None-Match": tag})
                assert answer.status_code == (304 if tag == own else 200)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/officer/map",
        "/sign-in",
        "/api/collections",
        "/api/collections/asb",
        "/api/collections/asb/items",
        "/api/collections/asb-hotspots/items",
        "/api/collections/projects/items",
        "/tiles/asb/8/84/127.mvt",
        "/tiles/projects/16/21710/32634.mvt",
        "/nothing",
    ],
)
def test_no_cache_gives_one_askers_answer_to_another(
    application: FastAPI, patched: TestClient, stranger: TestClient, path: str
) -> None:
    """What depends on who asks is kept by nobody, or by the viewer's browser only, which asks again each time."""
    for client in (patched, stranger):
        for headers in ({}, HTML):
            kept = client.get(path, headers=headers).headers["cache-control"]
            if kept != "no-store":
                assert kept == "private, no-cache"
                vary = client.get(path, headers=headers).headers["vary"]
                assert "Cookie, Authorization" in vary


def test_what_is_public_is_the_same_for_everybody(
    patched: TestClient, planner: TestClient, stranger: TestClient
) -> None:
    """A patch takes nothing away of what everybody sees, and adds nothing to it."""
    for layer in SHOWN:
        for path in (f"/api/collections/{layer.id}/items?limit=1000", f"/tiles/{layer.id}/16/21710/32634.mvt"):
            assert patched.get(path).content == planner.get(path).content == stranger.get(path).content
        assert "uprn" not in patched.get(f"/api/collections/{layer.id}/items").text


@pytest.mark.parametrize(
    "query",
    [
        "role=administrator",
        "estates=E05",
        "patch=*",
        "viewer=administrator",
        "estate=*",
        "estate=E01' OR '1'='1",
        "estate=E01,E05",
        "estate=%7BE01,E05%7D",
        "estate[]=E05",
        "filter=estate='E05'",
        "filter=1%3D1",
        "CQL_FILTER=INCLUDE",
        "cql2=true",
        "properties=uprn",
        "fields=*",
        "crs=EPSG:27700&bbox-crs=EPSG:27700",
        "sortby=reference",
        "limit=0",
        "limit=-1",
        "limit=1e9",
        "offset=-1",
        "bbox=nan,nan,nan,nan",
        "bbox=-inf,-inf,inf,inf",
        "datetime=-infinity/infinity",
        "f=csv",
        "limit=10000&limit=10000",
    ],
)
def test_no_parameter_widens_the_patch(patched: TestClient, filled: Database, query: str) -> None:
    """Refused in a sentence, or answered within the patch; and the database sees no difference afterwards."""
    for layer in COUNTED:
        answer = patched.get(f"/api/collections/{layer.id}/items?{query}")
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert {each["properties"]["estate"] for each in answer.json()["features"]} <= PATCH
        else:
            assert answer.json()["detail"].endswith(".")
    assert {row["estate"] for row in records_given(patched, COUNTED[0])} == PATCH


def test_the_next_to_use_a_connection_has_its_own_patch(
    patched: TestClient, neighbour: TestClient, officer: TestClient
) -> None:
    """Whoever asks in between: the pool lends one connection to all."""
    for _ in range(5):
        assert {row["estate"] for row in records_given(officer, COUNTED[0])} > PATCH
        assert {row["estate"] for row in records_given(patched, COUNTED[0])} == PATCH
        assert {row["estate"] for row in records_given(neighbour, COUNTED[0])} == {"E05"}
        patched.get("/api/collections/asb/items?datetime=%00")


def test_what_an_attack_saw_is_in_the_log_and_what_it_did_not_is_not(
    filled: Database, patched: TestClient, officer: TestClient
) -> None:
    """Who saw a record can be answered after all this."""
    rows = every_row(filled, COUNTED[0])
    records_given(officer, COUNTED[0])
    theirs = next(row["reference"] for row in rows if row["estate"] == "E05")
    assert "officer" in {entry.who for entry in access_log(filled, record=theirs)}
    assert "patched" not in {entry.who for entry in access_log(filled, record=theirs)}
    assert {code for entry in access_log(filled, who="patched") for code in entry.estates} == PATCH
