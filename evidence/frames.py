"""Query results as columns: a million rows come as one CSV, not as a million objects."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import Boolean, Connection, Date, Double, Integer, Select, Text

POLARS_TYPES: dict[type, Any] = {
    Text: pl.String,
    Date: pl.Date,
    Boolean: pl.Boolean,
    Integer: pl.Int32,
    Double: pl.Float64,
}


def fetch(connection: Connection, statement: Select[Any]) -> pl.DataFrame:
    """The rows of a query as a frame; NULL is null, also in text (where "" stays "").

    The query's values become part of its text: none may come from a stranger.
    """
    # Compiled for a driver that takes %% for %, which COPY, having no parameters, does not.
    query = str(statement.compile(connection, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    schema = {column.name: POLARS_TYPES[type(column.type)] for column in statement.selected_columns}
    copied = BytesIO()
    with connection.connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for part in copy:
            copied.write(part)
    copied.seek(0)
    texts = {name: pl.String if kind == pl.Boolean else kind for name, kind in schema.items()}
    if not copied.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    found = pl.read_csv(copied, has_header=False, schema=texts)
    return found.with_columns(pl.col(name) == "t" for name, kind in schema.items() if kind == pl.Boolean)


def update(connection: Connection, table: Any, key: str, changed: pl.DataFrame) -> int:
    """Set the columns of a frame in the rows of a table that have its key; rows updated."""
    if changed.is_empty():
        return 0
    cursor = connection.connection.cursor()
    target = sql.Identifier(table.schema, table.name)
    names = sql.SQL(", ").join(map(sql.Identifier, changed.columns))
    cursor.execute(
        sql.SQL("CREATE TEMPORARY TABLE changed ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(names, target)
    )
    with cursor.copy("COPY changed FROM STDIN (FORMAT csv)") as copy:
        copy.write(changed.write_csv(include_header=False).encode())
    cursor.execute(
        sql.SQL("UPDATE {} SET {} FROM changed WHERE {} = {}").format(
            target,
            _settings(changed.columns, key),
            sql.Identifier(table.name, key),
            sql.Identifier("changed", key),
        )
    )
    updated = cursor.rowcount
    cursor.execute("DROP TABLE changed")
    return updated


def _settings(columns: Sequence[str], key: str) -> sql.Composed:
    pairs = (
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("changed", name))
        for name in columns
        if name != key
    )
    return sql.SQL(", ").join(pairs)
