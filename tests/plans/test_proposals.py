from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from evidence import PUBLIC, Database, NotVisible, Viewer, access_log
from geo.errors import Refused
from plans.proposals import (
    KEPT_AFTER_ANSWER,
    KEPT_AT_MOST,
    MOST_SENT,
    SENDERS,
    SUBMISSIONS,
    WITHIN,
    TooMany,
    answer,
    find,
    forget,
    save_submission,
    waiting,
)
from plans.submission import Offer, Proposal

OFFICER = Viewer("officer", "Olive")
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
PROPOSAL = Proposal(type="other", title="Bench", what="To sit", words="Here", name="Ann", email="ann@example.com")
OFFER = Offer(project="P1", what="Dig", name="Bob", phone="01908 691691")


def rows(database: Database) -> int:
    """How many things are kept."""
    with database.owner.connect() as connection:
        return connection.scalar(select(func.count()).select_from(SUBMISSIONS)) or 0


def test_what_is_sent_is_kept_once_however_often_it_is_sent(world: Database) -> None:
    """One token gives one reference; other words under the same token are told apart, and not kept."""
    first = save_submission(world, PROPOSAL, "token", "address", NOW)
    assert save_submission(world, PROPOSAL, "token", "address", NOW) == first
    other = save_submission(world, PROPOSAL.model_copy(update={"title": "Table"}), "token", "address", NOW)
    assert (other.reference, other.same) == (first.reference, False)
    assert rows(world) == 1


def test_a_double_click_is_one(world: Database) -> None:
    """Eight at the same moment."""
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: save_submission(world, PROPOSAL, "token", "address", NOW), range(8)))
    assert len(set(receipts)) == 1
    assert rows(world) == 1


def test_an_officer_sees_what_was_sent_and_nobody_else_does(world: Database) -> None:
    """The oldest first; the public role cannot even ask."""
    later = save_submission(world, OFFER, "b", "address", NOW + timedelta(hours=1)).reference
    first = save_submission(world, PROPOSAL, "a", "address", NOW).reference
    assert [each.reference for each in waiting(world, OFFICER)] == [first, later]
    found = find(world, OFFICER, first)
    assert found
    assert (found.submission, found.kind, found.received, found.known) == (PROPOSAL, "proposal", NOW, True)
    assert find(world, OFFICER, "P-0000-0000") is None
    seen = [(each.who, each.event, each.records) for each in access_log(world)]
    assert seen == [("Olive", "saw", [first]), ("Olive", "saw", [first, later])]
    for asked in (lambda: waiting(world, PUBLIC), lambda: find(world, PUBLIC, first)):
        with pytest.raises(NotVisible):
            asked()
    with world.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT * FROM plans.submission"))


def test_references_cannot_be_guessed(world: Database) -> None:
    """They are not counted up, and have no letters that are mistaken for others."""
    made = {save_submission(world, OFFER, str(number), str(number), NOW).reference for number in range(50)}
    assert len(made) == 50
    assert not set("AEIOU01LS5") & set("".join(each[2:] for each in made))


def test_who_sends_too_much_has_to_wait(world: Database) -> None:
    """From one address and in an hour; others are not held up, and sending the same again costs nothing."""
    for number in range(MOST_SENT):
        save_submission(world, OFFER, str(number), "address", NOW)
    with pytest.raises(TooMany):
        save_submission(world, OFFER, "more", "address", NOW + WITHIN - timedelta(seconds=1))
    assert rows(world) == MOST_SENT
    assert save_submission(world, OFFER, "0", "address", NOW).same
    save_submission(world, OFFER, "other", "other address", NOW)
    save_submission(world, OFFER, "later", "address", NOW + WITHIN + timedelta(seconds=1))
    assert rows(world) == MOST_SENT + 2


def test_an_answer_says_who_when_and_why_and_is_given_once(world: Database) -> None:
    """The second officer is told."""
    reference = save_submission(world, PROPOSAL, "a", "address", NOW).reference
    answer(world, OFFICER, reference, "declined", reason="not safe", reply="Dear Ann", now=NOW)
    found = find(world, OFFICER, reference)
    assert found
    assert (found.answer, found.answered_by, found.answered, found.reason, found.reply) == (
        "declined",
        "Olive",
        NOW,
        "not safe",
        "Dear Ann",
    )
    assert waiting(world, OFFICER) == []
    assert [each.reference for each in waiting(world, OFFICER, answered=True)] == [reference]
    with pytest.raises(Refused, match="somebody else"):
        answer(world, OFFICER, reference, "approved", reason="", reply="", now=NOW)
    with pytest.raises(NotVisible):
        answer(world, PUBLIC, reference, "approved", reason="", reply="", now=NOW)


@pytest.mark.parametrize(
    ("answered", "days", "known"),
    [
        (True, KEPT_AFTER_ANSWER.days, True),
        (True, KEPT_AFTER_ANSWER.days + 1, False),
        (False, KEPT_AT_MOST.days, True),
        (False, KEPT_AT_MOST.days + 1, False),
    ],
)
def test_who_sent_it_is_forgotten_in_time(world: Database, answered: bool, days: int, known: bool) -> None:
    """Name, contact and the reply that greets them; what was proposed stays, and forgetting twice changes nothing."""
    morning = datetime(2026, 1, 2, tzinfo=UTC)
    reference = save_submission(world, PROPOSAL, "a", "address", morning).reference
    if answered:
        answer(world, OFFICER, reference, "declined", reason="not safe", reply="Dear Ann", now=morning)
    today = date(2026, 1, 2) + timedelta(days=days)
    assert forget(world, today) == (not known)
    assert forget(world, today) == 0
    found = find(world, OFFICER, reference)
    assert found
    assert found.known == known
    assert (found.submission.name, found.submission.email) == (("Ann", "ann@example.com") if known else ("", ""))
    assert getattr(found.submission, "title", None) == "Bench"
    assert (found.reply is not None) == (known and answered)


def test_addresses_are_deleted_after_a_day(world: Database) -> None:
    """By whoever sends next, or by forgetting."""
    save_submission(world, OFFER, "a", "address", NOW)
    save_submission(world, OFFER, "b", "address", NOW + timedelta(days=1, seconds=1))
    assert _senders(world) == 1
    forget(world, date(2026, 1, 10))
    assert _senders(world) == 0


def _senders(database: Database) -> int:
    with database.owner.connect() as connection:
        return connection.scalar(select(func.count()).select_from(SENDERS)) or 0
