import secrets
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from evidence import Database, Viewer, access_log
from evidence.access.accounts import add_account
from evidence.access.passwords import MOST_BY_NAME
from web.sign_in import FIRST_PAGE

BY = Viewer("administrator", "it")
NAME = "signer"
PASSWORD = "the password of the tests"
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


@pytest.fixture
def right(filled: Database) -> dict[str, str]:
    """Name and password of somebody whose attempts nobody else has used up."""
    name = f"{NAME} {secrets.token_hex(4)}"
    add_account(filled, BY, name, "officer", None, PASSWORD)
    return {"name": name, "password": PASSWORD}


def test_the_right_name_and_password_lead_to_where_one_wanted_to_go(
    stranger: TestClient, right: dict[str, str]
) -> None:
    """And from then on the officers' map is open."""
    answer = stranger.post("/sign-in", data={**right, "next": "/officer/map?layer=asb&open=E01"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/officer/map?layer=asb&open=E01")
    assert stranger.get("/officer/map").status_code == 200


def test_without_a_wish_the_officers_map_comes_next(stranger: TestClient, right: dict[str, str]) -> None:
    """Spaces and capitals, as telephones add them, do not matter."""
    answer = stranger.post("/sign-in", data={**right, "name": f" {right['name'].upper()} "})
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
def test_a_wrong_name_or_password_gives_the_form_again(
    stranger: TestClient, right: dict[str, str], given: dict[str, str]
) -> None:
    """401, no cookie, and not a word on which of the two was wrong."""
    told = {**given, **({"name": right["name"]} if given.get("name") == NAME else {})}
    answer = stranger.post("/sign-in", data={**told, "next": "/officer/map?layer=asb"})
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
def test_signing_in_leads_to_nowhere_else(stranger: TestClient, right: dict[str, str], address: str) -> None:
    """An address that a browser would look for on another host, or run, is not followed."""
    answer = stranger.post("/sign-in", data={**right, "next": address})
    assert (answer.status_code, answer.headers["location"]) == (303, FIRST_PAGE)
    assert f'name="next" value="{FIRST_PAGE}"' in stranger.get("/sign-in", params={"next": address}).text


@pytest.mark.parametrize("address", ["/\t/evil.example", "/officer/map\r\nSet-Cookie: a=b", "/\u2028"])
def test_control_characters_do_not_reach_the_header(stranger: TestClient, right: dict[str, str], address: str) -> None:
    """A browser takes tabs and line breaks out of an address before it reads it."""
    location = stranger.post("/sign-in", data={**right, "next": address}).headers["location"]
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


def test_after_too_many_attempts_one_has_to_wait(
    application: FastAPI, stranger: TestClient, right: dict[str, str]
) -> None:
    """429, until when, and a form that says so; the right password does not help, another's does."""
    for _ in range(MOST_BY_NAME):
        assert stranger.post("/sign-in", data={**right, "password": "wrong"}).status_code == 401
    answer = stranger.post("/sign-in", data={**right, "next": "/officer/map?layer=asb"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "set-cookie" not in answer.headers
    assert answer.text.count("There were too many attempts. Wait 15 minutes, then try again.") == 2
    assert 'value="/officer/map?layer=asb"' in answer.text


def test_an_address_that_is_only_said_does_not_make_another_attempt(
    application: FastAPI, stranger: TestClient, right: dict[str, str], filled: Database
) -> None:
    """What a request says of itself is not where it comes from."""
    stranger.post("/sign-in", data={**right, "password": "wrong"}, headers={"X-Forwarded-For": "9.9.9.9"})
    entry = access_log(filled, who=right["name"])[0]
    assert entry.event == "failed to sign in" and entry.about["address"] != "9.9.9.9"


def test_signing_in_and_out_is_noted(stranger: TestClient, filled: Database, right: dict[str, str]) -> None:
    """Who, and by what."""
    stranger.post("/sign-in", data=right)
    stranger.post("/sign-out")
    stranger.post("/sign-out")
    entries = access_log(filled, who=right["name"])
    assert [(entry.event, entry.about) for entry in entries] == [("signed out", {}), ("signed in", {"by": "password"})]


def test_the_demonstrations_sign_ins_refuse_where_evidence_is_real(
    world: Database, application_of: Callable[[Database], FastAPI]
) -> None:
    """Also an account that was left over, and with the right password: the small world's homes are a council's."""
    add_account(world, BY, "left over", "officer", None, PASSWORD)
    with world.owner.begin() as connection:
        connection.execute(text("UPDATE plans.account SET demonstration = true"))
    client = TestClient(application_of(world), follow_redirects=False)
    answer = client.post("/sign-in", data={"name": "left over", "password": PASSWORD})
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert "because real evidence has been loaded" in answer.text
