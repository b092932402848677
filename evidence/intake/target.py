"""What can be loaded from a file: the rows of a layer, the property list, or the tenants' survey."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from sqlalchemy import Table

from evidence.survey import SURVEY, Respondent
from evidence.tables import HOMES, table
from layers._layer import Identifier, Layer, Place, Record, optional


class Home(BaseModel):
    """A home of the landlord: the property list needs its UPRN and its coordinates."""

    uprn: Identifier = Field(validation_alias=Place.model_fields["uprn"].validation_alias)


@dataclass(frozen=True, eq=False)
class Target:
    """A table, the fields that fill it, and the rules its rows obey."""

    name: str
    table: Table
    key: str
    fields: Mapping[str, FieldInfo]
    required: tuple[str, ...]
    chronology: tuple[tuple[str, str], ...] = ()
    layer: Layer | None = None
    """The layer; None for the property list and the survey."""
    replaces_all: bool = False
    """A file has all rows that there are, none without a place, as the property list; places follow from them."""

    @property
    def columns(self) -> list[str]:
        """The columns that a load fills: all that the database does not make itself."""
        return [column.name for column in self.table.columns if not column.computed]


@cache
def layer_target(layer: Layer) -> Target:
    """How a layer is loaded."""
    fields = {**layer.record.model_fields, **Place.model_fields}
    required = tuple(name for name in _required(layer.record) if not (layer.repeats and name == "reference"))
    return Target(layer.id, table(layer), "reference", fields, required, layer.chronology, layer)


def _required(record: type[Record]) -> tuple[str, ...]:
    return tuple(name for name, field in record.model_fields.items() if not optional(field))


HOMES_TARGET = Target("homes", HOMES, "uprn", {**Place.model_fields, **Home.model_fields}, ("uprn",), replaces_all=True)

SURVEY_TARGET = Target(
    "survey", SURVEY, "reference", {**Respondent.model_fields, **Place.model_fields}, _required(Respondent)
)
