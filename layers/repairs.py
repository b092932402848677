"""Responsive repairs, by the names of HACT's UK Housing Data Standards (work order)."""

from typing import Annotated, Literal

from pydantic import Field

from geo.council import COUNCIL
from layers._layer import Counted, Event, Layer, Planned, Record, Synonyms, Text, Theme, also, codes

Priority = Annotated[
    Literal["immediate", "emergency", "urgent", "routine", "planned"],
    Synonyms(
        {
            "immediate": ("1", "I", "P1 immediate"),
            "emergency": ("2", "E", "P2", "24 hours", "emergency 24h"),
            "urgent": ("3", "U", "P3", "appointable urgent"),
            "routine": ("4", "N", "R", "P4", "normal", "non-emergency"),
            "planned": ("5", "P5", "planned maintenance", "batched"),
        }
    ),
]

Trade = Annotated[
    Literal[
        "plumbing",
        "heating",
        "electrical",
        "carpentry",
        "roofing",
        "damp and mould",
        "glazing",
        "doors and locks",
        "fencing and paths",
        "communal lighting",
        "communal cleaning",
        "drainage",
        "other",
    ],
    Synonyms(
        {
            "plumbing": ("PL", "plumber"),
            "heating": ("gas", "GAS heating", "heating engineer"),
            "electrical": ("EL", "electrician", "electrics"),
            "carpentry": ("CP", "carpenter", "joinery"),
            "roofing": ("RF", "roofer"),
            "damp and mould": ("damp", "mould", "damp & mould", "condensation"),
            "glazing": ("GL", "glazier", "windows"),
            "doors and locks": ("locksmith", "doors", "door entry", "doors & locks"),
            "fencing and paths": ("fencing", "groundworks", "fencing & paths"),
            "communal cleaning": ("cleaning", "bulky waste", "estate cleaning"),
            "drainage": ("DR", "drains"),
            "other": ("multi trade", "multitrade", "general builder"),
        }
    ),
]


class Repair(Record):
    """A work order raised for a home or a communal place."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also(
            "work order reference",
            "work order id",
            "work order",
            "job number",
            "job ref",
            "order number",
            "ref",
            "id",
        ),
        description="Work order reference",
    )
    priority: Priority = Field(
        validation_alias=also("priority code", "work priority", "repair priority"), description="Priority"
    )
    date_reported: Event = Field(
        validation_alias=also("date raised", "reported date", "reported", "raised"),
        description="Date reported",
    )
    required_completion: Planned | None = Field(
        None,
        validation_alias=also("required completion date time", "required completion date", "target date", "due date"),
        description="Date by which it is to be complete",
    )
    completion: Event | None = Field(
        None,
        validation_alias=also("actual completion date time", "completion date", "date completed", "completed"),
        description="Date completed; empty while open",
    )
    trade: Trade = Field(
        validation_alias=also("trade code", "trade description", "work element trade"), description="Trade"
    )
    description: Text | None = Field(
        None,
        validation_alias=also("description of work", "work description"),
        description="Description of the work",
    )


LAYER = Layer(
    id="repairs",
    title="Repairs",
    noun=("repair", "repairs"),
    publisher=COUNCIL.source("repairs"),
    licence="Not published: held by the council as landlord",
    record=Repair,
    category="trade",
    happened="date_reported",
    themes=dict.fromkeys(codes(Repair.model_fields["trade"]), Theme.REPAIRS)
    | {
        "communal lighting": Theme.SAFETY,
        "doors and locks": Theme.SAFETY,
        "communal cleaning": Theme.CLEANLINESS,
        "fencing and paths": Theme.COMMUNITY_SPACES,
    },
    severe={"priority": frozenset({"immediate", "emergency"})},
    # What cannot wait is reported by those, too, who report nothing else.
    unprompted={"priority": frozenset({"immediate", "emergency"})},
    chronology=(("date_reported", "required_completion"), ("date_reported", "completion")),
    disclosure=Counted(),
    hue="#0b5f8a",
    marker="square",
)
