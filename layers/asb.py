"""Anti-social behaviour cases, with the meaning of the regulator's measure NM01.

A case is the log of activity in response to reports: one case may hold many reports about the same
people while it is open, and a report after it is closed opens a new case. The hate flag says that
somebody perceived hostility or prejudice (disability, race, religion, sexual orientation,
transgender identity).
"""

from typing import Annotated, Literal

from pydantic import Field

from geo.council import COUNCIL
from layers._layer import Counted, Event, Layer, Record, Synonyms, Text, Theme, also, codes

Category = Annotated[
    Literal[
        "noise",
        "harassment and threats",
        "drugs and alcohol",
        "vandalism",
        "rubbish and fly-tipping",
        "vehicles",
        "animals",
        "gardens",
        "domestic abuse",
        "violence",
        "misuse of communal areas",
        "other",
    ],
    Synonyms(
        {
            "noise": ("noise nuisance", "loud music", "NOI"),
            "harassment and threats": ("harassment", "verbal abuse", "intimidation", "threats", "HAR"),
            "drugs and alcohol": ("drugs", "alcohol", "drug dealing", "substance misuse", "DRU"),
            "vandalism": ("criminal damage", "graffiti", "damage to property", "VAN"),
            "rubbish and fly-tipping": ("litter", "fly tipping", "rubbish", "RUB"),
            "vehicles": ("vehicle nuisance", "off-road bikes", "abandoned vehicles", "VEH"),
            "animals": ("pets", "pets and animals", "dogs", "ANI"),
            "gardens": ("garden nuisance", "untidy garden", "GAR"),
            "domestic abuse": ("domestic violence", "DOM"),
            "violence": ("physical violence", "assault", "VIO"),
            "misuse of communal areas": ("communal areas", "loitering", "COM"),
        }
    ),
]


class AntiSocialBehaviourCase(Record):
    """A case of anti-social behaviour, opened by the landlord."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also("case id", "case reference", "case ref", "case number", "ref", "id"),
        description="Case reference",
    )
    opened: Event = Field(
        validation_alias=also("opened at", "date opened", "date reported", "open date", "case opened"),
        description="Date the case was opened",
    )
    closed: Event | None = Field(
        None,
        validation_alias=also("closed at", "date closed", "close date", "case closed"),
        description="Date the case was closed; empty while open",
    )
    category: Category = Field(
        validation_alias=also("type", "case type", "asb type", "case category"), description="Category"
    )
    harm: (
        Annotated[
            Literal["personal", "nuisance", "environmental"],
            Synonyms({"nuisance": ("community", "community nuisance"), "environmental": ("environment",)}),
        ]
        | None
    ) = Field(
        None,
        validation_alias=also("harm class", "harm type", "case definition"),
        description="Who or what is harmed",
    )
    hate: bool = Field(
        validation_alias=also("is hate", "hate incident", "hate", "hate flag", "hate related"),
        description="Whether the case involves a hate incident",
    )
    reports: Annotated[int, Field(ge=1)] | None = Field(
        None,
        validation_alias=also("report count", "number of reports", "incidents"),
        description="Reports held by the case",
    )
    summary: Text | None = Field(
        None, validation_alias=also("description", "details", "case summary"), description="What was reported"
    )


LAYER = Layer(
    id="asb",
    title="Anti-social behaviour",
    noun=("case of anti-social behaviour", "cases of anti-social behaviour"),
    publisher=COUNCIL.source("asb"),
    licence="Not published: held by the council as landlord",
    record=AntiSocialBehaviourCase,
    category="category",
    happened="opened",
    themes=dict.fromkeys(codes(AntiSocialBehaviourCase.model_fields["category"]), Theme.ANTI_SOCIAL_BEHAVIOUR)
    | {
        "rubbish and fly-tipping": Theme.CLEANLINESS,
        "gardens": Theme.CLEANLINESS,
        "violence": Theme.SAFETY,
        "domestic abuse": Theme.SAFETY,
        "misuse of communal areas": Theme.COMMUNITY_SPACES,
    },
    severe={"hate": frozenset({True}), "harm": frozenset({"personal"})},
    chronology=(("opened", "closed"),),
    disclosure=Counted(),
    hue="#a63c22",
    marker="triangle",
)
