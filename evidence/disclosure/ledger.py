"""The ledger of publications, and all figures of each: what was published once is known, and counts in every audit."""

from datetime import date
from hashlib import sha256
from typing import Any

import geopandas as gpd
from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from evidence.disclosure.figures import Figure
from evidence.tables import EVIDENCE
from geo.crs import BRITISH_NATIONAL_GRID

PUBLICATIONS = Table(
    "publication",
    EVIDENCE,
    Column("id", Integer, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("who", Text, nullable=False, comment="User of the operating system, or of the service"),
    Column("versions", JSONB, nullable=False, comment="Data version of each layer"),
    Column("boundary_set", Text, nullable=False, comment="Name and date of the estates' boundaries"),
    Column("rules", JSONB, nullable=False, comment="The change of disclosure.toml that held"),
    Column("figures", Integer, nullable=False, comment="Figures, those withheld among them"),
    Column("withheld", Integer, nullable=False),
    Column("definitions", JSONB, comment="What each layer showed and spoke to then; empty before version 0.2.0"),
    comment="Ledger of every publication; nothing is ever taken out of it",
)

FIGURES = Table(
    "publication_figure",
    EVIDENCE,
    Column("publication", ForeignKey(PUBLICATIONS.c.id), primary_key=True),
    *(Column(name, Text, primary_key=True) for name in ("layer", "subject", "level", "area_set", "area")),
    *(Column(name, Date, primary_key=True) for name in ("first", "last")),
    Column("name", Text, nullable=False, comment="Name of the area"),
    Column("homes", Integer, comment="Homes of the landlord, rounded; empty where there are too few"),
    Column("count", Integer, comment="Rounded; empty where it is withheld"),
    Column("reason", Text, nullable=False, comment="Why it is withheld"),
    *(Column(name, Integer, comment="Between what the count lies, as published") for name in ("low", "high")),
    comment="Every figure of every publication; nothing is ever taken out of it",
)

PUBLISHED_AREAS = Table(
    "publication_area",
    EVIDENCE,
    Column("area_set", Text, primary_key=True, comment="Mark of the areas, from their codes and shapes"),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", BRITISH_NATIONAL_GRID, spatial_index=False), nullable=False),
    comment="The areas of every boundary set that figures were published on, as they were then",
)

_NAMES = tuple(Figure.__dataclass_fields__)


def area_mark(areas: gpd.GeoDataFrame) -> str:
    """What tells one version of a set of areas from all others."""
    parts = (f"{code}".encode() + shape for code, shape in zip(areas["code"], areas.geometry.to_wkb(), strict=True))
    return sha256(b"\0".join(parts)).hexdigest()


def save_areas(connection: Connection, mark: str, areas: gpd.GeoDataFrame) -> None:
    """Keep the areas that figures are published on, once."""
    if areas.empty or connection.scalar(select(func.count()).where(PUBLISHED_AREAS.c.area_set == mark)):
        return
    rows = [
        {"area_set": mark, "code": code, "name": name, "geom": from_shape(shape, BRITISH_NATIONAL_GRID)}
        for code, name, shape in zip(areas["code"], areas["name"], areas.geometry, strict=True)
    ]
    connection.execute(insert(PUBLISHED_AREAS), rows)


def saved_areas(connection: Connection, mark: str) -> gpd.GeoDataFrame:
    """The areas of a mark: code, name, geometry (EPSG:27700), by code."""
    rows = connection.execute(select(PUBLISHED_AREAS).where(PUBLISHED_AREAS.c.area_set == mark)).all()
    rows = sorted(rows, key=lambda row: str(row.code))
    columns = {"code": [row.code for row in rows], "name": [row.name for row in rows]}
    return gpd.GeoDataFrame(columns, geometry=[to_shape(row.geom) for row in rows], crs=BRITISH_NATIONAL_GRID)


def save_publication(connection: Connection, entry: dict[str, Any], figures: list[Figure]) -> int:
    """Enter a publication and its figures; its number."""
    withheld = sum(each.count is None for each in figures)
    made = insert(PUBLICATIONS).values(figures=len(figures), withheld=withheld, **entry).returning(PUBLICATIONS.c.id)
    number = int(connection.execute(made).scalar_one())
    rows = [{"publication": number, **{name: getattr(each, name) for name in _NAMES}} for each in figures]
    if rows:
        connection.execute(insert(FIGURES), rows)
    return number


def publication_entries(connection: Connection) -> list[Row[Any]]:
    """Every publication, newest first."""
    return list(connection.execute(select(PUBLICATIONS).order_by(PUBLICATIONS.c.id.desc())))


def figures_of(connection: Connection, publication: int) -> list[Figure]:
    """The figures of a publication."""
    return _select_figures(connection, FIGURES.c.publication == publication)


def earlier_figures(connection: Connection, layer: str) -> list[Figure]:
    """Every figure of a layer that was ever published or withheld, each once."""
    return list(dict.fromkeys(_select_figures(connection, FIGURES.c.layer == layer)))


def _select_figures(connection: Connection, which: Any) -> list[Figure]:
    query = select(*(FIGURES.c[name] for name in _NAMES)).where(which)
    rows = connection.execute(query.order_by(FIGURES.c.publication, *FIGURES.primary_key.columns)).all()
    return [Figure(**row._mapping) for row in rows]


def figure_key(figure: Figure) -> tuple[str, str, str, str, str, date, date]:
    """What a figure counts."""
    one = figure
    return (one.layer, one.subject, one.level, one.area_set, one.area, one.first, one.last)
