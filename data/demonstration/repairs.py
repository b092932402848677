"""Repairs as a housing system exports them, by HACT's names."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.demonstration.canaries import hide
from data.demonstration.case_words import REPAIRS, REPAIRS_SHARED
from data.demonstration.days import Days, Times, Whole
from data.demonstration.events import Cases
from data.demonstration.evidence import Evidence
from data.demonstration.files import tabulate, write_csv
from data.demonstration.grammar import chooser, expand, sentence
from data.demonstration.homes import Names
from data.demonstration.places import NOWHERE, Places, locate, only
from data.demonstration.profiles import REPAIRS as PROFILE
from data.demonstration.scene import Scene, draw_cases

FILES = ["synthetic_repairs.csv"]

HOURS = np.array([4, 24, 7 * 24, 28 * 24, 90 * 24])
"""Target of each HACT priority code from 1 to 5, in hours."""

_MEDIAN_OF_TARGET = np.array([0.45, 0.4, 0.6, 0.6, 0.7])
_SPREAD = 0.6
_SLOW = {"damp and mould": 1.4, "roofing": 1.3, "fencing and paths": 1.2}
_FORGOTTEN = 0.003
_PHRASES = 400
_TABLE = "datetime64[ms]"
"""The coarsest times that a table holds."""


def write(scene: Scene, folder: Path) -> Evidence:
    """Write the export, oldest first."""
    usual, cases, background = draw_cases(scene, PROFILE)
    rng = scene.stream("repairs")
    places = locate(cases, scene.homes, scene.names, np.zeros(len(cases), bool), rng)
    references = np.char.add("WO", (3_000_000 + np.arange(len(cases))).astype(str)).astype(object)
    texts, canaries = hide("repairs", cases, places, references, _descriptions(cases, rng))
    write_csv(_table(cases, scene.days, places, references, texts, rng), folder / FILES[0])
    hate = np.zeros(len(cases), bool)
    return Evidence(scene, usual, cases, background, places, references, canaries, hate)


def _table(
    cases: Cases, days: Days, places: Places, references: Names, texts: Names, rng: np.random.Generator
) -> pl.DataFrame:
    code = _priorities(cases, rng)
    day: Times = days.dates[cases.day].astype("datetime64[h]")
    reported = day + _working_hours(len(cases), rng)
    required = reported + HOURS[code].astype("timedelta64[h]")
    end_of_day = required.astype("datetime64[D]") + np.timedelta64(17, "h")
    required = np.where(code > 1, end_of_day, required)
    labels = np.array([category.label for category in PROFILE.categories], object)
    return tabulate(
        {
            "WorkOrderReference": references,
            "PriorityCode": code + 1,
            "DateReported": reported.astype(_TABLE),
            "RequiredCompletionDateTime": required.astype(_TABLE),
            "ActualCompletionDateTime": _completed(cases, code, reported, days, rng).astype(_TABLE),
            "Trade": labels[cases.category],
            "DescriptionOfWork": texts,
            "UPRN": places.uprn,
            "PostalCode": places.postcode,
            "EstateName": places.estate,
            "LocationOfRepair": only(places.precision == NOWHERE, "Garage court, private street"),
            "Note": "Synthetic",
        },
        len(cases),
    )


def _descriptions(cases: Cases, rng: np.random.Generator) -> Names:
    # A few hundred texts for each trade: on work orders the same words come again.
    pick = chooser(rng)
    texts = np.empty(len(cases), object)
    for at, category in enumerate(PROFILE.categories):
        rules = {**REPAIRS_SHARED, "fault": REPAIRS[category.name]}
        phrases = np.array([sentence(expand("{fault}", rules, pick)) for _ in range(_PHRASES)], object)
        chosen = cases.category == at
        texts[chosen] = phrases[rng.integers(0, _PHRASES, int(chosen.sum()))]
    return texts


def _priorities(cases: Cases, rng: np.random.Generator) -> Whole:
    """Position of the priority code: immediate or emergency where nobody needs to report it twice."""
    soon = rng.choice([0, 1], len(cases), p=[0.12, 0.88])
    later = rng.choice([2, 3, 4], len(cases), p=[0.32, 0.58, 0.10])
    return np.where(cases.unprompted, soon, later)


def _working_hours(count: int, rng: np.random.Generator) -> NDArray[np.timedelta64]:
    return rng.integers(8, 18, count).astype("timedelta64[h]")


def _completed(cases: Cases, code: Whole, reported: Times, days: Days, rng: np.random.Generator) -> Times:
    slow = np.array([_SLOW.get(category.name, 1.0) for category in PROFILE.categories])[cases.category]
    spread = rng.lognormal(0, _SPREAD, len(cases))
    taken = np.maximum(1, HOURS[code] * _MEDIAN_OF_TARGET[code] * slow * spread).astype(np.int64)
    completed = reported + taken
    # What takes longer than a day is finished in working hours.
    at_work = completed.astype("datetime64[D]") + _working_hours(len(cases), rng)
    completed = np.where(taken > 24, at_work, completed)
    still_open = (completed.astype("datetime64[D]") > days.dates[-1]) | (rng.random(len(cases)) < _FORGOTTEN)
    return np.where(still_open, np.datetime64("NaT"), completed)
