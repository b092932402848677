from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model
from sqlalchemy import Index, text
from sqlalchemy.exc import IntegrityError

from evidence import PUBLIC, Database, Viewer, connect, items, prepare
from evidence.published_tables import PUBLISHED, published_table
from evidence.snapshot import Selection
from evidence.tables import METADATA, table
from geo.errors import Refused
from layers._layer import Counted, Event, Layer, Record, Shown, Synonyms
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
Lights = Callable[..., Layer]
KIND = (Literal["lamp", "column"], Field(description="Kind"))
SEEN = (Event, Field(description="Seen"))
WATTS = (Annotated[int, Field(ge=1, le=999)] | None, Field(None, description="Power, watts"))
PLAIN = Layer(
    id="lights",
    title="Street lighting",
    noun=("fault", "faults"),
    publisher="Nobody",
    licence="None",
    record=Record,
    category="kind",
    happened="seen",
    themes={},
    hue="#000000",
    marker="square",
)


@pytest.fixture
def lights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lights]:
    """Give the product a layer more, or another version of it, as if its file had been written or changed."""

    def forget() -> None:
        for metadata in (METADATA, PUBLISHED):
            for each in [each for each in metadata.tables.values() if each.name == PLAIN.id]:
                metadata.remove(each)

    def make(disclosure: Counted | Shown | None = None, **fields: Any) -> Layer:
        forget()
        record = create_model("Fault", __base__=Record, **({"kind": KIND, "seen": SEEN} | fields))
        layer = replace(PLAIN, record=record, disclosure=disclosure or Counted())
        monkeypatch.setitem(LAYERS, layer.id, layer)
        return layer

    yield make
    forget()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database, not prepared."""
    database = connect(database_url, tmp_path)
    yield database
    database.close()


def write(database: Database, layer: Layer, **values: Any) -> None:
    """Add a row to a layer's table, by hand; what is not said is 1, a lamp, seen in May."""
    row = {"reference": "1", "kind": "lamp", "seen": date(2026, 5, 1), "located_by": "none"}
    with database.owner.begin() as connection:
        connection.execute(table(layer).insert().values({**row, "source_row": 2, "import_id": 1, **values}))


def ask(database: Database, question: str, **values: Any) -> list[Any]:
    """The rows of a query, as the owner."""
    with database.owner.connect() as connection:
        return list(connection.execute(text(question), values))


def columns(database: Database, schema: str = "evidence") -> dict[str, str | None]:
    """The columns of the lights' table, with their comments."""
    found = ask(
        database,
        "SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute "
        "WHERE attrelid = to_regclass(:name) AND attnum > 0",
        name=f"{schema}.lights",
    )
    return {row.attname: row.comment for row in found}


def test_the_table_of_every_layer_has_its_fields_with_their_descriptions(database: Database, tmp_path: Path) -> None:
    """Whoever opens the database finds each field described."""
    prepare(database, tmp_path)
    for layer in LAYERS.values():
        found = ask(
            database,
            "SELECT attname, col_description(attrelid, attnum), attnotnull FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0",
            name=f"evidence.{layer.id}",
        )
        comments = {name: (comment, required) for name, comment, required in found}
        for name, field in layer.record.model_fields.items():
            assert comments[name] == (field.description, type(None) not in getattr(field.annotation, "__args__", ()))


def test_preparing_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    """The second time no catalogue row is written."""
    everything = """
        SELECT 'relation', oid, xmin::text FROM pg_class UNION ALL
        SELECT 'constraint', oid, xmin::text FROM pg_constraint UNION ALL
        SELECT 'schema', oid, xmin::text FROM pg_namespace WHERE nspname !~ '^pg_' UNION ALL
        SELECT 'role', oid, xmin::text FROM pg_authid ORDER BY 1, 2"""
    prepare(database, tmp_path)
    before = ask(database, everything)
    prepare(database, tmp_path)
    assert ask(database, everything) == before


@pytest.mark.parametrize("schema", ["evidence", "published"])
def test_a_schema_of_others_is_left_alone(database: Database, tmp_path: Path, schema: str) -> None:
    """A database that somebody else keeps things in under our names is refused, and nothing in it is touched."""
    with database.owner.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text(f"CREATE TABLE {schema}.theirs AS SELECT 42 AS answer"))
    with pytest.raises(Refused, match=f"a schema called {schema} that this service did not make"):
        prepare(database, tmp_path)
    assert ask(database, f"SELECT answer FROM {schema}.theirs") == [(42,)]
    assert ask(database, "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, current_database())") == [(0,)]


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


def test_a_new_field_gets_a_column(database: Database, tmp_path: Path, lights: Lights) -> None:
    """It is there with its description and limits, empty in the rows of before, and both readers see it."""
    old = lights()
    prepare(database, tmp_path)
    write(database, old)
    new = lights(Shown(("reference", "kind", "seen", "watts")), watts=WATTS)
    prepare(database, tmp_path)
    assert columns(database)["watts"] == "Power, watts"
    write(database, new, reference="2", watts=70)
    with pytest.raises(IntegrityError):
        write(database, new, reference="3", watts=1000)
    found = items(database, OFFICER, new, Selection()).rows
    assert [row["watts"] for row in found] == [None, 70]


def test_a_new_field_that_must_be_filled_leaves_old_rows_alone(
    database: Database, tmp_path: Path, lights: Lights
) -> None:
    """Rows that came before it cannot have it, and stay."""
    write_first = lights()
    prepare(database, tmp_path)
    write(database, write_first)
    lights(watts=(int, Field(description="Power, watts")))
    prepare(database, tmp_path)
    assert ask(database, "SELECT reference, watts FROM evidence.lights") == [("1", None)]


