"""Tenant Satisfaction Measures: what the survey, the cases and the repairs say, as the regulator asks for it.

After the Regulator of Social Housing's Tenant Satisfaction Measures: Technical requirements (in force since
1 April 2023, as updated on 2 April 2024).

TP01 to TP12
    Of the respondents who answered, those who are very or fairly satisfied (TP08: who agree or strongly agree), each
    with their weight. Whom a question is not for (no repair or complaint in the last 12 months, no communal areas)
    has not answered it.
NM01
    Cases of anti-social behaviour opened per 1,000 homes: (1) all, (2) those that involve hate incidents. A report
    while a case is open is part of it; one after it was closed opens another.
RP02
    Of the responsive repairs completed, those completed within the landlord's target: (1) non-emergency,
    (2) emergency. Planned work is no responsive repair. One without a required date had no target that it could
    have met or missed: it is left out, and its measure says how many were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from evidence import (
    QUESTIONS,
    Calendar,
    Database,
    Viewer,
    add_months,
    areas,
    home_records,
    in_months,
    lacking_in_words,
    made_up,
    records,
    source_calendar,
    survey_answers,
)
from geo.rates import effective_number, wilson_limits
from layers._registry import LAYERS

ENOUGH = 10
"""Fewer answers give no figure for an estate: they could be traced to persons, which is why the Office for National
Statistics suppresses counts below 10; and the interval of 10 already spans half of all that a share can be."""

_CONTENT = ("very satisfied", "fairly satisfied", "strongly agree", "agree")
_OF_THOSE = {
    "tp02": "% satisfied, of those with a repair in the last 12 months",
    "tp03": "% satisfied, of those with a repair in the last 12 months",
    "tp08": "% who agree",
    "tp09": "% satisfied, of those who complained in the last 12 months",
    "tp10": "% satisfied, of those with communal areas",
}


@dataclass(frozen=True)
class Measure:
    """One figure of the table."""

    code: str
    title: str
    measure: str
    """What the value is: "% satisfied", "cases per 1,000 homes"."""
    value: float | None
    """None where the note says why."""
    n: int
    """Answers, cases, or repairs completed."""
    interval: tuple[float, float] | None = None
    """In 95 of 100 such surveys the value of all tenants lies within; None for what is counted, not asked."""
    note: str = ""


@dataclass(frozen=True)
class Satisfaction:
    """The measures of twelve months, for the landlord and by estate."""

    first: date
    last: date
    """First and last month, each by its first day."""
    landlord: tuple[Measure, ...]
    """TP01 to TP12, NM01, RP02."""
    estates: Mapping[str, tuple[Measure, ...]]
    """TP01 to TP12 of every estate in use, by code; without a value where fewer than ENOUGH answered."""
    synthetic: bool
    """Something that the measures are made of is made up."""


def satisfaction(database: Database, viewer: Viewer, *, today: date, year: int | None = None) -> Satisfaction:
    """The measures of a financial year, or of the last 12 months of which cases and repairs are complete.

    Parameters
    ----------
    today
        The month that it lies in is not complete.
    year
        The year in which the financial year ends: 2026 is April 2025 to March 2026.

    Returns
    -------
    Measures without a value where there is nothing to make it of: no answers, no homes, or evidence that does not
    span the twelve months.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    answers = survey_answers(database, viewer)
    cases = records(database, viewer, LAYERS["asb"], "hate")
    repairs = records(database, viewer, LAYERS["repairs"], "priority", "completion", "required_completion")
    calendars = [source_calendar(database, viewer, LAYERS[name]) for name in ("asb", "repairs")]
    last = date(year, 3, 1) if year else _last_complete(today, calendars)
    first = add_months(last, -11)
    given = answers.filter(in_months("completed", first, last))
    homes = home_records(database, viewer).height
    return Satisfaction(
        first,
        last,
        (
            *_perceptions(given),
            *_cases(cases, homes, first, last, _refusal(calendars[0], "cases", first, last)),
            *_repairs(repairs, first, last, _refusal(calendars[1], "repairs", first, last)),
        ),
        {
            code: _perceptions(given.filter(pl.col("estate") == code), ENOUGH)
            for code in areas(database, viewer)["code"]
        },
        bool(given["synthetic"].any()) or made_up(database, "asb", "repairs"),
    )


