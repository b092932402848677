import stat
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.asking import COOKIE, SIGNED_IN_FOR
from api.sign_in import FIRST_PAGE, NAME, demonstration_password

PASSWORD = "the password of the tests"
RIGHT = {"name": NAME, "password": PASSWORD}
HTML = {"Accept": "text/html"}

AWAY = [
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "https://evil.example",
    "HTTPS:evil.example",
    "http:/evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "\t//evil.example",
    " //evil.example",
    "\n/officer/map",
    "@evil.example",
    "",
    ".",
]


def test_the_right_name_and_password_lead_to_where_one_wanted_to_go(stranger: TestClient) -> None:
    """And from then on the officers' map is open."""
    answer = stranger.post("/sign-in", data={**RIGHT, "next": "/officer/map?layer=asb&open=E01"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/officer/map?layer=asb&open=E01")
    assert stranger.get("/officer/map").status_code == 200


def test_without_a_wish_the_officers_map_comes_next(stranger: TestClient) -> None:
    """Spaces around the name, as telephones add them, do not matter."""
    answer = stranger.post("/sign-in", data={"name": f" {NAME} ", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, FIRST_PAGE)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": NAME},
        {"password": PASSWORD},
        {"name": NAME, "password": ""},
        {"name": NAME, "password": PASSWORD + " "},
        {"name": NAME, "password": PASSWORD.upper()},
        {"name": "somebody", "password": PASSWORD},
        {"name": "' OR 1=1 --", "password": "' OR 1=1 --"},
        {"name": "x" * 10_000, "password": "x" * 10_000},
        {"name": "\0", "password": "ü–é"},
    ],
)
def test_a_wrong_name_or_password_gives_the_form_again(stranger: TestClient, given: dict[str, str]) -> None:
    """401, no cookie, and not a word on which of the two was wrong."""
    answer = stranger.post("/sign-in", data={**given, "next": "/officer/map?layer=asb"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "The name or the password is not right." in answer.text
    assert 'value="/officer/map?layer=asb"' in answer.text
    assert stranger.get("/officer/map").status_code == 401


def test_what_was_typed_is_shown_as_text(stranger: TestClient) -> None:
    """Markup in the name or in the address to go on to is no markup of the page."""
    attack = '"><script>alert(1)</script>'
    for page in (
        stranger.post("/sign-in", data={"name": attack, "next": f"/{attack}"}),
        stranger.get("/sign-in", params={"next": f"/{attack}"}),
    ):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize("address", AWAY)
def test_signing_in_leads_to_nowhere_else(stranger: TestClient, address: str) -> None:
    """An address that a browser would look for on another host, or run, is not followed."""
    answer = stranger.post("/sign-in", data={**RIGHT, "next": address})
    assert (answer.status_code, answer.headers["location"]) == (303, FIRST_PAGE)
    assert f'name="next" value="{FIRST_PAGE}"' in stranger.get("/sign-in", params={"next": address}).text


@pytest.mark.parametrize("address", ["/\t/evil.example", "/officer/map\r\nSet-Cookie: a=b", "/\u2028"])
def test_control_characters_do_not_reach_the_header(stranger: TestClient, address: str) -> None:
    """A browser takes tabs and line breaks out of an address before it reads it."""
    location = stranger.post("/sign-in", data={**RIGHT, "next": address}).headers["location"]
    assert location.isascii() and location.isprintable()
    assert location.startswith("/") and not location.startswith("//")


def test_a_person_who_is_not_signed_in_is_led_to_the_form_and_back(stranger: TestClient) -> None:
    """With the filters that the address had, and to a path: whatever name the request gives us."""
    answer = stranger.get("/officer/map?layer=asb&first=2026-01", headers={**HTML, "Host": "evil.example"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    page = stranger.get(answer.headers["location"])
    assert 'name="next" value="/officer/map?layer=asb&amp;first=2026-01"' in page.text


def test_a_program_that_is_not_signed_in_is_told_so(stranger: TestClient) -> None:
    """It gets 401, not a form."""
    answer = stranger.get("/officer/map")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_the_cookie_is_for_us_alone(application: FastAPI) -> None:
    """No script reads it, no other site sends it, and over https it never goes out in the clear."""
    for base, secure in (("http://testserver", False), ("https://testserver", True)):
        client = TestClient(application, base_url=base, follow_redirects=False)
        cookie = SimpleCookie(client.post("/sign-in", data=RIGHT).headers["set-cookie"])[COOKIE]
        assert cookie["httponly"] and cookie["samesite"] == "strict" and cookie["path"] == "/"
        assert int(cookie["max-age"]) == SIGNED_IN_FOR
        assert bool(cookie["secure"]) == secure
        assert cookie["domain"] == ""
        assert PASSWORD not in cookie.value


def test_signing_out_takes_the_session_away(officer: TestClient) -> None:
    """And leads to the public map; a link, which anybody can set, signs nobody out."""
    assert officer.get("/sign-out").status_code == 405
    assert officer.get("/officer/map").status_code == 200
    answer = officer.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert officer.get("/officer/map").status_code == 401


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=%ff%fe&password=%00"),
        ("application/x-www-form-urlencoded", b"name=officer&" * 500),
        ("application/json", b'{"name": "officer"}'),
        ("multipart/form-data", b"without a boundary"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="name"; filename="f"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("nonsense", b"\xff" * 1000),
    ],
)
def test_whatever_is_sent_nobody_gets_in(stranger: TestClient, kind: str, body: bytes) -> None:
    """Forms that are none are answered as a person's mistakes are."""
    answer = stranger.post("/sign-in", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401)
    assert "set-cookie" not in answer.headers


def test_the_password_is_made_once_and_is_the_owners(tmp_path: Path) -> None:
    """Long enough that nobody guesses it, another in each home, and readable by its owner alone."""
    first = demonstration_password(tmp_path)
    assert len(first) >= 12
    assert demonstration_password(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "demonstration-password").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert demonstration_password(tmp_path / "other") != first


def test_a_password_file_left_empty_opens_nothing(tmp_path: Path) -> None:
    """A start that was killed while it wrote the file must not leave a service without a password."""
    (tmp_path / "demonstration-password").touch()
    assert len(demonstration_password(tmp_path)) >= 12
