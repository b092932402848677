"""The tenant perception survey: what each respondent answered to the regulator's twelve questions (TP01 to TP12).

It is evidence but no layer: an answer happens nowhere, so it has no map, no heat and no public page.
"""

from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field
from sqlalchemy import select

from evidence.database import Database, NotVisible, Viewer
from evidence.frames import fetch
from evidence.tables import IMPORTS, record_table
from layers._layer import Event, Record, Synonyms, also

_NO_ANSWER = (
    "not applicable",
    "n/a",
    "don't know",
    "do not know",
    "not applicable/don't know",
    "don't know/not applicable",
    "not applicable/do not know",
    "don't know/refused",
    "refused",
    "prefer not to say",
    "no answer",
    "no reply",
    "no response",
    "not answered",
    "not asked",
)

# Numbers are no synonyms: in some files 1 is the best answer, in others 5.
Satisfied = Annotated[
    Literal["very satisfied", "fairly satisfied", "neither", "fairly dissatisfied", "very dissatisfied"],
    Synonyms(
        {
            "fairly satisfied": ("satisfied", "quite satisfied", "somewhat satisfied"),
            "neither": (
                "neither satisfied nor dissatisfied",
                "neither satisfied or dissatisfied",
                "neither dissatisfied nor satisfied",
                "neutral",
            ),
            "fairly dissatisfied": ("dissatisfied", "quite dissatisfied", "somewhat dissatisfied"),
            "": _NO_ANSWER,
        }
    ),
]

Agreed = Annotated[
    Literal["strongly agree", "agree", "neither", "disagree", "strongly disagree"],
    Synonyms(
        {
            "agree": ("tend to agree",),
            "neither": (
                "neither agree nor disagree",
                "neither agree or disagree",
                "neither disagree nor agree",
                "neutral",
            ),
            "disagree": ("tend to disagree",),
            "": _NO_ANSWER,
        }
    ),
]

Mode = Annotated[
    Literal["telephone", "face to face", "online", "post"],
    Synonyms(
        {
            "telephone": ("phone", "tel", "telephone interview", "CATI", "call"),
            "face to face": ("F2F", "in person", "doorstep", "door to door", "home visit", "CAPI"),
            "online": ("web", "website", "internet", "email", "e-mail", "CAWI", "SMS", "text", "text message"),
            "post": ("postal", "paper", "letter", "mail"),
        }
    ),
]


def _answer(code: str, title: str) -> Any:
    return Field(None, validation_alias=also(title, f"{code} {title}"), description=title)


class Respondent(Record):
    """A tenant who took part in the perception survey. An answer that was not given, or not applicable, is empty."""

    reference: Annotated[str, Field(max_length=200)] = Field(
        validation_alias=also(
            "respondent id", "respondent", "response id", "survey id", "interview id", "unique id", "ref", "id"
        ),
        description="Respondent's reference in the survey",
    )
    completed: Event = Field(
        validation_alias=also(
            "date completed", "completion date", "interview date", "date of interview", "survey date", "response date"
        ),
        description="Date the survey was answered",
    )
    mode: Mode | None = Field(
        None,
        validation_alias=also("method", "survey mode", "survey method", "collection method", "channel"),
        description="How the survey was answered",
    )
    weight: Annotated[float, Field(gt=0)] | None = Field(
        None,
        validation_alias=also("weighting", "weight factor", "survey weight", "respondent weight"),
        description="For how many respondents this one stands; empty is 1",
    )
    tp01: Satisfied | None = _answer("TP01", "Overall satisfaction")
    tp02: Satisfied | None = _answer("TP02", "Satisfaction with repairs")
    tp03: Satisfied | None = _answer("TP03", "Satisfaction with time taken to complete most recent repair")
    tp04: Satisfied | None = _answer("TP04", "Satisfaction that the home is well maintained")
    tp05: Satisfied | None = _answer("TP05", "Satisfaction that the home is safe")
    tp06: Satisfied | None = _answer(
        "TP06", "Satisfaction that the landlord listens to tenant views and acts upon them"
    )
    tp07: Satisfied | None = _answer(
        "TP07", "Satisfaction that the landlord keeps tenants informed about things that matter to them"
    )
    tp08: Agreed | None = _answer("TP08", "Agreement that the landlord treats tenants fairly and with respect")
    tp09: Satisfied | None = _answer("TP09", "Satisfaction with the landlord’s approach to handling complaints")
    tp10: Satisfied | None = _answer(
        "TP10", "Satisfaction that the landlord keeps communal areas clean and well maintained"
    )
    tp11: Satisfied | None = _answer(
        "TP11", "Satisfaction that the landlord makes a positive contribution to neighbourhoods"
    )
    tp12: Satisfied | None = _answer(
        "TP12", "Satisfaction with the landlord’s approach to handling anti-social behaviour"
    )


QUESTIONS = {name: str(field.description) for name, field in Respondent.model_fields.items() if name.startswith("tp")}
"""The regulator's title of each question, by field: tp01 to tp12."""

SURVEY = record_table("survey", Respondent, "Tenant perception survey, one row a respondent")


def survey_answers(database: Database, viewer: Viewer) -> pl.DataFrame:
    """Every respondent, by reference, without the reference.

    Returns
    -------
    Columns completed (date), mode, weight (1 where the file gave none), estate (code; null outside all), synthetic,
    and tp01 to tp12: the answer's code, null where there is none.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    if viewer.role == "public" or viewer.layers is not None:
        raise NotVisible("survey")
    names = ("completed", "mode", "weight", "estate", *QUESTIONS)
    query = select(*(SURVEY.c[name] for name in names), IMPORTS.c.synthetic)
    query = query.join_from(SURVEY, IMPORTS, IMPORTS.c.id == SURVEY.c.import_id).order_by(SURVEY.c.reference)
    with database.reader(viewer).connect() as connection:
        return fetch(connection, query).with_columns(pl.col("weight").fill_null(1.0))
