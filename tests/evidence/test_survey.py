from datetime import date
from itertools import combinations
from typing import Any

import geopandas as gpd
import polars as pl
import pytest
from pydantic import AliasChoices
from shapely import box
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from evidence import (
    HOMES_TARGET,
    PUBLIC,
    QUESTIONS,
    SURVEY_TARGET,
    Database,
    NotVisible,
    Viewer,
    clear_demonstration,
    ledger,
    save_boundaries,
    survey_answers,
    use_boundaries,
)
from evidence.intake.columns import simplified
from evidence.survey import SURVEY
from geo.errors import Refused
from layers._layer import Synonyms, codes, metadata
from layers._registry import LAYERS

OFFICER = Viewer("officer", estates=None)
FIELDS = SURVEY_TARGET.fields

EXPORT = """Respondent ID,Interview date,Method,Weighting,TP01 Overall satisfaction,tp02,TP08,UPRN,Post code,Estate
1,04/11/2025,Telephone,0.8,Very Satisfied,Not applicable,Strongly agree,10000000000,,
2,05/11/2025,CAWI,1.25,Fairly satisfied,Don't know,Tend to agree,,mk21ab,
3,06/11/2025,F2F,,Neither satisfied nor dissatisfied,N/A,Neither agree nor disagree,,,Cedar
4,07/11/2025,Postal,2,Fairly dissatisfied,Very dissatisfied,Disagree,,,
5,2025-11-08,,1,,Satisfied,Not applicable/don't know,,,Atlantis
"""


def names(field: str) -> set[str]:
    """The column names by which a field of the survey is recognised."""
    others = FIELDS[field].validation_alias
    return {simplified(str(each)) for each in (field, *(others.choices if isinstance(others, AliasChoices) else ()))}


