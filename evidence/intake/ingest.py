"""Brings a file of rows in: all or nothing, the same file twice changes nothing, no row is lost unsaid."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Connection, delete, insert, select, update

from evidence.database import Database, user
from evidence.intake.columns import recognise
from evidence.intake.files import digest, open_rows
from evidence.intake.load import RowChange, load
from evidence.intake.locate import Locator
from evidence.intake.places import home_locator, relocate, row_locator, take_turn
from evidence.intake.rejects import RejectedRows, Rejects
from evidence.intake.rows import ROW, Rows
from evidence.intake.target import SURVEY_TARGET, Target, layer_target
from evidence.intake.validate import Problems, ordered, typed, validated
from evidence.tables import IMPORTS
from evidence.versions import renew
from geo.errors import Refused
from layers._registry import LAYERS


@dataclass(frozen=True)
class Report:
    """What an import did, in rows."""

    file: Path
    rows: int
    change: RowChange
    refused: int
    located: int
    rejects: Path | None
    """The file of the rows refused; None if none was."""


@dataclass
class Reading:
    """A file on its way in: what was recognised, and what was counted so far."""

    target: Target
    rows: Rows
    columns: Mapping[str, str]
    locator: Locator
    rejects: Rejects | RejectedRows
    today: date
    import_id: int
    repeated: pl.Series
    progress: Callable[[int], None]
    first: dict[str, int] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)
    read: int = 0
    located: int = 0


def ingest(
    database: Database,
    target: Target,
    path: Path,
    *,
    today: date,
    given: Mapping[str, str] | None = None,
    max_refused: float = 5.0,
    dry_run: bool = False,
    synthetic: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Load a file into a target in one transaction.

    Parameters
    ----------
    today
        The day of the import: nothing has happened after it.
    given
        Columns by field where the names are not recognised.
    max_refused
        The share of rows, in per cent, of which more refused rows mean that nothing is loaded.
    dry_run
        Do everything, say what would change, and undo it.
    synthetic
        The rows are made up, and everything that shows them says so.
    progress
        Told the number of rows read so far.

    Raises
    ------
    Refused
        The file cannot be read, has no rows, or more of them than `max_refused` were refused; the data is as it was.
    """
    rows = open_rows(path)
    columns = recognise(rows.columns, target.fields, target.required, given or {})
    entry = {"what": target.name, "file": path.name, "sha256": digest(path), "who": user()}
    repeated = _repeated(rows, target, columns, today)
    # The rejects inside the turn: nobody else writes that file meanwhile.
    with database.owner.connect() as connection, connection.begin() as begun, _import_lock(connection, rows) as rejects:
        started = {**entry, "synthetic": synthetic}
        reading = begin_reading(connection, target, rows, columns, rejects, started, today, repeated, progress)
        report = load_reading(connection, reading, synthetic)
        refusal = _refusal(report, max_refused)
        if not refusal:
            finish_reading(connection, reading, report)
        if refusal or dry_run:
            begun.rollback()
    if refusal:
        if not dry_run:
            _note_refusal(database, {**entry, "synthetic": synthetic}, report)
        raise Refused(refusal)
    return report


def _import_lock(connection: Connection, rows: Rows) -> Rejects:
    take_turn(connection)
    return Rejects(rows.path, rows.columns)


def begin_reading(
    connection: Connection,
    target: Target,
    rows: Rows,
    columns: Mapping[str, str],
    rejects: Rejects | RejectedRows,
    entry: Mapping[str, object],
    today: date,
    repeated: pl.Series,
    progress: Callable[[int], None],
) -> Reading:
    """Enter an import in the ledger, and make ready to read its rows."""
    started = insert(IMPORTS).values(outcome="loaded", **entry).returning(IMPORTS.c.id)
    import_id = connection.execute(started).scalar_one()
    known = home_locator(connection) if target.replaces_all else row_locator(connection)
    return Reading(target, rows, columns, known, rejects, today, import_id, repeated, progress)


def load_reading(connection: Connection, reading: Reading, synthetic: bool) -> Report:
    """Load the rows that have no problem; the others go to the rejects."""
    target, rejects = reading.target, reading.rejects
    gone = 0 if synthetic else _clear_synthetic(connection, target)
    change = load(connection, target.table, _finished(reading), replaces_all=target.replaces_all)
    change = replace(change, removed=change.removed + gone)
    written = rejects.path if rejects.count else None
    return Report(reading.rows.path, reading.read, change, rejects.count, reading.located, written)


def _refusal(report: Report, max_refused: float) -> str:
    """Why nothing of a file is loaded; empty if nothing stands against it."""
    name = report.file.name
    if not report.rows:
        # It does not say that what is there should go, neither the homes nor the demonstration.
        return f"{name} has no rows: nothing was changed."
    if report.refused == report.rows:
        said = f"All {report.rows:,} rows of {name} were refused"
    elif 100 * report.refused > max_refused * report.rows:
        said = f"{report.refused:,} of {report.rows:,} rows of {name} were refused, more than {max_refused:g}%"
    else:
        return ""
    return f"{said}: nothing was loaded. {report.rejects} says why, row by row."


def clear_demonstration(database: Database) -> None:
    """Take every synthetic row out of every layer and the survey; the property list stays."""
    with database.owner.begin() as connection:
        take_turn(connection)
        if _clear_synthetic(connection, SURVEY_TARGET):
            renew(connection, SURVEY_TARGET.name)
        for layer in LAYERS.values():
            if _clear_synthetic(connection, layer_target(layer)):
                renew(connection, layer.id)


