"""Keeps what analyses found, by the hash of what they were made from."""

from datetime import date
from typing import Any

import orjson
from psycopg import sql
from sqlalchemy import Column, DateTime, MetaData, Table, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.schema import CreateSchema

from layers import Asker, Database, NotVisible, role_name

METADATA = MetaData(schema="plans")

ANALYSES = Table(
    "analysis",
    METADATA,
    Column("id", Text, primary_key=True, comment="Hash of the record"),
    Column("layer", Text, nullable=False),
    Column("made", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("record", JSONB, nullable=False, comment="Layer, data version, last day, parameters, seed, code"),
    Column("result", Text, nullable=False, comment="What was found, as JSON: the same record gives the same bytes"),
    comment="Every analysis that was made; the latest of a layer is the one shown",
)


_LOCK = 7_310_400_044
"""Any number that no other user of the server takes: two starts at once must not both create."""


def prepare(database: Database) -> None:
    """Make the schema and its tables where they are missing; officers may read them."""
    officer = sql.Identifier(role_name(database.owner, "officer"))
    with database.owner.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        connection.execute(CreateSchema("plans", if_not_exists=True))
        METADATA.create_all(connection)
        for grant in ("GRANT USAGE ON SCHEMA plans TO {}", "GRANT SELECT ON ALL TABLES IN SCHEMA plans TO {}"):
            connection.connection.cursor().execute(sql.SQL(grant).format(officer))


def keep(database: Database, identifier: str, record: dict[str, Any], result: bytes) -> None:
    """Keep an analysis. One that is there already becomes the latest of its layer."""
    values = {"id": identifier, "layer": record["layer"], "record": record, "result": result.decode()}
    statement = insert(ANALYSES).values(values)
    with database.owner.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={"made": func.clock_timestamp()})
        )


def latest(
    database: Database, asker: Asker, layer: str, as_of: date | None = None
) -> tuple[str, dict[str, Any]] | None:
    """Identifier and result of the latest analysis of a layer, of all that there is or as of a day; None without one.

    Raises
    ------
    NotVisible
        The asker is not an officer.
    """
    if asker.role != "officer":
        raise NotVisible(layer)
    day = ANALYSES.c.record["as_of"].astext.is_not_distinct_from(as_of and as_of.isoformat())
    of_layer = select(ANALYSES.c.id).where(ANALYSES.c.layer == layer, day)
    with database.reader(asker).connect() as connection:
        identifier = connection.scalar(of_layer.order_by(ANALYSES.c.made.desc()).limit(1))
        if identifier is None:
            return None
        known = database.kept.get(("analysis", layer, as_of))
        if known is None or known[0] != identifier:
            text = connection.scalar(select(ANALYSES.c.result).where(ANALYSES.c.id == identifier))
            known = database.kept["analysis", layer, as_of] = (identifier, orjson.loads(text or "{}"))
    return known