def test_a_field_that_need_no_longer_be_filled_may_be_empty(database: Database, tmp_path: Path, lights: Lights) -> None:
    """The table takes rows that the record takes."""
    lights(watts=(int, Field(description="Power, watts")))
    prepare(database, tmp_path)
    new = lights(watts=WATTS)
    prepare(database, tmp_path)
    write(database, new, watts=None)


def test_a_field_that_went_keeps_its_values(database: Database, tmp_path: Path, lights: Lights) -> None:
    """Its column stays with what is in it, and new rows leave it empty, though it once had to be filled."""
    old = lights(watts=(int, Field(description="Power, watts")))
    prepare(database, tmp_path)
    write(database, old, watts=70)
    new = lights()
    prepare(database, tmp_path)
    write(database, new, reference="2")
    assert ask(database, "SELECT reference, watts FROM evidence.lights ORDER BY 1") == [("1", 70), ("2", None)]
    assert "watts" not in items(database, OFFICER, new, Selection()).rows[0]


def test_a_field_that_comes_back_has_its_values_again(database: Database, tmp_path: Path, lights: Lights) -> None:
    """What was kept is there when an earlier version of the product is started again."""
    old = lights(watts=WATTS)
    prepare(database, tmp_path)
    write(database, old, watts=70)
    lights()
    prepare(database, tmp_path)
    again = lights(watts=WATTS)
    prepare(database, tmp_path)
    assert [row["watts"] for row in items(database, OFFICER, again, Selection()).rows] == [70]


def test_a_code_list_that_changed_changes_the_check(database: Database, tmp_path: Path, lights: Lights) -> None:
    """New codes are taken, codes that went no longer; rows that have one stay, and can still be corrected."""
    old = lights()
    prepare(database, tmp_path)
    write(database, old, kind="column")
    new = lights(kind=(Literal["lamp", "cable"], Field(description="Kind")))
    prepare(database, tmp_path)
    write(database, new, reference="2", kind="cable")
    with pytest.raises(IntegrityError):
        write(database, new, reference="3", kind="column")
    assert ask(database, "SELECT kind FROM evidence.lights ORDER BY reference") == [("column",), ("cable",)]


def test_codes_are_text_and_nothing_else(database: Database, tmp_path: Path, lights: Lights) -> None:
    """Quotation marks, per cent signs and colons in a code reach the check as they are written, also later."""
    odd = ("it's", "50% off", 'say "x"', "at :noon", "100%", "semi; DROP TABLE x; --", "back\\slash")
    kind = (Annotated[Literal[odd], Synonyms({})], Field(description="Kind"))
    for extra in ({}, {"watts": WATTS}):
        layer = lights(kind=kind, **extra)
        prepare(database, tmp_path)
        for code in odd:
            write(database, layer, reference=f"{len(extra)} {code}", kind=code)
        with pytest.raises(IntegrityError):
            write(database, layer, reference="other", kind="50%% off")


def test_a_description_that_changed_changes_the_comment(database: Database, tmp_path: Path, lights: Lights) -> None:
    """The database says what the record says."""
    lights(watts=WATTS)
    prepare(database, tmp_path)
    lights(watts=(WATTS[0], Field(None, description="Power of one lamp, watts")))
    prepare(database, tmp_path)
    assert columns(database)["watts"] == "Power of one lamp, watts"


def test_a_field_of_another_type_is_refused(database: Database, tmp_path: Path, lights: Lights) -> None:
    """A sentence names the field and both types, and nothing has changed."""
    lights(watts=WATTS)
    prepare(database, tmp_path)
    lights(watts=(str | None, Field(None, description="Power")), colour=(str | None, Field(None, description="Colour")))
    with pytest.raises(Refused, match=r"field watts of lights was INTEGER and is now TEXT.*another name"):
        prepare(database, tmp_path)
    assert "colour" not in columns(database)


def test_a_new_index_is_made_for_a_table_that_is_there(database: Database, tmp_path: Path, lights: Lights) -> None:
    """An old database does not stay slower than a new one."""
    lights()
    prepare(database, tmp_path)
    Index("lights_kind", table(lights()).c.kind)
    prepare(database, tmp_path)
    assert ask(database, "SELECT count(*) FROM pg_indexes WHERE indexname = 'lights_kind'") == [(1,)]


def test_what_is_no_longer_shown_is_gone_from_what_is_published(
    database: Database, tmp_path: Path, lights: Lights
) -> None:
    """A field taken back, and a layer taken back, leave no copy that the public role could read."""
    layer = lights(Shown(("reference", "kind", "seen", "watts")), watts=WATTS)
    prepare(database, tmp_path)
    write(database, layer, watts=70)
    lights(Shown(("reference", "kind", "seen")), watts=WATTS)
    prepare(database, tmp_path)
    assert {"reference", "kind", "seen"} <= set(columns(database, "published"))
    assert "watts" not in columns(database, "published")
    assert ask(database, "SELECT reference FROM published.lights") == [("1",)]
    lights(Counted(), watts=WATTS)
    prepare(database, tmp_path)
    assert columns(database, "published") == {}
    assert ask(database, "SELECT * FROM published.about WHERE layer = 'lights'") == []


def test_a_layer_that_becomes_shown_is_published_at_once(database: Database, tmp_path: Path, lights: Lights) -> None:
    """Nobody has to import anything again."""
    hidden = lights(Counted())
    prepare(database, tmp_path)
    write(database, hidden)
    shown = lights(Shown(("reference", "kind", "seen")))
    prepare(database, tmp_path)
    assert published_table(shown) is not None
    assert [row["reference"] for row in items(database, PUBLIC, shown, Selection()).rows] == ["1"]
