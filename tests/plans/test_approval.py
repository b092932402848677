from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from evidence import PUBLIC, Database, Selection, Viewer, ingest, item, items, layer_target, publish
from geo.errors import Refused
from layers.projects import LAYER
from plans.approval import Wording, approve, projects_are_synthetic
from plans.proposals import StoredSubmission, find, save_submission
from plans.submission import Offer, Proposal, Submission

EVERYWHERE = Viewer("officer", estates=None)
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


def test_an_approved_proposal_is_a_project_under_its_own_reference(world: Database, tmp_path: Path) -> None:
    """In the officer's words, as an idea, at its place; once more changes nothing; nothing of who sent it is in it."""
    one = stored(world, proposal())
    for _ in range(2):
        approve(world, one, WORDING, date(2026, 1, 3))
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
    approve(world, stored(world, proposal()), WORDING, date(2026, 1, 3))
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == 2
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1))
    assert items(world, EVERYWHERE, LAYER, Selection()).matched == 1


@pytest.mark.parametrize(
    ("sent", "wording", "reason"),
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
    """By the rules of every import; nothing is there afterwards."""
    with pytest.raises(Refused, match=reason):
        approve(world, stored(world, submission), wording, date(2026, 1, 3))
    assert items(world, PUBLIC, LAYER, Selection()).matched == 0
