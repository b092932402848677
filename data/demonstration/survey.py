"""The perception survey: a sample of tenants, more dissatisfied where a hotspot is about what they are asked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.demonstration import plants
from data.demonstration.days import Floats, Whole
from data.demonstration.files import tabulate, write_csv
from data.demonstration.homes import Names
from data.demonstration.places import only
from data.demonstration.scene import Scene

FILES = ["synthetic_survey.csv"]

ROWS = 2_400
"""Respondents of two years: 1,200 a year are 11 % of the homes, for a margin of 3 % with 11,000 homes."""

HOT = 0.25
"""By how much fewer are satisfied at homes in a hotspot of the question's theme."""

_MONTHS = 24
_MOOD = 0.12
"""Standard deviation of how much more or less satisfied a respondent is with everything."""
_MODES = {"Telephone": 0.55, "Online": 0.3, "Postal": 0.1, "Face to face": 0.05}
_NO_UPRN = 0.04
_ESTATE_ONLY = 0.03


@dataclass(frozen=True)
class Question:
    """One of the regulator's, with what share is satisfied and whom it is for."""

    satisfied: float
    theme: str | None = None
    """What a hotspot must be about to lower it; None for the service as a whole."""
    asked: float = 1.0
    """The share of tenants to whom it applies."""
    agree: bool = False


QUESTIONS = {
    "TP01": Question(0.72),
    "TP02": Question(0.73, "repairs", asked=0.65),
    "TP03": Question(0.69, "repairs", asked=0.65),
    "TP04": Question(0.72, "repairs"),
    "TP05": Question(0.77, "safety"),
    "TP06": Question(0.61),
    "TP07": Question(0.71),
    "TP08": Question(0.77, agree=True),
    "TP09": Question(0.36, asked=0.25),
    "TP10": Question(0.66, "cleanliness", asked=0.6),
    "TP11": Question(0.65, "community spaces"),
    "TP12": Question(0.59, "anti-social behaviour"),
}

_ANSWERS = ("Very satisfied", "Fairly satisfied", "Neither", "Fairly dissatisfied", "Very dissatisfied")
_AGREEMENTS = ("Strongly agree", "Agree", "Neither", "Disagree", "Strongly disagree")
_AMONG = (0.45, 0.55, 0.34, 0.36, 0.30)
"""Of the satisfied the first two, of the others the last three."""


def write(scene: Scene, folder: Path) -> None:
    """Write the answers, oldest first."""
    rng = scene.stream("survey")
    home = _sample(scene, rng)
    dates = scene.days.dates
    recent = np.flatnonzero(scene.days.window(scene.days.complete_month(_MONTHS - 1), scene.days.complete_month(0)))
    day = np.sort(rng.choice(recent, ROWS))
    known = rng.random(ROWS) >= _NO_UPRN
    mood = rng.normal(0, _MOOD, ROWS)
    columns = {
        "Respondent ID": np.char.add("TS-", np.char.zfill(np.arange(1, ROWS + 1).astype(str), 5)).astype(object),
        "Interview Date": dates[day],
        "Survey Method": rng.choice([*_MODES], ROWS, p=[*_MODES.values()]).astype(object),
        "Weighting": np.round(rng.gamma(12, 1 / 12, ROWS) + 0.05, 3),
        **{code: _answers(each, _satisfied(scene, each, home, mood), rng) for code, each in QUESTIONS.items()},
        "UPRN": only(known, scene.homes.uprn[home]),
        "Estate Name": only(rng.random(ROWS) < _ESTATE_ONLY, scene.names[scene.homes.estate[home]]),
        "Note": "Synthetic",
    }
    write_csv(tabulate(columns, ROWS), folder / FILES[0])


def _sample(scene: Scene, rng: np.random.Generator) -> Whole:
    """Homes that answer, each at most once a survey; where residents report less, they answer less."""
    weight = scene.reporting["feedback"][scene.homes.estate]
    half = [rng.choice(weight.size, ROWS // 2, replace=False, p=weight / weight.sum()) for _ in range(2)]
    return np.concatenate(half)


def _satisfied(scene: Scene, question: Question, home: Whole, mood: Floats) -> Floats:
    """How likely each respondent is to be satisfied."""
    hot = np.zeros(len(scene.homes.estate), bool)
    for spot in scene.hotspots:
        still = plants.months(spot.wish, scene.days)[1] >= scene.days.complete_month(0)
        hot |= spot.inside & (spot.wish.theme == question.theme) & still
    return np.clip(question.satisfied - HOT * hot[home] + mood, 0.02, 0.98)


def _answers(question: Question, satisfied: Floats, rng: np.random.Generator) -> Names:
    content = rng.random(ROWS) < satisfied
    first = rng.choice([0, 1], ROWS, p=_AMONG[:2])
    other = rng.choice([2, 3, 4], ROWS, p=_AMONG[2:])
    words = np.array(_AGREEMENTS if question.agree else _ANSWERS, object)
    asked: NDArray[np.bool_] = rng.random(ROWS) < question.asked
    return np.where(asked, words[np.where(content, first, other)], "Not applicable")


def parameters() -> dict[str, object]:
    """The numbers behind the answers, for the truth file."""
    return {
        "satisfied": {code: each.satisfied for code, each in QUESTIONS.items()},
        "less_in_a_hotspot_of_the_theme": HOT,
        "mood_standard_deviation": _MOOD,
    }
