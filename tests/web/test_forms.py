import html
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database, Viewer
from plans.proposals import MOST_SENT, waiting
from plans.submission import Proposal
from web.forms import VALID_FOR, in_district

OFFICER = Viewer("officer")
GIVEN = {
    "type": "noticeboard",
    "title": "A board",
    "what": "For news.",
    "words": "By the shops",
    "postcode": "MK6 3AB",
    "point": "52.0189,-0.7415",
    "when": "in spring",
    "name": "Ann",
    "email": "ann@example.com",
    "phone": "01908 691691",
}
STRANGE = {
    "long": "x" * 10_000,
    "emoji": "🏡🏡 👩‍👩‍👧",
    "right to left": "مرحبا שלום \u202eabc",
    "markup": '<script>alert(1)</script>"><b>&amp;',
    "sql": "'; DROP TABLE plans.submission; --",
    "nul": "a\0b",
}


@pytest.fixture
def visitor(world: Database, application_of: Callable[[Database], FastAPI]) -> Iterator[TestClient]:
    """A visitor of a service of the test's own."""
    with TestClient(application_of(world), follow_redirects=False) as client:
        yield client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass."""
    passed = [0.0]
    now = time.time

    def add_months(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr("time.time", lambda: now() + passed[0])
    return add_months


def hidden(page: str, name: str = "token") -> str:
    """The value of a field of a page."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def area(page: str, name: str) -> str:
    """What is in a text field of several lines."""
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return html.unescape(found[1])


def stored(database: Database) -> int:
    """How many things an officer sees."""
    return len(waiting(database, OFFICER))


def test_a_proposal_is_typed_checked_and_sent(
    visitor: TestClient, world: Database, clock: Callable[[float], None]
) -> None:
    """No cookie is set; what is checked is what was typed; the reference is that of what is kept."""
    form = visitor.get("/propose").text
    clock(60)
    check_page = visitor.post("/propose", data={**GIVEN, "token": hidden(form), "step": "check"})
    assert "Check your answers" in check_page.text
    for name, value in GIVEN.items():
        assert hidden(check_page.text, name) == value
    done = visitor.post("/propose", data={**GIVEN, "token": hidden(check_page.text), "step": "send"})
    assert done.status_code == 303
    said = visitor.get(done.headers["location"])
    (one,) = waiting(world, OFFICER)
    assert one.reference in said.text
    assert isinstance(one.submission, Proposal)
    assert one.submission.model_dump() | GIVEN == one.submission.model_dump()
    assert not visitor.cookies


def test_what_was_typed_can_be_changed(visitor: TestClient) -> None:
    """The form comes back with everything in it."""
    form = visitor.get("/propose").text
    page = visitor.post("/propose", data={**GIVEN, "token": hidden(form), "step": "change"}).text
    assert "<title>Propose a project" in page
    assert (hidden(page, "title"), area(page, "what"), hidden(page)) == ("A board", "For news.", hidden(form))
    assert 'value="noticeboard" checked' in page


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("field", [*GIVEN, "share", "token", "website", "step"])
def test_any_field_takes_any_text_with_a_clear_message_and_nothing_lost(
    visitor: TestClient, world: Database, clock: Callable[[float], None], field: str, text: str
) -> None:
    """Everything typed is still there, as it was typed; nothing of it is markup; nothing is kept twice."""
    token = hidden(visitor.get("/propose").text)
    clock(60)
    typed = {**GIVEN, "token": token, "step": "send", field: text}
    answers = [visitor.post("/propose", data=typed) for _ in range(2)]
    page = answers[0]
    assert page.status_code in (200, 303, 400, 409)
    assert stored(world) == (page.status_code == 303)
    assert "<script>alert" not in page.text
    if page.status_code == 303:
        assert answers[1].status_code == 303
        return
    if page.status_code == 400:
        assert "There is a problem" in page.text
        assert "<title>Error: " in page.text
    for name in GIVEN.keys() - {"what", "type"}:
        assert hidden(page.text, name) == typed[name]
    if "<textarea" in page.text:
        assert area(page.text, "what") == typed["what"]


def test_nothing_is_kept_twice(visitor: TestClient, world: Database, clock: Callable[[float], None]) -> None:
    """Neither by a double click, nor by the back button; the second answer is the first one."""
    token = hidden(visitor.get("/propose").text)
    clock(60)
    typed = {**GIVEN, "token": token, "step": "send"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: visitor.post("/propose", data=typed), range(4)))
    pages = {visitor.get(each.headers["location"]).text.split("<strong>")[1][:11] for each in answers}
    assert len(pages) == stored(world) == 1


