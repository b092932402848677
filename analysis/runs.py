"""Keeps what runs of the analyses found, by the hash of what they were made from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
from psycopg import sql
from sqlalchemy import Column, DateTime, Table, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.schema import CreateSchema

import geo
from evidence import Database, NotVisible, Viewer, role_name, visible
from evidence.database import METADATA
from layers._registry import LAYERS

RUNS = Table(
    "run",
    METADATA,
    Column("id", Text, primary_key=True, comment="Hash of the record"),
    Column("subject", Text, nullable=False, comment="Layer id, or 'priorities'"),
    Column("made", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("record", JSONB, nullable=False, comment="Subject, data versions, last day, parameters, seed, code"),
    Column("result", Text, nullable=False, comment="What was found, as JSON: the same record gives the same bytes"),
    comment="Every run of an analysis; the latest of a subject is the one shown",
)


_LOCK = 7_310_400_044
"""Any number that no other user of the server takes: two starts at once must not both create."""


@dataclass(frozen=True)
class Run:
    """What was found, and from what."""

    record: Mapping[str, Any]
    """Subject (a layer, or "priorities"), data versions, last day, parameters, seed and code."""
    result: Mapping[str, Any]

    @cached_property
    def id(self) -> str:
        """The hash of the record."""
        return identifier(self.record)

    @property
    def as_bytes(self) -> bytes:
        """The result as JSON; what is infinite or unknown is null."""
        return orjson.dumps(self.result, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)


def identifier(record: Mapping[str, Any]) -> str:
    """The hash of a record."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


@cache
def code() -> str:
    """The hash of the modules that results depend on."""
    folders = (Path(__file__).parent, Path(geo.__path__[0]))
    files = sorted((file.name, file.read_bytes()) for folder in folders for file in folder.glob("*.py"))
    return hashlib.sha256(b"\0".join(name.encode() + b"\0" + text for name, text in files)).hexdigest()[:16]


def prepare(database: Database) -> None:
    """Make the schema and its tables where they are missing: analysts read what was found, officers what was sent."""
    analyst, officer = (sql.Identifier(role_name(database.owner, role)) for role in ("analyst", "officer"))
    with database.owner.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        connection.execute(CreateSchema("plans", if_not_exists=True))
        METADATA.create_all(connection)
        cursor = connection.connection.cursor()
        cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA plans FROM {}").format(officer))
        # By name: accounts, sessions and the log are in this schema too.
        for role, tables in ((analyst, "plans.run"), (officer, "plans.submission, plans.reply")):
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA plans TO {}").format(role))
            cursor.execute(sql.SQL("GRANT SELECT ON " + tables + " TO {}").format(role))


def save_run(database: Database, run: Run) -> None:
    """Keep a run. One that is there already becomes the latest of its subject."""
    values = {"id": run.id, "subject": run.record["subject"], "record": run.record, "result": run.as_bytes.decode()}
    statement = insert(RUNS).values(values)
    with database.owner.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={"made": func.clock_timestamp()})
        )


def latest_run(
    database: Database, viewer: Viewer, subject: str, as_of: date | None = None
) -> tuple[str, dict[str, Any]] | None:
    """Identifier and result of the latest run of a subject, of all that there is or as of a day; None without one.

    Raises
    ------
    NotVisible
        The viewer is the public, or may not see the layer.
    """
    if viewer.role == "public" or (subject in LAYERS and LAYERS[subject] not in visible(viewer)):
        raise NotVisible(subject)
    day = RUNS.c.record["as_of"].astext.is_not_distinct_from(as_of and as_of.isoformat())
    of_subject = select(RUNS.c.id).where(RUNS.c.subject == subject, day)
    with database.reader(viewer).connect() as connection:
        found = connection.scalar(of_subject.order_by(RUNS.c.made.desc()).limit(1))
        if found is None:
            return None
        known = database.cache.get(("run", subject, as_of))
        if known is None or known[0] != found:
            text = connection.scalar(select(RUNS.c.result).where(RUNS.c.id == found))
            known = database.cache["run", subject, as_of] = (found, orjson.loads(text or "{}"))
    return known
