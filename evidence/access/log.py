"""The log of who saw, exported, changed and published what: rows are added to it, and none is ever changed.

A trigger refuses it to everybody, the owner of the database too. Whoever owns the database can take the trigger away;
no statement of the service does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Identity,
    Index,
    Table,
    Text,
    column,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from evidence.database import PLANS, Database, Viewer

AccessEvent = Literal[
    "saw",
    "exported",
    "signed in",
    "signed out",
    "failed to sign in",
    "changed weights",
    "changed access",
    "published",
]

ACCESS_LOG = Table(
    "access_log",
    PLANS,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("who", Text, nullable=False, comment="Account, API key, or user of the operating system"),
    Column("role", Text, nullable=False),
    Column("event", Text, nullable=False),
    CheckConstraint(column("event").in_(get_args(AccessEvent))),
    Column("layer", Text, comment="Layer of the records"),
    Column("about", JSONB, nullable=False, comment="What was asked for, or what was done"),
    Column("estates", ARRAY(Text), nullable=False, comment="Estates of the records"),
    Column("records", ARRAY(Text), nullable=False, comment="References of the records"),
    Index("access_log_records", "records", postgresql_using="gin", info={"answers": "Who saw this record?"}),
    Index("access_log_estates", "estates", postgresql_using="gin", info={"answers": "Who saw records of this estate?"}),
    Index("access_log_who", "who", "at", info={"answers": "What did this person do?"}),
    Index(
        "access_log_failures",
        "at",
        postgresql_where=column("event") == "failed to sign in",
        info={"answers": "How often has signing in failed lately?"},
    ),
    comment="Who saw, exported, changed and published what; only ever added to",
)

_APPEND_ONLY = (
    """CREATE OR REPLACE FUNCTION plans.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'The audit log is only added to.' USING ERRCODE = 'insufficient_privilege'; END$$""",
    """CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plans.access_log
    FOR EACH STATEMENT EXECUTE FUNCTION plans.refuse_change()""",
    # Also where triggers are put off, as for replication.
    "ALTER TABLE plans.access_log ENABLE ALWAYS TRIGGER append_only",
)


def make_append_only(connection: Connection) -> None:
    """Have the database refuse every change of the log."""
    for statement in _APPEND_ONLY:
        connection.execute(text(statement))


@dataclass(frozen=True)
class Entry:
    """An entry of the log."""

    at: datetime
    who: str
    role: str
    event: AccessEvent
    layer: str | None
    about: dict[str, Any]
    estates: list[str]
    records: list[str]


def log_access(
    database: Database,
    viewer: Viewer,
    event: AccessEvent,
    about: Mapping[str, Any],
    *,
    of_layer: str | None = None,
    estates: Iterable[str] = (),
    records: Iterable[str] = (),
) -> None:
    """Add an entry. It is kept before this returns, so whoever is to be shown something is not before it is noted.

    Parameters
    ----------
    about
        What was asked for or done, as JSON can say it.
    """
    values = {"who": viewer.name, "role": viewer.role, "event": event, "layer": of_layer, "about": dict(about)}
    lists = {"estates": sorted(set(estates)), "records": list(records)}
    with database.owner.begin() as connection:
        connection.execute(insert(ACCESS_LOG).values(**values, **lists))


def access_log(
    database: Database,
    *,
    record: str | None = None,
    estate: str | None = None,
    who: str | None = None,
    since: date | None = None,
    limit: int = 1000,
) -> list[Entry]:
    """The latest entries, newest first, about a record, an estate or a person, or since a day."""
    query = (
        select(*(ACCESS_LOG.c[name] for name in Entry.__dataclass_fields__))
        .order_by(ACCESS_LOG.c.id.desc())
        .limit(limit)
    )
    with database.owner.connect() as connection:
        rows = connection.execute(query.where(*_conditions(record, estate, who, since)))
        return [Entry(*row) for row in rows]


def _conditions(
    record: str | None, estate: str | None, who: str | None, since: date | None
) -> Iterator[ColumnElement[bool]]:
    if record is not None:
        yield ACCESS_LOG.c.records.contains([record])
    if estate is not None:
        yield ACCESS_LOG.c.estates.contains([estate])
    if who is not None:
        yield ACCESS_LOG.c.who == who
    if since is not None:
        yield ACCESS_LOG.c.at >= since


def is_logged(database: Database, event: AccessEvent, record: str) -> bool:
    """Whether an event of a record is in the log."""
    query = select(ACCESS_LOG.c.id).where(ACCESS_LOG.c.event == event, ACCESS_LOG.c.records.contains([record])).limit(1)
    with database.owner.connect() as connection:
        return connection.scalar(query) is not None


def sign_in_failures(database: Database, since: datetime, *, name: str, address: str) -> tuple[int, int]:
    """How often signing in has failed since a time, by that name and from that address."""
    failed = select(
        func.count().filter(ACCESS_LOG.c.who == name),
        func.count().filter(ACCESS_LOG.c.about["address"].astext == address),
    ).where(ACCESS_LOG.c.event == "failed to sign in", ACCESS_LOG.c.at >= since)
    with database.owner.connect() as connection:
        by_name, from_address = connection.execute(failed).one()
    return by_name, from_address
