from datetime import date
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from evidence import (
    HOMES_TARGET,
    BoundarySet,
    Database,
    Selection,
    Viewer,
    boundary_sets,
    figures,
    homes,
    ledger,
    own_homes,
    save_boundaries,
    standing,
    use_boundaries,
)
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import Refused
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
LAYER = next(iter(LAYERS.values()))
SINCE = date(2024, 4, 1)


def one_area(code: str, east: float) -> gpd.GeoDataFrame:
    """A set of one area: the western part of the small world's estates."""
    shape = [box(485000, 236000, east, 238000)]
    return gpd.GeoDataFrame({"code": [code], "name": [code]}, geometry=shape, crs=BRITISH_NATIONAL_GRID)


def test_every_layer_stands_somewhere(world: Database, evidence_of: Any, bring: Any) -> None:
    """Rows, rows with a place, from when to when and how many are made up; nothing where nothing came in."""
    rows = evidence_of(LAYER, 30)
    bring(world, LAYER, rows, synthetic=True)
    found = {each.layer: each for each in standing(world)}
    assert list(found) == list(LAYERS.values())
    days = [row[LAYER.happened] for row in rows]
    stands = found.pop(LAYER)
    assert (stands.rows, stands.located) == (30, sum("easting" in row for row in rows))
    assert (stands.first, stands.last, stands.synthetic) == (min(days), max(days), 30)
    for other in found.values():
        assert (other.rows, other.located, other.first, other.last, other.synthetic) == (0, 0, None, None, 0)


def test_the_standing_agrees_with_the_figures(settled: Database) -> None:
    """The command line and the pages say the same."""
    for each in standing(settled):
        found = figures(settled, OFFICER, each.layer, Selection())
        assert (each.rows, each.located, each.synthetic > 0) == (found.total, found.located, found.synthetic)


def test_homes_are_counted(world: Database, bring: Any) -> None:
    """All on the property list, in an estate or not."""
    assert homes(world) == 50
    bring(world, HOMES_TARGET, [{"uprn": "1", "easting": 485500, "northing": 236500}])
    assert homes(world) == 1


def test_the_property_list_is_the_landlords_own_or_made_up(world: Database, bring: Any) -> None:
    """What came in last counts; a file that was refused does not."""
    rows = [{"uprn": "1", "easting": 485500, "northing": 236500}]
    assert own_homes(world)
    bring(world, HOMES_TARGET, rows, synthetic=True)
    assert not own_homes(world)
    with pytest.raises(Refused):
        bring(world, HOMES_TARGET, [rows[0] | {"easting": "west"}])
    assert not own_homes(world)
    bring(world, HOMES_TARGET, rows)
    assert own_homes(world)


def test_the_ledger_has_every_import(world: Database, evidence_of: Any, bring: Any) -> None:
    """Newest first, what came of it in numbers, refused files too, and no dry runs."""
    rows = evidence_of(LAYER, 30)
    corrected = [{**rows[0], LAYER.category: _another(rows[0][LAYER.category])}, *rows[1:]]
    bring(world, LAYER, rows)
    bring(world, LAYER, rows)
    bring(world, LAYER, corrected)
    bring(world, LAYER, evidence_of(LAYER, 5, seed=2), dry_run=True)
    with pytest.raises(Refused):
        bring(world, LAYER, [row | {LAYER.happened: "never"} for row in rows])
    found = ledger(world)
    assert [(each.what, each.outcome, each.rows) for each in found] == [
        (LAYER.id, "refused", 30),
        (LAYER.id, "loaded", 30),
        (LAYER.id, "loaded", 30),
        (LAYER.id, "loaded", 30),
        ("homes", "loaded", 50),
    ]
    counts = [(each.added, each.changed, each.unchanged, each.refused) for each in found[:4]]
    assert counts == [(0, 0, 0, 30), (0, 1, 29, 0), (0, 0, 30, 0), (30, 0, 0, 0)]
    assert len({each.sha256 for each in found}) == 4
    assert all(each.file and each.who and each.at.tzinfo for each in found)
    assert ledger(world, limit=2) == found[:2]


def _another(category: str) -> str:
    return next(code for code in LAYER.categories if code != category)


def test_boundary_sets_are_listed_with_their_size(world: Database) -> None:
    """Every version, newest first within a name, and which one is in use."""
    save_boundaries(world, "west", one_area("W", 486000), valid_from=SINCE)
    save_boundaries(world, "west", one_area("W", 486500), valid_from=date(2025, 4, 1), indicative=True)
    assert boundary_sets(world) == [
        BoundarySet("district", SINCE, 1, False, False),
        BoundarySet("estates", SINCE, 6, True, True),
        BoundarySet("west", date(2025, 4, 1), 1, True, False),
        BoundarySet("west", SINCE, 1, False, False),
    ]


def test_a_set_that_is_kept_beside_changes_no_estate(world: Database, evidence_of: Any, bring: Any) -> None:
    """Importing boundaries is safe: nothing is counted on them until somebody says so."""
    bring(world, LAYER, evidence_of(LAYER, 50))
    before = figures(world, OFFICER, LAYER, Selection()).areas
    save_boundaries(world, "west", one_area("W", 486000), valid_from=SINCE)
    assert figures(world, OFFICER, LAYER, Selection()).areas == before


def test_a_set_in_use_that_is_kept_anew_counts_at_once(world: Database, evidence_of: Any, bring: Any) -> None:
    """Mended boundaries need not be put to use again; another version of the set in use has to be."""
    rows = evidence_of(LAYER, 50)
    bring(world, LAYER, rows)
    save_boundaries(world, "west", one_area("W", 486000), valid_from=SINCE)
    use_boundaries(world, "west")
    for valid_from, east, counts_on in ((SINCE, 487000, 487000), (date(2025, 4, 1), 485500, 487000)):
        save_boundaries(world, "west", one_area("W", east), valid_from=valid_from)
        (area,) = figures(world, OFFICER, LAYER, Selection()).areas
        inside = [row for row in rows if "easting" in row and 485000 <= row["easting"] <= counts_on]
        assert area.count == len([row for row in inside if 236000 <= row["northing"] <= 238000])


def test_using_a_set_that_is_not_there_changes_nothing(world: Database) -> None:
    """It is refused with the names of those that are."""
    before = boundary_sets(world)
    for asked in (("wards",), ("estates", date(1999, 1, 1))):
        with pytest.raises(Refused, match="the sets are district"):
            use_boundaries(world, *asked)
    assert boundary_sets(world) == before
