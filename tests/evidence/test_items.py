from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence import (
    PUBLIC,
    Database,
    NotVisible,
    Selection,
    Viewer,
    areas,
    item,
    items,
    publish,
    records_table,
    save_boundaries,
    use_boundaries,
)
from geo.crs import to_grid, to_lonlat
from layers._layer import Layer, Shown
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
SHOWN = [layer for layer in LAYERS.values() if isinstance(layer.disclosure, Shown)]
OTHERS = [layer for layer in LAYERS.values() if layer not in SHOWN]
LAYER = next(iter(LAYERS.values()))
PLACE = {"longitude", "latitude", "estate"}
ALL = 1_000_000
GREAT_BRITAIN = (-8.7, 49.8, 1.8, 60.9)
WORLD = (-180.0, -90.0, 180.0, 90.0)
Row = dict[str, Any]


def references(database: Database, layer: Layer, selection: Selection, **asked: Any) -> list[str]:
    """The references of the records of a page."""
    return [row["reference"] for row in items(database, OFFICER, layer, selection, **asked).rows]


def test_what_a_file_says_comes_out_again(settled: Database, evidence_of: Any) -> None:
    """Every field of every layer, with its type: words with quotation marks and line breaks, days, numbers, flags."""
    for layer in LAYERS.values():
        rows = {row["reference"]: row for row in evidence_of(layer, 120)}
        found = items(settled, OFFICER, layer, Selection(), limit=ALL)
        assert found.matched == len(found.rows) == 120
        for row in found.rows:
            said = rows[row["reference"]]
            assert {name: row[name] for name in layer.record.model_fields} == {
                name: said[name] for name in layer.record.model_fields
            }


def test_a_record_says_where_it_is_and_how_that_is_known(settled: Database, evidence_of: Any) -> None:
    """Longitude and latitude through OSTN15, the estate, and how it was located."""
    rows = {row["reference"]: row for row in evidence_of(LAYER, 120)}
    for row in items(settled, OFFICER, LAYER, Selection(), limit=ALL).rows:
        said = rows[row["reference"]]
        if "easting" not in said:
            assert (row["longitude"], row["latitude"], row["estate"], row["located_by"]) == (None, None, None, "none")
            continue
        longitude, latitude = to_lonlat([float(said["easting"])], [float(said["northing"])])
        assert (row["longitude"], row["latitude"]) == pytest.approx((longitude[0], latitude[0]), abs=1e-9)
        assert row["located_by"] == "coordinates"


def test_filters_find_what_a_plain_filter_finds(settled: Database) -> None:
    """Theme, category, estate and months, alone and together, by reference."""
    for layer in LAYERS.values():
        every = items(settled, OFFICER, layer, Selection(), limit=ALL).rows
        themes = frozenset({layer.theme(layer.categories[0])})
        categories = frozenset(layer.categories[::2])
        estates = frozenset({"E01", "E05", "elsewhere"})
        first, last = date(2024, 12, 1), date(2025, 3, 1)

        def plain(row: Row, asked: Selection, layer: Layer = layer) -> bool:
            month = row[layer.happened].replace(day=1)
            return (
                (not asked.themes or layer.theme(row[layer.category]) in asked.themes)
                and (not asked.categories or row[layer.category] in asked.categories)
                and (not asked.estates or row["estate"] in asked.estates)
                and (asked.first is None or asked.first <= month)
                and (asked.last is None or month <= asked.last)
            )

        for asked in (
            Selection(),
            Selection(themes=themes),
            Selection(categories=categories),
            Selection(estates=estates),
            Selection(first=first),
            Selection(last=last),
            Selection(themes, categories, estates, first, last),
            Selection(first=last, last=first),
            Selection(first=date(1, 1, 1), last=date(9999, 12, 1)),
        ):
            found = items(settled, OFFICER, layer, asked, limit=ALL)
            assert [row["reference"] for row in found.rows] == [r["reference"] for r in every if plain(r, asked)]
            assert found.matched == len(found.rows)


def test_days_are_both_included(settled: Database) -> None:
    """An interval of days, open on either side, besides the months."""
    every = items(settled, OFFICER, LAYER, Selection(), limit=ALL).rows
    days = sorted(row[LAYER.happened] for row in every)
    first, last = days[30], days[80]
    for asked in ((first, last), (None, last), (first, None), (first, first)):
        low, high = asked[0] or date.min, asked[1] or date.max
        wanted = [row["reference"] for row in every if low <= row[LAYER.happened] <= high]
        assert references(settled, LAYER, Selection(), days=asked, limit=ALL) == wanted


@pytest.mark.parametrize("size", [1, 7, 40, 119, 120, 121])
def test_pages_have_every_record_once(settled: Database, size: int) -> None:
    """In the order of the references, none twice and none missing, each page saying how many there are."""
    pages = [items(settled, OFFICER, LAYER, Selection(), limit=size, offset=at) for at in range(0, 121, size)]
    found = [row["reference"] for page in pages for row in page.rows]
    assert len(set(found)) == len(found) == 120
    assert found == sorted(found)
    assert {page.matched for page in pages} == {120}
    assert all(len(page.rows) <= size for page in pages)


def test_a_page_beyond_the_last_is_empty(settled: Database) -> None:
    """It still says how many there are; so does a page of no records."""
    for asked in ({"offset": 120}, {"offset": ALL}, {"limit": 0}):
        found = items(settled, OFFICER, LAYER, Selection(), **asked)  # type: ignore[arg-type]
        assert (found.rows, found.matched) == ([], 120)


