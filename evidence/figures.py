"""Counts and rates by estate, and what is needed to read them truthfully."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Connection, func, select

from evidence.boundary_sets import areas_of, find_set, index_of
from evidence.database import Database, NotVisible, Viewer
from evidence.frames import fetch
from evidence.snapshot import Selection, snapshot
from evidence.tables import HOMES
from layers._layer import Layer


@dataclass(frozen=True)
class AreaFigure:
    """What an estate has of the rows selected."""

    code: str
    name: str
    parish: str
    count: int
    homes: int
    """Homes of the landlord; 0 where none is listed."""
    rate: float | None
    """Rows per 1,000 homes over the whole period; None without homes."""


@dataclass(frozen=True)
class Figures:
    """The figures of a layer for a selection, by estate of a boundary set."""

    layer: Layer
    selection: Selection
    areas: tuple[AreaFigure, ...]
    """The estates chosen, or every estate of the set, by code."""
    total: int
    located: int
    """Of the total, rows that have a point or an estate."""
    outside: int
    """Of those located, rows in no estate."""
    district: float | None
    """Rows in estates per 1,000 homes in estates; None without homes."""
    first: date | None
    last: date | None
    """First and last month of the layer's data."""
    synthetic: bool
    version: str


def figures(
    database: Database, viewer: Viewer, layer: Layer, selection: Selection, boundary_set: str | None = None
) -> Figures:
    """Count a selection by estate, on the boundary set in use or another by name.

    Where estates are chosen, they alone are counted, and compared with all of the district.

    Raises
    ------
    NotVisible
        The viewer is the public, or may not see the layer.
    """
    if viewer.role == "public":
        raise NotVisible(layer.id)
    # The estates and homes are those of now, so the rows have to be too: a version of a second ago will not do.
    rows = snapshot(database, viewer, layer, boundary_set, fresh=True)
    with database.reader(viewer).connect() as connection:
        areas = areas_of(connection, find_set(connection, boundary_set))
        homes = homes_by_area(connection, boundary_set)
    kept = rows.selection_mask(selection)
    # The district is always all of it, whichever estates are chosen.
    everywhere = rows.selection_mask(replace(selection, estates=frozenset()))
    counted = np.bincount(rows.estate[everywhere] + 1, minlength=len(rows.estates) + 1)[1:].tolist()
    counts = dict(zip(rows.estates, counted, strict=True))
    found = tuple(
        AreaFigure(
            code, name, parish, counts.get(code, 0), homes.get(code, 0), rate(counts.get(code, 0), homes.get(code, 0))
        )
        for code, name, parish in zip(areas["code"], areas["name"], areas["parish"], strict=True)
        if code in selection.estates or not selection.estates
    )
    located = int((kept & rows.located).sum())
    return Figures(
        layer,
        selection,
        found,
        total=int(kept.sum()),
        located=located,
        outside=located - int((kept & (rows.estate >= 0)).sum()),
        district=rate(sum(counted), sum(homes.values())),
        first=rows.first,
        last=rows.last,
        synthetic=rows.synthetic,
        version=rows.version,
    )


def rate(count: int, homes: int) -> float | None:
    """Rows per 1,000 homes, as the regulator's NM01 and CH01 are; None without homes."""
    return 1000 * count / homes if homes else None


def homes_by_area(connection: Connection, boundary_set: str | None = None) -> dict[str, int]:
    """The landlord's homes in each estate that has any, by code."""
    if boundary_set is None:
        query = select(HOMES.c.estate, func.count().label("homes")).where(HOMES.c.estate.is_not(None))
        return {row.estate: row.homes for row in connection.execute(query.group_by(HOMES.c.estate))}
    index = index_of(areas_of(connection, find_set(connection, boundary_set)))
    homes = fetch(connection, select(HOMES.c.easting, HOMES.c.northing))
    found = index.find(homes["easting"].to_numpy(), homes["northing"].to_numpy())
    counts = np.bincount(found + 1, minlength=len(index.codes) + 1)[1:]
    return {code: int(count) for code, count in zip(index.codes, counts, strict=True) if count}
