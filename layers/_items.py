"""Single records, as the asker may see them: filtered, in a window, page by page."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
from geoalchemy2.shape import to_shape
from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, select

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, to_grid
from layers._database import Asker, Database, NotVisible
from layers._layer import Layer
from layers._publish import AREA, published_table
from layers._snapshot import Selection, visible
from layers._tables import AREAS, BOUNDARY_SETS, table

BoundingBox = tuple[float, float, float, float]
"""West, south, east, north; degrees, WGS84."""


@dataclass(frozen=True)
class Items:
    """A page of records: the fields the asker may see, with longitude, latitude (WGS84) and estate."""

    rows: list[dict[str, Any]]
    matched: int


def items(
    database: Database,
    asker: Asker,
    layer: Layer,
    selection: Selection,
    *,
    bbox: BoundingBox | None = None,
    days: tuple[date | None, date | None] = (None, None),
    limit: int = 100,
    offset: int = 0,
) -> Items:
    """A page of a layer's records by reference, and how many match in all.

    Parameters
    ----------
    days
        First and last day, both included; None is open.

    Raises
    ------
    NotVisible
        The asker may not see the layer.
    """
    source = seen(asker, layer)
    conditions = [*_chosen(source, layer, selection), *_between(source.c[layer.happened], days)]
    if bbox:
        conditions += _within(source, asker, bbox)
    query = _fields(source, asker).where(*conditions).order_by(source.c.reference)
    with database.reader(asker).connect() as connection:
        rows = connection.execute(query.limit(limit).offset(offset)).mappings().all()
        matched = connection.execute(select(func.count()).select_from(source).where(*conditions)).scalar_one()
    return Items([_plain(row) for row in rows], matched)


def item(database: Database, asker: Asker, layer: Layer, reference: str) -> dict[str, Any] | None:
    """One record, or None if there is none that the asker may see.

    Raises
    ------
    NotVisible
        The asker may not see the layer.
    """
    source = seen(asker, layer)
    with database.reader(asker).connect() as connection:
        row = connection.execute(_fields(source, asker).where(source.c.reference == reference)).mappings().first()
    return _plain(row) if row else None


def _plain(row: RowMapping) -> dict[str, Any]:
    # SQLAlchemy's names of quoted columns only look like text.
    return {str(name): value for name, value in row.items()}


def seen(asker: Asker, layer: Layer) -> Table:
    """The table of a layer that the asker reads: the evidence, or its public copy."""
    source = table(layer) if asker.role == "officer" else published_table(layer)
    if layer not in visible(asker) or source is None:
        raise NotVisible(layer.id)
    return source


_KEPT_BACK = ("geom", "source_row", "import_id", "easting", "northing")


def _fields(source: Table, asker: Asker) -> Select[Any]:
    return select(*(column for column in source.columns if column.name not in _KEPT_BACK))


def _chosen(source: Table, layer: Layer, selection: Selection) -> Iterable[ColumnElement[bool]]:
    happened = source.c[layer.happened]
    if selection.themes:
        yield source.c[layer.category].in_(
            [category for category in layer.categories if layer.theme(category) in selection.themes]
        )
    if selection.categories:
        yield source.c[layer.category].in_(selection.categories)
    if selection.estates:
        yield source.c.estate.in_(selection.estates)
    if selection.first:
        yield happened >= selection.first
    if selection.last:
        yield happened <= _end(selection.last)


def _between(happened: ColumnElement[date], days: tuple[date | None, date | None]) -> Iterable[ColumnElement[bool]]:
    first, last = days
    if first:
        yield happened >= first
    if last:
        yield happened <= last


def _end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _within(source: Table, asker: Asker, bbox: BoundingBox) -> Iterable[ColumnElement[bool]]:
    west, south, east, north = bbox
    yield source.c.longitude.between(west, east)
    yield source.c.latitude.between(south, north)
    if asker.role == "officer":
        # For the index, in metres. Meridians and parallels are bent on the grid, by less than 100 m between 17 points;
        # a window that reaches beyond the grid is too large for the index to help.
        degrees = np.meshgrid(np.linspace(west, east, 17), np.linspace(south, north, 17))
        x, y = to_grid(*(part.ravel() for part in degrees))
        if np.isfinite(x).all():
            corners = map(float, (x.min() - 100, y.min() - 100, x.max() + 100, y.max() + 100))
            yield source.c.geom.op("&&")(func.ST_MakeEnvelope(*corners, BRITISH_NATIONAL_GRID))


def areas(database: Database, asker: Asker) -> gpd.GeoDataFrame:
    """The estates in use: code, name, parish, geometry (WGS84), by code.

    `attrs` has the set's name as `set`, its `attribution`, and whether it is `indicative`.
    """
    with database.reader(asker).connect() as connection:
        rows = connection.execute(_areas(asker)).all()
    rows = sorted(rows, key=lambda row: str(row.code))
    made = {name: [getattr(row, name) for row in rows] for name in ("code", "name", "parish")}
    frame = gpd.GeoDataFrame(made, geometry=[to_shape(row.outline) for row in rows], crs=WGS84)
    about = rows[0] if rows else None
    frame.attrs = {
        "set": about.boundary_set if about else "",
        "attribution": about.attribution if about else "",
        "indicative": bool(about and about.indicative),
    }
    return frame


def _areas(asker: Asker) -> Select[Any]:
    if asker.role == "public":
        return select(AREA)
    named = (
        BOUNDARY_SETS.c.name.label("boundary_set"),
        BOUNDARY_SETS.c.attribution,
        BOUNDARY_SETS.c.indicative,
    )
    joined = AREAS.join(BOUNDARY_SETS, AREAS.c.boundary_set == BOUNDARY_SETS.c.id)
    shown = (AREAS.c.code, AREAS.c.name, AREAS.c.parish, AREAS.c.outline)
    return select(*shown, *named).select_from(joined).where(BOUNDARY_SETS.c.in_use)
