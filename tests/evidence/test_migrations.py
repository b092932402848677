from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from analysis import runs as runs
from evidence import Database, prepare
from evidence.alterations import FOLLOWS
from evidence.database import PLANS
from evidence.migrations import head
from evidence.published_tables import PUBLISHED
from evidence.tables import EVIDENCE
from geo.errors import Refused
from plans import proposals, publication, replies  # noqa: F401 - for their tables


def test_the_migrations_make_what_the_code_defines(unprepared: Database, tmp_path: Path) -> None:
    """Column by column: name, type, whether it may be empty, and keys; nothing more, nothing less."""
    prepare(unprepared, tmp_path)
    with unprepared.owner.connect() as connection:
        found = inspect(connection)
        for metadata in (EVIDENCE, PLANS, PUBLISHED):
            for table in [table for table in metadata.sorted_tables if FOLLOWS not in table.info]:
                there = {
                    column["name"]: (column["type"].compile(connection.dialect), column["nullable"])
                    for column in found.get_columns(table.name, table.schema)
                }
                assert there == {
                    column.name: (column.type.compile(connection.dialect), column.nullable) for column in table.columns
                }
                key = found.get_pk_constraint(table.name, table.schema)["constrained_columns"]
                assert key == [column.name for column in table.primary_key.columns]
                names = {index["name"] for index in found.get_indexes(table.name, table.schema)}
                assert {index.name for index in table.indexes} <= names


def test_a_database_of_a_newer_version_is_refused(unprepared: Database, tmp_path: Path, ask: Any) -> None:
    """In a sentence that says what to do, and nothing in it has changed."""
    prepare(unprepared, tmp_path)
    with unprepared.owner.begin() as connection:
        connection.execute(text("UPDATE evidence.schema_revision SET version_num = '9999'"))
        connection.execute(text("COMMENT ON SCHEMA evidence IS 'of another version'"))
    with pytest.raises(Refused, match=rf"A newer version .* revision 9999; this version knows {head()}.*restore a"):
        prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT version_num FROM evidence.schema_revision") == [("9999",)]


def test_a_table_that_the_migrations_did_not_make_is_refused(unprepared: Database, tmp_path: Path, ask: Any) -> None:
    """It would answer every page that needs the column with an error."""
    prepare(unprepared, tmp_path)
    with unprepared.owner.begin() as connection:
        connection.execute(text("ALTER TABLE plans.run DROP COLUMN made"))
        connection.execute(text("COMMENT ON SCHEMA evidence IS 'of another version'"))
    with pytest.raises(Refused, match=r"table plans\.run has no column made: .*Restore a backup"):
        prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT obj_description('evidence'::regnamespace)") == [("of another version",)]


def test_an_event_that_is_new_in_the_code_is_taken_by_an_old_database(unprepared: Database, tmp_path: Path) -> None:
    """A code list in a table that migrations make follows the code, too."""
    prepare(unprepared, tmp_path)
    with unprepared.owner.begin() as connection:
        for name in connection.scalars(
            text("SELECT conname FROM pg_constraint WHERE conrelid = 'plans.access_log'::regclass AND contype = 'c'")
        ).all():
            connection.execute(text(f'ALTER TABLE plans.access_log DROP CONSTRAINT "{name}"'))
        connection.execute(text("ALTER TABLE plans.access_log ADD CHECK (event IN ('saw'))"))
        connection.execute(text("COMMENT ON SCHEMA evidence IS 'of another version'"))
    prepare(unprepared, tmp_path)
    entry = """INSERT INTO plans.access_log (who, role, event, about, estates, records)
        VALUES ('a', 'b', :event, '{}', '{}', '{}')"""
    with unprepared.owner.begin() as connection:
        connection.execute(text(entry), {"event": "published"})
