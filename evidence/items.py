"""Single records, as the viewer may see them: filtered, in a window, page by page."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
from geoalchemy2.shape import to_shape
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, func, select

from evidence.access.log import log_access
from evidence.database import Database, NotVisible, Viewer
from evidence.published_tables import AREA, PUBLISHED, published_table
from evidence.snapshot import Selection, visible
from evidence.tables import AREAS, BOUNDARY_SETS, table
from evidence.themes import speaks_to
from geo.crs import WGS84
from layers._layer import Layer

BoundingBox = tuple[float, float, float, float]
"""West, south, east, north; degrees, WGS84."""


@dataclass(frozen=True)
class Items:
    """A page of records: the fields the viewer may see, with longitude, latitude (WGS84) and estate."""

    rows: list[dict[str, Any]]
    matched: int


def items(
    database: Database,
    viewer: Viewer,
    layer: Layer,
    selection: Selection,
    *,
    bbox: BoundingBox | None = None,
    days: tuple[date | None, date | None] = (None, None),
    limit: int = 100,
    offset: int = 0,
) -> Items:
    """A page of a layer's records by reference, and how many match in all. Who saw which is noted.

    Parameters
    ----------
    days
        First and last day, both included; None is open.

    Raises
    ------
    NotVisible
        The viewer may not see the layer.
    """
    source = records_table(viewer, layer)
    conditions = [*_selection_conditions(source, layer, selection), *_day_conditions(source.c[layer.happened], days)]
    if bbox:
        conditions += _window_conditions(source, bbox)
    query = _fields(source).where(*conditions).order_by(source.c.reference)
    with _reading(database, viewer, source) as connection:
        rows = connection.execute(query.limit(limit).offset(offset)).mappings().all()
        matched = connection.execute(select(func.count()).select_from(source).where(*conditions)).scalar_one()
    asked = {**_as_text(selection), "bbox": bbox, "days": [day and f"{day}" for day in days]}
    _log_reading(database, viewer, layer, source, rows, {**asked, "limit": limit, "offset": offset})
    return Items([_as_dict(row) for row in rows], matched)


def item(database: Database, viewer: Viewer, layer: Layer, reference: str) -> dict[str, Any] | None:
    """One record, or None if there is none that the viewer may see. Who saw it is noted.

    Raises
    ------
    NotVisible
        The viewer may not see the layer.
    """
    source = records_table(viewer, layer)
    with _reading(database, viewer, source) as connection:
        rows = connection.execute(_fields(source).where(source.c.reference == reference)).mappings().all()
    _log_reading(database, viewer, layer, source, rows, {"reference": reference})
    return _as_dict(rows[0]) if rows else None


@contextmanager
def _reading(database: Database, viewer: Viewer, source: Table) -> Iterator[Connection]:
    lent = database.public.connect() if _public(source) else database.of_patch(viewer)
    with lent as connection:
        yield connection


def _public(source: Table) -> bool:
    return source.metadata is PUBLISHED


def _log_reading(
    database: Database, viewer: Viewer, layer: Layer, source: Table, rows: Sequence[RowMapping], asked: dict[str, Any]
) -> None:
    # What is public anyway needs no log, and what was not there was not seen.
    if rows and not _public(source):
        estates = {row["estate"] for row in rows if row["estate"]}
        references = [row["reference"] for row in rows]
        log_access(database, viewer, viewer.look, asked, of_layer=layer.id, estates=estates, records=references)


def _as_text(selection: Selection) -> dict[str, Any]:
    lists = {"theme": selection.themes, "category": selection.categories, "estate": selection.estates}
    months = {"first": selection.first, "last": selection.last}
    asked = {name: sorted(values) for name, values in lists.items()}
    return {**asked, **{name: month and f"{month:%Y-%m}" for name, month in months.items()}}


def _as_dict(row: RowMapping) -> dict[str, Any]:
    # SQLAlchemy's names of quoted columns only look like text.
    return {str(name): value for name, value in row.items()}


def records_table(viewer: Viewer, layer: Layer) -> Table:
    """The table in which the viewer reads a layer's records: the evidence, or its public copy.

    The records of a layer that is shown are everybody's, wherever they are. Only who sees single records of every
    estate reads them in the evidence itself, with what is not shown.

    Raises
    ------
    NotVisible
        The viewer may not see the layer, or no single record of it.
    """
    if layer not in layers_with_records(viewer):
        raise NotVisible(layer.id)
    copy = published_table(layer)
    return table(layer) if copy is None or viewer.patch is None else copy


def layers_with_records(viewer: Viewer) -> tuple[Layer, ...]:
    """The layers of which the viewer may see single records."""
    return tuple(each for each in visible(viewer) if viewer.patch != frozenset() or published_table(each) is not None)


_KEPT_BACK = ("geom", "source_row", "import_id", "easting", "northing")


def _fields(source: Table) -> Select[Any]:
    return select(*(column for column in source.columns if column.name not in _KEPT_BACK))


def _selection_conditions(source: Table, layer: Layer, selection: Selection) -> Iterable[ColumnElement[bool]]:
    happened = source.c[layer.happened]
    if selection.themes:
        yield speaks_to(source.c[layer.category], layer, selection.themes)
    if selection.categories:
        yield source.c[layer.category].in_(selection.categories)
    if selection.estates:
        yield source.c.estate.in_(selection.estates)
    if selection.first:
        yield happened >= selection.first
    if selection.last:
        yield happened <= _end(selection.last)


def _day_conditions(
    happened: ColumnElement[date], days: tuple[date | None, date | None]
) -> Iterable[ColumnElement[bool]]:
    first, last = days
    if first:
        yield happened >= first
    if last:
        yield happened <= last


def _end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _window_conditions(source: Table, bbox: BoundingBox) -> Iterable[ColumnElement[bool]]:
    west, south, east, north = bbox
    yield source.c.longitude.between(west, east)
    yield source.c.latitude.between(south, north)


def areas(database: Database, viewer: Viewer) -> gpd.GeoDataFrame:
    """The estates in use: code, name, parish, geometry (WGS84), by code.

    `attrs` has the set's name as `set`, its `attribution`, and whether it is `indicative`.
    """
    with database.reader(viewer).connect() as connection:
        rows = connection.execute(_areas(viewer)).all()
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


def _areas(viewer: Viewer) -> Select[Any]:
    if viewer.role == "public":
        return select(AREA)
    named = (
        BOUNDARY_SETS.c.name.label("boundary_set"),
        BOUNDARY_SETS.c.attribution,
        BOUNDARY_SETS.c.indicative,
    )
    joined = AREAS.join(BOUNDARY_SETS, AREAS.c.boundary_set == BOUNDARY_SETS.c.id)
    shown = (AREAS.c.code, AREAS.c.name, AREAS.c.parish, AREAS.c.outline)
    return select(*shown, *named).select_from(joined).where(BOUNDARY_SETS.c.in_use)
