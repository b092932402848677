"""What residents said: at the door, in surveys, on walkabouts and online."""

from typing import Annotated, Literal

from pydantic import Field

from geo.council import COUNCIL
from layers._layer import Counted, Event, Layer, Record, Synonyms, Text, Theme, also

ThemeCode = Annotated[
    Literal["safety", "cleanliness", "anti-social behaviour", "community spaces", "repairs", "other"],
    Synonyms(
        {
            "safety": ("safe", "feeling safe", "crime and safety"),
            "cleanliness": ("clean", "litter", "cleaning", "rubbish"),
            "anti-social behaviour": ("asb", "antisocial", "nuisance"),
            "community spaces": ("community", "parks", "play", "green spaces", "open spaces"),
            "repairs": ("repair", "housing repairs", "maintenance"),
            "other": ("general", "misc", "none"),
        }
    ),
]

Channel = Annotated[
    Literal["door-knock", "survey", "walkabout", "online"],
    Synonyms(
        {
            "door-knock": ("door knocking", "doorstep", "big conversation", "visit"),
            "survey": ("paper survey", "questionnaire", "postal"),
            "walkabout": ("estate walkabout", "walk about", "inspection"),
            "online": ("web", "website", "email", "portal", "form"),
        }
    ),
]


class Feedback(Record):
    """One thing that a resident said."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("feedback id", "response id", "respondent id", "ref", "id"),
        description="Reference of the response",
    )
    received: Event = Field(
        validation_alias=also("date", "date received", "submitted", "response date", "completed"),
        description="Date received",
    )
    theme: ThemeCode = Field(validation_alias=also("topic", "main theme", "priority", "category"), description="Theme")
    channel: Channel = Field(validation_alias=also("source", "method", "collected by"), description="Channel")
    text: Text | None = Field(
        None,
        validation_alias=also("comment", "comments", "verbatim", "what you told us", "response"),
        description="In the resident's words",
    )


LAYER = Layer(
    id="feedback",
    title="Feedback",
    noun=("piece of feedback", "pieces of feedback"),
    publisher=COUNCIL.source("feedback"),
    licence="Not published: held by the council as landlord",
    record=Feedback,
    category="theme",
    happened="received",
    themes={theme.value: theme for theme in Theme},
    unprompted={"channel": frozenset({"walkabout"})},
    role="voice",
    disclosure=Counted(),
    hue="#5b4b8a",
    marker="bubble",
)
