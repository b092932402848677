"""Street-level crime as the police publish it (data.police.uk), in the publisher's own columns."""

from typing import Annotated, Literal

from pydantic import Field

from geo.council import COUNCIL
from layers._layer import Event, Layer, Record, Shown, Synonyms, Theme, also

Crime = Annotated[
    Literal[
        "anti-social behaviour",
        "bicycle theft",
        "burglary",
        "criminal damage and arson",
        "drugs",
        "other theft",
        "possession of weapons",
        "public order",
        "robbery",
        "shoplifting",
        "theft from the person",
        "vehicle crime",
        "violence and sexual offences",
        "other crime",
    ],
    Synonyms({"violence and sexual offences": ("violent crime",), "drugs": ("drugs offences",)}),
]


class StreetCrime(Record):
    """A crime or incident at a snap point of the police map."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("crime id"),
        description="Crime ID; for rows without one, a number made from the row and its repeats",
    )
    month: Event = Field(description="First day of the month in which it was reported")
    crime: Crime = Field(validation_alias=also("crime type"), description="Crime type")
    location: Annotated[str, Field(max_length=300)] | None = Field(None, description="Name of the snap point")
    outcome: Annotated[str, Field(max_length=300)] | None = Field(
        None, validation_alias=also("last outcome category"), description="Last outcome"
    )
    force: Annotated[str, Field(max_length=200)] | None = Field(
        None, validation_alias=also("falls within"), description="Police force"
    )


LAYER = Layer(
    id="police",
    title="Police-recorded crime",
    noun=("crime or incident", "crimes and incidents"),
    publisher=COUNCIL.source("police"),
    licence="Open Government Licence v3.0",
    record=StreetCrime,
    category="crime",
    happened="month",
    themes=dict.fromkeys(
        (
            "bicycle theft",
            "burglary",
            "drugs",
            "other theft",
            "possession of weapons",
            "robbery",
            "theft from the person",
            "vehicle crime",
            "violence and sexual offences",
        ),
        Theme.SAFETY,
    )
    | dict.fromkeys(
        ("anti-social behaviour", "criminal damage and arson", "public order"), Theme.ANTI_SOCIAL_BEHAVIOUR
    ),
    disclosure=Shown(("reference", "month", "crime", "location", "outcome", "force")),
    repeats=True,
    anonymised_points="Points are moved by the publisher to the nearest of about 750,000 map points, "
    "each standing for eight or more addresses or none.",
    cell_width=600.0,
    hue="#4d5358",
    marker="diamond",
)
