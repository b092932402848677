"""What residents said and what is done about it: "you said, we did", as an officer has written and released it.

What a resident wrote is never published as it came. An officer may quote it, edited so that nobody is recognised.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.schema import CheckConstraint

from evidence import Database, NotVisible, Viewer
from evidence.database import PLANS
from geo.errors import Refused
from layers._layer import Theme

Status = Literal["planned", "under way", "done", "not possible"]
STATUSES: tuple[str, ...] = get_args(Status)
LONGEST = 500
"""Characters of what was said and of what is done: a noticeboard has no room for more."""

REPLIES = Table(
    "reply",
    PLANS,
    Column("id", Integer, Identity(), primary_key=True),
    Column("estate", Text, nullable=False, comment="Code; empty for all of the district"),
    Column("theme", Text, nullable=False),
    Column("said", Text, nullable=False, comment="What residents said, in an officer's words or edited"),
    Column("did", Text, nullable=False, comment="What is done about it"),
    Column("status", Text, CheckConstraint(f"status in {STATUSES!r}"), nullable=False),
    Column("since", Date, nullable=False, comment="The day on which it was written"),
    Column("who", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False, server_default="false", comment="Of the demonstration"),
    Column("withdrawn", DateTime(timezone=True), comment="When it was taken back; it leaves with the next publication"),
    Column("withdrawn_by", Text),
    comment="What residents said and what is done about it; only a demonstration's are ever taken out",
)

_PRIVATE = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w",
    "a telephone number": r"(?:\+|\b0)\d(?:[ -]?\d){8,}",
    "a postcode": r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b",
    "a National Insurance number": r"\b[A-Za-z]{2}\s?(?:\d{2}\s?){3}[A-Da-d]\b",
    "a house's address": r"\b\d+[a-zA-Z]?\s+[A-Z]\w+\s+(?:Road|Street|Close|Court|Drive|Avenue|Lane|Way|Place)\b",
}


@dataclass(frozen=True)
class Reply:
    """What is to be published."""

    estate: str
    """Code; empty for all of the district."""
    theme: Theme
    said: str
    did: str
    status: Status


def write(database: Database, viewer: Viewer, reply: Reply, today: date) -> int:
    """Keep a reply, for the next publication; its number.

    Raises
    ------
    NotVisible
        The viewer is not an officer of the estate.
    Refused
        A text is empty or too long, or has something in it by which somebody may be recognised.
    """
    if not (viewer.decides and viewer.covers(reply.estate)):
        raise NotVisible("reply")
    for name, text in (("What residents said", reply.said), ("What is done", reply.did)):
        if wrong := _text_problem(text):
            raise Refused(f"{name}: {wrong}.")
    values = {**vars(reply), "theme": str(reply.theme), "since": today, "who": viewer.name}
    with database.owner.begin() as connection:
        return int(connection.execute(insert(REPLIES).values(values).returning(REPLIES.c.id)).scalar_one())


def _text_problem(text: str) -> str:
    """What is wrong with a text; empty if nothing is."""
    if not text.strip():
        return "write something"
    if len(text) > LONGEST:
        return f"it has {len(text):,} characters, and there is room for {LONGEST}"
    found = next((what for what, pattern in _PRIVATE.items() if re.search(pattern, text)), "")
    return f"take {found} out, nobody must be recognised" if found else ""


def demonstrate(database: Database, made: Iterable[Reply], today: date) -> None:
    """Keep the replies of a demonstration, in place of those of an earlier one."""
    values = [{**vars(each), "theme": str(each.theme), "since": today, "who": "demonstration"} for each in made]
    with database.owner.begin() as connection:
        connection.execute(delete(REPLIES).where(REPLIES.c.synthetic))
        if values:
            connection.execute(insert(REPLIES).values(synthetic=True), values)


def withdraw(database: Database, viewer: Viewer, number: int) -> None:
    """Take a reply back; it leaves the public site with the next publication.

    Raises
    ------
    NotVisible
        The viewer is not an officer of its estate, or there is no such reply.
    """
    known = next((each for each in replies(database, viewer) if each.id == number), None)
    if known is None or not viewer.covers(known.estate):
        raise NotVisible(f"reply {number}")
    statement = update(REPLIES).where(REPLIES.c.id == number, REPLIES.c.withdrawn.is_(None))
    with database.owner.begin() as connection:
        connection.execute(statement.values(withdrawn=func.now(), withdrawn_by=viewer.name))


def replies(database: Database, viewer: Viewer) -> list[Row[Any]]:
    """Every reply that is not withdrawn, the newest first: id, estate, theme, said, did, status, since, who.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    if not viewer.decides:
        raise NotVisible("reply")
    query = select(REPLIES).where(REPLIES.c.withdrawn.is_(None)).order_by(REPLIES.c.id.desc())
    with database.officer.connect() as connection:
        return list(connection.execute(query))
