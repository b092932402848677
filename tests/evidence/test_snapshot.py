import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import box
from sqlalchemy import func, select, text

from evidence import (
    HOMES_TARGET,
    PUBLIC,
    Database,
    NotVisible,
    Selection,
    Viewer,
    connect,
    figures,
    prepare,
    publish,
    save_boundaries,
    snapshot,
    use_boundaries,
    version,
    visible,
)
from evidence.snapshot import _REMEMBERED, LEVEL, Snapshot
from evidence.tables import table
from geo.crs import BRITISH_NATIONAL_GRID
from layers._layer import Layer, Shown, Theme
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
ESTATES = ("E01", "E02", "E03", "E04", "E05", "E06")
SHOWN = [layer for layer in LAYERS.values() if isinstance(layer.disclosure, Shown)]
OTHERS = [layer for layer in LAYERS.values() if layer not in SHOWN]


def random_selection(layer: Layer, random: np.random.Generator) -> Selection:
    """A selection of which each part is there about half the time; months may lie beyond the rows."""

    def pick(values: Any) -> frozenset[Any]:
        chosen = [value for value in values if random.random() < 0.4]
        return frozenset(chosen) if random.random() < 0.5 else frozenset()

    months = sorted(date(int(random.integers(2023, 2027)), int(random.integers(1, 13)), 1) for _ in range(2))
    first, last = (month if random.random() < 0.5 else None for month in months)
    themes = frozenset({str(random.choice(list(Theme)))} if random.random() < 0.3 else ())
    return Selection(frozenset(map(Theme, themes)), pick(layer.categories), pick((*ESTATES, "elsewhere")), first, last)


def counts_by_estate(database: Database, layer: Layer, selection: Selection) -> dict[str | None, int]:
    """Rows of a selection by estate, as PostgreSQL groups them."""
    rows = table(layer)
    month = func.to_char(rows.c[layer.happened], "YYYY-MM")
    query = select(rows.c.estate, func.count()).group_by(rows.c.estate)
    if selection.themes:
        speaks = [category for category in layer.categories if layer.theme(category) in selection.themes]
        query = query.where(func.array_position(speaks, rows.c[layer.category]).is_not(None))
    if selection.categories:
        query = query.where(rows.c[layer.category].in_(selection.categories))
    if selection.estates:
        query = query.where(rows.c.estate.in_(selection.estates))
    if selection.first:
        query = query.where(month >= f"{selection.first:%Y-%m}")
    if selection.last:
        query = query.where(month <= f"{selection.last:%Y-%m}")
    with database.owner.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def by_estate(rows: Snapshot, selection: Selection) -> dict[str | None, int]:
    """Rows of a selection by estate, as the snapshot has them."""
    places, counts = np.unique(rows.estate[rows.selection_mask(selection)], return_counts=True)
    names: list[str | None] = [*rows.estates, None]
    return {names[place]: int(count) for place, count in zip(places, counts, strict=True)}


def fresh_version(database: Database, layer: Layer, viewer: Viewer = OFFICER) -> str:
    """The version as it is now, not as it was up to a second ago."""
    database.cache.clear()
    return version(database, viewer, layer)


def test_selections_count_as_the_database_groups(world: Database, evidence_of: Any, bring: Any) -> None:
    """Over random themes, categories, estates and months, of every layer and for all who may see it."""
    random = np.random.default_rng(11)
    for layer in LAYERS.values():
        bring(world, layer, evidence_of(layer, 300))
        for viewer in (OFFICER, PUBLIC) if layer in SHOWN else (OFFICER,):
            rows = snapshot(world, viewer, layer)
            for _ in range(25):
                selection = random_selection(layer, random)
                assert by_estate(rows, selection) == counts_by_estate(world, layer, selection), (layer.id, selection)


def test_a_snapshot_says_what_its_layer_has(world: Database, evidence_of: Any, bring: Any) -> None:
    """First and last month, rows with a place, and codes in ascending order, as many as rows with a point."""
    layer = next(iter(LAYERS.values()))
    rows = evidence_of(layer, 200)
    rows[7] |= {"estate": "Beech", "easting": "", "northing": ""}
    bring(world, layer, rows)
    found = snapshot(world, OFFICER, layer)
    days = [row[layer.happened] for row in rows]
    assert (found.first, found.last) == (min(days).replace(day=1), max(days).replace(day=1))
    points = sum(bool(row.get("easting")) for row in rows)
    assert found.code.size == points
    assert (np.diff(found.code.astype(np.int64)) >= 0).all()
    assert found.located.sum() == points + 1
    assert found.located.size == found.estate.size == found.facet.size == 200
    assert found.months == (max(days).year - min(days).year) * 12 + max(days).month - min(days).month + 1


