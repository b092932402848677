from datetime import date, timedelta
from typing import Any

import pytest
from annotated_types import Ge, Le, MaxLen
from sqlalchemy import Text, func, select
from sqlalchemy.exc import IntegrityError

from evidence import HOMES_TARGET, Database
from evidence.tables import EVIDENCE, LOCATED_BY, table
from layers._layer import Layer, codes, metadata, optional, plain
from layers._registry import LAYERS

Row = dict[str, Any]
of_every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
PROVENANCE = {"located_by": "none", "source_row": 2, "import_id": 1}


def refused(database: Database, layer: Layer, row: Row) -> bool:
    """Whether the table does not take a row; it is not kept either way."""
    with database.owner.connect() as connection:
        try:
            connection.execute(table(layer).insert().values(row))
        except IntegrityError:
            return True
        return False


def test_a_table_takes_what_the_record_takes_and_nothing_else(world: Database, evidence_of: Any) -> None:
    """Codes, limits and required fields hold in the database too, whoever writes to it."""
    for layer in LAYERS.values():
        row = {**evidence_of(layer, 1)[0], **PROVENANCE}
        assert not refused(world, layer, row), layer.id
        for name, field in layer.record.model_fields.items():
            wrong: list[Any] = ["no such code", ""] if codes(field) else []
            wrong += [] if optional(field) else [None]
            one: Any = timedelta(days=1) if plain(field) is date else 1
            wrong += [item.ge - one for item in metadata(field) if isinstance(item, Ge)]
            wrong += [item.le + one for item in metadata(field) if isinstance(item, Le)]
            wrong += ["x" * (item.max_length + 1) for item in metadata(field) if isinstance(item, MaxLen)]
            for value in wrong:
                assert refused(world, layer, {**row, name: value}), (layer.id, name, value)
            assert not optional(field) or not refused(world, layer, {**row, name: None}), (layer.id, name)
        for how in (*LOCATED_BY, "guess"):
            assert refused(world, layer, {**row, "located_by": how}) is (how == "guess")


@of_every_layer
def test_a_layers_table_is_keyed_by_the_reference(layer: Layer) -> None:
    """The publisher's own reference tells whether a row is new."""
    assert table(layer).primary_key.columns.keys() == ["reference"]


@of_every_layer
def test_codes_and_words_are_text(layer: Layer) -> None:
    """A code list is text with a check, so that it can change without changing the column's type."""
    assert all(
        isinstance(table(layer).c[name].type, Text) for name, field in layer.record.model_fields.items() if codes(field)
    )


def test_the_geometry_is_made_of_the_coordinates(world: Database, evidence_of: Any, bring: Any) -> None:
    """A point of the table is where its easting and northing say, in EPSG:27700; no coordinates, no point."""
    layer = next(iter(LAYERS.values()))
    here, nowhere = evidence_of(layer, 2)
    bring(world, layer, [here | {"easting": 486123.25, "northing": 237000.5}, nowhere | {"easting": ""}])
    with world.owner.connect() as connection:
        query = select(func.ST_AsEWKT(table(layer).c.geom)).order_by(table(layer).c.reference)
        assert connection.scalars(query).all() == ["SRID=27700;POINT(486123.25 237000.5)", None]


def test_every_index_says_which_question_it_answers() -> None:
    """An index that answers no question only makes loading slower."""
    indexes = [index for each in EVIDENCE.tables.values() for index in each.indexes]
    assert indexes
    assert [index.name for index in indexes if not index.info.get("answers", "").endswith("?")] == []


def test_the_property_list_is_kept_as_rows_are() -> None:
    """Homes have the same columns for their place as the rows of every layer."""
    homes = {column.name for column in HOMES_TARGET.table.columns}
    assert all(homes <= {column.name for column in table(layer).columns} for layer in LAYERS.values())
