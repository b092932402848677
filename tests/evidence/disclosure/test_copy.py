from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from evidence import HOMES_TARGET, PUBLIC, Database, Viewer, publish, use_boundaries, version
from evidence.published_tables import PUBLISHED, published_table
from evidence.tables import table
from geo.errors import Refused
from layers._layer import Layer, Shown
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
SHOWN = [layer for layer in LAYERS.values() if isinstance(layer.disclosure, Shown)]
OTHERS = [layer for layer in LAYERS.values() if layer not in SHOWN]
PLACE = ("longitude", "latitude", "estate")


def published(database: Database) -> dict[str, list[Any]]:
    """Everything that is published, row by row, as the public reads it, but when it was."""
    with database.public.connect() as connection:
        return {
            each.name: sorted(map(repr, connection.execute(text(f"SELECT * FROM published.{each.name}"))))
            for each in PUBLISHED.sorted_tables
            if each.name != "publication"
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
def test_what_is_not_shown_has_no_public_copy(
    world: Database, evidence_of: Any, bring: Any, layer: Layer, tmp_path: Path
) -> None:
    """Its rows leave nothing but figures, each of them ten or more, or withheld."""
    before = published(world)
    bring(world, layer, evidence_of(layer, 200))
    publish(world, tmp_path)
    assert published_table(layer) is None
    found = published(world)
    assert all(found[name] == before[name] for name in before if name != "figure")
    with world.public.connect() as connection:
        counts = connection.execute(text("SELECT count, withheld FROM published.figure")).all()
    assert counts
    assert all((count is None and why) or (count >= 10 and count % 5 == 0 and not why) for count, why in counts)


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
        world.cache.clear()


def test_a_refused_file_leaves_what_is_published(world: Database, evidence_of: Any, bring: Any) -> None:
    """Nor does a dry run change it."""
    layer = SHOWN[0]
    bring(world, layer, evidence_of(layer, 10))
    before = published(world)
    bring(world, layer, evidence_of(layer, 10, seed=2), dry_run=True)
    with pytest.raises(Refused):
        bring(world, layer, [row | {layer.category: "nonsense"} for row in evidence_of(layer, 10, seed=3)])
    assert published(world) == before


def test_publishing_again_publishes_the_same(settled: Database, tmp_path: Path) -> None:
    """What is published is a copy of what is there, however often it is made."""
    before = published(settled)
    assert all(before[layer.id] for layer in SHOWN)
    publish(settled, tmp_path)
    assert published(settled) == before


def test_a_place_that_is_not_public_is_shown_at_its_estates_label_point(
    world: Database, evidence_of: Any, bring: Any
) -> None:
    """Yes shows it; no, and nothing said, move it to a point that all of the estate's share; outside all, to none."""
    for layer in SHOWN:
        assert isinstance(layer.disclosure, Shown)
        if not layer.disclosure.place:
            continue
        places = [(485111, 236222), (485333, 236444), (485555, 236666), (484100, 235100)]
        said = [True, False, "", False]
        rows = [
            row | {layer.disclosure.place: public, "easting": x, "northing": y}
            for row, public, (x, y) in zip(evidence_of(layer, 4), said, places, strict=True)
        ]
        bring(world, layer, rows)
        names, found = copied(world, layer)
        exact = evidence(world, layer, names)
        points = [(row.longitude, row.latitude) for row in found]
        assert points[0] == (exact[0].longitude, exact[0].latitude)
        assert points[1] == points[2] != (exact[1].longitude, exact[1].latitude)
        assert points[3] == (None, None)
        assert [row.estate for row in found] == ["E01", "E01", "E01", None]
        assert layer.disclosure.place not in names


def test_a_layer_without_rows_is_published_as_empty(world: Database) -> None:
    """From the first start on, the public finds each shown layer, its months and its estates."""
    with world.public.connect() as connection:
        found = connection.execute(text("SELECT layer, rows, located, first, synthetic FROM published.about")).all()
        areas = connection.execute(text("SELECT code, boundary_set FROM published.area ORDER BY code")).all()
    assert sorted(map(tuple, found)) == [(layer.id, 0, 0, None, False) for layer in SHOWN]
    assert [tuple(area) for area in areas] == [(f"E0{number}", "estates") for number in range(1, 7)]


def test_the_public_copy_follows_homes_and_boundaries(
    world: Database, evidence_of: Any, bring: Any, tmp_path: Path
) -> None:
    """Estates of public rows are those of the set in use, and rows by UPRN are where the home is now."""
    layer = SHOWN[-1]
    rows = [row | {"easting": "", "northing": "", "uprn": 10_000_000_000} for row in evidence_of(layer, 3)]
    bring(world, layer, rows)
    bring(world, HOMES_TARGET, [{"uprn": 10_000_000_000, "easting": 487500, "northing": 237500}])
    publish(world, tmp_path)
    names, found = copied(world, layer)
    assert {row.estate for row in found} == {"E06"}
    use_boundaries(world, "district")
    assert copied(world, layer)[1] == found
    publish(world, tmp_path)
    assert {row.estate for row in copied(world, layer)[1]} == {"D"}
    assert found != copied(world, layer)[1]
    assert names == copied(world, layer)[0]