def test_going_back_and_sending_something_else_loses_nothing(
    visitor: TestClient, world: Database, clock: Callable[[float], None]
) -> None:
    """It says what was sent before, keeps what is typed now, and sends it if that is meant."""
    token = hidden(visitor.get("/propose").text)
    clock(60)
    visitor.post("/propose", data={**GIVEN, "token": token, "step": "send"})
    again = visitor.post("/propose", data={**GIVEN, "title": "A bench", "token": token, "step": "send"})
    (first,) = waiting(world, OFFICER)
    assert again.status_code == 409
    assert first.reference in again.text
    assert hidden(again.text, "title") == "A bench"
    clock(60)
    typed = {**GIVEN, "title": "A bench", "token": hidden(again.text), "step": "send"}
    assert visitor.post("/propose", data=typed).status_code == 303
    assert stored(world) == 2


@pytest.mark.parametrize("spoil", ["expired", "forged", "missing", "of something else"])
def test_a_form_that_cannot_be_sent_any_more_comes_back_whole(
    visitor: TestClient, world: Database, clock: Callable[[float], None], spoil: str
) -> None:
    """With a fresh token, with which it can be sent."""
    token = hidden(visitor.get("/propose").text)
    clock(VALID_FOR + 1 if spoil == "expired" else 60)
    other: Any = visitor.app
    given = {"forged": token + "x", "missing": "", "of something else": other.state.forms.dumps("P-1234-5678")}
    typed = {**GIVEN, "token": given.get(spoil, token), "step": "send"}
    page = visitor.post("/propose", data=typed)
    assert page.status_code == 400
    assert "nothing has been sent" in page.text
    assert hidden(page.text, "title") == "A board"
    assert stored(world) == 0
    clock(60)
    assert visitor.post("/propose", data={**typed, "token": hidden(page.text)}).status_code == 303


def test_programs_are_told_apart_and_people_lose_nothing(
    visitor: TestClient, world: Database, clock: Callable[[float], None]
) -> None:
    """Who is faster than a person, or fills in what nobody sees, is asked to send it again."""
    token = hidden(visitor.get("/propose").text)
    typed = {**GIVEN, "token": token, "step": "send"}
    quick = visitor.post("/propose", data=typed)
    assert "faster than people type" in quick.text
    clock(60)
    trapped = visitor.post("/propose", data={**typed, "website": "https://spam.example"})
    assert "a field that must stay empty" in trapped.text
    assert stored(world) == 0
    assert hidden(trapped.text, "website") == ""
    assert visitor.post("/propose", data=typed).status_code == 303


def test_who_sends_too_much_is_told_to_wait(
    visitor: TestClient, world: Database, clock: Callable[[float], None]
) -> None:
    """And keeps what is typed."""
    tokens = [hidden(visitor.get("/propose").text) for _ in range(MOST_SENT + 1)]
    clock(60)
    answers = [visitor.post("/propose", data={**GIVEN, "token": each, "step": "send"}) for each in tokens]
    assert [each.status_code for each in answers] == [303] * MOST_SENT + [429]
    assert "try later" in answers[-1].text
    assert hidden(answers[-1].text, "title") == "A board"
    assert stored(world) == MOST_SENT


@pytest.mark.parametrize("headers", [{"Content-Length": "1000000"}, {"Content-Length": "many"}])
def test_a_form_larger_than_any_is_not_read(visitor: TestClient, headers: dict[str, str]) -> None:
    """Nor one that does not say how large it is."""
    answer = visitor.post("/propose", content=b"title=x", headers=headers)
    assert answer.status_code == 413


def test_the_page_after_sending_shows_no_reference_that_was_made_up(visitor: TestClient) -> None:
    """Only what we have signed."""
    assert visitor.get("/propose/sent").status_code == 404
    assert visitor.get("/propose/sent", params={"sent": "P-1234-5678"}).status_code == 404


@pytest.mark.parametrize(
    ("longitude", "latitude", "inside"),
    [(-0.7415, 52.0189, True), (-0.1, 51.5, False), (float("nan"), 52.0, False), (float("inf"), 0.0, False)],
)
def test_the_district_is_known(longitude: float, latitude: float, inside: bool) -> None:
    """London is not in it, nor is anything that is no place."""
    assert in_district(longitude, latitude) == inside
