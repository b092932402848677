from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import PUBLIC, Database, Viewer, item, publish
from layers._registry import LAYERS
from plans.proposals import find, forget, save_submission
from plans.submission import Offer, Proposal
from web.moderation import REASONS

OFFICER = Viewer("officer", "officer")
EVERYWHERE = Viewer("officer", estates=None)
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
PROPOSAL = Proposal(
    type="other",
    title="Bench <b>",
    what="To sit\non",
    point="52.01892,-0.7415",
    words="Beech",
    name="Ann",
    email="ann@example.com",
)
OFFER = Offer(project="P1", what="Dig", name="Bob", phone="01908 691691")
QUEUE = "/officer/proposals"


@pytest.fixture
def desk(
    world: Database, application_of: Callable[[Database], FastAPI], sign_in: Callable[[FastAPI], TestClient]
) -> TestClient:
    """An officer of a service of the test's own."""
    return sign_in(application_of(world))


def submission(world: Database, what: Proposal | Offer = PROPOSAL) -> str:
    """The reference of something that was sent."""
    return save_submission(world, what, f"token of {what.name}", "address", NOW).reference


def test_a_stranger_sees_nothing_of_it(stranger: TestClient) -> None:
    """Neither the list, nor one of them, nor the way to answer."""
    assert stranger.get(QUEUE).status_code == 401
    assert stranger.get(f"{QUEUE}/P-1234-5678").status_code == 401
    assert stranger.post(f"{QUEUE}/P-1234-5678", data={"given": "approved"}).status_code == 401


def test_the_queue_shows_what_waits(desk: TestClient, world: Database) -> None:
    """Each with a page that shows all that was sent, the place, and what is like it; words are escaped."""
    assert "Nothing waits" in desk.get(QUEUE).text
    reference, other = submission(world), submission(world, OFFER)
    listed = desk.get(QUEUE).text
    assert f'href="{QUEUE}/{reference}"' in listed and f'href="{QUEUE}/{other}"' in listed
    page = desk.get(f"{QUEUE}/{reference}").text
    for told in (
        "Bench &lt;b&gt;",
        "To sit\non",
        "ann@example.com",
        'role="img"',
        "None of the same kind within 300 metres",
    ):
        assert told in page
    assert desk.get(f"{QUEUE}/P-0000-0000").status_code == 404


def test_an_approved_proposal_becomes_a_project_in_the_officers_words(
    desk: TestClient, world: Database, tmp_path: Path
) -> None:
    """Who, when and the reply are kept; the reply can be copied or opened as a letter."""
    reference = submission(world)
    typed = {"given": "approved", "title": "A bench", "summary": "To sit on", "help": "", "contact": "The officer"}
    answer = desk.post(f"{QUEUE}/{reference}", data={**typed, "reply": "Dear Ann,\nyes & thanks"})
    assert answer.headers["location"] == f"{QUEUE}/{reference}"
    found = item(world, EVERYWHERE, LAYERS["projects"], reference)
    assert found and (found["title"], found["proposed"]) == ("A bench", date(2026, 1, 2))
    page = desk.get(f"{QUEUE}/{reference}").text
    assert "<strong>Approved</strong> by officer" in page
    assert "Dear Ann,\nyes &amp; thanks" in page
    letter = page.split('href="mailto:')[1].split('"')[0]
    assert unquote(letter).startswith("ann@example.com?")
    assert "Dear Ann,\nyes & thanks" in unquote(letter)
    assert "Nothing waits" in desk.get(QUEUE).text
    assert reference in desk.get(QUEUE, params={"state": "answered"}).text
    assert desk.get(f"/projects/{reference}").status_code == 404
    publish(world, tmp_path)
    assert desk.get(f"/projects/{reference}").status_code == 200


def test_a_declined_proposal_needs_a_reason(desk: TestClient, world: Database) -> None:
    """What was written is kept until there is one; nothing becomes public."""
    reference = submission(world)
    wrong = desk.post(f"{QUEUE}/{reference}", data={"given": "declined", "reply": "No, sorry", "words": "too steep"})
    assert wrong.status_code == 400
    assert "Choose a reason" in wrong.text and "No, sorry" in wrong.text and 'value="too steep"' in wrong.text
    assert 'value="Bench &lt;b&gt;"' in wrong.text
    typed = {"given": "declined", "reason": next(iter(REASONS)), "words": "too steep", "reply": "No, sorry"}
    assert desk.post(f"{QUEUE}/{reference}", data=typed).status_code == 303
    found = find(world, OFFICER, reference)
    assert found and (found.answer, found.reason) == ("declined", f"{next(iter(REASONS))}: too steep")
    assert item(world, PUBLIC, LAYERS["projects"], reference) is None


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        (PROPOSAL, {"given": "approved", "title": " "}, "Enter the title"),
        (PROPOSAL, {"given": "passed on"}, "approved or declined"),
        (OFFER, {"given": "approved", "title": "x"}, "passed on or declined"),
        (PROPOSAL, {"given": "approved", "title": "x" * 201}, ""),
        (PROPOSAL, {"given": "deleted"}, ""),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    desk: TestClient, world: Database, what: Proposal | Offer, typed: dict[str, str], said: str
) -> None:
    """It waits still."""
    reference = submission(world, what)
    answer = desk.post(f"{QUEUE}/{reference}", data=typed)
    assert answer.status_code == 400
    assert said in answer.text
    found = find(world, OFFICER, reference)
    assert found and found.answer is None


def test_two_officers_do_not_answer_twice(desk: TestClient, world: Database) -> None:
    """The second is told, and sees what the first has answered."""
    reference = submission(world, OFFER)
    first, second = (
        desk.post(f"{QUEUE}/{reference}", data={"given": "passed on", "reply": each}) for each in ("a", "b")
    )
    assert (first.status_code, second.status_code) == (303, 400)
    assert "answered by somebody else" in second.text
    found = find(world, OFFICER, reference)
    assert found and found.reply == "a"


def test_who_was_forgotten_is_not_shown(desk: TestClient, world: Database) -> None:
    """What was proposed still is."""
    reference = submission(world)
    forget(world, date(2027, 6, 1))
    page = desk.get(f"{QUEUE}/{reference}").text
    assert "Who sent it has been deleted" in page
    assert "Ann" not in page and "To sit" in page
