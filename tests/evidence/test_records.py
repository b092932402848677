from typing import Any

import polars as pl
import pytest

from evidence import PUBLIC, Database, NotVisible, Viewer, home_records, records
from evidence.figures import homes_by_area
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
REPAIRS = LAYERS["repairs"]


def test_every_row_comes_with_its_place_and_date(settled: Database) -> None:
    """By reference, so that two readings of the same data are the same."""
    for layer in LAYERS.values():
        found = records(settled, OFFICER, layer)
        assert found.height == 120
        assert found.columns == ["easting", "northing", "estate", "uprn", "located_by", "category", "happened"]
        assert set(found["category"]) <= set(layer.categories)
        assert found["happened"].dtype == pl.Date
        assert found.equals(records(settled, OFFICER, layer))


def test_rows_without_a_place_are_there_too(settled: Database) -> None:
    """What cannot be placed is counted all the same."""
    found = records(settled, OFFICER, REPAIRS)
    nowhere = found.filter(pl.col("located_by") == "none")
    assert 0 < nowhere.height < found.height
    assert nowhere["easting"].null_count() == nowhere["estate"].null_count() == nowhere.height


def test_further_fields_come_by_name(settled: Database) -> None:
    """As they are kept."""
    assert set(records(settled, OFFICER, REPAIRS, "priority")["priority"]) >= {"routine", "emergency"}


def test_homes_come_with_their_estates(settled: Database) -> None:
    """As many in each estate as its rates are counted on."""
    found = home_records(settled, OFFICER)
    counted = found.drop_nulls("estate").group_by("estate").len()
    with settled.owner.connect() as connection:
        assert dict(counted.iter_rows()) == homes_by_area(connection)


@pytest.mark.parametrize("ask", [lambda each: records(each, PUBLIC, REPAIRS), lambda each: home_records(each, PUBLIC)])
def test_nobody_else_sees_them(settled: Database, ask: Any) -> None:
    """Single records are for officers."""
    with pytest.raises(NotVisible):
        ask(settled)