def _clear_synthetic(connection: Connection, target: Target) -> int:
    """Take the demonstration out of what real rows come into: the two are never mixed."""
    if target.replaces_all:
        return 0
    made_up = select(IMPORTS.c.id).where(IMPORTS.c.synthetic)
    return connection.execute(delete(target.table).where(target.table.c.import_id.in_(made_up))).rowcount


def _repeated(rows: Rows, target: Target, columns: Mapping[str, str], today: date) -> pl.Series:
    """Hashes of the keys, and of the rows without one, that a file has more than once.

    Few, so that the exact checks need to keep little.
    """
    key, repeats = target.key, target.layer is not None and target.layer.repeats
    wanted = columns if repeats else {key: columns[key]}
    hashes = [np.empty(0, np.uint64)]
    for batch in rows.batches([*dict.fromkeys(wanted.values())]):
        texts = typed(batch, wanted, Problems())
        if key in wanted:
            hashes.append(texts[key].drop_nulls().hash().to_numpy())
        if repeats:
            nameless = texts.filter(pl.col(key).is_null()) if key in wanted else texts
            hashes.append(
                _row_text(validated(nameless, target.fields, (), today, Problems()), target).hash().to_numpy()
            )
    every = np.concatenate(hashes)
    every.sort()
    return pl.Series(np.unique(every[1:][every[1:] == every[:-1]]), dtype=pl.UInt64)


def _finished(reading: Reading) -> Iterator[pl.DataFrame]:
    """Batches ready for the table. Rows with a problem go to the rejects instead."""
    malformed = 0
    for batch in reading.rows.batches():
        found = reading.rows.malformed[malformed:]
        malformed += len(found)
        reading.rejects.add_malformed(found)
        problems = Problems()
        rows = typed(batch, reading.columns, problems)
        rows = validated(rows, reading.target.fields, reading.target.required, reading.today, problems)
        ordered(rows, reading.target.chronology, problems)
        if reading.target.layer is not None and reading.target.layer.repeats:
            rows = rows.with_columns(_numbered_repeats(rows, reading))
        rows = reading.locator.locate(rows, problems)
        if reading.target.replaces_all:
            problems.add(rows, rows["easting"].is_null(), "easting", pl.lit("there are no coordinates"))
        _note_duplicates(rows, reading, problems)
        wrong = problems.frame()
        reading.rejects.add(batch, wrong)
        good = rows.join(wrong, on=ROW, how="anti", maintain_order="left") if wrong.height else rows
        reading.read += batch.height + len(found)
        reading.located += good.filter(pl.col("located_by") != "none").height
        reading.progress(reading.read)
        yield _columns_of(good, reading)
    left = reading.rows.malformed[malformed:]
    reading.rejects.add_malformed(left)
    reading.read += len(left)


def _columns_of(good: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    made = good.with_columns(pl.col(ROW).alias("source_row"), pl.lit(reading.import_id).alias("import_id"))
    return made.select(reading.target.columns)


def _note_duplicates(rows: pl.DataFrame, reading: Reading, problems: Problems) -> None:
    """Refuse a row whose key an earlier good row of the file has."""
    key = reading.target.key
    suspects = rows.filter(rows[key].hash().is_in(reading.repeated.implode())).select(ROW, key)
    refused = set(problems.frame()[ROW]) if suspects.height else set()
    later = [
        (row, f"'{name}' is already in row {reading.first[name]}")
        for row, name in suspects.iter_rows()
        if name is not None and row not in refused and reading.first.setdefault(name, row) != row
    ]
    if later:
        found = pl.DataFrame(later, schema={ROW: pl.Int32, "reason": pl.String}, orient="row")
        problems.found.append(found.select(ROW, pl.lit(key).alias("field"), "reason"))


def _numbered_repeats(rows: pl.DataFrame, reading: Reading) -> pl.Series:
    """References for rows without one: a number made from the row, and which of its repeats in the file it is.

    The same file gives the same references again; a file with one repeat more gives one more.
    """
    nameless = rows.filter(pl.col("reference").is_null())
    said = _row_text(nameless, reading.target)
    made = []
    for text, repeated in zip(said, said.hash().is_in(reading.repeated.implode()), strict=True):
        number = hashlib.sha256(text.encode()).hexdigest()[:24]
        if repeated:
            reading.repeats[number] += 1
        made.append(f"no-id-{number}-{reading.repeats[number] or 1}")
    by_row = pl.DataFrame({ROW: nameless[ROW], "made": pl.Series(made, dtype=pl.String)})
    return rows.join(by_row, on=ROW, how="left", maintain_order="left").select(
        pl.coalesce("reference", "made").alias("reference")
    )["reference"]


def _row_text(rows: pl.DataFrame, target: Target) -> pl.Series:
    """All that each row says but its key, as one text."""
    said = [name for name in target.fields if name != target.key]
    return rows.select(pl.concat_str(pl.col(said).cast(pl.String).fill_null(""), separator="\x1f")).to_series()


def finish_reading(connection: Connection, reading: Reading, report: Report) -> None:
    """Enter in the ledger what has changed; what follows from it has a new version."""
    change, target = report.change, reading.target
    counts = {name: getattr(change, name) for name in ("added", "changed", "unchanged", "removed")}
    counts |= {"rows": report.rows, "refused": report.refused, "located": report.located}
    connection.execute(update(IMPORTS).where(IMPORTS.c.id == reading.import_id).values(counts))
    if not change.added + change.changed + change.removed:
        return
    if target.replaces_all:
        relocate(connection)
    else:
        renew(connection, target.name)


def _note_refusal(database: Database, entry: Mapping[str, object], report: Report) -> None:
    with database.owner.begin() as connection:
        counts = {"rows": report.rows, "refused": report.refused}
        connection.execute(insert(IMPORTS).values(outcome="refused", **counts, **entry))
