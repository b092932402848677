"""Residents' own projects: what they are, how far they are, and who runs them."""

from typing import Annotated, Literal

from pydantic import Field

from geo.council import COUNCIL
from layers._layer import Event, Layer, Planned, Record, Shown, Synonyms, Text, Theme, also

Type = Annotated[
    Literal["community garden", "noticeboard", "shared planter", "clean-up day", "other"],
    Synonyms(
        {
            "community garden": ("garden", "allotment", "growing space"),
            "noticeboard": ("notice board", "notices"),
            "shared planter": ("planter", "planters", "raised bed"),
            "clean-up day": ("clean up", "litter pick", "skip day", "community clean up"),
        }
    ),
]

Status = Annotated[
    Literal["idea", "funded", "under way", "complete"],
    Synonyms(
        {
            "idea": ("proposed", "proposal", "suggested"),
            "funded": ("approved", "grant awarded", "agreed"),
            "under way": ("in progress", "live", "started", "ongoing"),
            "complete": ("completed", "done", "finished"),
        }
    ),
]


class Project(Record):
    """A project of residents, with money or help from the landlord."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("project id", "project reference", "project ref", "ref", "id"),
        description="Project reference",
    )
    title: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("project name", "project", "name", "project title"), description="Title"
    )
    type: Type = Field(validation_alias=also("project type", "category", "kind"), description="Type")
    status: Status = Field(validation_alias=also("project status", "stage", "state"), description="Status")
    proposed: Event = Field(
        validation_alias=also("date proposed", "proposal date", "date received", "received"),
        description="Date proposed",
    )
    started: Planned | None = Field(
        None,
        validation_alias=also("start date", "date started", "start"),
        description="Date started or to start",
    )
    completed: Event | None = Field(
        None,
        validation_alias=also("date completed", "completion date", "end date"),
        description="Date completed",
    )
    ends: Planned | None = Field(
        None,
        validation_alias=also("planned end", "planned completion", "due to end", "target date"),
        description="Date it is to end",
    )
    group: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        validation_alias=also("residents group", "organisation", "lead group", "run by"),
        description="Group that runs it",
    )
    funding: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(
        None,
        validation_alias=also("funding gbp", "grant", "amount", "award", "funding amount"),
        description="Funding, GBP",
    )
    public_place: bool | None = Field(
        None,
        validation_alias=also("is public place", "in a public place", "place is public"),
        description="Whether it is in a public place, which may be shown; if not said, it is not",
    )
    funder: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        validation_alias=also("funding source", "funded by", "paid for by", "grant scheme"),
        description="Who pays for it",
    )
    summary: Text | None = Field(
        None, validation_alias=also("description", "about", "details"), description="What it is about"
    )
    help: Text | None = Field(
        None,
        validation_alias=also("how to help", "help wanted", "how to get involved", "volunteers"),
        description="How to help",
    )
    contact: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        validation_alias=also("contact route", "contact role", "whom to ask"),
        description="Whom to ask: a role, not a person",
    )


LAYER = Layer(
    id="projects",
    title="Projects",
    noun=("project", "projects"),
    publisher=COUNCIL.source("projects"),
    licence=COUNCIL.licence,
    record=Project,
    category="type",
    happened="proposed",
    themes={
        "community garden": Theme.COMMUNITY_SPACES,
        "noticeboard": Theme.COMMUNITY_SPACES,
        "shared planter": Theme.COMMUNITY_SPACES,
        "clean-up day": Theme.CLEANLINESS,
    },
    role="answer",
    chronology=(("started", "completed"), ("started", "ends")),
    disclosure=Shown(
        (
            "reference",
            "title",
            "type",
            "status",
            "proposed",
            "started",
            "completed",
            "ends",
            "group",
            "funding",
            "funder",
            "summary",
            "help",
            "contact",
        ),
        place="public_place",
    ),
    hue="#2b6e46",
    marker="leaf",
)
