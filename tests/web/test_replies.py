from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database, Viewer
from layers._layer import Theme
from plans.replies import Reply, replies, write

PATH = "/officer/replies"
FORM = {
    **{"estate": "E01", "theme": "safety", "said": "The lights are out.", "did": "They are mended."},
    **{"status": "done", "checked": "yes"},
}


@pytest.fixture
def application(world: Database, application_of: Callable[[Database], FastAPI]) -> FastAPI:
    """The application over the small world."""
    return application_of(world)


@pytest.fixture
def officer(application: FastAPI, as_account: Callable[..., TestClient]) -> TestClient:
    """An officer of Alder and Beech."""
    client = as_account(application, "ann", "officer", frozenset({"E01", "E02"}))
    client.headers["accept"] = "text/html"
    return client


def send(client: TestClient, **changed: str) -> Any:
    """Send the form."""
    return client.post(PATH, data=FORM | changed, follow_redirects=False)


def test_what_is_written_is_kept_and_shown(officer: TestClient, world: Database) -> None:
    """The back button after sending does not send it again: the answer leads to another address."""
    answer = send(officer)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}#written")
    (kept,) = replies(world, Viewer("officer"))
    assert (kept.estate, kept.said, kept.who) == ("E01", "The lights are out.", "ann")
    page = officer.get(PATH).text
    assert "The lights are out." in page and "We did" in page


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"said": ""}, "What residents said: write something."),
        ({"did": "Ring 01908 691691"}, "What is done: take a telephone number out, nobody must be recognised."),
        ({"said": "😀" * 501}, "What residents said: it has 501 characters, and there is room for 500."),
        ({"estate": "E03"}, "Choose an estate of your patch"),
        ({"estate": ""}, "Choose an estate of your patch"),
        ({"theme": "weather"}, "Choose a theme"),
        ({"status": "soon"}, "Choose how far it is"),
        ({"checked": ""}, "Check that nobody can be recognised, and tick the box"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    officer: TestClient, world: Database, changed: dict[str, str], error: str
) -> None:
    """In the summary and at the field."""
    answer = send(officer, **changed)
    assert answer.status_code == 400 and answer.text.count(error) == 2 and "<title>Error:" in answer.text
    assert (FORM | changed)["did"] in answer.text and replies(world, Viewer("officer")) == []


@pytest.mark.parametrize("said", ["<script>alert(1)</script>", "'; DROP TABLE plans.reply; --", "مرحبا", "{{ 7*7 }}"])
def test_whatever_is_written_is_text(officer: TestClient, world: Database, said: str) -> None:
    """On the page, and in the database."""
    assert send(officer, said=said).status_code == 303
    assert replies(world, Viewer("officer"))[0].said == said
    page = officer.get(PATH).text
    assert "<script>alert" not in page and ">49<" not in page


def test_one_can_be_withdrawn_by_an_officer_of_its_estate(officer: TestClient, world: Database) -> None:
    """Another's has no button, and cannot be withdrawn by its address either."""
    send(officer)
    other = write(
        world, Viewer("administrator", "Bob"), Reply("E03", Theme.SAFETY, "a", "b", "done"), date(2026, 6, 30)
    )
    mine = replies(world, Viewer("officer"))[1].id
    page = officer.get(PATH).text
    assert f"{PATH}/{mine}/withdraw" in page and f"{PATH}/{other}/withdraw" not in page
    assert officer.post(f"{PATH}/{other}/withdraw").status_code == 404
    assert officer.post(f"{PATH}/{mine}/withdraw", follow_redirects=False).status_code == 303
    assert [each.id for each in replies(world, Viewer("officer"))] == [other]


def test_nobody_else_may(application: FastAPI, as_account: Callable[..., TestClient], world: Database) -> None:
    """A stranger is asked to sign in, a planner sees nothing."""
    stranger = TestClient(application)
    assert stranger.get(PATH).status_code == 401 and send(stranger).status_code == 401
    planner = as_account(application, "pat", "planner", None)
    assert planner.get(PATH).status_code == 404 and send(planner).status_code in (400, 404)
    assert replies(world, Viewer("officer")) == []
