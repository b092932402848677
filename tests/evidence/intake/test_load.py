import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
import psycopg
import pytest
from sqlalchemy import (
    Column,
    Computed,
    Double,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from evidence.intake.load import RowChange, load

NAMING = {"pk": "%(table_name)s_pkey"}
THINGS = Table(
    "things",
    MetaData(schema="public", naming_convention=NAMING),
    Column("key", Text, primary_key=True),
    Column("words", Text),
    Column("number", Double),
    Column("source_row", Integer, nullable=False),
    Column("import_id", Integer, nullable=False),
    Column("twice", Double, Computed("number * 2", persisted=True)),
    Index("things_words", "words"),
    Index("things_number", "number"),
)
WORDS = ["", '"', ",", "a\nb", "a\rb", "\\.", "\\N", "NULL", "é", "🏡", " ", "'", "\t", "x" * 4000]

Rows = dict[str, tuple[str | None, float | None]]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with an empty table of things."""
    engine = create_engine(database_url)
    THINGS.create(engine)
    yield engine
    engine.dispose()


def batch(rows: Rows, import_id: int = 1) -> pl.DataFrame:
    """Rows by key, ready for the table."""
    return pl.DataFrame(
        {
            "key": list(rows),
            "words": pl.Series([words for words, _ in rows.values()], dtype=pl.String),
            "number": pl.Series([number for _, number in rows.values()], dtype=pl.Float64),
            "source_row": range(2, 2 + len(rows)),
            "import_id": [import_id] * len(rows),
        }
    )


def bring(engine: Engine, *batches: Rows, import_id: int = 1, replaces_all: bool = False) -> RowChange:
    """Load batches of rows in a transaction."""
    with engine.begin() as connection:
        return load(connection, THINGS, [batch(rows, import_id) for rows in batches], replaces_all=replaces_all)


def there(engine: Engine) -> Rows:
    """What the table holds, by key; the column that the database computes is checked."""
    with engine.connect() as connection:
        rows = connection.execute(select(THINGS)).all()
    assert all(row.twice == (None if row.number is None else row.number * 2) for row in rows)
    return {row.key: (row.words, row.number) for row in rows}


def random_rows(seed: int, keys: Sequence[int]) -> Rows:
    """Rows with those keys and whatever text can be, a fifth of it missing."""
    random = np.random.default_rng(seed)

    def value(made: Any) -> Any:
        return None if random.random() < 0.2 else made

    return {f"k{key}": (value(str(random.choice(WORDS))), value(float(random.normal()))) for key in keys}


def shape(engine: Engine) -> Any:
    """The table's key, indexes and columns, as the database has them."""
    found = inspect(engine)
    return [
        found.get_pk_constraint("things"),
        sorted(found.get_indexes("things"), key=str),
        [(column["name"], column["nullable"]) for column in found.get_columns("things")],
    ]


def test_an_empty_table_takes_everything_as_it_is(engine: Engine) -> None:
    """Text of every kind, to the last bit, with key and indexes as they were before."""
    before = shape(engine)
    rows = random_rows(1, range(500))
    assert bring(engine, rows) == RowChange(added=500, changed=0, unchanged=0)
    assert there(engine) == rows
    assert shape(engine) == before


def test_the_same_again_changes_nothing(engine: Engine) -> None:
    """Not even whence a row is said to come: the import that brought it stays the one."""
    rows = random_rows(1, range(300))
    bring(engine, rows, import_id=1)
    assert bring(engine, rows, import_id=2) == RowChange(added=0, changed=0, unchanged=300)
    with engine.connect() as connection:
        assert set(connection.scalars(select(THINGS.c.import_id))) == {1}


def test_rows_that_differ_are_updated_and_new_ones_added(engine: Engine) -> None:
    """In whatever batches they come; nothing to something and something to nothing are differences too."""
    bring(engine, old := random_rows(1, range(300)))
    new = random_rows(2, range(200, 500))
    pieces = [dict(list(new.items())[start : start + 70]) for start in range(0, 300, 70)]
    differ = sum(old[key] != new[key] for key in old.keys() & new.keys())
    assert bring(engine, *pieces) == RowChange(added=200, changed=differ, unchanged=100 - differ)
    assert there(engine) == old | new


def test_a_whole_list_removes_what_is_not_on_it(engine: Engine) -> None:
    """And says how many."""
    bring(engine, random_rows(1, range(50)))
    new = random_rows(1, range(30, 60)) | random_rows(2, range(60, 70))
    change = bring(engine, new, replaces_all=True)
    assert (change.removed, change.added, there(engine)) == (30, 20, new)


@pytest.mark.parametrize("replaces_all", [False, True])
def test_no_batches_add_nothing(engine: Engine, replaces_all: bool) -> None:
    """Into an empty table or a full one."""
    assert bring(engine, replaces_all=replaces_all) == RowChange(0, 0, 0)
    bring(engine, random_rows(1, range(5)))
    assert bring(engine) == RowChange(0, 0, 0)
    assert len(there(engine)) == 5


@pytest.mark.parametrize("filled", [False, True])
def test_a_failure_on_the_way_leaves_the_table_as_it_was(engine: Engine, filled: bool) -> None:
    """Key, indexes and rows, whichever batch could not be made; the error is the one that happened."""
    bring(engine, rows := random_rows(1, range(100)) if filled else {})
    before = shape(engine)

    def batches() -> Iterator[pl.DataFrame]:
        for start in range(0, 200, 50):
            yield batch(random_rows(2, range(start, start + 50)))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        load(connection, THINGS, batches())
    assert (there(engine), shape(engine)) == (rows, before)
    assert bring(engine, random_rows(2, range(50))).added == (0 if filled else 50)


@pytest.mark.parametrize("filled", [False, True])
def test_a_server_that_is_lost_on_the_way_leaves_the_table_as_it_was(engine: Engine, filled: bool) -> None:
    """The backend is ended in the middle of a COPY; the next load works."""
    bring(engine, rows := random_rows(1, range(100)) if filled else {})
    before = shape(engine)

    def batches(backend: Any) -> Iterator[pl.DataFrame]:
        yield batch(random_rows(2, range(50)))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        for start in range(50, 100_000, 50):
            yield batch(random_rows(2, range(start, start + 50)))

    with pytest.raises((psycopg.OperationalError, OperationalError)), engine.begin() as connection:
        load(connection, THINGS, batches(connection.scalar(text("SELECT pg_backend_pid()"))))
    assert (there(engine), shape(engine)) == (rows, before)
    assert bring(engine, random_rows(2, range(150))).added == (50 if filled else 150)


def test_batches_are_made_one_by_one(engine: Engine) -> None:
    """While one is on its way the next is made, and none before them is kept: a file may be larger than memory."""
    made: list[weakref.ref[pl.DataFrame]] = []
    alive = []

    def batches() -> Iterator[pl.DataFrame]:
        for start in range(0, 500, 50):
            alive.append(sum(each() is not None for each in made))
            one = batch(random_rows(1, range(start, start + 50)))
            made.append(weakref.ref(one))
            yield one

    with engine.begin() as connection:
        assert load(connection, THINGS, batches()).added == 500
    assert max(alive) <= 2


def test_a_load_leaves_the_definition_of_the_table_alone(engine: Engine) -> None:
    """A database made later in the same process has the same table, key and all."""
    before = str(CreateTable(THINGS).compile(engine))
    bring(engine, random_rows(1, range(5)))
    assert "PRIMARY KEY" in before
    assert str(CreateTable(THINGS).compile(engine)) == before
