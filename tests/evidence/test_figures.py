from collections import Counter
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box
from sqlalchemy import select, text

from evidence import (
    HOMES_TARGET,
    PUBLIC,
    Database,
    Figures,
    NotVisible,
    Selection,
    Viewer,
    figures,
    save_boundaries,
    use_boundaries,
)
from evidence.figures import rate
from evidence.tables import table
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
LAYER = next(iter(LAYERS.values()))
ANOTHER = LAYERS[list(LAYERS)[-1]]
SINCE = date(2024, 1, 1)
HOMES = {"E01": 20, "E02": 12, "E03": 8, "E04": 5, "E05": 2, "E06": 0}


def grid(columns: int, rows: int, prefix: str = "G") -> gpd.GeoDataFrame:
    """Areas wall to wall over the small world's estates and a little beyond, with edges at whole metres."""
    x, y = np.linspace(484900, 488100, columns + 1).round(), np.linspace(235900, 238100, rows + 1).round()
    boxes = [box(x[c], y[r], x[c + 1], y[r + 1]) for r in range(rows) for c in range(columns)]
    codes = [f"{prefix}{number:02d}" for number in range(len(boxes))]
    return gpd.GeoDataFrame({"code": codes, "name": codes, "geometry": boxes}, crs=BRITISH_NATIONAL_GRID)


def covered(areas: gpd.GeoDataFrame, points: list[tuple[float, float]]) -> Counter[str]:
    """Points in each area as shapely's `covers` finds them, of several areas in that with the smallest code."""
    ordered = areas.sort_values("code")
    x, y = zip(*points, strict=True)
    inside = shapely.covers(ordered.geometry.to_numpy()[:, None], shapely.points(x, y)[None, :])
    return Counter(ordered["code"].to_numpy()[inside.argmax(axis=0)[inside.any(axis=0)]].tolist())


def counts(found: Figures) -> dict[str, int]:
    """What each area has, without those that have nothing."""
    return {area.code: area.count for area in found.areas if area.count}


def points(database: Database, layer: Layer | None = None) -> list[tuple[float, float]]:
    """Where the rows of a layer, or the homes, are."""
    rows = HOMES_TARGET.table if layer is None else table(layer)
    with database.owner.connect() as connection:
        found = connection.execute(select(rows.c.easting, rows.c.northing).where(rows.c.easting.is_not(None)))
        return [(row.easting, row.northing) for row in found]


@pytest.fixture
def evidence(world: Database, evidence_of: Any, bring: Any) -> Database:
    """A world with rows in two layers."""
    for layer in (LAYER, ANOTHER):
        bring(world, layer, evidence_of(layer, 300))
    return world


def test_every_estate_is_there_with_its_count_homes_and_rate(evidence: Database) -> None:
    """By code, those with nothing too; the rate is per 1,000 homes, and unknown without homes."""
    with evidence.owner.connect() as connection:
        query = f"SELECT estate, count(*) FROM evidence.{LAYER.id} GROUP BY estate"
        grouped = {row[0]: row[1] for row in connection.execute(text(query))}
    found = figures(evidence, OFFICER, LAYER, Selection())
    assert [(area.code, area.homes) for area in found.areas] == list(HOMES.items())
    assert [area.name for area in found.areas] == ["Alder", "Beech", "Cedar", "Damson", "Elm", "Fir"]
    assert [area.count for area in found.areas] == [grouped.get(code, 0) for code in HOMES]
    for area in found.areas:
        assert area.rate == (pytest.approx(area.count / area.homes * 1000) if area.homes else None)
    inside = sum(area.count for area in found.areas)
    assert found.district == pytest.approx(inside / sum(HOMES.values()) * 1000)


def test_every_row_is_in_an_estate_or_outside_or_nowhere(evidence: Database, evidence_of: Any) -> None:
    """Total, located and outside add up, for a selection too."""
    rows = evidence_of(LAYER, 300)
    for selection in (Selection(), Selection(categories=frozenset(LAYER.categories[:2]))):
        chosen = [row for row in rows if row[LAYER.category] in (selection.categories or LAYER.categories)]
        found = figures(evidence, OFFICER, LAYER, selection)
        located = [row for row in chosen if "easting" in row]
        areas = grid(1, 1).set_geometry([box(485000, 236000, 488000, 238000)])
        inside = covered(areas, [(row["easting"], row["northing"]) for row in located]).total()
        assert (found.total, found.located, found.outside) == (len(chosen), len(located), len(located) - inside)
        assert sum(area.count for area in found.areas) == inside
        assert found.selection == selection


