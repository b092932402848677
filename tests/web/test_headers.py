import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from api.settings import Settings
from evidence import Database
from service.application import create_application

HTML = {"Accept": "text/html"}


def policy(answer: Response) -> dict[str, list[str]]:
    """The content security policy of an answer, by directive."""
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


def hold_to_headers(answer: Response) -> None:
    """Hold an answer to what every answer must have."""
    found = policy(answer)
    assert found["default-src"] == ["'none'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert found["base-uri"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    assert found["script-src"][0] == "'self'" and re.fullmatch(r"'nonce-[\w-]{20,}'", found["script-src"][1])
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & {value for values in found.values() for value in values}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/api", 200),
        ("GET", "/api/collections/police/items", 200),
        ("GET", "/estates.geojson", 200),
        ("GET", "/tiles/police/8/84/127.mvt", 200),
        ("HEAD", "/", 200),
        ("POST", "/sign-out", 303),
        ("GET", "/officer/map", 303),
        ("GET", "/api/", 307),
        ("GET", "/api/collections/police/items?limit=0", 400),
        ("POST", "/sign-in", 401),
        ("GET", "/nothing", 404),
        ("GET", "/tiles/asb/8/84/127.mvt", 404),
        ("DELETE", "/", 405),
    ],
)
def test_every_answer_has_the_security_headers(stranger: TestClient, method: str, path: str, status: int) -> None:
    """Pages, data, tiles, redirections and errors."""
    answer = stranger.request(method, path, headers=HTML)
    assert answer.status_code == status
    hold_to_headers(answer)


def test_an_answer_that_nothing_changed_has_them_too(stranger: TestClient) -> None:
    """304 is an answer like any other."""
    first = stranger.get("/tiles/police/8/84/127.mvt")
    again = stranger.get("/tiles/police/8/84/127.mvt", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    hold_to_headers(again)


@pytest.mark.parametrize("headers", [HTML, {}])
def test_the_answer_to_an_unexpected_error_has_them_too(
    world: Database, tmp_path: Path, headers: dict[str, str]
) -> None:
    """Where the application itself fails, the headers are still there."""
    with world.owner.begin() as connection:
        connection.execute(text("DROP TABLE published.about"))
    client = TestClient(create_application(world, Settings(home=tmp_path)), raise_server_exceptions=False)
    answer = client.get("/api/collections/police", headers=headers)
    assert answer.status_code == 500
    hold_to_headers(answer)


def test_each_page_has_a_nonce_of_its_own_that_all_its_scripts_carry(stranger: TestClient, officer: TestClient) -> None:
    """What somebody else brings into a page does not run."""
    seen = set()
    for client, path in ((stranger, "/"), (stranger, "/"), (officer, "/officer/map")):
        page = client.get(path, headers=HTML)
        nonce = policy(page)["script-src"][1].removeprefix("'nonce-").removesuffix("'")
        scripts = re.findall(r"<(?:script|style)\b(?! type=\"application/json\")[^>]*>", page.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script or "src=" in script for script in scripts)
        seen.add(nonce)
    assert len(seen) == 3


def test_over_https_browsers_are_told_to_come_by_it_only(application: FastAPI) -> None:
    """For two years; over http the header would say nothing (RFC 6797, section 7.2)."""
    for base, told in (("https://testserver", "max-age=63072000"), ("http://testserver", None)):
        for path in ("/", "/nothing", "/tiles/police/8/84/127.mvt"):
            answer = TestClient(application, base_url=base).get(path)
            assert answer.headers.get("strict-transport-security") == told


def test_no_other_host_is_allowed_without_a_basemap(stranger: TestClient) -> None:
    """Nothing is asked of anybody else."""
    assert "http" not in stranger.get("/").headers["content-security-policy"]


def test_the_basemaps_host_is_allowed_and_no_other(world: Database, tmp_path: Path) -> None:
    """With OpenStreetMap's tiles, theirs is the one host that images come from."""
    settings = Settings(home=tmp_path, basemap="openstreetmap")
    answer = TestClient(create_application(world, settings)).get("/api")
    found = policy(answer)
    assert [value for value in found["img-src"] if "//" in value] == ["https://tile.openstreetmap.org"]
    assert "//" not in " ".join(found["script-src"])


@pytest.mark.parametrize("path", ["/api/collections", "/api/collections/asb/items", "/api/collections/asb", "/nothing"])
def test_what_may_be_evidence_is_kept_nowhere(officer: TestClient, path: str) -> None:
    """An answer that does not say how long it holds is stored by no browser and no proxy."""
    assert officer.get(path).headers["cache-control"] == "no-store"


def test_what_may_be_kept_says_so_itself(stranger: TestClient) -> None:
    """Tiles are asked for again, with their ETag, and are nobody else's."""
    assert stranger.get("/tiles/police/8/84/127.mvt").headers["cache-control"] == "private, no-cache"
    assert stranger.get("/estates.geojson").headers["cache-control"] == "no-cache"
