"""Cases of anti-social behaviour as a case system exports them to Excel."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.demonstration.canaries import hide
from data.demonstration.case_words import ASB, ASB_SHARED
from data.demonstration.days import Days
from data.demonstration.events import Cases
from data.demonstration.evidence import Evidence
from data.demonstration.files import tabulate, write_csv, write_excel
from data.demonstration.grammar import chooser, expand
from data.demonstration.homes import Names
from data.demonstration.places import Places, locate
from data.demonstration.plants import LONE_HATE
from data.demonstration.profiles import ASB as PROFILE
from data.demonstration.scene import Scene, draw_cases

FILES = ["synthetic_asb_cases_earlier.csv", "synthetic_asb_cases_last_year.xlsx"]

_HATE = {
    "harassment and threats": 0.19, "violence": 0.17, "vandalism": 0.08, "noise": 0.01, "vehicles": 0.01,
    "misuse of communal areas": 0.02, "other": 0.05,
}  # fmt: skip
"""The share of a category's cases that involve a hate incident; about 4 % of all."""

_REPORTS = {"noise": 2.2, "harassment and threats": 1.8, "vehicles": 1.4, "animals": 1.3, "gardens": 0.3}
"""Mean of the further reports on a case, 0.8 where not given."""

_HARM = dict.fromkeys(("harassment and threats", "domestic abuse", "violence"), "Personal") | dict.fromkeys(
    ("rubbish and fly-tipping", "gardens", "vandalism"), "Environment"
)
"""Who or what is harmed, "Community" where not given."""

_NEVER_CLOSED = 0.006
_LAST_YEAR = 365


def write(scene: Scene, folder: Path) -> Evidence:
    """Write two exports, one of the last year and one of the years before, oldest first."""
    usual, cases, background = draw_cases(scene, PROFILE)
    rng = scene.stream("asb")
    # A quarter is located by a point on the case officer's map instead of an address.
    places = locate(cases, scene.homes, scene.names, rng.random(len(cases)) < 0.25, rng)
    references = _references(cases, scene.days)
    hate = _hate_flags(cases, rng)
    texts = _summaries(cases, scene.homes.street[cases.home], rng)
    texts, canaries = hide("asb", cases, places, references, texts)
    table = _table(cases, scene.days, places, references, hate, texts, rng)
    earlier = cases.day < len(scene.days.dates) - _LAST_YEAR
    write_csv(table.filter(earlier), folder / FILES[0])
    write_excel(table.filter(~earlier), folder / FILES[1], "Synthetic cases", scene.last)
    return Evidence(scene, usual, cases, background, places, references, canaries, hate)


def _references(cases: Cases, days: Days) -> Names:
    year = days.dates[cases.day].astype("datetime64[Y]").astype(str)
    number = np.char.zfill(np.arange(1, len(cases) + 1).astype(str), 5)
    return np.char.add(np.char.add("ASB/", np.char.add(year, "/")), number).astype(object)


def _hate_flags(cases: Cases, rng: np.random.Generator) -> NDArray[np.bool_]:
    chance = np.array([_HATE.get(category.name, 0.0) for category in PROFILE.categories])
    flags = (rng.random(len(cases)) < chance[cases.category]) & (cases.trap < 0)
    # In the traps there is none but the first case of the lone one.
    flags[np.flatnonzero(cases.trap == LONE_HATE)[0]] = True
    return np.asarray(flags)


def _summaries(cases: Cases, streets: Names, rng: np.random.Generator) -> Names:
    pick = chooser(rng)
    rules = [{**ASB_SHARED, "what": ASB[category.name]} for category in PROFILE.categories]
    pairs = zip(cases.category.tolist(), streets, strict=True)
    return np.array([expand("{what}", rules[at], pick).replace("{street}", street) for at, street in pairs], object)


def _table(
    cases: Cases,
    days: Days,
    places: Places,
    references: Names,
    hate: NDArray[np.bool_],
    texts: Names,
    rng: np.random.Generator,
) -> pl.DataFrame:
    opened = days.dates[cases.day]
    labels = np.array([category.label for category in PROFILE.categories], object)
    return tabulate(
        {
            "Case Reference": references,
            "Date Opened": opened,
            "Date Closed": _closed(opened, days, rng),
            "Case Type": labels[cases.category],
            "Case Definition": _harm(cases),
            "Hate Incident": np.where(hate, "Yes", "No"),
            "Number of Reports": _reports(cases, rng),
            "Case Summary": texts,
            "UPRN": places.uprn,
            "Postcode": places.postcode,
            "Easting": places.easting,
            "Northing": places.northing,
            "Estate Name": places.estate,
            "Note": "Synthetic",
        },
        len(cases),
    ).with_columns(pl.col("Easting", "Northing").fill_nan(None).cast(pl.Int64))


def _closed(opened: NDArray[np.datetime64], days: Days, rng: np.random.Generator) -> NDArray[np.datetime64]:
    closed = opened + rng.gamma(1.6, 26, len(opened)).astype(np.int64)
    still_open = (closed > days.dates[-1]) | (rng.random(len(opened)) < _NEVER_CLOSED)
    return np.where(still_open, np.datetime64("NaT"), closed)


def _reports(cases: Cases, rng: np.random.Generator) -> NDArray[np.int64]:
    mean = np.array([_REPORTS.get(category.name, 0.8) for category in PROFILE.categories])
    return 1 + rng.poisson(rng.exponential(mean[cases.category]))


def _harm(cases: Cases) -> Names:
    kinds = [_HARM.get(category.name, "Community") for category in PROFILE.categories]
    return np.array(kinds, object)[cases.category]
