"""Keeps what residents send until an officer has answered, and forgets who they are when it is no longer needed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from evidence import Database, NotVisible, Viewer, log_access
from evidence.database import PLANS
from geo.errors import Refused
from plans.submission import Offer, Proposal, Submission

KEPT_AFTER_ANSWER = timedelta(days=183)
"""Six months after the answer the name, e-mail address and telephone number are deleted ..."""
KEPT_AT_MOST = timedelta(days=365)
"""... and a year after they were sent, whether there was an answer or not."""
MONTHS_KEPT = {"after": round(KEPT_AFTER_ANSWER.days / 30.5), "most": round(KEPT_AT_MOST.days / 30.5)}
"""The same in months, as residents are told."""

MOST_SENT = 10
"""So many proposals and offers are taken from one network address ..."""
WITHIN = timedelta(hours=1)
"""... in this time."""
REMEMBERED = timedelta(days=1)
"""The (hashed) address is deleted after this time."""

Answer = Literal["approved", "declined", "passed on"]

_KINDS: Mapping[str, type[Submission]] = {"proposal": Proposal, "offer": Offer}
_CONTACT = ("name", "email", "phone", "share")
# Without vowels and what is mistaken for another letter: no words, and easy to read out on the telephone.
_LETTERS = "BCDFGHJKMNPQRTVWXYZ2346789"

SUBMISSIONS = Table(
    "submission",
    PLANS,
    Column("reference", Text, primary_key=True, comment="Told to whoever sent it; cannot be guessed"),
    Column("kind", Text, CheckConstraint("kind in ('proposal', 'offer')"), nullable=False),
    Column("token", Text, nullable=False, unique=True, comment="Of the form: nothing is kept twice"),
    Column("received", DateTime(timezone=True), nullable=False),
    Column("said", JSONB, nullable=False, comment="All fields but who sent it"),
    Column(
        "contact",
        JSONB(none_as_null=True),
        comment="Name, e-mail address, telephone number, and how we may use them; forgotten",
    ),
    Column("answer", Text, comment="approved, declined or passed on; empty while it waits"),
    Column("answered", DateTime(timezone=True)),
    Column("answered_by", Text),
    Column("reason", Text),
    Column("reply", Text, comment="What the officer wrote back"),
    Index(
        "submission_waiting",
        "received",
        postgresql_where="answer IS NULL",
        info={"answers": "What waits for an officer?"},
    ),
    comment="Proposals and offers of help, as residents sent them",
)

SENDERS = Table(
    "sender",
    PLANS,
    Column("address", Text, nullable=False, comment="Hash of the network address with the key of the day"),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("sender_address", "address", "at", info={"answers": "How much came from this address?"}),
    comment="Who sent something in the last day, to limit it",
)


class TooMany(Exception):
    """Too much was sent from one address."""


@dataclass(frozen=True)
class Receipt:
    """Where what was sent is kept, and whether what is kept is the same."""

    reference: str
    same: bool = True


@dataclass(frozen=True)
class StoredSubmission:
    """Something that was sent, as an officer sees it."""

    reference: str
    kind: str
    received: datetime
    submission: Submission
    """Without name and contact once they are forgotten."""
    known: bool
    """Whether name and contact are still there."""
    answer: str | None
    answered: datetime | None
    answered_by: str | None
    reason: str | None
    reply: str | None


def save_submission(database: Database, submission: Submission, token: str, address: str, now: datetime) -> Receipt:
    """Keep what was sent, once for each token.

    Parameters
    ----------
    token
        Of the form. One that was used before gives the reference of what was kept then.
    address
        Hash of the sender's network address.

    Raises
    ------
    TooMany
        More than `MOST_SENT` came from the address `WITHIN` the last hour; nothing is kept.
    """
    kind = next(name for name, each in _KINDS.items() if isinstance(submission, each))
    said = submission.model_dump()
    contact = {name: said.pop(name) for name in _CONTACT}
    with database.owner.begin() as connection:
        before = connection.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.token == token)).first()
        if before:
            return Receipt(before.reference, (before.said, before.contact) == (said, contact))
        connection.execute(delete(SENDERS).where(SENDERS.c.at < now - REMEMBERED))
        recent = select(func.count()).select_from(SENDERS).where(SENDERS.c.address == address)
        if (connection.scalar(recent.where(SENDERS.c.at > now - WITHIN)) or 0) >= MOST_SENT:
            raise TooMany
        values = {"kind": kind, "token": token, "received": now, "said": said, "contact": contact}
        made = (
            insert(SUBMISSIONS)
            .values(reference=_reference(kind), **values)
            .on_conflict_do_nothing(index_elements=["token"])
        )
        reference = connection.scalar(made.returning(SUBMISSIONS.c.reference))
        if reference:
            connection.execute(insert(SENDERS).values(address=address, at=now))
    # A double click: the other of the two was quicker.
    return Receipt(reference) if reference else save_submission(database, submission, token, address, now)


def _reference(kind: str) -> str:
    made = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{'P' if kind == 'proposal' else 'H'}-{made[:4]}-{made[4:]}"


def waiting(database: Database, viewer: Viewer, *, answered: bool = False, limit: int = 100) -> list[StoredSubmission]:
    """What waits for an answer, the oldest first; or what was answered, the latest first. Who saw it is noted.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    order = SUBMISSIONS.c.answered.desc() if answered else SUBMISSIONS.c.received
    chosen = SUBMISSIONS.c.answer.is_not(None) if answered else SUBMISSIONS.c.answer.is_(None)
    return _read_submissions(database, viewer, chosen, order, limit)


