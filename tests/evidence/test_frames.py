from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
)

from evidence.frames import fetch, update

THINGS = Table(
    "things",
    MetaData(schema="public"),
    Column("id", Integer, primary_key=True),
    Column("words", Text),
    Column("number", Double),
    Column("day", Date),
    Column("truth", Boolean),
)
WORDS = [
    "",
    " ",
    '"',
    ",",
    "a\nb",
    "a\r\nb",
    "\\.",
    "\\N",
    "NULL",
    "t",
    "f",
    "é",
    "🏡",
    "0",
    "nan",
    "'; DROP",
    "%s",
    ":x",
]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to a database with a table of things, in a transaction."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        THINGS.create(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def hundred_rows(connection: Connection) -> pl.DataFrame:
    """A hundred rows of every type, with what text and numbers can be, put in one by one; a fifth of it null."""
    random = np.random.default_rng(6)

    def random_value(values: list[object]) -> list[object]:
        return [None if random.random() < 0.2 else values[random.integers(len(values))] for _ in range(100)]

    numbers = [0.1 + 0.2, 1e300, -0.0, 5e-324, 486123.45, 1 / 3]
    made = pl.DataFrame(
        {
            "id": pl.Series(range(100), dtype=pl.Int32),
            "words": pl.Series(random_value([*WORDS]), dtype=pl.String),
            "number": pl.Series(random_value([*numbers]), dtype=pl.Float64),
            "day": pl.Series(random_value([date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)]), dtype=pl.Date),
            "truth": pl.Series(random_value([True, False]), dtype=pl.Boolean),
        }
    )
    connection.execute(insert(THINGS), made.to_dicts())
    return made


def test_rows_come_as_columns_of_their_types(connection: Connection, hundred_rows: pl.DataFrame) -> None:
    """To the last bit, null apart from empty text, in whatever the text holds."""
    assert_frame_equal(fetch(connection, select(THINGS).order_by(THINGS.c.id)), hundred_rows, check_exact=True)


@pytest.mark.parametrize("name", ["words", "number", "day", "truth"])
def test_one_column_alone_keeps_its_empty_rows(connection: Connection, hundred_rows: pl.DataFrame, name: str) -> None:
    """A null of a single column is an empty line, and a row all the same."""
    found = fetch(connection, select(THINGS.c[name]).order_by(THINGS.c.id))
    assert found[name].to_list() == hundred_rows[name].to_list()


def test_no_rows_have_their_types_too(connection: Connection) -> None:
    """An empty result is a frame that can be worked with."""
    found = fetch(connection, select(THINGS))
    assert found.schema == {
        "id": pl.Int32,
        "words": pl.String,
        "number": pl.Float64,
        "day": pl.Date,
        "truth": pl.Boolean,
    }
    assert found.height == 0


def test_a_query_may_compare_and_compute(connection: Connection, hundred_rows: pl.DataFrame) -> None:
    """Conditions with values in them, percent signs too, and columns with other names."""
    query = select(THINGS.c.id.label("key"), func.max(THINGS.c.number, type_=Double).label("most"))
    query = query.where(THINGS.c.words.in_(["%s%%", "a\nb", "'; DROP"])).group_by(THINGS.c.id).order_by(THINGS.c.id)
    expected = hundred_rows.filter(pl.col("words").is_in(["%s%%", "a\nb", "'; DROP"]))
    assert fetch(connection, query).to_dict(as_series=False) == {
        "key": expected["id"].to_list(),
        "most": expected["number"].to_list(),
    }


def test_an_update_sets_the_columns_it_is_given(connection: Connection, hundred_rows: pl.DataFrame) -> None:
    """In the rows that have its keys, to null too; all else stays as it was, and it can be done again."""
    random = np.random.default_rng(7)
    for _ in range(2):
        chosen = hundred_rows.sample(40, seed=int(random.integers(1000)))
        changed = chosen.select("id", pl.col("words").reverse(), pl.col("number").reverse())
        unknown = pl.DataFrame({"id": [1000], "words": ["x"], "number": [1.0]}, schema=changed.schema)
        assert update(connection, THINGS, "id", pl.concat([changed, unknown])) == 40
        hundred_rows = hundred_rows.update(changed, on="id", include_nulls=True)
        assert_frame_equal(fetch(connection, select(THINGS).order_by(THINGS.c.id)), hundred_rows, check_exact=True)


def test_an_update_of_nothing_changes_nothing(connection: Connection, hundred_rows: pl.DataFrame) -> None:
    """Not even by asking the database."""
    assert update(connection, THINGS, "id", hundred_rows.clear()) == 0
