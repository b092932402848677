"""The tables: one for each layer, made from its record, and those that all layers share."""

from datetime import date
from functools import cache
from threading import RLock
from typing import Any, Literal, get_args

from annotated_types import Ge, Gt, Le, MaxLen
from geoalchemy2 import Geometry
from pydantic.fields import FieldInfo
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    column,
    func,
)

from evidence.alterations import FOLLOWS
from geo.crs import BRITISH_NATIONAL_GRID, WGS84
from layers._layer import Layer, Record, codes, metadata, optional, plain

LOCATED_BY = ("coordinates", "uprn", "postcode", "estate", "none")
"""How a row was located, the most precise first."""

EVIDENCE = MetaData(schema="evidence", naming_convention={"pk": "%(table_name)s_pkey"})

IMPORTS = Table(
    "import",
    EVIDENCE,
    Column("id", Integer, Identity(), primary_key=True),
    Column("what", Text, nullable=False, comment="Layer id, 'homes' or 'survey'"),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("who", Text, nullable=False, comment="User of the operating system, or of the service"),
    Column("outcome", Text, CheckConstraint("outcome in ('loaded', 'refused')"), nullable=False),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("rows", "added", "changed", "unchanged", "removed", "refused", "located")
    ),
    Column("synthetic", Boolean, nullable=False, server_default="false"),
    comment="Ledger of every import; nothing is ever taken out of it",
)

VERSIONS = Table(
    "version",
    EVIDENCE,
    Column("layer", Text, primary_key=True, comment="Layer id, or 'survey'"),
    Column("version", Text, nullable=False, comment="Another at every change of rows, homes or boundary set"),
)

MonthNote = Literal["empty", "changed", "withdrawn"]
"""What somebody may say of a month of a source: that nothing happened in it; that its rows mean something else from
then on; or that what was said before no longer holds."""

MONTH_NOTES = Table(
    "month_note",
    EVIDENCE,
    Column("id", Integer, Identity(), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("month", Date, nullable=False, comment="Its first day"),
    Column("says", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("why", Text, nullable=False),
    CheckConstraint(column("says").in_(get_args(MonthNote))),
    comment="What somebody says of a month of a source; the latest note on a month holds",
)

BOUNDARY_SETS = Table(
    "boundary_set",
    EVIDENCE,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("attribution", Text, nullable=False, server_default=""),
    Column("indicative", Boolean, nullable=False, server_default="false"),
    Column("in_use", Boolean, nullable=False, server_default="false"),
    Index(
        "boundary_set_name",
        "name",
        "valid_from",
        unique=True,
        info={"answers": "Which version of this set is this?"},
    ),
    Index(
        "boundary_set_in_use",
        "in_use",
        unique=True,
        postgresql_where=column("in_use"),
        info={"answers": "Which set is in use?"},
    ),
)

AREAS = Table(
    "area",
    EVIDENCE,
    Column("boundary_set", ForeignKey(BOUNDARY_SETS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parish", Text, nullable=False, server_default=""),
    Column("geom", Geometry("MULTIPOLYGON", BRITISH_NATIONAL_GRID, spatial_index=False), nullable=False),
    Column("outline", Geometry("MULTIPOLYGON", WGS84, spatial_index=False), nullable=False),
    comment="Areas of the boundary sets, in metres and, through OSTN15, in degrees",
)


def _place() -> list[Column[Any]]:
    """Where a row is: what the source said, what came of it, and how."""
    return [
        Column("uprn", Text, comment="Unique Property Reference Number, without leading zeros"),
        Column("postcode", Text, comment="Postcode, as in MK6 3AB"),
        Column("easting", Double, comment="Easting, EPSG:27700, metres"),
        Column("northing", Double, comment="Northing, EPSG:27700, metres"),
        Column("longitude", Double, comment="Longitude, WGS84 through OSTN15, degrees"),
        Column("latitude", Double, comment="Latitude, WGS84 through OSTN15, degrees"),
        Column("estate_said", Text, comment="Estate as the source names it"),
        Column("estate", Text, comment="Code of the estate, in the boundary set in use; empty outside all"),
    ]


def _point() -> Column[Any]:
    # Generated, so that geometry and coordinates cannot disagree and COPY carries numbers only.
    made = Computed(f"ST_SetSRID(ST_MakePoint(easting, northing), {BRITISH_NATIONAL_GRID})", persisted=True)
    return Column("geom", Geometry("POINT", BRITISH_NATIONAL_GRID, spatial_index=False), made)


HOMES = Table(
    "home",
    EVIDENCE,
    Column("uprn", Text, primary_key=True),
    *_place()[1:],
    Index("home_postcode", "postcode", info={"answers": "Where is this postcode?"}),
    comment="The landlord's property list: the denominator of every rate",
)

POSTCODES = Table(
    "postcode",
    EVIDENCE,
    Column("postcode", Text, primary_key=True, comment="Postcode, as in MK6 3AB"),
    Column("easting", Double, nullable=False, comment="Easting, EPSG:27700, metres"),
    Column("northing", Double, nullable=False, comment="Northing, EPSG:27700, metres"),
    comment="Where postcodes are, from a Code-Point Open file, for whoever looks for projects nearby",
)

_TYPES: dict[type, type] = {str: Text, date: Date, bool: Boolean, int: Integer, float: Double}


MAKING = RLock()
"""Two threads must not make one table twice."""


def table(layer: Layer) -> Table:
    """The table of a layer."""
    with MAKING:
        return _table(layer)


@cache
def _table(layer: Layer) -> Table:
    return record_table(layer.id, layer.record, layer.title)


def record_table(name: str, record: type[Record], comment: str) -> Table:
    """A table made from a record, with the columns that say where and whence."""
    fields = record.model_fields
    return Table(
        name,
        EVIDENCE,
        *(_column(each, field) for each, field in fields.items()),
        *(CheckConstraint(check) for each, field in fields.items() for check in _checks(column(each), field)),
        *_place(),
        _point(),
        Column("located_by", Text, nullable=False, comment=f"How it was located: {', '.join(LOCATED_BY)}"),
        CheckConstraint(column("located_by").in_(LOCATED_BY)),
        Column("source_row", Integer, nullable=False, comment="Row in the file, the header being row 1"),
        # Not a foreign key: a check for each of a million rows takes longer than loading them.
        Column("import_id", Integer, nullable=False, comment="The import that last changed it"),
        # By numbers, not by geometry: under row-level security PostgreSQL asks an index only what no row can leak
        # through, and PostGIS's operators are not known to be such.
        Index(
            f"{name}_position",
            "longitude",
            "latitude",
            info={"answers": "Which records lie in this window?"},
        ),
        Index(f"{name}_estate", "estate", info={"answers": "Which records lie in this estate?"}),
        info={FOLLOWS: True},
        comment=comment,
    )


def _column(name: str, field: FieldInfo) -> Column[Any]:
    kind = Text if codes(field) else _TYPES[plain(field)]
    return Column(name, kind, primary_key=name == "reference", nullable=optional(field), comment=field.description)


def _checks(subject: Any, field: FieldInfo) -> list[Any]:
    limits = {
        Ge: lambda limit: subject >= limit.ge,
        Gt: lambda limit: subject > limit.gt,
        Le: lambda limit: subject <= limit.le,
        MaxLen: lambda limit: func.char_length(subject) <= limit.max_length,
    }
    listed = [subject.in_(codes(field))] if codes(field) else []
    return listed + [limits[type(item)](item) for item in metadata(field) if type(item) in limits]
