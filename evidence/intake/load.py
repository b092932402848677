"""Brings finished rows into a table: COPY, and a merge that changes only what differs."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import LiteralString

import polars as pl
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.schema import AddConstraint, DropConstraint

from evidence.frames import POLARS_TYPES

_PROVENANCE = frozenset({"source_row", "import_id"})
"""Columns that say whence a row came; a row that differs in these alone has not changed."""


@dataclass(frozen=True)
class RowChange:
    """How a load changed its table, in rows."""

    added: int
    changed: int
    unchanged: int
    removed: int = 0


def load(
    connection: Connection, table: Table, batches: Iterable[pl.DataFrame], *, replaces_all: bool = False
) -> RowChange:
    """Add new rows and update those that differ, in the caller's transaction; the primary key tells which.

    Parameters
    ----------
    batches
        Frames with the same columns, all of the table's; no key twice. They are taken one by one, while
        the database takes in the one before.
    replaces_all
        The batches are all that there is: rows of the table that are not among them are removed.
    """
    if _empty(connection, table):
        with _without_indexes(connection, table):
            # Frozen, because rows that nobody could see before need not be looked at again by whoever reads first.
            return RowChange(_copy(connection, table, batches, "FORMAT binary, FREEZE"), 0, 0)
    with _staging(connection, table) as staged:
        rows = _copy(connection, staged, batches)
        change = _merge(connection, table, staged, rows)
        return replace(change, removed=_remove(connection, table, staged)) if replaces_all else change


def _empty(connection: Connection, table: Table) -> bool:
    return connection.scalar(select(literal_column("1")).select_from(table).limit(1)) is None


@contextmanager
def _without_indexes(connection: Connection, table: Table) -> Iterator[None]:
    """Nobody reads an empty table: its indexes are quicker to build when it is full than to keep up."""
    key, indexes = table.primary_key, sorted(table.indexes, key=lambda index: str(index.name))
    connection.execute(DropConstraint(key))
    for index in indexes:
        index.drop(connection)
    # A table emptied in this transaction is written without a log where the server allows it (wal_level minimal).
    connection.execute(text(f"TRUNCATE {table.fullname}"))
    yield
    # Isolated, the key would be missing from every CREATE TABLE to come.
    connection.execute(AddConstraint(key, isolate_from_table=False))
    for index in indexes:
        index.create(connection)


@contextmanager
def _staging(connection: Connection, table: Table) -> Iterator[Table]:
    staged = table.to_metadata(type(table.metadata)(), name=f"staged_{table.name}", schema=None)  # type: ignore[arg-type]
    like = sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {}) ON COMMIT DROP").format(
        sql.Identifier(staged.name), sql.Identifier(str(table.schema), table.name)
    )
    connection.connection.cursor().execute(like)
    yield staged
    staged.drop(connection)


def _copy(
    connection: Connection, table: Table, batches: Iterable[pl.DataFrame], options: LiteralString = "FORMAT binary"
) -> int:
    rows, batches = 0, iter(batches)
    first = next(batches, None)
    if first is None:
        return 0
    name = sql.Identifier(*filter(None, (table.schema, table.name)))
    columns = sql.SQL(", ").join(map(sql.Identifier, first.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(name, columns, sql.SQL(options))
    encoder = ArrowToPostgresBinaryEncoder(_arrow(first, table).schema)
    # The pool inside: when something fails, the last batch is written out before the COPY is broken off.
    with connection.connection.cursor().copy(statement) as copy, ThreadPoolExecutor(1) as pool:
        written = pool.submit(copy.write, encoder.write_header())
        for batch in chain([first], batches):
            # One batch is on its way while the next is made; more would fill the memory.
            parts = [encoder.write_batch(part) for part in _arrow(batch, table).to_batches()]
            written.result()
            written = pool.submit(copy.write, b"".join(parts))
            rows += batch.height
        written.result()
        copy.write(encoder.finish())
    return rows


def _arrow(batch: pl.DataFrame, table: Table) -> pa.Table:
    # In binary a number must have the very width of its column.
    exact = batch.cast({name: POLARS_TYPES[type(table.c[name].type)] for name in batch.columns})
    # The encoder does not know the newest of Arrow's layouts of text.
    return exact.to_arrow(compat_level=pl.CompatLevel.oldest())


def _merge(connection: Connection, table: Table, staged: Table, rows: int) -> RowChange:
    connection.execute(text(f"ANALYZE {staged.name}"))
    keys = table.primary_key.columns.keys()
    names = [column.name for column in table.columns if not column.computed]
    compared = [name for name in names if name not in keys and name not in _PROVENANCE]
    same_key = _same_key(table, staged)
    differs = or_(*(table.c[name].is_distinct_from(staged.c[name]) for name in compared))
    new = table.c[keys[0]].is_(None)
    wanted = select(*(staged.c[name] for name in names)).select_from(staged.outerjoin(table, same_key))
    added = connection.scalar(select(func.count()).select_from(staged.outerjoin(table, same_key)).where(new)) or 0
    statement = upsert(table).from_select(names, wanted.where(or_(new, differs)))
    update = {name: statement.excluded[name] for name in names if name not in keys}
    merged = statement.on_conflict_do_update(index_elements=keys, set_=update)
    written = connection.execute(merged, execution_options={"preserve_rowcount": True}).rowcount
    return RowChange(added, written - added, rows - written)


def _remove(connection: Connection, table: Table, staged: Table) -> int:
    return connection.execute(delete(table).where(~exists().where(_same_key(table, staged)))).rowcount


def _same_key(table: Table, staged: Table) -> ColumnElement[bool]:
    return and_(*(table.c[key] == staged.c[key] for key in table.primary_key.columns.keys()))  # noqa: SIM118 - a collection of columns, not a dict