def test_a_window_finds_what_lies_in_it(settled: Database) -> None:
    """From windows of a few metres to Great Britain and the whole world, for officers and the public."""
    random = np.random.default_rng(5)
    for viewer, layer in ((OFFICER, LAYER), (OFFICER, SHOWN[0]), (PUBLIC, SHOWN[0])):
        every = items(settled, viewer, layer, Selection(), limit=ALL).rows
        located = [row for row in every if row["longitude"] is not None]
        windows = [GREAT_BRITAIN, WORLD, (-180.0, 40.0, -0.75, 90.0)]
        for _ in range(20):
            row, width = random.choice(np.array(located)), 10 ** random.uniform(-5, 0)
            west, south = row["longitude"] - width * random.random(), row["latitude"] - width * random.random()
            windows.append((west, south, west + width, south + width))
        for west, south, east, north in windows:
            found = items(settled, viewer, layer, Selection(), bbox=(west, south, east, north), limit=ALL)
            assert [row["reference"] for row in found.rows] == [
                row["reference"]
                for row in located
                if west <= row["longitude"] <= east and south <= row["latitude"] <= north
            ]
            assert found.matched == len(found.rows)


def test_a_wide_window_loses_nothing_at_its_straight_edge(world: Database, evidence_of: Any, bring: Any) -> None:
    """A parallel is bent on the grid: in the middle of a wide window it lies kilometres off the line of its corners."""
    row = evidence_of(LAYER, 1)[0] | {"easting": 486500, "northing": 236500}
    bring(world, LAYER, [row])
    (x,), (y,) = to_lonlat([486500.0], [236500.0])
    for south, north in ((y - 1e-6, y + 3), (y - 3, y + 1e-6), (y, y)):
        for reach in (0.1, 1.0, 2.4, 2.6, 2.9, 20.0):
            bbox = (x - reach, south, x + reach, north)
            assert references(world, LAYER, Selection(), bbox=bbox) == [row["reference"]], bbox


def test_a_window_and_filters_hold_together(settled: Database) -> None:
    """A record has to be in the window and in the selection."""
    west, east = to_lonlat([485000.0, 486000.0], [236500.0, 236500.0])[0].tolist()
    asked = Selection(categories=frozenset(LAYER.categories[:1]))
    found = set(references(settled, LAYER, asked, bbox=(west, 50.0, east, 53.0), limit=ALL))
    window = set(references(settled, LAYER, Selection(), bbox=(west, 50.0, east, 53.0), limit=ALL))
    chosen = set(references(settled, LAYER, asked, limit=ALL))
    assert found == window & chosen
    assert window != chosen != found


def test_the_public_gets_the_shown_fields_and_the_place(settled: Database) -> None:
    """Nothing else: no UPRN, no postcode, nothing about the file it came in."""
    for layer in SHOWN:
        assert isinstance(layer.disclosure, Shown)
        found = items(settled, PUBLIC, layer, Selection(), limit=ALL)
        assert found.matched == 120
        assert all(set(row) == {*layer.disclosure.fields, *PLACE} for row in found.rows)
        one = item(settled, PUBLIC, layer, found.rows[0]["reference"])
        assert one == found.rows[0]


def test_the_public_asks_for_other_layers_in_vain(settled: Database) -> None:
    """Neither pages nor single records nor the table, with one answer whether or not there is something."""
    for layer in OTHERS:
        for reference in (items(settled, OFFICER, layer, Selection()).rows[0]["reference"], "no such"):
            with pytest.raises(NotVisible):
                item(settled, PUBLIC, layer, reference)
        with pytest.raises(NotVisible):
            items(settled, PUBLIC, layer, Selection())
        with pytest.raises(NotVisible):
            records_table(PUBLIC, layer)


def test_a_record_is_found_by_its_reference(world: Database, evidence_of: Any, bring: Any) -> None:
    """Whatever characters its publisher writes references with."""
    names = ["a/b c", "it's", '"; DROP TABLE', "100%", "Ünïcode", "two  spaces", ".", "100", "it"]
    bring(world, LAYER, [row | {"reference": name} for row, name in zip(evidence_of(LAYER, 9), names, strict=True)])
    for name in names:
        found = item(world, OFFICER, LAYER, name)
        assert found is not None
        assert found["reference"] == name
    assert [item(world, OFFICER, LAYER, name) for name in ("%", "it_s", "", "A/B C")] == [None] * 4


def test_the_estates_in_use_are_the_same_for_all(world: Database) -> None:
    """Officers and the public see one set, by code, with where it comes from and that it is indicative."""
    for viewer in (OFFICER, PUBLIC):
        found = areas(world, viewer)
        assert list(found["code"]) == ["E01", "E02", "E03", "E04", "E05", "E06"]
        assert list(found["name"]) == ["Alder", "Beech", "Cedar", "Damson", "Elm", "Fir"]
        assert found.crs == 4326
        assert found.attrs == {"set": "estates", "attribution": "Test", "indicative": True}
        x, y = to_grid(found.geometry[0].centroid.x, found.geometry[0].centroid.y)
        assert (float(x[0]), float(y[0])) == pytest.approx((485500, 236500), abs=0.1)


def test_the_estates_follow_the_set_in_use(world: Database, tmp_path: Path) -> None:
    """The public sees the set in use once it is published."""
    district = areas(world, OFFICER).dissolve().assign(code="ALL", name="All of it", parish=None)
    save_boundaries(world, "whole", district.to_crs(27700), valid_from=date(2025, 1, 1))
    use_boundaries(world, "whole")
    assert len(areas(world, PUBLIC)) == 6
    publish(world, tmp_path)
    for viewer in (OFFICER, PUBLIC):
        found = areas(world, viewer)
        assert (list(found["code"]), list(found["parish"])) == (["ALL"], [""])
        assert found.attrs == {"set": "whole", "attribution": "", "indicative": False}
