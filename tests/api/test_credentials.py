import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from http.cookies import SimpleCookie
from typing import Any

import pytest
from cachetools import TTLCache
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from api.credentials import COOKIE
from evidence import Database, Viewer
from evidence.access.accounts import add_account, find_account, remove_account
from evidence.access.keys import Key, add_key, revoke_key
from evidence.access.sessions import begin_session
from evidence.cache import BELIEVED, Cache, Store

PASSWORD = "the password of the tests"
RIGHT = {"name": "officer", "password": PASSWORD}
HTML = {"Accept": "text/html"}
BY = Viewer("administrator", "it")
SignIn = Callable[[FastAPI], TestClient]


def status(client: TestClient, cookie: str, name: str = COOKIE) -> int:
    """How the officers' map answers to a cookie, as raw bytes."""
    header = f"{name}={cookie}".encode("latin-1")
    return int(client.get("/officer/map", headers={b"Cookie": header}).status_code)


FORGED = {
    "random": secrets.token_urlsafe(32),
    "empty": "",
    "a name": "officer",
    "quoted": '"officer"',
    "dots": "..",
    "long": "x" * 10_000,
    "no ASCII": "Im9mZmljZXIi.\xff.\xfe",
    "SQL": "' OR true --",
    "a session of before": "Im9mZmljZXIi.aweGjA.taODOUEB3c0IvaPvCwsklKPTPs4",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_whoever_forges_a_session_is_the_public(stranger: TestClient, forged: str) -> None:
    """Other people's tokens, pieces and rubbish: none signs anybody in, none breaks anything."""
    assert status(stranger, forged) == 401
    listed = stranger.get("/api/collections", headers={b"Cookie": f"{COOKIE}={forged}".encode("latin-1")}).json()
    assert listed == stranger.get("/api/collections").json()


def test_a_piece_of_a_session_is_none(officer: TestClient, stranger: TestClient) -> None:
    """Nor is one with something more, nor one in other letters, nor one under another name or as a key."""
    token = officer.cookies[COOKIE]
    assert status(stranger, token) == 200
    for forged in (token[:-1], token[1:], token + "A", token.swapcase(), token[::-1], f"{token}.{token}"):
        assert status(stranger, forged) == 401
    for name in ("session", "__Host-priorities", "Priorities", "priorities2"):
        assert status(stranger, token, name) == 401
    assert stranger.get("/officer/map", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_cookie_is_for_us_alone(application: FastAPI, sign_in: SignIn) -> None:
    """No script reads it, no other site's form sends it; over https no other host can set it, nor anybody read it."""
    sign_in(application)
    for base, name in (("http://testserver", COOKIE), ("https://testserver", f"__Host-{COOKIE}")):
        client = TestClient(application, base_url=base, follow_redirects=False)
        cookies = SimpleCookie(client.post("/sign-in", data=RIGHT).headers["set-cookie"])
        cookie = cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "lax" and cookie["path"] == "/"
        assert bool(cookie["secure"]) == (base == "https://testserver")
        assert cookie["domain"] == "" and cookie["max-age"] == ""
        assert client.get("/officer/map").status_code == 200


def test_over_https_a_cookie_that_somebody_set_over_http_is_nothing(application: FastAPI, officer: TestClient) -> None:
    """Whoever sits in between may set one of that name, and could sign somebody in as another."""
    client = TestClient(application, base_url="https://testserver", follow_redirects=False)
    assert status(client, officer.cookies[COOKIE]) == 401
    assert status(client, officer.cookies[COOKIE], f"__Host-{COOKIE}") == 200


def test_signing_in_changes_the_session(application: FastAPI, sign_in: SignIn, stranger: TestClient) -> None:
    """A token that somebody has slipped a person is not the one afterwards, and the one before is over."""
    sign_in(application)
    slipped = secrets.token_urlsafe(32)
    stranger.cookies.set(COOKIE, slipped)
    stranger.post("/sign-in", data=RIGHT)
    first = stranger.cookies.get(COOKIE, domain="testserver.local")
    assert first and first != slipped
    client = TestClient(application, follow_redirects=False)
    assert (status(client, slipped), status(client, first)) == (401, 200)
    stranger.cookies.clear()
    stranger.cookies.set(COOKIE, first)
    stranger.post("/sign-in", data=RIGHT)
    assert status(client, first) == 401


def test_a_session_that_was_stolen_dies_when_its_owner_signs_out(
    application: FastAPI, sign_in: SignIn, stranger: TestClient
) -> None:
    """At once, at pages, records and tiles, and for tiles that the thief has."""
    owner = sign_in(application)
    token = owner.cookies[COOKIE]
    stranger.cookies.set(COOKIE, token)
    tile = stranger.get("/tiles/asb/8/84/127.mvt")
    assert tile.status_code == 200
    assert owner.post("/sign-out").headers["location"] == "/"
    for path in ("/officer/map", "/api/collections/asb/items", "/tiles/asb/8/84/127.mvt"):
        answer = stranger.get(path, headers={"If-None-Match": tile.headers["etag"]})
        assert answer.status_code in (401, 404), path
    assert owner.get("/officer/map").status_code == 401


def test_a_session_that_another_process_ended_is_dead_within_a_minute(
    application_of: Callable[[Database], FastAPI], filled: Database
) -> None:
    """Until then it is believed, so that a map's tiles do not ask the database who is looking."""
    add_account(filled, BY, "leaver", "officer", None, None)
    account = find_account(filled, "leaver")
    assert account
    token = begin_session(filled, account, "password", datetime.now(UTC))
    now = 0.0
    viewers = Store(TTLCache(10, BELIEVED, timer=lambda: now))
    client = TestClient(application_of(replace(filled, cache=Cache(viewers=viewers))), follow_redirects=False)
    assert status(client, f"{token}") == 200
    remove_account(filled, BY, "leaver")
    now = BELIEVED - 1
    assert status(client, f"{token}") == 200
    now = BELIEVED
    assert status(client, f"{token}") == 401


def test_tiles_do_not_ask_who_is_looking_each_time(officer: TestClient, filled: Database) -> None:
    """Of a hundred tiles none asks about the session."""
    officer.get("/officer/map")
    asked: list[str] = []
    event.listen(filled.owner, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for number in range(100):
        assert officer.get(f"/tiles/asb/12/1357/{number}.mvt").status_code == 200
    assert asked == []


def test_an_ended_session_is_over_in_the_database_too(application: FastAPI, sign_in: SignIn, filled: Database) -> None:
    """Half an hour after its last use, whatever the cookie says."""
    client = sign_in(application)
    token = client.cookies[COOKIE]
    with filled.owner.begin() as connection:
        connection.execute(text("UPDATE plans.session SET seen = seen - interval '31 minutes'"))
    assert status(client, token) == 401


@pytest.fixture
def key_of(filled: Database) -> Callable[..., dict[str, str]]:
    """Make a key, and give the header that brings it."""

    def make_client(
        role: Any = "planner", estates: Any = frozenset(), layers: Any = None, expires: Any = None
    ) -> dict[str, str]:
        name = secrets.token_hex(4)
        return {"Authorization": f"Bearer {add_key(filled, BY, Key(name, role, estates, layers, expires))}"}

    return make_client


def test_a_key_sees_what_it_is_for(stranger: TestClient, key_of: Callable[..., dict[str, str]]) -> None:
    """A planner's figures and no single records; of one layer no other, shown or not."""
    planner, one = key_of(), key_of(layers=frozenset({"asb"}))
    listed = stranger.get("/api/collections", headers=planner).json()["collections"]
    assert {"asb-hotspots", "repairs-hotspots", "projects"} <= {each["id"] for each in listed}
    assert "asb" not in {each["id"] for each in listed}
    assert {each["id"] for each in stranger.get("/api/collections", headers=one).json()["collections"]} == {
        "estates",
        "asb-hotspots",
    }
    for path in ("/api/collections/asb/items", "/api/collections/asb", "/api/collections/asb/items/x"):
        assert stranger.get(path, headers=planner).status_code == 404
    for path in (
        "/api/collections/repairs-hotspots",
        "/api/collections/projects/items",
        "/tiles/projects/8/84/127.mvt",
    ):
        assert stranger.get(path, headers=planner).status_code == 200
        assert stranger.get(path, headers=one).status_code == 404
    officers = key_of("officer", frozenset({"E01"}))
    rows = stranger.get("/api/collections/asb/items?limit=1000", headers=officers).json()["features"]
    assert {row["properties"]["estate"] for row in rows} == {"E01"}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_that_does_not_work_is_told_so(
    stranger: TestClient, filled: Database, key_of: Callable[..., dict[str, str]], scheme: str
) -> None:
    """401 in a sentence, as RFC 6750 has it: not the public's answer, which would look like too little."""
    expired = key_of(expires=date(2026, 1, 1))["Authorization"].split()[1]
    token = add_key(filled, BY, Key("revoked", "planner", frozenset(), None, None))
    revoke_key(filled, BY, "revoked")
    for key in (expired, token, token[:-1], "", "x" * 10_000, "priorities_"):
        for path in ("/", "/api", "/api/collections", "/tiles/police/8/84/127.mvt", "/nothing"):
            answer = stranger.get(path, headers={**HTML, "Authorization": f"{scheme} {key}"})
            if path in ("/api", "/nothing"):
                continue  # what asks nobody who is looking
            assert answer.status_code == 401, path
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
            assert "Ask whoever looks after the service for a new one." in answer.json()["detail"]


def test_a_key_goes_before_a_cookie(officer: TestClient, key_of: Callable[..., dict[str, str]]) -> None:
    """Who brings one is the key's viewer, whoever is signed in besides."""
    assert officer.get("/api/collections/asb/items", headers=key_of()).status_code == 404
    assert officer.get("/api/collections/asb/items", headers={"Authorization": "Bearer x"}).status_code == 401
    # A proxy in front may ask for a password of its own.
    assert officer.get("/api/collections/asb/items", headers={"Authorization": "Basic eDp5"}).status_code == 200


def test_known_tokens_are_not_remembered_without_end(
    application_of: Callable[[Database], FastAPI], filled: Database
) -> None:
    """Nor are wrong ones at all."""
    remembered = replace(filled, cache=Cache(viewers=Store(TTLCache(3, BELIEVED))))
    client = TestClient(application_of(remembered), follow_redirects=False)
    for number in range(6):
        key = add_key(filled, BY, Key(f"many {number}", "planner", frozenset(), None, None))
        assert client.get("/api/collections", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        client.get("/api/collections", headers={"Authorization": f"Bearer {number}"})
        client.get("/api/collections", headers={"Cookie": f"{COOKIE}=none {number}"})
    assert len(remembered.cache.viewers) == 3
