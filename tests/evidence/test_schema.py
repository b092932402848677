from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from evidence import Database, connect, prepare
from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS

Lights = Callable[..., Layer]
Write = Callable[..., None]
Ask = Callable[..., list[Any]]


def test_the_table_of_every_layer_has_its_fields_with_their_descriptions(
    unprepared: Database, tmp_path: Path, ask: Ask
) -> None:
    """Whoever opens the database finds each field described."""
    prepare(unprepared, tmp_path)
    for layer in LAYERS.values():
        found = ask(
            unprepared,
            "SELECT attname, col_description(attrelid, attnum), attnotnull FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0",
            name=f"evidence.{layer.id}",
        )
        comments = {name: (comment, required) for name, comment, required in found}
        for name, field in layer.record.model_fields.items():
            assert comments[name] == (field.description, type(None) not in getattr(field.annotation, "__args__", ()))


def test_preparing_again_changes_nothing(unprepared: Database, tmp_path: Path, ask: Ask) -> None:
    """The second time no catalogue row is written."""
    everything = """
        SELECT 'relation', oid, xmin::text FROM pg_class UNION ALL
        SELECT 'constraint', oid, xmin::text FROM pg_constraint UNION ALL
        SELECT 'schema', oid, xmin::text FROM pg_namespace WHERE nspname !~ '^pg_' UNION ALL
        SELECT 'role', oid, xmin::text FROM pg_authid ORDER BY 1, 2"""
    prepare(unprepared, tmp_path)
    before = ask(unprepared, everything)
    prepare(unprepared, tmp_path)
    assert ask(unprepared, everything) == before


@pytest.mark.parametrize("schema", ["evidence", "published"])
def test_a_schema_of_others_is_left_alone(unprepared: Database, tmp_path: Path, schema: str, ask: Ask) -> None:
    """A database that somebody else keeps things in under our names is refused, and nothing in it is touched."""
    with unprepared.owner.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text(f"CREATE TABLE {schema}.theirs AS SELECT 42 AS answer"))
    with pytest.raises(Refused, match=f"a schema called {schema} that this service did not make"):
        prepare(unprepared, tmp_path)
    assert ask(unprepared, f"SELECT answer FROM {schema}.theirs") == [(42,)]
    assert ask(unprepared, "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, current_database())") == [(0,)]


def test_several_starts_at_once_make_one_database(database_url: str, tmp_path: Path) -> None:
    """Whoever comes second waits, and finds everything made; all read with the same key."""

    def start(_: int) -> str:
        database = connect(database_url, tmp_path)
        stack.callback(database.close)
        prepare(database, tmp_path)
        with database.public.connect() as connection:
            return str(connection.execute(text("SELECT count(*) FROM published.about")).scalar())

    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1
