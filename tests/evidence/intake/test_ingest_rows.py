from datetime import date
from typing import Any

import pytest

from evidence import Database, Selection, Viewer, ingest_rows, items, layer_target, ledger
from geo.errors import Refused
from layers._registry import LAYERS

ASB = layer_target(LAYERS["asb"])
EVERYWHERE = Viewer("officer", estates=None)
GOOD: dict[str, object] = {
    "reference": "C1",
    "opened": "2026-05-01",
    "category": "noise",
    "hate": "no",
    "easting": 485500,
    "northing": 236500,
}


def bring_rows(database: Database, *rows: dict[str, object], **options: Any) -> None:
    """Load rows in a transaction of their own."""
    with database.owner.begin() as connection:
        ingest_rows(connection, ASB, rows, name="by hand", who="Ann", today=date(2026, 6, 30), **options)


def test_rows_come_in_as_those_of_a_file_do(world: Database) -> None:
    """Located, dated, and in the ledger with who brought them."""
    bring_rows(world, GOOD, {**GOOD, "reference": "C2", "easting": None})
    found = items(world, EVERYWHERE, LAYERS["asb"], Selection()).rows
    assert [(row["reference"], row["estate"], row["located_by"]) for row in found] == [
        ("C1", "E01", "coordinates"),
        ("C2", None, "none"),
    ]
    entry = ledger(world)[0]
    assert (entry.file, entry.who, entry.rows, entry.added, entry.located) == ("by hand", "Ann", 2, 2, 1)


def test_a_row_that_is_not_taken_says_why_and_none_is(world: Database) -> None:
    """By field and reason; the transaction of whoever brought them is undone."""
    before = len(ledger(world, 100))
    with pytest.raises(Refused, match=r"category: .*is not one of"):
        bring_rows(world, GOOD, {**GOOD, "reference": "C2", "category": "dragons"})
    assert items(world, EVERYWHERE, LAYERS["asb"], Selection()).matched == 0
    assert len(ledger(world, 100)) == before


def test_real_rows_take_the_demonstration_out(world: Database) -> None:
    """As those of a file do; the two are never mixed."""
    bring_rows(world, GOOD, synthetic=True)
    bring_rows(world, {**GOOD, "reference": "C2"})
    found = items(world, EVERYWHERE, LAYERS["asb"], Selection()).rows
    assert [row["reference"] for row in found] == ["C2"]
