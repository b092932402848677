import time
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import PUBLIC, Database, Report, visible
from layers._layer import Layer
from layers._registry import LAYERS

ALL = list(LAYERS.values())
SHOWN = visible(PUBLIC)
COUNTED = [layer for layer in ALL if layer not in SHOWN]
of_every_layer = pytest.mark.parametrize("layer", ALL, ids=[layer.id for layer in ALL])

Z8 = "8/84/127"
"""The tile at zoom 8, row before column, that holds all of the small world."""


def total(body: bytes) -> int:
    """Rows counted in a tile."""
    decoded: dict[str, Any] = mapbox_vector_tile.decode(body) if body else {}
    return sum(each["properties"]["count"] for each in decoded.get("heat", {}).get("features", []))


def with_a_point(client: TestClient, layer: Layer, query: str = "") -> int:
    """Records with a geometry, as the API lists them."""
    listed = client.get(f"/api/collections/{layer.id}/items?limit=10000&{query}").json()["features"]
    return sum(each["geometry"] is not None for each in listed)


@of_every_layer
def test_a_tile_counts_the_records_that_have_a_point(officer: TestClient, layer: Layer) -> None:
    """All of them at zoom 8; and over the four tiles of the next zoom the same again."""
    expected = with_a_point(officer, layer)
    answer = officer.get(f"/tiles/{layer.id}/{Z8}.mvt")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert total(answer.content) == expected > 0
    next_zoom = [f"9/{y}/{x}" for y in (168, 169) for x in (254, 255)]
    assert sum(total(officer.get(f"/tiles/{layer.id}/{each}.mvt").content) for each in next_zoom) == expected


@of_every_layer
def test_filters_of_a_tile_are_those_of_the_records(officer: TestClient, layer: Layer) -> None:
    """Theme, category, estate and months narrow down both alike."""
    category = layer.categories[0]
    queries = [
        f"category={category}",
        f"theme={layer.theme(category).value}",
        "estate=E01&estate=E05",
        "first=2025-03&last=2025-08",
        "first=2025-12",
        f"category={category}&estate=E02&last=2025-10",
    ]
    every = with_a_point(officer, layer)
    for query in queries:
        expected = with_a_point(officer, layer, query)
        assert total(officer.get(f"/tiles/{layer.id}/{Z8}.mvt?{query}").content) == expected < every


@of_every_layer
def test_a_stranger_gets_tiles_of_what_is_shown_and_of_nothing_else(stranger: TestClient, layer: Layer) -> None:
    """A layer that is counted is not there, at any zoom."""
    for tile in (Z8, "16/21710/32634"):
        answer = stranger.get(f"/tiles/{layer.id}/{tile}.mvt")
        assert answer.status_code == (200 if layer in SHOWN else 404)
    assert layer in COUNTED or total(stranger.get(f"/tiles/{layer.id}/{Z8}.mvt").content) > 0


def test_a_tile_that_one_has_is_not_sent_again(officer: TestClient) -> None:
    """304 for its ETag: alone, among others, and marked as weak by a proxy; another ETag gets the tile."""
    address = f"/tiles/{ALL[0].id}/{Z8}.mvt"
    tag = officer.get(address).headers["etag"]
    for said in (tag, f'"other", {tag}', f"W/{tag}"):
        again = officer.get(address, headers={"If-None-Match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for said in ('"other"', tag.strip('"'), tag[:-2] + '"', ""):
        assert officer.get(address, headers={"If-None-Match": said}).status_code == 200


def test_what_an_officer_has_is_nothing_to_the_public(stranger: TestClient, officer: TestClient) -> None:
    """The same tile has another ETag for each role, and no shared cache may give one the other's."""
    address = f"/tiles/{SHOWN[0].id}/{Z8}.mvt"
    mine, theirs = officer.get(address), stranger.get(address)
    assert mine.headers["etag"] != theirs.headers["etag"]
    assert stranger.get(address, headers={"If-None-Match": mine.headers["etag"]}).status_code == 200
    for answer in (mine, theirs):
        assert "private" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Cookie, Authorization"


def test_after_an_import_tiles_are_new_ones(
    world: Database,
    application_of: Callable[[Database], FastAPI],
    sign_in: Callable[[FastAPI], TestClient],
    planted: Callable[[Layer], list[dict[str, Any]]],
    bring: Callable[..., Report],
) -> None:
    """Within a second the old ETag is not taken any more and the new rows are there; the same file changes nothing."""
    layer = SHOWN[0]
    client = sign_in(application_of(world))
    address = f"/tiles/{layer.id}/{Z8}.mvt"
    before = client.get(address)
    assert before.content == b""
    rows = [row for row in planted(layer) if row["easting"]]
    for brought, version in ((rows[:10], True), (rows[:10], False), (rows, True)):
        bring(world, layer, brought)
        time.sleep(1.1)
        after = client.get(address, headers={"If-None-Match": before.headers["etag"]})
        assert (after.status_code == 200) is version
        if version:
            assert total(after.content) == len(brought)
            before = after


@pytest.mark.parametrize(
    "query", ["first=soon", "last=2026-13", "theme=x", "category=x", "colour=red", "category=%00", "%00=1"]
)
def test_a_filter_that_cannot_be_read_is_told(stranger: TestClient, query: str) -> None:
    """A tile of everything in its place would be a wrong map."""
    answer = stranger.get(f"/tiles/{SHOWN[0].id}/{Z8}.mvt?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "tile",
    [
        "7/42/63",
        "17/1/1",
        "0/0/0",
        "8/256/0",
        "8/0/256",
        "8/-1/0",
        "8/x/0",
        "8/1.5/0",
        f"8/{'9' * 5000}/0",
        f"{'9' * 5000}/0/0",
        "8/%00/0",
    ],
)
def test_outside_its_zooms_there_is_no_tile(stranger: TestClient, tile: str) -> None:
    """Nor beyond the edge of the world, nor where there is no number."""
    answer = stranger.get(f"/tiles/{SHOWN[0].id}/{tile}.mvt")
    assert answer.status_code == 404
    assert "from zoom 8 to 16" in answer.json()["detail"]


def test_a_tile_where_nothing_is_is_empty(stranger: TestClient) -> None:
    """Not an error: maps ask for many of them."""
    answer = stranger.get(f"/tiles/{SHOWN[0].id}/8/0/0.mvt")
    assert (answer.status_code, answer.content) == (200, b"")
