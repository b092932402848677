from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.evidence import QUESTION
from data.demonstration import Truth
from data.demonstration.scene import Scene
from data.demonstration.survey import HOT, QUESTIONS, ROWS
from evidence import QUESTIONS as ASKED


@pytest.fixture(scope="module")
def answers(folder: Path) -> pl.DataFrame:
    """The file of answers."""
    return pl.read_csv(
        folder / "synthetic_survey.csv", schema_overrides={"UPRN": pl.String}, try_parse_dates=True, null_values=[""]
    )


def satisfied(given: pl.DataFrame, code: str) -> float:
    """The share that is satisfied, or agrees, of those to whom the question applies."""
    asked = given.filter(pl.col(code) != "Not applicable")
    content = asked[code].is_in(["Very satisfied", "Fairly satisfied", "Strongly agree", "Agree"])
    return float(content.sum()) / asked.height


def test_every_question_is_asked(answers: pl.DataFrame, truth: Truth) -> None:
    """Of as many respondents as the truth says, in 24 months that end with the last complete one."""
    assert answers.height == answers["Respondent ID"].n_unique() == ROWS == truth.rows["survey"]
    assert {code.lower() for code in QUESTIONS} == set(ASKED)
    months = answers["Interview Date"].dt.strftime("%Y-%m").unique().sort()
    assert (months[0], months[-1], len(months)) == ("2023-11", "2025-10", 24)
    assert answers["Interview Date"].is_sorted()


@pytest.mark.parametrize("code", QUESTIONS)
def test_as_many_are_satisfied_as_planned(answers: pl.DataFrame, code: str) -> None:
    """Within four standard errors, and a little fewer for the homes in hotspots."""
    question = QUESTIONS[code]
    number = ROWS * question.asked
    error = 4 * np.sqrt(question.satisfied * (1 - question.satisfied) / number)
    assert -error - 0.03 < satisfied(answers, code) - question.satisfied < error


def test_in_a_hotspot_fewer_are_satisfied_with_its_theme(answers: pl.DataFrame, stage: Scene) -> None:
    """With anti-social behaviour about as many fewer as were planted; with the service as a whole no fewer."""
    inside = np.zeros(len(stage.homes.estate), bool)
    for spot in stage.hotspots:
        if spot.wish.theme == "anti-social behaviour" and spot.wish.course != "fading":
            inside |= spot.inside
    there = answers.filter(pl.col("UPRN").is_in(stage.homes.uprn[inside].tolist()))
    assert there.height > 50
    assert satisfied(answers, "TP12") - satisfied(there, "TP12") == pytest.approx(HOT, abs=0.15)
    assert satisfied(answers, "TP01") - satisfied(there, "TP01") == pytest.approx(0, abs=0.15)


def test_who_reports_little_answers_little(answers: pl.DataFrame, stage: Scene) -> None:
    """The estates that are quiet are so here too."""
    estate = dict(zip(stage.homes.uprn.tolist(), stage.homes.estate.tolist(), strict=True))
    answered = np.bincount([estate[uprn] for uprn in answers["UPRN"].drop_nulls()], minlength=len(stage.estates))
    homes = np.bincount(stage.homes.estate, minlength=len(stage.estates))
    quiet = list(stage.roles.quiet)
    assert answered[quiet].sum() / homes[quiet].sum() < 0.6 * answered.sum() / homes.sum()


def test_themes_are_those_of_the_questions_that_priorities_use() -> None:
    """A hotspot lowers what is weighed with it."""
    for theme, code in QUESTION.items():
        assert QUESTIONS[code.upper()].theme == theme
