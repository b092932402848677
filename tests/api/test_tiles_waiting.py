"""Tiles over a real server whose database is slow, or hangs: who waits, for how long, and what is shown meanwhile."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx2
import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.credentials import COOKIE
from evidence import PUBLIC, Database, Report, visible
from layers._layer import Layer
from layers._registry import LAYERS

SHOWN = visible(PUBLIC)
COUNTED = [layer for layer in LAYERS.values() if layer not in SHOWN]
AT_ONCE = 0.1
"""Seconds."""

PATIENCE = 30.0


class SlowReads:
    """The real reading of snapshots, which for one layer does not end until it is let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module = sys.modules["evidence.snapshot"]
        self._real, self.layer, self.begun, self.may_end = module._read_snapshot, "", 0, threading.Event()
        monkeypatch.setattr(module, "_read_snapshot", self)

    def __call__(self, database: Database, viewer: Any, layer: Layer, *rest: Any) -> Any:
        """Read."""
        if layer.id == self.layer:
            self.begun += 1
            assert self.may_end.wait(PATIENCE)
        return self._real(database, viewer, layer, *rest)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowReads]:
    """Reads that last; they end with the test."""
    reads = SlowReads(monkeypatch)
    yield reads
    reads.may_end.set()


@pytest.fixture
def served(
    world: Database,
    application_of: Callable[[Database], FastAPI],
    sign_in: Callable[[FastAPI], TestClient],
    serving: Callable[[FastAPI], AbstractContextManager[str]],
    planted: Callable[[Layer], list[dict[str, Any]]],
    bring: Callable[..., Report],
    slow: SlowReads,
) -> Iterator[httpx2.Client]:
    """A browser of an officer at a real server over a world with two counted layers; and nothing of it in memory."""
    for layer in COUNTED[:2]:
        bring(world, layer, [row for row in planted(layer) if row["easting"]][:10])
    application = application_of(world)
    cookies = {COOKIE: sign_in(application).cookies[COOKIE]}
    with serving(application) as address, httpx2.Client(base_url=address, cookies=cookies, timeout=PATIENCE) as client:
        yield client
        # Or the server waits for it.
        slow.may_end.set()


def tile_of(layer: Layer) -> str:
    """The address of the tile that holds all of the small world."""
    return f"/tiles/{layer.id}/8/84/127.mvt"


def total(body: bytes) -> int:
    """Rows counted in a tile."""
    return sum(each["properties"]["count"] for each in mapbox_vector_tile.decode(body)["heat"]["features"])


def at_once(client: httpx2.Client, *addresses: str) -> list[httpx2.Response]:
    """The answers of addresses, each of which comes at once: of several times, as the machine has others to serve."""
    answers = []
    for address in addresses:
        answered = [client.get(address) for _ in range(10)]
        assert min(each.elapsed.total_seconds() for each in answered) < AT_ONCE, address
        answers.append(answered[-1])
    return answers


@contextmanager
def hanging(database: Database, *tables: str) -> Iterator[None]:
    """A database in which nobody can read some tables, until the end of it."""
    with database.owner.begin() as connection:
        connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
        yield


def test_nobody_else_waits_while_a_layer_is_read(served: httpx2.Client, slow: SlowReads) -> None:
    """However many ask for it: it is read once, and pages and tiles of other layers come at once meanwhile."""
    slow.layer, other = COUNTED[0].id, COUNTED[1]
    served.get(tile_of(other))
    with ThreadPoolExecutor(50) as pool:
        waiting = [pool.submit(served.get, tile_of(COUNTED[0])) for _ in range(50)]
        while not slow.begun:
            time.sleep(0.01)
        answers = at_once(served, tile_of(other), "/api", "/sign-in")
        assert [each.status_code for each in answers] == [200] * 3
        assert not any(each.done() for each in waiting)
        slow.may_end.set()
        assert {total(each.result(PATIENCE).content) for each in waiting} == {10}
    assert slow.begun == 1


def test_the_last_tile_is_shown_while_a_new_one_is_made(
    served: httpx2.Client,
    slow: SlowReads,
    world: Database,
    planted: Callable[[Layer], list[dict[str, Any]]],
    bring: Callable[..., Report],
) -> None:
    """With its own ETag, by which it is known to be unchanged; nobody waits, and the new rows are read once."""
    layer = COUNTED[0]
    before = served.get(tile_of(layer))
    slow.layer = layer.id
    bring(world, layer, planted(layer))
    end = time.monotonic() + PATIENCE
    while not slow.begun and time.monotonic() < end:
        (shown,) = at_once(served, tile_of(layer))
        assert (shown.content, shown.headers["etag"]) == (before.content, before.headers["etag"])
    time.sleep(1.1)
    (shown,) = at_once(served, tile_of(layer))
    again = served.get(tile_of(layer), headers={"If-None-Match": before.headers["etag"]})
    assert (shown.content, again.status_code, slow.begun) == (before.content, 304, 1)
    slow.may_end.set()
    while (shown := served.get(tile_of(layer))).content == before.content and time.monotonic() < end:
        time.sleep(0.01)
    assert total(shown.content) > total(before.content) == 10
    assert shown.headers["etag"] != before.headers["etag"]
    assert slow.begun == 1


def test_a_database_that_hangs_stops_no_tile_that_is_in_memory(served: httpx2.Client, world: Database) -> None:
    """Not where it would be asked for the version, nor while it is asked who somebody else is."""
    layer = COUNTED[0]
    before = served.get(tile_of(layer))
    with ThreadPoolExecutor(1) as pool:
        with hanging(world, "evidence.version", "plans.session"):
            stranger = pool.submit(served.get, tile_of(layer), headers={"Cookie": f"{COOKIE}=somebody"})
            time.sleep(1.1)
            for _ in range(2):
                tile, page = at_once(served, tile_of(layer), "/api")
                assert (tile.content, page.status_code) == (before.content, 200)
            assert not stranger.done()
        assert stranger.result(PATIENCE).status_code == 404


def test_after_a_publication_nothing_of_before_is_shown(
    served: httpx2.Client,
    slow: SlowReads,
    world: Database,
    planted: Callable[[Layer], list[dict[str, Any]]],
    bring: Callable[..., Report],
) -> None:
    """Not even where its rows were being read meanwhile; what is new is waited for."""
    layer = SHOWN[0]
    rows = [row for row in planted(layer) if row["easting"]]
    served.cookies.clear()
    slow.layer = layer.id
    bring(world, layer, rows[:10])
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(served.get, tile_of(layer))
        while not slow.begun:
            time.sleep(0.01)
        bring(world, layer, rows)
        slow.layer = ""
        assert total(served.get(tile_of(layer)).content) == len(rows)
        slow.may_end.set()
        reading.result(PATIENCE)
    assert total(served.get(tile_of(layer)).content) == len(rows)