def find(database: Database, viewer: Viewer, reference: str) -> StoredSubmission | None:
    """What was sent under a reference, or None. Who saw it is noted.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    return next(
        iter(_read_submissions(database, viewer, SUBMISSIONS.c.reference == reference, SUBMISSIONS.c.received, 1)), None
    )


def _read_submissions(
    database: Database, viewer: Viewer, chosen: Any, order: Any, limit: int
) -> list[StoredSubmission]:
    if not viewer.decides:
        raise NotVisible("submission")
    with database.officer.connect() as connection:
        rows = connection.execute(
            select(SUBMISSIONS).where(chosen).order_by(order, SUBMISSIONS.c.reference).limit(limit)
        ).all()
    if rows:
        log_access(
            database, viewer, viewer.look, {"of": "what residents sent"}, records=[row.reference for row in rows]
        )
    return [_stored_submission(row) for row in rows]


def _stored_submission(row: Any) -> StoredSubmission:
    # As it was kept: a rule that has changed since does not make it go away.
    submission = _KINDS[row.kind].model_construct(**row.said, **(row.contact or dict.fromkeys(_CONTACT, "")))
    told = (row.answer, row.answered, row.answered_by, row.reason, row.reply)
    return StoredSubmission(row.reference, row.kind, row.received, submission, row.contact is not None, *told)


def answer(
    database: Database, viewer: Viewer, reference: str, given: Answer, *, reason: str, reply: str, now: datetime
) -> None:
    """Note what an officer answered, as `record_answer` does, in a transaction of its own."""
    with database.owner.begin() as connection:
        record_answer(connection, viewer, reference, given, reason=reason, reply=reply, now=now)


def record_answer(
    connection: Connection, viewer: Viewer, reference: str, given: Answer, *, reason: str, reply: str, now: datetime
) -> None:
    """Note what an officer answered, in the caller's transaction.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    Refused
        Somebody answered it before, or there is no such thing.
    """
    if not viewer.decides:
        raise NotVisible("submission")
    values = {"answer": given, "answered": now, "answered_by": viewer.name, "reason": reason, "reply": reply}
    open_one = and_(SUBMISSIONS.c.reference == reference, SUBMISSIONS.c.answer.is_(None))
    if not connection.execute(update(SUBMISSIONS).where(open_one).values(values)).rowcount:
        raise Refused(f"{reference} has been answered by somebody else: look at it again.")


def forget(database: Database, today: date) -> int:
    """Delete who sent what was answered or sent long enough ago, and old addresses.

    Returns
    -------
    How many contacts were deleted.
    """
    old = or_(SUBMISSIONS.c.answered < today - KEPT_AFTER_ANSWER, SUBMISSIONS.c.received < today - KEPT_AT_MOST)
    # The reply names whom it greets.
    nobody = {"contact": None, "reply": None}
    with database.owner.begin() as connection:
        connection.execute(delete(SENDERS).where(SENDERS.c.at < today - REMEMBERED))
        return connection.execute(
            update(SUBMISSIONS).where(old, SUBMISSIONS.c.contact.is_not(None)).values(nobody)
        ).rowcount