def test_the_months_are_those_of_the_layer_not_of_the_selection(evidence: Database, evidence_of: Any) -> None:
    """Who narrows the months down still sees how far they reach."""
    days = [row[LAYER.happened] for row in evidence_of(LAYER, 300)]
    found = figures(evidence, OFFICER, LAYER, Selection(first=date(2025, 3, 1), last=date(2025, 3, 1)))
    assert (found.first, found.last) == (min(days).replace(day=1), max(days).replace(day=1))


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (2, 3), (7, 5)])
def test_another_set_is_counted_as_shapely_counts(evidence: Database, columns: int, rows: int) -> None:
    """Rows and homes on a set that is not in use, points on its edges included; what is in use stays."""
    areas = grid(columns, rows)
    save_boundaries(evidence, "grid", areas, valid_from=SINCE)
    before = figures(evidence, OFFICER, LAYER, Selection())
    found = figures(evidence, OFFICER, LAYER, Selection(), "grid")
    assert [area.code for area in found.areas] == list(areas["code"])
    assert counts(found) == covered(areas, points(evidence, LAYER))
    assert {area.code: area.homes for area in found.areas if area.homes} == covered(areas, points(evidence))
    assert (found.total, found.located) == (before.total, before.located)
    assert figures(evidence, OFFICER, LAYER, Selection()).areas == before.areas


def test_a_set_counts_the_same_in_use_as_by_its_name(evidence: Database) -> None:
    """It makes no difference which way one asks."""
    save_boundaries(evidence, "grid", grid(4, 3), valid_from=SINCE)
    named = figures(evidence, OFFICER, LAYER, Selection(), "grid")
    use_boundaries(evidence, "grid")
    used = figures(evidence, OFFICER, LAYER, Selection())
    assert used.areas == named.areas
    assert (used.total, used.located, used.outside, used.district) == (
        named.total,
        named.located,
        named.outside,
        named.district,
    )


def test_figures_follow_a_change_of_boundaries_at_once(evidence: Database) -> None:
    """Never the counts of one set beside the names of another, whether or not both have as many areas."""
    figures(evidence, OFFICER, LAYER, Selection())
    for number, areas in enumerate([grid(3, 2, "A"), grid(4, 4), grid(2, 1)]):
        save_boundaries(evidence, "new", areas, valid_from=date(2025, 1, 1 + number))
        by_name = figures(evidence, OFFICER, LAYER, Selection(), "new")
        assert counts(by_name) == covered(areas, points(evidence, LAYER))
        use_boundaries(evidence, "new")
        assert counts(figures(evidence, OFFICER, LAYER, Selection())) == counts(by_name)


def test_a_version_that_is_kept_anew_is_counted_anew(evidence: Database) -> None:
    """Boundaries that were mended under the same name and date count as they are now."""
    for areas in (grid(2, 2), grid(3, 3), grid(3, 3, "H")):
        save_boundaries(evidence, "mended", areas, valid_from=SINCE)
        found = figures(evidence, OFFICER, LAYER, Selection(), "mended")
        assert counts(found) == covered(areas, points(evidence, LAYER))


def test_homes_that_come_and_go_change_the_rates(evidence: Database, bring: Any) -> None:
    """The property list is always whole: homes that are not on the new one count no longer."""
    before = figures(evidence, OFFICER, LAYER, Selection())
    bring(evidence, HOMES_TARGET, [{"uprn": n, "easting": 487500, "northing": 237500 + n} for n in range(1, 5)])
    after = figures(evidence, OFFICER, LAYER, Selection())
    assert [area.homes for area in after.areas] == [0, 0, 0, 0, 0, 4]
    assert [area.count for area in after.areas] == [area.count for area in before.areas]
    assert after.areas[5].rate == after.areas[5].count * 250
    assert after.version != before.version


def test_made_up_rows_are_said_to_be(world: Database, evidence_of: Any, bring: Any) -> None:
    """One import of made-up rows makes the layer synthetic, and only that layer."""
    bring(world, LAYER, evidence_of(LAYER, 10), synthetic=True)
    bring(world, ANOTHER, evidence_of(ANOTHER, 10))
    assert figures(world, OFFICER, LAYER, Selection()).synthetic
    assert not figures(world, OFFICER, ANOTHER, Selection()).synthetic
    bring(world, LAYER, evidence_of(LAYER, 10, seed=2))
    found = figures(world, OFFICER, LAYER, Selection())
    assert (found.synthetic, found.total) == (False, 10)


def test_the_public_has_no_figures_of_any_layer(world: Database) -> None:
    """Not even of those whose records it may see: totals pass disclosure control first."""
    for layer in LAYERS.values():
        for boundary_set in (None, "estates", "no such set"):
            with pytest.raises(NotVisible):
                figures(world, PUBLIC, layer, Selection(), boundary_set)


def test_a_set_that_is_not_there_is_refused(world: Database) -> None:
    """The sentence names the sets that there are; nobody takes an empty list for an answer."""
    with pytest.raises(Refused, match=r"no boundary set wards: the sets are district \(.*\), estates"):
        figures(world, OFFICER, LAYER, Selection(), "wards")


def test_a_rate_is_per_thousand_homes() -> None:
    """42 cases among 840 homes are 50 per 1,000; without homes there is no rate, not a rate of nothing."""
    assert rate(42, 840) == 50
    assert rate(0, 840) == 0
    assert rate(42, 0) is None