def _last_complete(today: date, calendars: Iterable[Calendar]) -> date:
    complete = (each.last_complete for each in calendars)
    return min([add_months(today, -1), *(month for month in complete if month)])


def _perceptions(answers: pl.DataFrame, fewest: int = 1) -> tuple[Measure, ...]:
    return tuple(_perception(name, answers.drop_nulls(name), fewest) for name in QUESTIONS)


def _perception(name: str, given: pl.DataFrame, fewest: int) -> Measure:
    code, title, measure, n = name.upper(), QUESTIONS[name], _OF_THOSE.get(name, "% satisfied"), given.height
    if n < fewest:
        return Measure(code, title, measure, None, n, note=f"fewer than {fewest} answers" if n else "no answers")
    # Relative to the greatest, so that no weight is too small or too great to be squared.
    weights = (given["weight"] / given["weight"].max()).to_numpy()
    share = weights[given[name].is_in(_CONTENT).to_numpy()].sum() / weights.sum()
    low, high = wilson_limits(share, effective_number(weights))
    return Measure(code, title, measure, 100 * float(share), n, (100 * float(low), 100 * float(high)))


def _cases(cases: pl.DataFrame, homes: int, first: date, last: date, refusal: str) -> tuple[Measure, ...]:
    title = "Anti-social behaviour cases relative to the size of the landlord"
    opened = cases.filter(in_months("happened", first, last))
    why = refusal or ("" if homes else "no homes are on the property list")
    counts = {"cases": opened.height, "cases with hate incidents": int(opened["hate"].sum())}
    return tuple(
        Measure(
            f"NM01 ({part})",
            title,
            f"{what} opened per 1,000 homes",
            None if why else 1000 * count / homes,
            count,
            note=why,
        )
        for part, (what, count) in enumerate(counts.items(), start=1)
    )


def _repairs(repairs: pl.DataFrame, first: date, last: date, why: str) -> tuple[Measure, ...]:
    done = repairs.filter(in_months("completion", first, last))
    return (
        _in_time("RP02 (1)", "non-emergency", done, ("urgent", "routine"), why),
        _in_time("RP02 (2)", "emergency", done, ("immediate", "emergency"), why),
    )


def _in_time(code: str, kind: str, done: pl.DataFrame, priorities: Collection[str], why: str) -> Measure:
    of_kind = done.filter(pl.col("priority").is_in(priorities))
    judged = of_kind.drop_nulls("required_completion")
    n, left_out = judged.height, of_kind.height - judged.height
    said = why or ("" if n else "no such repair was completed")
    notes = (said, f"{left_out:,} without a required date are left out" if left_out else "")
    met = judged.filter(pl.col("completion") <= pl.col("required_completion")).height
    value = None if said else 100 * met / n
    title, measure = "Repairs completed within target timescale", f"% of {kind} repairs"
    return Measure(code, title, measure, value, n, note="; ".join(filter(None, notes)))


def _refusal(loaded: Calendar, what: str, first: date, last: date) -> str:
    """Why no figure of the twelve months can be made of a source; empty if one can."""
    if not loaded.complete:
        return f"no complete month of {what} is loaded"
    lacking = lacking_in_words(loaded.lacking(first, last))
    return f"of the {what}, {lacking}" if lacking else ""


COLUMNS = ("code", "title", "measure", "value", "n", "95% interval", "note")
"""The names of what `published` gives."""


def published(measures: Sequence[Measure]) -> list[tuple[str, ...]]:
    """The table as it is published: values to one decimal, halves up; what has no value or interval is empty."""
    return [
        (
            each.code,
            each.title,
            each.measure,
            _rounded(each.value),
            str(each.n),
            " to ".join(map(_rounded, each.interval or ())),
            each.note,
        )
        for each in measures
    ]


def _rounded(value: float | None) -> str:
    # First to nine decimals: a sum of weights may be a hair off the half that it stands for.
    return "" if value is None else str(Decimal(f"{value:.9f}").quantize(Decimal("0.1"), ROUND_HALF_UP))