def test_months_are_counted_from_their_first_to_their_last_day(world: Database, evidence_of: Any, bring: Any) -> None:
    """A row of the 31st is in its month, one of the 1st in the next, over the turn of a year too."""
    layer = next(iter(LAYERS.values()))
    days = [date(2024, 12, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1)]
    rows = [row | {layer.happened: day} for row, day in zip(evidence_of(layer, 5), days, strict=True)]
    # Other dates would be before or after it.
    others = [name for pair in layer.chronology for name in pair if name != layer.happened]
    bring(world, layer, [row | dict.fromkeys(others, "") for row in rows])
    found = snapshot(world, OFFICER, layer)
    for month, count in ((date(2024, 12, 1), 2), (date(2025, 1, 1), 2), (date(2025, 2, 1), 1), (date(2025, 3, 1), 0)):
        assert found.selection_mask(Selection(first=month, last=month)).sum() == count
    assert found.selection_mask(Selection(first=date(2020, 1, 1), last=date(2030, 1, 1))).sum() == 5
    assert found.selection_mask(Selection(first=date(2025, 1, 1))).sum() == 3
    assert found.selection_mask(Selection(last=date(2024, 11, 1))).sum() == 0


def test_an_empty_layer_has_no_rows_and_no_months(world: Database) -> None:
    """Every question about it has an answer."""
    for layer in LAYERS.values():
        found = snapshot(world, OFFICER, layer)
        assert (found.months, found.first, found.synthetic) == (0, None, False)
        anything = Selection(estates=frozenset({"E01"}), categories=frozenset(layer.categories[:1]))
        assert found.selection_mask(replace(anything, first=date(2024, 1, 1), last=date(2025, 1, 1))).size == 0
        assert figures(world, OFFICER, layer, Selection()).total == 0


def test_without_boundaries_rows_are_in_no_estate(
    database_url: str, tmp_path: Any, evidence_of: Any, bring: Any
) -> None:
    """Evidence may come before the boundaries do."""
    database = connect(database_url, tmp_path / "home")
    prepare(database, tmp_path / "home")
    layer = SHOWN[0]
    bring(database, layer, evidence_of(layer, 50))
    for viewer in (OFFICER, PUBLIC):
        found = snapshot(database, viewer, layer)
        assert by_estate(found, Selection()) == {None: 50}
    assert figures(database, OFFICER, layer, Selection()).areas == ()
    database.close()


def test_a_row_whose_code_has_left_the_list_is_still_counted(world: Database, evidence_of: Any, bring: Any) -> None:
    """Rows outlive code lists: they count among all and in the theme `other`, and in no category."""
    layer = next(iter(LAYERS.values()))
    bring(world, layer, evidence_of(layer, 20))
    with world.owner.begin() as connection:
        for check in connection.scalars(
            text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = to_regclass(:name)"),
            {"name": f"evidence.{layer.id}"},
        ).all():
            connection.execute(text(f'ALTER TABLE evidence.{layer.id} DROP CONSTRAINT "{check}"'))
        connection.execute(table(layer).update().values({layer.category: "a code of long ago"}))
    found = snapshot(world, OFFICER, layer)
    assert found.selection_mask(Selection()).sum() == 20
    assert found.selection_mask(Selection(categories=frozenset(layer.categories))).sum() == 0
    assert found.selection_mask(Selection(themes=frozenset({Theme.OTHER}))).sum() == 20
    assert found.selection_mask(Selection(themes=frozenset(Theme) - {Theme.OTHER})).sum() == 0


def test_the_version_is_another_after_every_change(
    world: Database, evidence_of: Any, bring: Any, tmp_path: Path
) -> None:
    """New and corrected rows, homes and boundaries: pages and tiles of before are out of date, once published too."""
    layer = SHOWN[0]
    rows = evidence_of(layer, 10)
    corrected = rows[:3] + [row | {"easting": 485500, "northing": 236500} for row in rows[3:]]
    halves = gpd.GeoDataFrame(
        {"code": ["N", "S"], "name": ["North", "South"]},
        geometry=[box(485000, 237000, 488000, 238000), box(485000, 236000, 488000, 237000)],
        crs=BRITISH_NATIONAL_GRID,
    )
    changes: list[Callable[[], object]] = [
        lambda: bring(world, layer, rows[:5]),
        lambda: bring(world, layer, rows),
        lambda: bring(world, layer, corrected),
        lambda: bring(world, HOMES_TARGET, [{"uprn": "1", "easting": 486500, "northing": 236500}]),
        lambda: save_boundaries(world, "halves", halves, valid_from=date(2024, 1, 1)),
        lambda: use_boundaries(world, "halves"),
        lambda: save_boundaries(world, "halves", halves, valid_from=date(2024, 1, 1)),
        lambda: use_boundaries(world, "estates"),
    ]
    seen = [(fresh_version(world, layer), fresh_version(world, layer, PUBLIC))]
    for change in changes[:4] + changes[5:]:
        if change is changes[5]:
            changes[4]()
        change()
        publish(world, tmp_path)
        seen.append((fresh_version(world, layer), fresh_version(world, layer, PUBLIC)))
    for versions in zip(*seen, strict=True):
        assert len(set(versions)) == len(seen)


