from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from shapely import MultiPolygon, box, force_3d, get_parts
from shapely.geometry.base import BaseGeometry
from shapely.testing import assert_geometries_equal
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from evidence import DISTRICT, Database
from evidence.boundary_sets import areas_of, choose_set, find_set, index_of, named_set, save_set, sets
from evidence.tables import AREAS
from geo.crs import BRITISH_NATIONAL_GRID, to_lonlat
from geo.errors import Refused

OLD, NEW = date(2023, 4, 1), date(2025, 4, 1)
SQUARE = box(485000, 236000, 486000, 237000)


@pytest.fixture
def connection(settled: Database) -> Iterator[Connection]:
    """A transaction as the owner, undone at the end."""
    with settled.owner.connect() as connection:
        yield connection


def frame(*shapes: BaseGeometry, codes: str = "ABCDEFG", **columns: list[str | None]) -> gpd.GeoDataFrame:
    """Areas called A, B, C ..."""
    named = list(codes[: len(shapes)])
    return gpd.GeoDataFrame(
        {"code": named, "name": [f"Area {code}" for code in named], **columns},
        geometry=list(shapes),
        crs=BRITISH_NATIONAL_GRID,
    )


def test_a_set_comes_back_as_it_was_kept(connection: Connection) -> None:
    """Codes, names, parishes and shapes to the last bit; polygons as multipolygons; no parish is empty."""
    island = MultiPolygon([box(480000, 230000, 480001, 230001), SQUARE])
    areas = frame(island, SQUARE.buffer(7.3), SQUARE.exterior.buffer(3.1), parish=["Woughton", None, ""])
    save_set(connection, "kept", areas, valid_from=OLD)
    found = areas_of(connection, find_set(connection, "kept"))
    assert found.crs == 27700
    assert list(found["code"]) == ["A", "B", "C"]
    assert list(found["name"]) == ["Area A", "Area B", "Area C"]
    assert list(found["parish"]) == ["Woughton", "", ""]
    multi = [MultiPolygon(get_parts(shape).tolist()) for shape in areas.geometry]
    assert_geometries_equal(found.geometry.to_numpy(), np.array(multi))


def test_outlines_are_in_degrees_through_ostn15(connection: Connection) -> None:
    """Each vertex where the grid's own transformation puts it, and the database transforms nothing."""
    save_set(connection, "kept", frame(SQUARE), valid_from=OLD)
    identifier = find_set(connection, "kept")
    query = select(func.ST_X(func.ST_PointN(func.ST_ExteriorRing(func.ST_GeometryN(AREAS.c.outline, 1)), 1)))
    longitude = connection.scalar(query.where(AREAS.c.boundary_set == identifier))
    x, y = SQUARE.exterior.coords[0]
    assert longitude == pytest.approx(to_lonlat([x], [y])[0][0], abs=1e-9)


def test_heights_are_left_aside(connection: Connection) -> None:
    """Many councils' files have a height of nought at every vertex."""
    save_set(connection, "kept", frame(force_3d(SQUARE, 12.5)), valid_from=OLD)
    found = areas_of(connection, find_set(connection, "kept"))
    assert not found.geometry.has_z.any()
    assert found.geometry[0].equals(SQUARE)


def test_codes_are_in_the_order_of_their_characters(connection: Connection) -> None:
    """Not in that of the database's language: who finds the estate of a point takes the smaller code."""
    shapes = [box(485000 + 10 * at, 236000, 485010 + 10 * at, 236010) for at in range(6)]
    save_set(connection, "kept", frame(*shapes, codes="bB_aÉ1"), valid_from=OLD)
    found = areas_of(connection, find_set(connection, "kept"))
    assert list(found["code"]) == sorted("bB_aÉ1") == ["1", "B", "_", "a", "b", "É"]
    index = index_of(found)
    assert index.codes == tuple(found["code"])
    # On the edge between "b" (first) and "B" (second), and between "a" and "É".
    assert [index.codes[at] for at in index.find([485010, 485040], [236005, 236005])] == ["B", "a"]


def test_versions_live_side_by_side(connection: Connection) -> None:
    """A set of one name has many dates; the newest is meant where no date is given."""
    save_set(connection, "ours", frame(SQUARE), valid_from=NEW)
    save_set(connection, "ours", frame(SQUARE, SQUARE.buffer(1)), valid_from=OLD)
    assert find_set(connection, "ours") == find_set(connection, "ours", NEW)
    assert len(areas_of(connection, find_set(connection, "ours"))) == 1
    assert len(areas_of(connection, named_set(connection, "ours", OLD))) == 2
    listed = [(each.name, each.valid_from) for each in sets(connection)]
    assert listed == [(DISTRICT, date(2024, 4, 1)), ("estates", date(2024, 4, 1)), ("ours", NEW), ("ours", OLD)]


def test_the_same_version_is_replaced(connection: Connection) -> None:
    """Whoever mends a file keeps it again; it stays in use if it was, and no area of before is left."""
    choose_set(connection, "estates")
    save_set(connection, "estates", frame(SQUARE), valid_from=date(2024, 4, 1), attribution="Mended")
    assert len(areas_of(connection, find_set(connection))) == 1
    (kept,) = [each for each in sets(connection) if each.name == "estates"]
    assert (kept.in_use, kept.attribution, kept.indicative) == (True, "Mended", False)
    assert connection.scalar(select(func.count()).select_from(AREAS)) == 2


def test_one_set_is_in_use(connection: Connection) -> None:
    """Choosing another takes the place of the first; by name it is the newest version, by date any."""
    save_set(connection, "ours", frame(SQUARE), valid_from=OLD)
    save_set(connection, "ours", frame(SQUARE), valid_from=NEW)
    for asked, chosen in ((("ours",), NEW), (("ours", OLD), OLD), (("estates",), date(2024, 4, 1))):
        identifier = choose_set(connection, *asked)
        used = [(each.id, each.valid_from) for each in sets(connection) if each.in_use]
        assert used == [(identifier, chosen)]
        assert find_set(connection) == identifier


def test_a_set_that_is_not_there_is_refused(connection: Connection) -> None:
    """The sentence names those that are; the one in use stays."""
    used = find_set(connection)
    for asked in (("wards",), ("estates", NEW)):
        with pytest.raises(Refused, match=r"the sets are district \(2024-04-01\), estates \(2024-04-01\)\."):
            choose_set(connection, *asked)
    assert find_set(connection) == used
    assert find_set(connection, "wards") is None
    assert areas_of(connection, None).empty


def test_no_set_at_all_is_said(connection: Connection) -> None:
    """A database without boundaries has no set in use, and says that there is none to choose."""
    connection.execute(AREAS.delete())
    connection.exec_driver_sql("DELETE FROM evidence.boundary_set")
    assert find_set(connection) is None
    assert sets(connection) == []
    with pytest.raises(Refused, match="the sets are none"):
        choose_set(connection, "estates")


def test_a_code_is_used_once_in_a_set(connection: Connection) -> None:
    """The database holds to it, whoever writes."""
    with pytest.raises(IntegrityError):
        save_set(connection, "kept", frame(SQUARE, SQUARE, codes="AA"), valid_from=OLD)
