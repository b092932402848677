"""What a layer is: a value. Everything else is a function of a layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Theme(StrEnum):
    """What matters in a neighbourhood, in the council's published words, with repairs and the rest."""

    SAFETY = "safety"
    CLEANLINESS = "cleanliness"
    ANTI_SOCIAL_BEHAVIOUR = "anti-social behaviour"
    COMMUNITY_SPACES = "community spaces"
    REPAIRS = "repairs"
    OTHER = "other"


@dataclass(frozen=True)
class Hidden:
    """The public sees nothing. The default: silence is safe."""


@dataclass(frozen=True)
class Counted:
    """The public sees totals by area and period, under disclosure control."""


@dataclass(frozen=True)
class Shown:
    """The public sees each record, with these fields only."""

    fields: tuple[str, ...]
    place: str = ""
    """The field that says whether a record's own place may be shown; where it does not say yes, the public sees the
    label point of the estate. Empty where every place may be shown, as where the publisher has moved them."""


@dataclass(frozen=True)
class Synonyms:
    """What exports write for a code, by code; "" is empty. Spelling, case and punctuation are ignored."""

    of: Mapping[str, tuple[str, ...]] = field(hash=False)


@dataclass(frozen=True)
class Happened:
    """The date has happened: not after the day of the import, not before `since`."""

    since: date = date(1990, 1, 1)


Event = Annotated[date, Happened()]
"""A date that must lie in the past (or be today)."""

Planned = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 1, 1))]
"""A date that may lie in the future."""

Text = Annotated[str, Field(max_length=4000)]
"""Words of a person. 4,000 characters, as Open311's description."""


def also(*names: str) -> AliasChoices:
    """The names under which real exports carry a field, besides its own."""
    return AliasChoices(*names)


Identifier = Annotated[str, Field(max_length=200)]
"""What a publisher calls a thing. Longer, and an index could not hold it."""


class Place(BaseModel):
    """Where a row says it is: any of these, the most precise that can be resolved is used."""

    easting: float | None = Field(
        None,
        validation_alias=also("x", "eastings", "geo easting", "easting m"),
        description="Easting, EPSG:27700, metres",
    )
    northing: float | None = Field(
        None,
        validation_alias=also("y", "northings", "geo northing", "northing m"),
        description="Northing, EPSG:27700, metres",
    )
    longitude: float | None = Field(
        None, validation_alias=also("lon", "long", "lng"), description="Longitude, WGS84, degrees"
    )
    latitude: float | None = Field(None, validation_alias=also("lat"), description="Latitude, WGS84, degrees")
    uprn: Identifier | None = Field(
        None,
        validation_alias=also("unique property reference number", "property reference", "property ref", "address id"),
        description="Unique Property Reference Number, without leading zeros",
    )
    postcode: Identifier | None = Field(
        None, validation_alias=also("post code", "postal code", "zipcode", "pcds"), description="Postcode"
    )
    estate: str | None = Field(
        None,
        validation_alias=also("estate name", "estate code", "neighbourhood", "neighbourhood name", "area name"),
        description="Code of the estate, in the boundary set in use",
    )


class Record(BaseModel):
    """One row of evidence. Its fields become columns, checks, queryables, popups and validation."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("ref", "id", "case reference", "reference number"),
        description="The publisher's own reference of the record",
    )


Marker = Literal["bubble", "square", "triangle", "leaf", "diamond"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A kind of evidence: what its rows say, who publishes them, who may see them, how they look."""

    id: str
    title: str
    noun: tuple[str, str]
    """One row and several, as a sentence says them: ("repair", "repairs")."""
    publisher: str
    licence: str
    record: type[Record]
    category: str
    """The field by which rows are told apart on maps and in filters; its type is a Literal."""
    happened: str
    """The field that dates a row."""
    themes: Mapping[str, Theme]
    """The local priority each category speaks to; a category not named speaks to OTHER."""
    severe: Mapping[str, frozenset[object]] = field(default_factory=dict)
    """Values, by field, of which each makes a row severe; empty where a row does not say."""
    unprompted: Mapping[str, frozenset[object]] = field(default_factory=dict)
    """Values, by field, of rows that do not depend on anybody's choosing to speak up."""
    role: Literal["record", "voice", "answer"] = "record"
    """What its rows are: records of a need, what residents say of it, or answers to it."""
    chronology: tuple[tuple[str, str], ...] = ()
    """Pairs of date fields of which the first is never after the second."""
    disclosure: Hidden | Counted | Shown = Hidden()
    repeats: bool = False
    """Rows without a reference are events of their own, so identical rows are repeats, not copies."""
    anonymised_points: str = ""
    """Why a point of this layer stands for more than one address; empty where it does not."""
    cell_width: float = 150.0
    """Width of the hexagons that its hotspots are sought in, metres; larger than what a snapped point stands for."""
    hue: str
    marker: Marker
    ramp: str = "YlOrBr"

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes of the category, in the order of the record."""
        return codes(self.record.model_fields[self.category])

    @property
    def exposure(self) -> str:
        """What its hotspots are counted against, in words: homes, or where a point is not a home's, points."""
        return "map points in use" if self.anonymised_points else "homes"

    def theme(self, category: str) -> Theme:
        """The local priority that a category speaks to."""
        return self.themes.get(category, Theme.OTHER)


def optional(field: FieldInfo) -> bool:
    """Whether a row may leave the field empty."""
    return type(None) in get_args(field.annotation)


def plain(field: FieldInfo) -> Any:
    """The field's type without `| None` and without metadata."""
    annotation = field.annotation
    if get_origin(annotation) is UnionType or type(None) in get_args(annotation):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def metadata(field: FieldInfo) -> list[Any]:
    """What the field's type is annotated with, inside `| None` too."""
    inner = [part for part in get_args(field.annotation) if get_origin(part) is Annotated]
    found = [*field.metadata, *(item for part in inner for item in part.__metadata__)]
    return [item for entry in found for item in (entry.metadata if isinstance(entry, FieldInfo) else [entry])]


def codes(field: FieldInfo) -> tuple[str, ...]:
    """The codes a field takes; empty if it is not a code list."""
    kind = plain(field)
    return get_args(kind) if get_origin(kind) is Literal else ()
