from typing import Any

import pytest
from sqlalchemy import select, text

from geo.errors import Refused
from layers import HOMES_TARGET, LAYERS, PUBLIC, Asker, Database, Layer, Shown, use_boundaries, version
from layers._publish import PUBLISHED, publish_all, publish_layer, published_table
from layers._tables import table

OFFICER = Asker("officer")
SHOWN = [layer for layer in LAYERS.values() if isinstance(layer.disclosure, Shown)]
OTHERS = [layer for layer in LAYERS.values() if layer not in SHOWN]
PLACE = ("longitude", "latitude", "estate")


def published(database: Database) -> dict[str, list[Any]]:
    """Everything that is published, row by row, as the public reads it."""
    with database.public.connect() as connection:
        return {
            each.name: sorted(map(repr, connection.execute(text(f"SELECT * FROM published.{each.name}"))))
            for each in PUBLISHED.sorted_tables
        }


def evidence(database: Database, layer: Layer, names: list[str]) -> list[Any]:
    """Columns of a layer as the owner reads them, by reference."""
    rows = table(layer)
    with database.owner.connect() as connection:
        return list(connection.execute(select(*(rows.c[name] for name in names)).order_by(rows.c.reference)))


def copied(database: Database, layer: Layer) -> tuple[list[str], list[Any]]:
    """The columns that the public copy has in the database, and its rows by reference."""
    with database.public.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM published.{layer.id} ORDER BY reference"))
        return list(found.keys()), list(found)


@pytest.mark.parametrize("layer", SHOWN, ids=[layer.id for layer in SHOWN])
def test_the_public_copy_is_the_shown_fields_and_the_place(
    world: Database, evidence_of: Any, bring: Any, layer: Layer
) -> None:
    """After the first rows, after corrections and after more: the same rows, and no other column."""
    assert isinstance(layer.disclosure, Shown)
    wanted = [*layer.disclosure.fields, *PLACE]
    rows = evidence_of(layer, 30)
    for part in (rows[:20], [*rows[:10], *(row | {"easting": 485500, "northing": 236500} for row in rows[10:])]):
        bring(world, layer, part)
        names, found = copied(world, layer)
        assert sorted(names) == sorted(wanted)
        assert found == evidence(world, layer, names)
    assert len(found) == 30


@pytest.mark.parametrize("layer", OTHERS, ids=[layer.id for layer in OTHERS])
def test_what_is_not_shown_has_no_public_copy(world: Database, evidence_of: Any, bring: Any, layer: Layer) -> None:
    """Its rows leave no trace in what is published, not even a count."""
    before = published(world)
    bring(world, layer, evidence_of(layer, 20))
    assert published_table(layer) is None
    assert published(world) == before


def test_what_is_published_says_how_a_layer_stands(world: Database, evidence_of: Any, bring: Any) -> None:
    """Rows, rows with a place, from when to when, whether made up, and the version that officers see too."""
    for layer in SHOWN:
        rows = evidence_of(layer, 25)
        bring(world, layer, rows, synthetic=True)
        with world.public.connect() as connection:
            found = connection.execute(text("SELECT * FROM published.about WHERE layer = :id"), {"id": layer.id}).one()
        days = [row[layer.happened] for row in rows]
        assert (found.rows, found.located) == (25, sum("easting" in row for row in rows))
        assert (found.first, found.last, found.synthetic) == (min(days), max(days), True)
        assert found.version == version(world, PUBLIC, layer) == version(world, OFFICER, layer)
        world.kept.clear()


def test_a_refused_file_leaves_what_is_published(world: Database, evidence_of: Any, bring: Any) -> None:
    """Nor does a dry run change it."""
    layer = SHOWN[0]
    bring(world, layer, evidence_of(layer, 10))
    before = published(world)
    bring(world, layer, evidence_of(layer, 10, seed=2), dry_run=True)
    with pytest.raises(Refused):
        bring(world, layer, [row | {layer.category: "nonsense"} for row in evidence_of(layer, 10, seed=3)])
    assert published(world) == before


def test_publishing_again_publishes_the_same(settled: Database) -> None:
    """What is published is a copy of what is there, however often it is made."""
    before = published(settled)
    assert all(before[layer.id] for layer in SHOWN)
    with settled.owner.connect() as connection:
        publish_all(connection)
        publish_all(connection)
        for each in PUBLISHED.sorted_tables:
            found = connection.execute(text(f"SELECT * FROM published.{each.name}"))
            assert sorted(map(repr, found)) == before[each.name]


def test_the_public_sees_a_publication_as_a_whole(world: Database, evidence_of: Any, bring: Any) -> None:
    """Until it is complete, what was published before is there."""
    layer = SHOWN[0]
    bring(world, layer, evidence_of(layer, 10))
    before = published(world)
    with world.owner.connect() as connection:
        connection.execute(table(layer).delete())
        publish_layer(connection, layer)
        assert published(world) == before
        connection.commit()
    assert published(world)[layer.id] == []


def test_a_layer_without_rows_is_published_as_empty(world: Database) -> None:
    """From the first start on, the public finds each shown layer, its months and its estates."""
    with world.public.connect() as connection:
        found = connection.execute(text("SELECT layer, rows, located, first, synthetic FROM published.about")).all()
        areas = connection.execute(text("SELECT code, boundary_set FROM published.area ORDER BY code")).all()
    assert sorted(map(tuple, found)) == [(layer.id, 0, 0, None, False) for layer in SHOWN]
    assert [tuple(area) for area in areas] == [(f"E0{number}", "estates") for number in range(1, 7)]


def test_the_public_copy_follows_homes_and_boundaries(world: Database, evidence_of: Any, bring: Any) -> None:
    """Estates of public rows are those of the set in use, and rows by UPRN are where the home is now."""
    layer = SHOWN[-1]
    rows = [row | {"easting": "", "northing": "", "uprn": 10_000_000_000} for row in evidence_of(layer, 3)]
    bring(world, layer, rows)
    bring(world, HOMES_TARGET, [{"uprn": 10_000_000_000, "easting": 487500, "northing": 237500}])
    names, found = copied(world, layer)
    assert {row.estate for row in found} == {"E06"}
    use_boundaries(world, "district")
    assert {row.estate for row in copied(world, layer)[1]} == {"D"}
    assert found != copied(world, layer)[1]
    assert names == copied(world, layer)[0]
