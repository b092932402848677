"""The tables of `published`, the only schema that the public role can read."""

from functools import cache

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, Column, Date, DateTime, Double, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from evidence.alterations import FOLLOWS
from evidence.tables import MAKING, POSTCODES, table
from geo.crs import WGS84
from layers._layer import Layer, Shown
from layers._registry import LAYERS

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

PUBLISHED_POSTCODES = POSTCODES.to_metadata(PUBLISHED, schema="published")

FIGURE = Table(
    "figure",
    PUBLISHED,
    Column("layer", Text, primary_key=True),
    Column("subject", Text, primary_key=True, comment="Theme, or what is counted for the whole district only"),
    Column("level", Text, primary_key=True, comment="district, estate or ward"),
    Column("area", Text, primary_key=True, comment="Code of the area; empty for the district"),
    Column("first", Date, primary_key=True, comment="First day of the first month"),
    Column("last", Date, primary_key=True, comment="First day of the last month"),
    Column("name", Text, nullable=False, comment="Name of the area"),
    Column("homes", Integer, comment="Homes of the landlord, rounded; empty where there are too few"),
    Column("count", Integer, comment="Rounded; empty where it is withheld"),
    Column("rate", Double, comment="Per 1,000 homes over the whole period, of the rounded numbers"),
    Column("withheld", Text, nullable=False, comment="Why it is withheld; empty where it is not"),
)

PUBLICATION = Table(
    "publication",
    PUBLISHED,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("rules", JSONB, nullable=False, comment="The change of disclosure.toml that held"),
)

FEW_HOMES = "too few homes"
SO_FEW = "so few that people could be recognised, or would give such a number away"
"""Why a figure is withheld, as the public is told: no more, or it could be told which are below the rule."""


@cache
def published_table(layer: Layer) -> Table | None:
    """The public copy of a layer: its shown fields and its place; None for what is not shown."""
    with MAKING:
        return _published_table(layer)


@cache
def _published_table(layer: Layer) -> Table | None:
    if not isinstance(layer.disclosure, Shown):
        return None
    source = table(layer)
    fields = [*layer.disclosure.fields, *_POSITION]
    columns = [Column(name, source.c[name].type, primary_key=name == "reference") for name in fields]
    return Table(layer.id, PUBLISHED, *columns, info={FOLLOWS: True})


def published_tables() -> list[Table]:
    """Every table that a publication makes now: not all that the metadata has, where a layer that went left one."""
    copies = [copy for layer in LAYERS.values() if (copy := published_table(layer)) is not None]
    return [*(each for each in PUBLISHED.sorted_tables if FOLLOWS not in each.info), *copies]
