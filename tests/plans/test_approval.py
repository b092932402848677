from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from evidence import PUBLIC, Database, Selection, Viewer, ingest, item, items, layer_target, ledger, publish
from geo.errors import Refused
from layers.projects import LAYER
from plans.approval import Wording, approve, projects_are_synthetic
from plans.proposals import StoredSubmission, answer, find, save_submission, waiting
from plans.submission import Offer, Proposal, Submission

EVERYWHERE = Viewer("officer", estates=None)
OFFICER = Viewer("officer")
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
WORDING = Wording('Bench, "old"\nbench', "To sit; =1+1", "Bring wood", "The chair", public_place=True)


def stored(database: Database, submission: Submission) -> StoredSubmission:
    """Something that was sent, as an officer sees it."""
    found = find(database, Viewer("officer"), save_submission(database, submission, "token", "address", NOW).reference)
    assert found
    return found


def proposal(**changes: str) -> Proposal:
    """A proposal in the middle of Beech."""
    given = {"type": "other", "title": "Bench", "what": "To sit", "point": "52.018920,-0.741500", "name": "Ann Privat"}
    every: dict[str, Any] = {**dict.fromkeys(Proposal.model_fields, ""), **given, **changes}
    return Proposal.model_construct(**every)


def approved(database: Database, one: StoredSubmission, wording: Wording = WORDING) -> None:
    """Approve it, as Ann."""
    approve(database, Viewer("officer", "Ann"), one, wording, reason="", reply="", now=datetime(2026, 1, 3, tzinfo=UTC))


def test_an_approved_proposal_is_a_project_under_its_own_reference(world: Database, tmp_path: Path) -> None:
    """In the officer's words, as an idea, at its place; nothing of who sent it is in it."""
    one = stored(world, proposal())
    approved(world, one)
    assert item(world, PUBLIC, LAYER, one.reference) is None
    publish(world, tmp_path)
    found = item(world, PUBLIC, LAYER, one.reference)
    assert found
    assert (found["title"], found["summary"], found["help"], found["contact"]) == (
        WORDING.title,
        WORDING.summary,
        WORDING.help,
        WORDING.contact,
    )
    assert (found["status"], found["type"], found["proposed"], found["longitude"]) == (
        "idea",
        "other",
        date(2026, 1, 2),
        pytest.approx(-0.7415, abs=1e-6),
    )
    assert items(world, PUBLIC, LAYER, Selection()).matched == 1
    assert "Privat" not in repr(found)
    assert not projects_are_synthetic(world)


def test_beside_the_demonstration_it_counts_as_one_of_it(world: Database, tmp_path: Path) -> None:
    """A real row would take all of the demonstration out; and real projects take this one out with it."""
    file = tmp_path / "projects.csv"
    file.write_text("reference,title,type,status,proposed\nP1,Beans,other,idea,2025-01-01")
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1), synthetic=True)
    approved(world, stored(world, proposal()))
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == 2
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1))
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == 1


@pytest.mark.parametrize(
    ("submission", "wording", "reason"),
    [
        (proposal(point="50,-4"), WORDING, "outside the district"),
        (proposal(), Wording("x" * 201, "", "", ""), "longer than 200"),
        (proposal(type="castle"), WORDING, "is not one of"),
        (Offer(project="P1", what="Dig", name="Bob", phone="01908 691691"), WORDING, "is an offer of help"),
    ],
)
def test_what_the_layer_does_not_take_is_refused_with_the_reason(
    world: Database, submission: Submission, wording: Wording, reason: str
) -> None:
    """By the rules of every import; nothing is there afterwards, and it still waits for an answer."""
    one = stored(world, submission)
    with pytest.raises(Refused, match=reason):
        approved(world, one, wording)
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == 0
    assert [each.answer for each in waiting(world, OFFICER)] == [None]


@pytest.mark.parametrize("repeat", range(5))
def test_two_officers_at_once_get_one_outcome(world: Database, repeat: int) -> None:
    """Approved by one and declined by the other: it is a project if, and only if, it is approved."""
    one = stored(world, proposal())

    def decline() -> None:
        answer(world, Viewer("officer", "Bob"), one.reference, "declined", reason="not safe", reply="", now=NOW)

    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(approved, world, one), pool.submit(decline)]
        failed = [outcome.exception() for outcome in outcomes]
    assert sorted(type(each).__name__ for each in failed) == ["NoneType", "Refused"]
    found = find(world, OFFICER, one.reference)
    assert found and (found.answer, found.answered_by) == (("approved", "Ann") if failed[1] else ("declined", "Bob"))
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == (found.answer == "approved")


def test_the_import_is_the_officers(world: Database) -> None:
    """The ledger has it beside the files, and no file was written for it."""
    one = stored(world, proposal())
    approved(world, one)
    entry = ledger(world)[0]
    assert (entry.what, entry.file, entry.who, entry.rows) == ("projects", f"proposal {one.reference}", "Ann", 1)
