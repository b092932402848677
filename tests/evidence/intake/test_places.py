from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import Connection, select

from evidence import HOMES_TARGET, Database, Selection, Viewer, items, save_boundaries, use_boundaries
from evidence.intake.places import home_locator, relocate, row_locator
from evidence.tables import table
from geo.crs import BRITISH_NATIONAL_GRID
from layers._layer import Layer
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
LAYER = next(iter(LAYERS.values()))
SINCE = date(2024, 1, 1)
NOWHERE = {"easting": "", "northing": ""}
Row = dict[str, Any]


def cells(number: int, seed: int) -> gpd.GeoDataFrame:
    """Areas with crooked shared edges in the district: cells about random points, coded in random order."""
    random = np.random.default_rng(seed)
    middle = shapely.box(484000.3, 235000.7, 489000.1, 239000.9)
    points = shapely.multipoints(random.uniform((484000, 235000), (489000, 239000), (number, 2)))
    parts = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=middle)), middle)
    codes = [f"V{code:02d}" for code in random.permutation(len(parts))]
    return gpd.GeoDataFrame({"code": codes, "name": codes, "geometry": parts}, crs=BRITISH_NATIONAL_GRID)


def adversarial(areas: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Vertices, points of shared edges, and the next floats about them; some beyond all areas."""
    lines = shapely.get_parts(areas.boundary.to_numpy())
    vertices = shapely.get_coordinates(lines)
    along = [shapely.line_interpolate_point(lines, share, normalized=True) for share in (0.1, 1 / 3, 0.7)]
    places = [vertices, (vertices[1:] + vertices[:-1]) / 2, *map(shapely.get_coordinates, along)]
    exact = np.concatenate([*places, [[483000.5, 234000.25]]])
    nudged = [exact, np.nextafter(exact, np.inf), np.nextafter(exact, -np.inf), exact + 0.001]
    return [(float(x), float(y)) for x, y in np.unique(np.concatenate(nudged), axis=0)]


def covering(areas: gpd.GeoDataFrame, points: list[tuple[float, float]]) -> list[str | None]:
    """The area of each point by shapely's `covers`, asked of every pair; of several, that with the smaller code."""
    ordered = areas.sort_values("code")
    inside = shapely.covers(ordered.geometry.to_numpy()[:, None], shapely.points(points)[None, :])
    codes = ordered["code"].to_numpy()[inside.argmax(axis=0)]
    return list(np.where(inside.any(axis=0), codes, np.array(None)))


def at(rows: list[Row], points: list[tuple[float, float]]) -> list[Row]:
    """Rows moved to points."""
    return [row | {"easting": x, "northing": y} for row, (x, y) in zip(rows, points, strict=True)]


def places(database: Database, layer: Layer = LAYER) -> dict[str, tuple[Any, ...]]:
    """Estate, easting, northing and how it was located, of every row by its reference."""
    rows = table(layer)
    names = ("estate", "easting", "northing", "located_by")
    with database.owner.connect() as connection:
        found = connection.execute(select(rows.c.reference, *(rows.c[name] for name in names)))
        return {row.reference: tuple(row)[1:] for row in found}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_estate_of_every_row_is_that_of_shapely(world: Database, evidence_of: Any, bring: Any, seed: int) -> None:
    """On vertices and shared edges and a hair beside them, through all of ingest; coordinates come out exactly."""
    areas = cells(12, seed)
    save_boundaries(world, "cells", areas, valid_from=SINCE)
    use_boundaries(world, "cells")
    points = adversarial(areas)
    rows = at(evidence_of(LAYER, len(points)), points)
    report = bring(world, LAYER, rows)
    assert (report.refused, report.located) == (0, len(points))
    found = places(world)
    expected = covering(areas, points)
    assert {code for code in expected if code} == set(areas["code"])
    for row, point, code in zip(rows, points, expected, strict=True):
        assert found[row["reference"]] == (code, *point, "coordinates")


def test_a_change_of_boundaries_locates_every_row_as_ingest_would(
    world: Database, evidence_of: Any, bring: Any
) -> None:
    """Rows and homes that were there before have the estates that they would have had had they come after."""
    areas = cells(9, 3)
    points = adversarial(areas)
    bring(world, LAYER, at(evidence_of(LAYER, len(points)), points))
    bring(world, HOMES_TARGET, at([{"uprn": 1 + number} for number in range(len(points))], points))
    save_boundaries(world, "cells", areas, valid_from=SINCE)
    use_boundaries(world, "cells")
    expected = covering(areas, points)
    assert [place[0] for _, place in sorted(places(world).items())] == expected
    with world.owner.connect() as connection:
        homes = HOMES_TARGET.table
        found = {row.uprn: row.estate for row in connection.execute(select(homes.c.uprn, homes.c.estate))}
    assert [found[str(1 + number)] for number in range(len(points))] == expected


def test_there_and_back_again_nothing_has_changed(world: Database, evidence_of: Any, bring: Any) -> None:
    """Whoever tries another set, one that knows none of the estates, loses nothing by it."""
    rows = evidence_of(LAYER, 40)
    rows[0] |= NOWHERE | {"estate": "Cedar"}
    rows[1] |= NOWHERE | {"estate": "e04"}
    rows[2] |= NOWHERE | {"uprn": "10000000001"}
    rows[3] |= NOWHERE | {"postcode": "MK2 1AB"}
    bring(world, LAYER, rows)
    before = places(world)
    assert [before[row["reference"]][0] for row in rows[:4]] == ["E03", "E04", "E01", "E02"]
    save_boundaries(world, "cells", cells(5, 4), valid_from=SINCE)
    use_boundaries(world, "cells")
    elsewhere = places(world)
    assert elsewhere != before
    assert [elsewhere[row["reference"]][0] for row in rows[:2]] == [None, None]
    use_boundaries(world, "estates")
    assert places(world) == before


def test_an_estate_that_was_unknown_is_found_when_its_boundaries_come(
    world: Database, evidence_of: Any, bring: Any
) -> None:
    """Evidence by estate name may come before the boundaries that have the name."""
    row = evidence_of(LAYER, 1)[0] | NOWHERE | {"estate": "Tinkers Bridge"}
    bring(world, LAYER, [row])
    assert places(world)[row["reference"]] == (None, None, None, "none")
    areas = cells(4, 5)
    areas.loc[areas["code"] == "V02", "name"] = "Tinkers Bridge"
    save_boundaries(world, "cells", areas, valid_from=SINCE)
    use_boundaries(world, "cells")
    assert places(world)[row["reference"]] == ("V02", None, None, "estate")


def test_rows_follow_the_homes_by_which_they_were_located(world: Database, evidence_of: Any, bring: Any) -> None:
    """A home whose coordinates were corrected takes its rows along; rows with coordinates of their own stay."""
    rows = evidence_of(LAYER, 4)
    rows[0] |= NOWHERE | {"uprn": "10000000000"}
    rows[1] |= NOWHERE | {"postcode": "mk11ab"}
    rows[2] |= {"uprn": "10000000000", "easting": 485500, "northing": 236500}
    rows[3] |= NOWHERE | {"uprn": "77"}
    bring(world, LAYER, rows)
    names = [row["reference"] for row in rows]
    before = places(world)
    assert [before[name][3] for name in names] == ["uprn", "postcode", "coordinates", "none"]
    moved = [{"uprn": 10_000_000_000, "easting": 487500, "northing": 237500, "postcode": "MK1 1AB"}]
    bring(world, HOMES_TARGET, [*moved, {"uprn": "0077", "easting": 486500, "northing": 236500, "postcode": ""}])
    after = places(world)
    assert after[names[0]] == ("E06", 487500, 237500, "uprn")
    assert after[names[1]] == ("E06", 487500, 237500, "postcode")
    assert after[names[2]] == before[names[2]]
    assert after[names[3]] == ("E02", 486500, 236500, "uprn")


def test_a_home_that_left_the_list_is_still_where_it_was(world: Database, evidence_of: Any, bring: Any) -> None:
    """A home that was sold keeps its repairs on the map, in the estate of the set in use."""
    row = evidence_of(LAYER, 1)[0] | NOWHERE | {"uprn": "10000000000", "postcode": "MK6 1AB", "estate": "Fir"}
    bring(world, LAYER, [row])
    before = places(world)
    bring(world, HOMES_TARGET, [{"uprn": "1", "easting": 487500, "northing": 237500, "postcode": "MK6 1AB"}])
    assert places(world) == before
    areas = cells(6, 6)
    save_boundaries(world, "cells", areas, valid_from=SINCE)
    use_boundaries(world, "cells")
    estate, x, y, how = places(world)[row["reference"]]
    assert (x, y, how) == (485500, 236500, "uprn")
    assert [estate] == covering(areas, [(x, y)])


def test_relocating_what_is_right_changes_nothing(world: Database, evidence_of: Any, bring: Any) -> None:
    """Of every layer, as often as it is done."""
    for layer in LAYERS.values():
        bring(world, layer, evidence_of(layer, 50))
    before = [places(world, layer) for layer in LAYERS.values()]
    with world.owner.begin() as connection:
        relocate(connection)
        relocate(connection)
    assert [places(world, layer) for layer in LAYERS.values()] == before


def test_a_locator_knows_the_places_of_the_database(world: Database) -> None:
    """Homes by UPRN, postcodes at the middle of their homes, estates by name and code; homes know estates only."""
    with world.owner.connect() as connection:
        found, of_homes = row_locator(connection), home_locator(connection)
    homes = {key: (x, y) for key, x, y in found.homes.iter_rows()}
    assert (len(homes), homes["10000000003"]) == (50, (485500, 236560))
    assert {key: (x, y) for key, x, y in found.postcodes.iter_rows()}["MK1 1AB"] == (485500, 236530)
    assert found.names["beech"] == found.names["e02"] == "E02"
    assert found.estates.codes == of_homes.estates.codes == ("E01", "E02", "E03", "E04", "E05", "E06")
    assert found.district is not None
    assert (of_homes.district, of_homes.homes.height, of_homes.names) == (None, 0, {})


def test_all_of_a_change_is_seen_or_nothing(world: Database, evidence_of: Any, bring: Any) -> None:
    """While everything is located again, whoever reads sees it as it was."""
    bring(world, LAYER, evidence_of(LAYER, 20))
    before = items(world, OFFICER, LAYER, Selection()).rows

    def move(connection: Connection) -> None:
        connection.execute(HOMES_TARGET.table.delete())
        connection.execute(table(LAYER).update().values(easting=486500, northing=236500))
        relocate(connection)

    with world.owner.connect() as connection:
        move(connection)
        assert items(world, OFFICER, LAYER, Selection()).rows == before
        connection.rollback()
    assert items(world, OFFICER, LAYER, Selection()).rows == before
