"""Keeps the boundary sets, knows which one is in use, and gives them back as frames."""

from datetime import date

import geopandas as gpd
from geoalchemy2.shape import from_shape, to_shape
from shapely import MultiPolygon, Polygon, force_2d
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, delete, insert, select, update

from evidence.tables import AREAS, BOUNDARY_SETS
from geo.areas import AreaIndex
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, lonlat_frame
from geo.errors import Refused

DISTRICT = "district"
"""Name of the set that holds the landlord's district: what lies outside it is refused."""


def save_set(
    connection: Connection,
    name: str,
    areas: gpd.GeoDataFrame,
    *,
    valid_from: date,
    attribution: str = "",
    indicative: bool = False,
) -> None:
    """Keep a version of a boundary set beside the others; the same version is replaced.

    Parameters
    ----------
    areas
        Columns code, name, geometry (EPSG:27700), and parish where it is known.
    """
    same = (BOUNDARY_SETS.c.name == name) & (BOUNDARY_SETS.c.valid_from == valid_from)
    in_use = connection.scalar(select(BOUNDARY_SETS.c.in_use).where(same)) or False
    connection.execute(delete(BOUNDARY_SETS).where(same))
    about = {"name": name, "valid_from": valid_from, "attribution": attribution, "indicative": indicative}
    made = insert(BOUNDARY_SETS).values(in_use=in_use, **about).returning(BOUNDARY_SETS.c.id)
    identifier = connection.execute(made).scalar_one()
    parishes = areas["parish"].fillna("") if "parish" in areas else [""] * len(areas)
    columns = (areas["code"], areas["name"], parishes, areas.geometry, lonlat_frame(areas).geometry)
    rows = [
        {
            "boundary_set": identifier,
            "code": code,
            "name": title,
            "parish": parish,
            "geom": from_shape(_multi(metres), BRITISH_NATIONAL_GRID),
            "outline": from_shape(_multi(degrees), WGS84),
        }
        for code, title, parish, metres, degrees in zip(*columns, strict=True)
    ]
    connection.execute(insert(AREAS), rows)


def _multi(shape: BaseGeometry) -> BaseGeometry:
    flat = force_2d(shape)
    return MultiPolygon([flat]) if isinstance(flat, Polygon) else flat


def sets(connection: Connection) -> list[Row[tuple[int, str, date, str, bool, bool]]]:
    """Every version of every boundary set, newest first within a name."""
    order = (BOUNDARY_SETS.c.name, BOUNDARY_SETS.c.valid_from.desc())
    return list(connection.execute(select(BOUNDARY_SETS).order_by(*order)))


def find_set(connection: Connection, name: str | None = None, valid_from: date | None = None) -> int | None:
    """The id of a set: by name and date, by name (its newest version), or the one in use; None if there is none."""
    query = select(BOUNDARY_SETS.c.id).order_by(BOUNDARY_SETS.c.valid_from.desc()).limit(1)
    query = query.where(BOUNDARY_SETS.c.in_use if name is None else BOUNDARY_SETS.c.name == name)
    return connection.scalar(query if valid_from is None else query.where(BOUNDARY_SETS.c.valid_from == valid_from))


def named_set(connection: Connection, name: str, valid_from: date | None = None) -> int:
    """The id of a set: by name and date, or by name (its newest version).

    Raises
    ------
    Refused
        There is no such set.
    """
    found = find_set(connection, name, valid_from)
    if found is None:
        known = ", ".join(f"{each.name} ({each.valid_from})" for each in sets(connection)) or "none"
        raise Refused(f"There is no boundary set {name}: the sets are {known}.")
    return found


def choose_set(connection: Connection, name: str, valid_from: date | None = None) -> int:
    """Make a set the one in use. The caller then assigns everything anew.

    Raises
    ------
    Refused
        There is no such set.
    """
    chosen = named_set(connection, name, valid_from)
    connection.execute(update(BOUNDARY_SETS).where(BOUNDARY_SETS.c.in_use).values(in_use=False))
    connection.execute(update(BOUNDARY_SETS).where(BOUNDARY_SETS.c.id == chosen).values(in_use=True))
    return chosen


def areas_of(connection: Connection, identifier: int | None) -> gpd.GeoDataFrame:
    """The areas of a set: code, name, parish, geometry (EPSG:27700), ordered by code; empty without a set."""
    query = select(AREAS.c.code, AREAS.c.name, AREAS.c.parish, AREAS.c.geom)
    rows = connection.execute(query.where(AREAS.c.boundary_set == identifier)).all()
    # Ordered here, because the database's collation may not be Python's.
    rows = sorted(rows, key=lambda row: str(row.code))
    columns = {name: [getattr(row, name) for row in rows] for name in ("code", "name", "parish")}
    return gpd.GeoDataFrame(columns, geometry=[to_shape(row.geom) for row in rows], crs=BRITISH_NATIONAL_GRID)


def index_of(areas: gpd.GeoDataFrame) -> AreaIndex:
    """The index that finds the area of a point."""
    return AreaIndex(list(areas["code"]), areas.geometry.to_numpy())