def respondents(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Respondents that nothing is wrong with, but for what is changed."""
    usual = {"completed": "2025-11-04", "mode": "telephone", "weight": "1", "tp01": "very satisfied"}
    return [{"reference": f"R{number:03d}", **usual, **each} for number, each in enumerate(changed)]


def test_a_survey_comes_in_as_agencies_write_it(world: Database, bring_file: Any, stored_rows: Any) -> None:
    """In their words for columns, modes and answers; not applicable and don't know are empty, and so is a weight."""
    report = bring_file(world, SURVEY_TARGET, EXPORT)
    assert (report.rows, report.refused, report.change.added, report.located) == (5, 0, 5, 3)
    rows = stored_rows(world, SURVEY_TARGET)
    assert [(row["tp01"], row["tp02"], row["tp08"], row["tp12"]) for row in rows] == [
        ("very satisfied", None, "strongly agree", None),
        ("fairly satisfied", None, "agree", None),
        ("neither", None, "neither", None),
        ("fairly dissatisfied", "very dissatisfied", "disagree", None),
        (None, "fairly satisfied", None, None),
    ]
    assert [row["mode"] for row in rows] == ["telephone", "online", "face to face", "post", None]
    assert [row["weight"] for row in rows] == [0.8, 1.25, None, 2, 1]
    assert [(row["located_by"], row["estate"]) for row in rows] == [
        ("uprn", "E01"),
        ("postcode", "E02"),
        ("estate", "E03"),
        ("none", None),
        ("none", None),
    ]


def test_an_officer_reads_the_answers_without_the_names(world: Database, bring_file: Any) -> None:
    """By reference, that the order is always the same; a weight that was not given is 1."""
    bring_file(world, SURVEY_TARGET, EXPORT)
    found = survey_answers(world, OFFICER)
    assert found.columns == ["completed", "mode", "weight", "estate", *QUESTIONS, "synthetic"]
    assert found["weight"].to_list() == [0.8, 1.25, 1, 2, 1]
    assert found["completed"].to_list() == [date(2025, 11, day) for day in range(4, 9)]
    assert found["tp02"].to_list() == [None, None, None, "very dissatisfied", "fairly satisfied"]
    assert not found["synthetic"].any()


def test_no_survey_is_an_empty_frame(world: Database) -> None:
    """With the columns and types of a full one."""
    found = survey_answers(world, OFFICER)
    assert found.is_empty()
    assert found.select("completed", "weight", "tp01").dtypes == [pl.Date, pl.Float64, pl.String]


def test_strangers_see_nothing(world: Database, bring_file: Any) -> None:
    """Neither through the front door nor with the public's database role."""
    bring_file(world, SURVEY_TARGET, EXPORT)
    with pytest.raises(NotVisible):
        survey_answers(world, PUBLIC)
    with world.public.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(select(SURVEY.c.reference))
    with world.analyst.connect() as connection:
        assert len(connection.execute(select(SURVEY.c.reference)).all()) == 5


def test_the_survey_is_no_layer() -> None:
    """It has no page, no tiles and no collection, which every layer has."""
    assert SURVEY_TARGET.name not in LAYERS


BAD = {
    "tp01": {"5": "'5' is not one of very satisfied, fairly satisfied, neither, fairly dissatisfied, very dissatisf"},
    "tp08": {"very satisfied": "'very satisfied' is not one of strongly agree, agree, neither, disagree, strongly"},
    "tp09": {"Strongly agree": "'Strongly agree' is not one of very satisfied, "},
    "mode": {"pigeon": "'pigeon' is not one of telephone, face to face, online, post"},
    "weight": {
        "0": "'0.0' is not more than 0",
        "-1": "'-1.0' is not more than 0",
        "NaN": "'NaN' is not a number",
        "inf": "'inf' is not a number",
    },
    "completed": {"": "is empty", "2027-01-01": "'2027-01-01' is after 30 June 2026, the day of the import"},
    "reference": {"": "is empty", "R000": "'R000' is already in row 2"},
    "easting": {"1": "the coordinates lie outside the district"},
}


def test_wrong_answers_are_refused_row_by_row(world: Database, bring: Any, stored_rows: Any, rejected: Any) -> None:
    """Numbers among them, of which nobody can know whether 5 is the best or the worst."""
    wrong = [(field, value, reason) for field, each in BAD.items() for value, reason in each.items()]
    rows = respondents({}, *({field: value, "northing": "236500"} for field, value, _ in wrong))
    report = bring(world, SURVEY_TARGET, rows, max_refused=95)
    assert (report.refused, report.change.added) == (len(wrong), 1)
    for found, (field, _, reason) in zip(rejected(report), wrong, strict=True):
        assert (found["field"], found["reason"][: len(reason)]) == (field, reason)
    with pytest.raises(Refused, match="were refused, more than 5%"):
        bring(world, SURVEY_TARGET, rows)
    assert [row["reference"] for row in stored_rows(world, SURVEY_TARGET)] == ["R000"]


def test_the_table_takes_no_weight_of_nothing(world: Database) -> None:
    """Whoever writes to it."""
    row = {"reference": "1", "completed": date(2025, 1, 1), "located_by": "none", "source_row": 2, "import_id": 1}
    with world.owner.connect() as connection, pytest.raises(IntegrityError, match="violates check constraint"):
        connection.execute(SURVEY.insert().values(row | {"weight": 0}))


def test_the_same_survey_again_changes_nothing_and_a_corrected_answer_updates(
    world: Database, bring_file: Any, stored_rows: Any
) -> None:
    """Respondents that a later file does not have stay: the next quarter's survey comes beside the last."""
    bring_file(world, SURVEY_TARGET, EXPORT)
    before = stored_rows(world, SURVEY_TARGET)
    assert bring_file(world, SURVEY_TARGET, EXPORT).change.unchanged == 5
    assert stored_rows(world, SURVEY_TARGET) == before
    header, first, *_ = EXPORT.splitlines()
    change = bring_file(world, SURVEY_TARGET, f"{header}\n{first.replace('Very Satisfied', 'refused')}\n").change
    assert (change.changed, change.added, change.removed) == (1, 0, 0)
    assert [row["tp01"] for row in stored_rows(world, SURVEY_TARGET)][:2] == [None, "fairly satisfied"]
    assert [each.what for each in ledger(world)] == ["survey", "survey", "survey", "homes"]


def test_respondents_follow_homes_and_boundaries(
    world: Database, bring_file: Any, bring: Any, stored_rows: Any
) -> None:
    """As every row does: they are located again when either changes."""
    bring_file(world, SURVEY_TARGET, EXPORT)
    moved = [{"uprn": "10000000000", "easting": 487500, "northing": 237500, "postcode": "MK2 1AB"}]
    bring(world, HOMES_TARGET, moved)
    assert [row["estate"] for row in stored_rows(world, SURVEY_TARGET)][:3] == ["E06", "E06", "E03"]
    shape = [box(485000, 236000, 488000, 238000)]
    save_boundaries(
        world,
        "one",
        gpd.GeoDataFrame({"code": ["A"], "name": ["Atlantis"]}, geometry=shape, crs=27700),
        valid_from=date(2025, 1, 1),
    )
    use_boundaries(world, "one")
    assert [row["estate"] for row in stored_rows(world, SURVEY_TARGET)] == ["A", "A", None, None, "A"]


def test_a_demonstration_goes_when_the_real_survey_comes(world: Database, bring_file: Any, stored_rows: Any) -> None:
    """The two are never mixed, and what is made up says so."""
    header, first, second, *_ = EXPORT.splitlines()
    bring_file(world, SURVEY_TARGET, f"{header}\n{first}\n", synthetic=True)
    assert survey_answers(world, OFFICER)["synthetic"].to_list() == [True]
    bring_file(world, SURVEY_TARGET, f"{header}\n{second}\n")
    assert survey_answers(world, OFFICER)["synthetic"].to_list() == [False]
    clear_demonstration(world)
    assert [row["reference"] for row in stored_rows(world, SURVEY_TARGET)] == ["2"]


def test_a_demonstration_is_cleared_as_a_whole(world: Database, bring_file: Any) -> None:
    """The survey's too."""
    bring_file(world, SURVEY_TARGET, EXPORT, synthetic=True)
    clear_demonstration(world)
    assert survey_answers(world, OFFICER).is_empty()


def test_the_twelve_questions_have_their_titles() -> None:
    """TP08 alone asks whether somebody agrees."""
    assert list(QUESTIONS) == [f"tp{number:02d}" for number in range(1, 13)]
    agreed = [name for name in QUESTIONS if "agree" in codes(FIELDS[name])]
    assert agreed == ["tp08"] == [name for name, title in QUESTIONS.items() if title.startswith("Agreement")]


def test_a_spelling_means_one_code_and_a_column_one_field() -> None:
    """As in every layer."""
    for one, another in combinations(FIELDS, 2):
        assert not names(one) & names(another), (one, another)
    for name, field in FIELDS.items():
        also = next((item.of for item in metadata(field) if isinstance(item, Synonyms)), {})
        assert set(also) <= {*codes(field), ""}
        spellings = [{simplified(each) for each in (code, *also.get(code, ()))} - {""} for code in (*codes(field), "")]
        assert all(not one & another for one, another in combinations(spellings, 2)), name
