from dataclasses import FrozenInstanceError
from datetime import date
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Le, MaxLen
from pydantic import Field, ValidationError

from layers._layer import (
    Event,
    Happened,
    Hidden,
    Layer,
    Record,
    Synonyms,
    Text,
    Theme,
    codes,
    metadata,
    optional,
    plain,
)

Kind = Annotated[Literal["lamp", "column"], Synonyms({"lamp": ("bulb",)})]


class Fault(Record):
    """A street light that is out."""

    kind: Kind = Field(description="Kind")
    other_kind: Kind | None = Field(None, description="Another kind")
    seen: Event = Field(description="Seen")
    planned: date | None = Field(None, description="Planned")
    lamps: Annotated[int, Field(ge=1, le=9)] | None = Field(None, description="Lamps")
    note: Text | None = Field(None, description="Note")


LIGHTS = Layer(
    id="lights",
    title="Street lighting",
    noun=("fault", "faults"),
    publisher="Nobody",
    licence="None",
    record=Fault,
    category="kind",
    happened="seen",
    themes={"lamp": Theme.SAFETY},
    hue="#000000",
    marker="square",
)
FIELDS = Fault.model_fields


def test_a_layer_that_says_nothing_about_disclosure_is_hidden() -> None:
    """Silence is safe."""
    assert LIGHTS.disclosure == Hidden()


def test_a_layer_is_a_value() -> None:
    """Nobody changes a layer once it is made."""
    with pytest.raises(FrozenInstanceError):
        LIGHTS.title = "Lights"  # type: ignore[misc]


def test_categories_are_the_codes_in_the_order_of_the_record() -> None:
    """Legends and filters keep the order in which the record lists the codes."""
    assert LIGHTS.categories == ("lamp", "column")


def test_a_category_without_a_theme_speaks_to_other() -> None:
    """A category that nobody assigned is still counted somewhere."""
    assert LIGHTS.theme("lamp") == Theme.SAFETY
    assert LIGHTS.theme("column") == Theme.OTHER


@pytest.mark.parametrize(
    ("name", "kind", "empty"),
    [
        ("reference", str, False),
        ("seen", date, False),
        ("planned", date, True),
        ("lamps", int, True),
        ("note", str, True),
    ],
)
def test_the_plain_type_of_a_field_and_whether_it_may_be_empty(name: str, kind: type, empty: bool) -> None:
    """`| None` and what a type is annotated with are taken off."""
    assert plain(FIELDS[name]) is kind
    assert optional(FIELDS[name]) is empty


def test_codes_are_found_inside_optional_and_annotated() -> None:
    """A code list is one whether or not the field may be empty; other fields have no codes."""
    assert codes(FIELDS["kind"]) == codes(FIELDS["other_kind"]) == ("lamp", "column")
    assert codes(FIELDS["note"]) == codes(FIELDS["planned"]) == ()


def test_metadata_is_found_inside_optional_and_annotated() -> None:
    """Limits, synonyms and what has happened are known of optional fields too."""
    assert metadata(FIELDS["seen"]) == [Happened()]
    assert metadata(FIELDS["planned"]) == []
    assert set(metadata(FIELDS["lamps"])) == {Ge(1), Le(9)}
    assert metadata(FIELDS["note"]) == [MaxLen(4000)]
    for name in ("kind", "other_kind"):
        assert [item.of for item in metadata(FIELDS[name])] == [{"lamp": ("bulb",)}]


def test_a_record_takes_no_field_that_it_does_not_name() -> None:
    """What is not in the record is not silently kept."""
    known = {"reference": "1", "kind": "lamp", "seen": date(2026, 1, 1)}
    assert Fault.model_validate(known, by_name=True).kind == "lamp"
    with pytest.raises(ValidationError, match="colour"):
        Fault.model_validate({**known, "colour": "white"}, by_name=True)
