"""Copies what anybody may see into `published`, the only schema that the public role can read."""

from functools import cache
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
)

from geo.crs import WGS84
from layers._layer import Layer, Shown
from layers._registry import layers
from layers._tables import AREAS, BOUNDARY_SETS, IMPORTS, VERSIONS, table

PUBLISHED = MetaData(schema="published")

_POSITION = ("longitude", "latitude", "estate")

AREA = Table(
    "area",
    PUBLISHED,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parish", Text, nullable=False),
    Column("outline", Geometry("MULTIPOLYGON", WGS84, spatial_index=False), nullable=False),
    Column("boundary_set", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("indicative", Boolean, nullable=False),
)

ABOUT = Table(
    "about",
    PUBLISHED,
    Column("layer", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("located", Integer, nullable=False),
    Column("first", Date),
    Column("last", Date),
    Column("synthetic", Boolean, nullable=False),
)


@cache
def published_table(layer: Layer) -> Table | None:
    """The public copy of a layer: its shown fields and its place; None for what is not shown."""
    if not isinstance(layer.disclosure, Shown):
        return None
    source = table(layer)
    fields = [*layer.disclosure.fields, *_POSITION]
    columns = [Column(name, source.c[name].type, primary_key=name == "reference") for name in fields]
    return Table(layer.id, PUBLISHED, *columns)


def publish_layer(connection: Connection, layer: Layer) -> None:
    """Replace the public copy of a shown layer, in the caller's transaction. Other layers: nothing."""
    target, source = published_table(layer), table(layer)
    if target is None:
        return
    connection.execute(delete(target))
    names = target.columns.keys()
    connection.execute(insert(target).from_select(names, select(*(source.c[name] for name in names))))
    connection.execute(delete(ABOUT).where(ABOUT.c.layer == layer.id))
    connection.execute(insert(ABOUT).from_select(ABOUT.columns.keys(), _about(layer)))


def _about(layer: Layer) -> Select[str, Any, int, int, Any, Any, Any]:
    source = table(layer)
    happened = source.c[layer.happened]
    return select(
        literal(layer.id),
        func.coalesce(select(VERSIONS.c.version).where(VERSIONS.c.layer == layer.id).scalar_subquery(), ""),
        func.count(),
        func.count().filter(source.c.located_by != "none"),
        func.min(happened),
        func.max(happened),
        func.coalesce(func.bool_or(IMPORTS.c.synthetic), False),
    ).select_from(source.outerjoin(IMPORTS, IMPORTS.c.id == source.c.import_id))


def publish_areas(connection: Connection) -> None:
    """Replace the public copy of the boundary set in use, in the caller's transaction."""
    connection.execute(delete(AREA))
    joined = AREAS.join(BOUNDARY_SETS, AREAS.c.boundary_set == BOUNDARY_SETS.c.id)
    copied = select(
        AREAS.c.code,
        AREAS.c.name,
        AREAS.c.parish,
        AREAS.c.outline,
        BOUNDARY_SETS.c.name,
        BOUNDARY_SETS.c.attribution,
        BOUNDARY_SETS.c.indicative,
    ).select_from(joined)
    connection.execute(insert(AREA).from_select(AREA.columns.keys(), copied.where(BOUNDARY_SETS.c.in_use)))


def publish_all(connection: Connection) -> None:
    """Replace every public copy, in the caller's transaction."""
    publish_areas(connection)
    for layer in layers().values():
        publish_layer(connection, layer)
