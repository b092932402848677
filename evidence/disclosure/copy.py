"""Copies what anybody may see into `published`, the only schema that the public role can read.

What is copied here has been through `publish`, or needs no disclosure control.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)

from evidence.disclosure.ledger import FIGURES, PUBLICATIONS
from evidence.published_tables import (
    ABOUT,
    AREA,
    FEW_HOMES,
    FIGURE,
    PUBLICATION,
    PUBLISHED,
    PUBLISHED_POSTCODES,
    SO_FEW,
    published_table,
    published_tables,
)
from evidence.tables import AREAS, BOUNDARY_SETS, IMPORTS, POSTCODES, VERSIONS, table
from layers._layer import Counted, Layer, Shown
from layers._registry import LAYERS


def _publish_layer(connection: Connection, layer: Layer) -> None:
    """Copy a shown layer. Other layers: nothing."""
    target, disclosure = published_table(layer), layer.disclosure
    if target is None or not isinstance(disclosure, Shown):
        return
    connection.execute(insert(target).from_select(target.columns.keys(), _shown_rows(layer, disclosure, target)))
    connection.execute(insert(ABOUT).from_select(ABOUT.columns.keys(), _layer_summary(layer)))


def _shown_rows(layer: Layer, disclosure: Shown, target: Table) -> Select[Any]:
    """The shown fields; a place that is not said to be public is its estate's label point, or none."""
    source = table(layer)
    columns: dict[str, ColumnElement[Any]] = {name: source.c[name] for name in target.columns.keys()}  # noqa: SIM118 - a collection of columns, not a dict
    if not disclosure.place:
        return select(*columns.values())
    label = func.ST_PointOnSurface(AREAS.c.outline)
    public = source.c[disclosure.place]
    columns |= {
        name: case((public, source.c[name]), else_=part(label))
        for name, part in (("longitude", func.ST_X), ("latitude", func.ST_Y))
    }
    in_use = select(BOUNDARY_SETS.c.id).where(BOUNDARY_SETS.c.in_use).scalar_subquery()
    estate = and_(AREAS.c.boundary_set == in_use, AREAS.c.code == source.c.estate)
    return select(*columns.values()).select_from(source.outerjoin(AREAS, estate))


def _layer_summary(layer: Layer) -> Select[str, Any, int, int, Any, Any, Any]:
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


def _publish_areas(connection: Connection) -> None:
    """Copy the boundary set in use."""
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


def publish_postcodes(connection: Connection) -> None:
    """Copy the postcodes, which are open data and need no other step, in place of those that are there."""
    connection.execute(delete(PUBLISHED_POSTCODES))
    connection.execute(insert(PUBLISHED_POSTCODES).from_select(POSTCODES.columns.keys(), select(POSTCODES)))


def _publish_figures(connection: Connection) -> None:
    """Copy the latest publication and its figures, of the layers that are still counted."""
    latest = select(func.max(PUBLICATIONS.c.id)).scalar_subquery()
    names = PUBLICATION.columns.keys()
    this = select(*(PUBLICATIONS.c[name] for name in names)).where(PUBLICATIONS.c.id == latest)
    connection.execute(insert(PUBLICATION).from_select(names, this))
    counted = [layer.id for layer in LAYERS.values() if isinstance(layer.disclosure, Counted)]
    told = case((FIGURES.c.count.is_not(None), ""), (FIGURES.c.reason == FEW_HOMES, FEW_HOMES), else_=SO_FEW)
    made = dict(FIGURES.c) | {"withheld": told, "rate": 1000.0 * FIGURES.c.count / FIGURES.c.homes}
    copied = select(*(made[name] for name in FIGURE.columns.keys()))  # noqa: SIM118 - a collection of columns, not a dict
    copied = copied.where(FIGURES.c.publication == latest, FIGURES.c.layer.in_(counted))
    connection.execute(insert(FIGURE).from_select(FIGURE.columns.keys(), copied))


def publish_all(connection: Connection) -> None:
    """Make every public table and fill it, in a schema that has none of them, in the caller's transaction."""
    PUBLISHED.create_all(connection, published_tables(), checkfirst=False)
    _publish_areas(connection)
    publish_postcodes(connection)
    _publish_figures(connection)
    for layer in LAYERS.values():
        _publish_layer(connection, layer)