def test_the_version_is_the_same_while_nothing_changes(world: Database, evidence_of: Any, bring: Any) -> None:
    """The same file again, a dry run, a refused file, other layers: what people have is still right."""
    layer, other = SHOWN[0], OTHERS[0]
    rows = evidence_of(layer, 10)
    bring(world, layer, rows)
    before = fresh_version(world, layer), fresh_version(world, layer, PUBLIC)
    bring(world, layer, rows)
    bring(world, layer, evidence_of(layer, 10, seed=2), dry_run=True)
    bring(world, other, evidence_of(other, 10))
    with pytest.raises(Exception, match="nothing was loaded"):
        bring(world, layer, [row | {layer.category: "nonsense"} for row in evidence_of(layer, 5, seed=3)])
    assert (fresh_version(world, layer), fresh_version(world, layer, PUBLIC)) == before


def test_a_change_is_seen_within_a_second(world: Database, evidence_of: Any, bring: Any) -> None:
    """A version is believed for a second, not longer; then rows and version are the new ones."""
    layer = SHOWN[0]
    assert snapshot(world, OFFICER, layer).facet.size == 0
    bring(world, layer, evidence_of(layer, 10))
    loaded = time.monotonic()
    while snapshot(world, OFFICER, layer).facet.size == 0:
        assert time.monotonic() - loaded < 1.5
        time.sleep(0.05)
    found = snapshot(world, OFFICER, layer)
    assert snapshot(world, OFFICER, layer) is found
    assert found.version == fresh_version(world, layer) != ""


def test_the_public_sees_layers_that_are_shown_and_no_others(world: Database) -> None:
    """Neither rows nor version; and nothing on another boundary set than the one in use."""
    assert list(visible(PUBLIC)) == SHOWN
    assert list(visible(OFFICER)) == list(LAYERS.values())
    for layer in OTHERS:
        with pytest.raises(NotVisible):
            version(world, PUBLIC, layer)
        with pytest.raises(NotVisible):
            snapshot(world, PUBLIC, layer)
    with pytest.raises(NotVisible):
        snapshot(world, PUBLIC, SHOWN[0], "district")


def test_what_an_officer_reads_is_never_kept_for_the_public(world: Database, evidence_of: Any, bring: Any) -> None:
    """The columns in memory are the viewer's own: what is asked first does not matter."""
    for layer in LAYERS.values():
        bring(world, layer, evidence_of(layer, 10))
        world.cache.clear()
        assert snapshot(world, OFFICER, layer).facet.size == 10
    with pytest.raises(NotVisible):
        snapshot(world, PUBLIC, OTHERS[0])
    with world.owner.begin() as connection:
        connection.execute(text(f"DELETE FROM published.{SHOWN[0].id} WHERE estate IS DISTINCT FROM 'E01'"))
    world.cache.clear()
    assert set(by_estate(snapshot(world, PUBLIC, SHOWN[0]), Selection())) <= {"E01"}
    assert snapshot(world, OFFICER, SHOWN[0]).facet.size == 10


def test_a_snapshot_that_many_need_is_read_once(world: Database, evidence_of: Any, bring: Any) -> None:
    """All of them get the same one; a fresh one is asked for after every change, and is another only after one."""
    layer = LAYERS["asb"]
    bring(world, layer, evidence_of(layer, 50))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: snapshot(world, OFFICER, layer), range(8)))
    assert {id(each) for each in found} == {id(found[0])}
    assert snapshot(world, OFFICER, layer, fresh=True) is found[0]
    bring(world, layer, evidence_of(layer, 60))
    assert snapshot(world, OFFICER, layer, fresh=True).facet.size == 60


def test_cells_of_a_tile_begin_where_codes_say(settled: Database) -> None:
    """At any level, in tiles with and without rows; and a snapshot knows what room all of this takes."""
    rows = snapshot(settled, OFFICER, LAYERS["asb"])
    for zoom, level in ((8, 14), (14, 20), (16, 22)):
        tiles = rows.code >> np.uint64(2 * (LEVEL - zoom))
        for tile in (*np.unique(tiles)[:5], tiles.max() + np.uint64(1)):
            low, high = np.searchsorted(tiles, [tile, tile + np.uint64(1)]).tolist()
            _, first = np.unique(rows.code[low:high] >> np.uint64(2 * (LEVEL - level)), return_index=True)
            assert rows.cells(level, slice(low, high)).tolist() == [*first.tolist(), high - low]
    assert rows.nbytes > rows.code.nbytes + rows.facet.nbytes + rows.estate.nbytes + rows.located.nbytes


def test_what_selections_let_through_is_remembered_but_not_for_ever(settled: Database) -> None:
    """The same answer again without work, and no more kept than a map or a crawler can make use of."""
    rows = snapshot(settled, OFFICER, LAYERS["asb"])
    one = Selection(categories=frozenset({"noise"}))
    first = rows.facets(one)
    assert rows.facets(one) is first
    for number in range(_REMEMBERED + 1):
        rows.facets(Selection(categories=frozenset({f"code {number}"})))
    assert len(rows.through) <= _REMEMBERED
    assert (rows.facets(one) == first).all()
