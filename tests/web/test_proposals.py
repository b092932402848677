import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database, Viewer
from layers._registry import LAYERS
from plans.proposals import waiting
from plans.submission import Offer
from web import forms

OFFICER = Viewer("officer")
ROWS = """reference,title,type,status,proposed,how to help,easting,northing
P 1/a,Board by the shops,noticeboard,idea,2025-01-01,Hold a key,486500,236500
P2,Far board,noticeboard,idea,2025-01-01,,485500,236500"""


@pytest.fixture
def visitor(
    world: Database,
    application_of: Callable[[Database], FastAPI],
    write_csv: Any,
    bring: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient]:
    """A visitor of a service with two projects, on which a second is as good as a minute."""
    monkeypatch.setattr(forms, "LEAST", 0)
    names, *rows = (line.split(",") for line in ROWS.splitlines())
    bring(world, LAYERS["projects"], [dict(zip(names, row, strict=True)) for row in rows])
    with TestClient(application_of(world), follow_redirects=False) as client:
        yield client


def token(page: str) -> str:
    """The token of a form."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def test_a_project_nearby_of_the_same_kind_is_shown_before_sending(visitor: TestClient) -> None:
    """With a way to help with it instead; one that is far is not, nor one of another kind."""
    typed = {"type": "noticeboard", "title": "News", "what": "News", "point": "52.0190,-0.7415"}
    typed |= {"name": "Ann", "email": "ann@example.com", "token": "x"}
    page = visitor.post("/propose", data=typed).text
    assert "Is it one of these?" in page
    assert 'href="/projects/P%201%2Fa/help"' in page
    assert "Far board" not in page
    assert "Is it one of these?" not in visitor.post("/propose", data={**typed, "type": "other"}).text
    assert "Far board" in visitor.post("/propose", data={**typed, "type": "other", "title": "far  BOARD"}).text


def test_a_place_outside_the_district_is_told(visitor: TestClient) -> None:
    """At the map, with everything kept."""
    typed = {"type": "noticeboard", "title": "News", "what": "News", "point": "51.5,-0.12", "name": "Ann"}
    page = visitor.post("/propose", data={**typed, "email": "ann@example.com"})
    assert page.status_code == 400
    assert page.text.count("must be in the City of Milton Keynes") == 2
    assert 'value="51.5,-0.12"' in page.text
    assert 'href="#point-here"' in page.text


def test_each_error_is_told_in_the_summary_and_at_its_field(visitor: TestClient) -> None:
    """The summary links to fields that are there, in their order."""
    page = visitor.post("/propose", data={}).text
    assert page.startswith("<!doctype html>")
    assert "<title>Error: Propose a project" in page
    links = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', page)
    assert [name for name, _ in links] == ["type-1", "title", "what", "words", "name", "email"]
    places = [page.index(f'id="{name}"') for name, _ in links]
    assert places == sorted(places)
    assert all(page.count(words) == 2 for _, words in links)


def test_an_offer_of_help_is_kept_for_the_project(visitor: TestClient, world: Database) -> None:
    """Whatever project the form says, it is the one of the address."""
    address = "/projects/P%201%2Fa/help"
    form = visitor.get(address)
    assert "Hold a key" in form.text
    typed = {"what": "I hold a key", "name": "Bob", "phone": "01908 691691", "project": "P2", "token": token(form.text)}
    check = visitor.post(address, data=typed)
    assert "Board by the shops" in check.text
    done = visitor.post(address, data={**typed, "token": token(check.text), "step": "send"})
    assert done.status_code == 303
    said = visitor.get(done.headers["location"])
    (one,) = waiting(world, OFFICER)
    assert one.reference in said.text and "Offer sent" in said.text
    assert isinstance(one.submission, Offer)
    assert (one.submission.project, one.submission.what, one.submission.name) == ("P 1/a", "I hold a key", "Bob")


def test_what_may_be_done_with_it_is_said_where_it_is_asked(visitor: TestClient) -> None:
    """How long it is kept, that it is not published, and where more is said."""
    for address in ("/propose", "/projects/P2/help"):
        page = visitor.get(address).text
        assert "deleted 6 months after we have answered, and after 12 months at the latest" in page
        assert 'href="/privacy"' in page
        assert 'name="share" type="checkbox" value="yes">' in page


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "🏡 👩‍👩‍👧",
        "مرحبا \u202eabc",
        '<script>alert(1)</script>"><b>',
        "'; DROP TABLE plans.submission; --",
        "a\0b",
    ],
    ids=["long", "emoji", "right to left", "markup", "sql", "nul"],
)
@pytest.mark.parametrize("field", ["what", "name", "email", "phone", "share", "token", "website", "step"])
def test_any_field_of_an_offer_takes_any_text(visitor: TestClient, world: Database, field: str, text: str) -> None:
    """With a clear message or kept, once; what was typed is still there and no markup."""
    address = "/projects/P2/help"
    typed = {"what": "I dig", "name": "Bob", "email": "bob@example.com", "token": token(visitor.get(address).text)}
    answers = [visitor.post(address, data={**typed, "step": "send", field: text}) for _ in range(2)]
    assert answers[0].status_code == answers[1].status_code in (200, 303, 400, 409)
    assert len(waiting(world, OFFICER)) == (answers[0].status_code == 303)
    assert "<script>alert" not in answers[0].text
    if answers[0].status_code == 400:
        assert "There is a problem" in answers[0].text
    if answers[0].status_code != 303:
        assert html.escape(typed["name"] if field != "name" else text) in answers[0].text.replace("&#34;", "&quot;")
