from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

HERE, HTML = "http://testserver", {"Accept": "text/html"}

OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Origin": HERE},
    {"Origin": "https://testserver"},
]
THEIRS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8000"},
    {"Origin": "http://evil.testserver"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://"},
]


@pytest.mark.parametrize("headers", THEIRS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_another_site_sends_changes_nothing(officer: TestClient, headers: dict[str, str], method: str) -> None:
    """At any address, whether or not there is something; the person stays signed in, and is told."""
    for path in ("/sign-out", "/sign-in", "/", "/nothing", "/api/collections/asb/items"):
        answer = officer.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json"), path
        assert answer.json()["detail"].startswith("Nothing was changed.")
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    page = officer.request(method, "/sign-out", headers={**headers, **HTML})
    assert page.status_code == 403 and "This came from another site" in page.text
    assert officer.get("/officer/map").status_code == 200


@pytest.mark.parametrize("headers", OURS)
def test_what_our_own_pages_and_programs_send_is_taken(
    application: FastAPI, sign_in: Callable[[FastAPI], TestClient], headers: dict[str, str]
) -> None:
    """Browsers of today and of yesterday, and what is no browser."""
    client = sign_in(application)
    assert client.post("/sign-out", headers=headers).status_code == 303
    assert client.get("/officer/map").status_code == 401


@pytest.mark.parametrize("headers", THEIRS)
def test_links_from_elsewhere_are_followed(officer: TestClient, headers: dict[str, str]) -> None:
    """Looking changes nothing."""
    for path in ("/", "/officer/map", "/api", "/sign-in"):
        assert officer.get(path, headers=headers).status_code == 200
        assert officer.head(path, headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_makes_another_method_of_a_request(officer: TestClient, name: str) -> None:
    """Nor does a parameter: a link cannot sign anybody out."""
    for address in ("/sign-out", "/sign-out?_method=POST", "/sign-out?method=POST"):
        assert officer.get(address, headers={name: "POST"}).status_code == 405
    assert officer.get("/officer/map").status_code == 200
