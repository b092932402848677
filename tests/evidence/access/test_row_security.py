import re
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from evidence import HOMES_TARGET, PUBLIC, SURVEY_TARGET, Database, Viewer, prepare
from evidence.access.row_security import of_estates
from evidence.database import EVERY, PATCH
from layers._registry import LAYERS

PATCHED = Viewer("officer", "Ann", frozenset({"E01", "E02"}))
NAMES = [f"{each.schema}.{each.name}" for each in of_estates()]


def estates(connection: Connection, name: str) -> set[str | None]:
    """The estates of the rows that a connection reads in a table."""
    return set(connection.scalars(text(f"SELECT estate FROM {name}")))


def filled(world: Database, evidence_of: Any, bring: Any) -> Database:
    """The world with rows in every table that is secured, in estates and in none."""
    for layer in LAYERS.values():
        bring(world, layer, evidence_of(layer, 60))
    places = [{"easting": 485500 + 1000 * (number % 4), "northing": 236500} for number in range(8)]
    bring(world, SURVEY_TARGET, [{"reference": n, "completed": "2026-01-05", **each} for n, each in enumerate(places)])
    with world.owner.connect() as connection:
        for name in NAMES:
            assert {"E01", "E02", "E03", None} <= estates(connection, name), name
    return world


def test_every_table_of_single_things_is_secured() -> None:
    """Layers, survey and homes: whatever has an estate."""
    tables = {layer.id for layer in LAYERS.values()} | {HOMES_TARGET.table.name, SURVEY_TARGET.table.name}
    assert set(NAMES) == {f"evidence.{name}" for name in tables}


def test_an_officer_reads_rows_of_the_patch_and_no_others(world: Database, evidence_of: Any, bring: Any) -> None:
    """In every table; rows in no estate are in nobody's patch, only in that which is every estate."""
    filled(world, evidence_of, bring)
    for name in NAMES:
        with world.of_patch(PATCHED) as connection:
            assert estates(connection, name) == {"E01", "E02"}, name
        with world.of_patch(Viewer("officer")) as connection:
            assert estates(connection, name) == set(), name
        for viewer in (Viewer("administrator"), Viewer("officer", estates=None)):
            with world.of_patch(viewer) as connection:
                assert {"E01", "E03", None} <= estates(connection, name), name
        for viewer in (PUBLIC, Viewer("planner", estates=None)):
            with world.of_patch(viewer) as connection:
                assert estates(connection, name) == set(), name


def test_without_a_patch_the_role_reads_no_row(world: Database, evidence_of: Any, bring: Any) -> None:
    """Whoever connects as officers do, by any way, and asks at once."""
    filled(world, evidence_of, bring)
    with world.officer.connect() as connection:
        for name in NAMES:
            assert estates(connection, name) == set(), name


def test_a_patch_ends_with_its_transaction(world: Database, evidence_of: Any, bring: Any) -> None:
    """The next to use the connection, and the same one after a commit, has none."""
    filled(world, evidence_of, bring)
    with world.of_patch(PATCHED) as connection:
        mine = connection.connection.dbapi_connection
        assert estates(connection, NAMES[0])
        connection.commit()
        assert estates(connection, NAMES[0]) == set()
    with world.officer.connect() as connection:
        assert connection.connection.dbapi_connection is mine
        assert estates(connection, NAMES[0]) == set()
    with pytest.raises(ZeroDivisionError), world.of_patch(PATCHED):
        _ = 1 / 0
    with world.officer.connect() as connection:
        assert estates(connection, NAMES[0]) == set()


@pytest.mark.parametrize("code", ["*", "{", "}", 'a"b', "a\\b", "a,b", "NULL", "", " ", "'; --", "{E01,E02}"])
def test_whatever_a_code_is_it_names_one_estate(world: Database, code: str) -> None:
    """No code of a council's own file is read as several, as none, or as every estate."""
    with world.of_patch(Viewer("officer", estates=frozenset({code}))) as connection:
        named = text("SELECT current_setting(:name)::text[]").bindparams(name=PATCH)
        assert connection.scalar(named) == [code]
        assert connection.scalar(text("SELECT count(*) FROM evidence.home")) == 0


@pytest.mark.parametrize("named", ["E01", "**", "{", "every"])
def test_a_patch_that_cannot_be_read_is_none(world: Database, named: str) -> None:
    """What is no array and not every estate is an error, not everything."""
    with world.officer.connect() as connection, pytest.raises(DBAPIError, match="malformed array"):
        connection.execute(text("SELECT set_config(:name, :named, true)"), {"name": PATCH, "named": named})
        connection.execute(text("SELECT * FROM evidence.home"))


@pytest.mark.parametrize(
    "statement",
    [
        "SET row_security = off",
        "ALTER TABLE evidence.asb DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_patch ON evidence.asb",
        "CREATE POLICY mine ON evidence.asb FOR SELECT USING (true)",
        "CREATE VIEW evidence.mine AS SELECT * FROM evidence.asb",
        "SET ROLE NONE",
        "RESET ROLE",
    ],
)
def test_the_role_cannot_take_the_rule_away(world: Database, evidence_of: Any, bring: Any, statement: str) -> None:
    """Nor get round it: an error, or still no row."""
    bring(world, LAYERS["asb"], evidence_of(LAYERS["asb"], 60))
    with world.officer.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        try:
            connection.exec_driver_sql(statement)
            assert estates(connection, "evidence.asb") == set()
        except DBAPIError as error:
            assert re.search("permission denied|must be owner|affected by row-level security", str(error))


def test_a_window_is_found_by_its_index_under_the_rule(world: Database) -> None:
    """As a plan says: PostGIS's own operator would make PostgreSQL read them all."""
    with world.of_patch(PATCHED) as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        window = "longitude BETWEEN -0.75 AND -0.74 AND latitude BETWEEN 52.01 AND 52.02"
        plan = "\n".join(connection.scalars(text(f"EXPLAIN SELECT reference FROM evidence.asb WHERE {window}")))
    assert "asb_position" in plan and "Index Cond: ((longitude >=" in plan


def test_a_database_of_before_is_secured_at_the_next_start(world: Database, tmp_path: Any) -> None:
    """Officers used to read whole tables, and those to come: neither is left."""
    officer = world.officer.url.username
    with world.owner.begin() as connection:
        connection.exec_driver_sql(f'GRANT SELECT ON ALL TABLES IN SCHEMA evidence TO "{officer}"')
        connection.exec_driver_sql(f'ALTER DEFAULT PRIVILEGES IN SCHEMA evidence GRANT SELECT ON TABLES TO "{officer}"')
        for name in NAMES:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql("COMMENT ON SCHEMA evidence IS 'before'")
    with world.officer.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM evidence.home")) == 50
    prepare(world, tmp_path / "home")
    with world.owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE evidence.later (a int)")
    with world.officer.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM evidence.home")) == 0
        for name in ("evidence.later", "evidence.import"):
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(f"SELECT * FROM {name}"))
            connection.rollback()
    with world.of_patch(Viewer("administrator")) as connection:
        assert connection.scalar(text("SELECT current_setting(:name)").bindparams(name=PATCH)) == EVERY
        assert connection.scalar(text("SELECT count(*) FROM evidence.home")) == 50
