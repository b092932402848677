"""Brings rows in that are in no file, in the caller's transaction: by the same rules, into the same ledger."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from evidence.intake.ingest import Report, begin_reading, finish_reading, load_reading
from evidence.intake.places import take_turn
from evidence.intake.rejects import RejectedRows
from evidence.intake.rows import Rows, numbered
from evidence.intake.target import Target
from geo.errors import Refused


def ingest_rows(
    connection: Connection,
    target: Target,
    rows: Sequence[Mapping[str, object]],
    *,
    name: str,
    who: str,
    today: date,
    synthetic: bool = False,
) -> Report:
    """Load rows into a target, all of them.

    Parameters
    ----------
    rows
        Values by field of the target, with the same fields in each; None and "" are empty.
    name
        What the ledger calls it in place of a file.

    Raises
    ------
    Refused
        A row is not one that the target takes: the field and the reason. The caller's transaction must not go on.
    """
    take_turn(connection)
    texts = pl.DataFrame(
        [{field: None if value is None else str(value) for field, value in row.items()} for row in rows],
        schema=dict.fromkeys(rows[0], pl.String),
    )

    def read(source: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        return numbered(iter([texts.select(wanted or texts.columns)]), source.malformed)

    source = Rows(Path(name), texts.columns, read)
    digest = hashlib.sha256(texts.write_csv().encode()).hexdigest()
    entry = {"what": target.name, "file": name, "sha256": digest, "who": who, "synthetic": synthetic}
    rejects = RejectedRows()
    columns = {field: field for field in texts.columns}
    none = pl.Series([], dtype=pl.UInt64)
    reading = begin_reading(connection, target, source, columns, rejects, entry, today, none, lambda count: None)
    report = load_reading(connection, reading, synthetic)
    if rejects.reasons:
        raise Refused("; ".join(f"{field}: {reason}" for field, reason in rejects.reasons) + ".")
    finish_reading(connection, reading, report)
    return report
