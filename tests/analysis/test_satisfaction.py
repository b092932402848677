from collections.abc import Callable
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import Any

import pytest

from analysis.satisfaction import ENOUGH, Measure, Satisfaction, published, satisfaction
from evidence import HOMES_TARGET, PUBLIC, QUESTIONS, SURVEY_TARGET, Database, NotVisible, Target, Viewer, layer_target
from layers._registry import LAYERS

OFFICER = Viewer("officer")
TODAY = date(2026, 6, 30)
ASB, REPAIRS = layer_target(LAYERS["asb"]), layer_target(LAYERS["repairs"])
Row = dict[str, Any]
Bring = Callable[..., None]


def answered(number: int, answer: str, name: str = "tp01", **more: Any) -> list[Row]:
    """Respondents who gave that answer."""
    return [{"completed": "2025-11-04", name: answer, **more} for _ in range(number)]


def case(opened: str, hate: str = "no") -> Row:
    """A case of anti-social behaviour."""
    return {"opened": opened, "category": "noise", "hate": hate}


def repair(priority: str, reported: str, required: str, completed: str) -> Row:
    """A repair."""
    dates = {"date_reported": reported, "required_completion": required, "completion": completed}
    return {"priority": priority, "trade": "plumbing", **dates}


def measured(world: Database, year: int | None = 2026) -> Satisfaction:
    """The measures of a financial year."""
    return satisfaction(world, OFFICER, today=TODAY, year=year)


def by_code(measures: tuple[Measure, ...]) -> dict[str, Measure]:
    """The measures by their codes."""
    return {each.code: each for each in measures}


def measure_fields(measure: Measure, *fields: str) -> tuple[Any, ...]:
    """What a measure says in these fields."""
    return tuple(getattr(measure, field) for field in fields)


def wilson(share: float, number: float) -> tuple[float, float]:
    """Wilson's interval in per cent, as his paper has it: the shares that are 1.96 standard errors away."""
    z = NormalDist().inv_cdf(0.975)
    middle, half = share + z**2 / (2 * number), z * sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    return 100 * (middle - half) / (1 + z**2 / number), 100 * (middle + half) / (1 + z**2 / number)


def test_satisfied_are_the_very_and_the_fairly_of_all_who_answered(world: Database, bring_to_world: Bring) -> None:
    """One of 29 is 3.4 %, between 0.6 and 17.2: an example of Newcombe (1998), Statistics in Medicine 17, 857-872."""
    silent = [*answered(5, "not applicable"), *answered(3, "don't know"), *answered(2, "")]
    bring_to_world(SURVEY_TARGET, *answered(1, "fairly satisfied"), *answered(28, "neither"), *silent)
    found = by_code(measured(world).landlord)["TP01"]
    assert measure_fields(found, "value", "n", "note") == (pytest.approx(100 / 29), 29, "")
    assert found.interval == pytest.approx((0.61, 17.18), abs=0.005)


@pytest.mark.parametrize(
    ("answer", "value", "interval"), [("very satisfied", 100, (83.89, 100)), ("neither", 0, (0, 16.11))]
)
def test_all_or_nobody_satisfied_leaves_room_for_others(
    world: Database, bring_to_world: Bring, answer: str, value: float, interval: tuple[float, float]
) -> None:
    """Nobody of 20 is 0 %, between 0 and 16.1, from the same paper; all of 20 is its mirror."""
    bring_to_world(SURVEY_TARGET, *answered(20, answer))
    found = by_code(measured(world).landlord)["TP01"]
    assert found.value == value
    assert found.interval == pytest.approx(interval, abs=0.005)


def test_each_question_counts_those_who_answered_it(world: Database, bring_to_world: Bring) -> None:
    """Repairs are judged by those who had one, complaints by those who complained; TP08 asks who agrees."""
    rows: list[Row] = [
        {"tp01": "very satisfied", "tp02": "very dissatisfied", "tp08": "strongly agree"},
        {"tp01": "fairly satisfied", "tp02": "n/a", "tp08": "agree", "tp09": "not applicable"},
        {"tp01": "fairly dissatisfied", "tp02": "satisfied", "tp08": "neither"},
        {"tp01": "very dissatisfied", "tp02": "quite satisfied", "tp08": "disagree", "tp09": "neutral"},
        {"tp01": "neither", "tp08": "strongly disagree"},
    ]
    bring_to_world(SURVEY_TARGET, *({"completed": "2025-04-01", **row} for row in rows))
    found = by_code(measured(world).landlord)
    values = {code: measure_fields(found[code], "value", "n") for code in ("TP01", "TP02", "TP08", "TP09")}
    assert values == {"TP01": (40, 5), "TP02": (pytest.approx(200 / 3), 3), "TP08": (40, 5), "TP09": (0, 1)}
    assert measure_fields(found["TP10"], "value", "n", "note") == (None, 0, "no answers")
    assert {found[code].measure for code in ("TP01", "TP04", "TP11")} == {"% satisfied"}
    assert found["TP02"].measure == "% satisfied, of those with a repair in the last 12 months"


@pytest.mark.parametrize("scale", [1, 1e-200, 1e200])
def test_a_respondent_counts_as_the_weight_says(world: Database, bring_to_world: Bring, scale: float) -> None:
    """2 and 1 of 2 + 1 + 1 + 0.5 are two thirds, worth 4.5² / 6.25 answers; weights are relative."""
    answers = {"very satisfied": 2.0, "fairly satisfied": 1.0, "neither": 1.0, "very dissatisfied": 0.5}
    bring_to_world(
        SURVEY_TARGET, *(row for text, weight in answers.items() for row in answered(1, text, weight=weight * scale))
    )
    found = by_code(measured(world).landlord)["TP01"]
    assert measure_fields(found, "value", "n") == (pytest.approx(200 / 3), 4)
    assert found.interval == pytest.approx(wilson(2 / 3, 4.5**2 / 6.25))


def test_no_weight_is_a_weight_of_one(world: Database, bring_to_world: Bring) -> None:
    """And equal weights are worth as many answers as there are."""
    bring_to_world(SURVEY_TARGET, *answered(3, "very satisfied"), *answered(1, "neither", weight=1))
    found = by_code(measured(world).landlord)["TP01"]
    assert measure_fields(found, "value", "interval") == (75, pytest.approx(wilson(0.75, 4)))


def test_an_estate_with_enough_answers_has_its_own_figure(world: Database, bring_to_world: Bring) -> None:
    """However little they weigh; with one answer fewer it has none, and who is in no estate counts for the landlord."""
    rows = [
        *answered(ENOUGH - 4, "very satisfied", estate="Alder", weight=0.01),
        *answered(4, "neither", estate="Alder", weight=0.01),
        *answered(ENOUGH - 1, "very satisfied", estate="Beech", weight=100),
        *answered(5, "don't know", estate="Beech"),
        *answered(2, "very dissatisfied"),
    ]
    bring_to_world(SURVEY_TARGET, *rows)
    found = measured(world)
    assert list(found.estates) == ["E01", "E02", "E03", "E04", "E05", "E06"]
    alder, beech, cedar = (by_code(found.estates[code])["TP01"] for code in ("E01", "E02", "E03"))
    assert measure_fields(alder, "value", "n", "interval") == (
        pytest.approx(60),
        ENOUGH,
        pytest.approx(wilson(0.6, 10)),
    )
    assert measure_fields(beech, "value", "n", "interval", "note") == (None, 9, None, "fewer than 10 answers")
    assert measure_fields(cedar, "value", "n", "note") == (None, 0, "no answers")
    assert by_code(found.landlord)["TP01"].n == 21
    assert all([each.code for each in of] == [name.upper() for name in QUESTIONS] for of in found.estates.values())


def test_the_survey_of_a_year_is_what_was_answered_in_it(world: Database, bring_to_world: Bring) -> None:
    """From the first of April to the end of March."""
    days = {"2025-03-31": "neither", "2025-04-01": "very satisfied", "2026-03-31": "neither", "2026-04-01": "neither"}
    bring_to_world(SURVEY_TARGET, *({"completed": day, "tp01": answer} for day, answer in days.items()))
    found = measured(world)
    assert (found.first, found.last) == (date(2025, 4, 1), date(2026, 3, 1))
    assert (by_code(found.landlord)["TP01"].value, by_code(found.landlord)["TP01"].n) == (50, 2)
    assert by_code(measured(world, 2025).landlord)["TP01"].n == 1


DAYS = ("2025-03-31", "2025-04-01", "2025-10-10", "2026-03-31", "2026-04-01", "2026-04-29")
CASES = [case(day, hate) for day, hate in zip(DAYS, ("yes", "no", "yes", "no", "yes", "no"), strict=True)]


def test_cases_are_counted_by_the_day_they_were_opened(world: Database, bring_to_world: Bring) -> None:
    """Three of the year on 50 homes are 60 per 1,000, one of them with a hate incident 20, wherever they are."""
    bring_to_world(ASB, *CASES)
    found = by_code(measured(world).landlord)
    assert [measure_fields(found[code], "value", "n") for code in ("NM01 (1)", "NM01 (2)")] == [(60, 3), (20, 1)]
    assert found["NM01 (2)"].measure == "cases with hate incidents opened per 1,000 homes"
    assert found["NM01 (1)"].interval is None


def test_repairs_are_in_time_up_to_the_required_day(world: Database, bring_to_world: Bring) -> None:
    """Of those completed in the year, whenever reported; planned work and repairs without a target are left out."""
    rows = [
        repair("routine", "2025-02-01", "2025-05-01", "2025-05-01"),
        repair("urgent", "2025-05-01", "2025-05-10", "2025-05-11"),
        repair("routine", "2025-05-01", "2025-06-10", "2025-05-20"),
        repair("routine", "2025-05-01", "", "2025-05-20"),
        repair("routine", "2025-03-01", "2025-03-02", "2025-03-31"),
        repair("routine", "2026-03-01", "2026-03-30", "2026-04-01"),
        repair("routine", "2026-03-30", "2026-04-30", ""),
        repair("planned", "2025-05-01", "2025-05-02", "2025-05-20"),
        repair("emergency", "2025-07-01", "2025-07-02", "2025-07-02"),
        repair("immediate", "2025-07-01", "2025-07-01", "2025-07-03"),
        repair("emergency", "2026-03-31", "2026-04-01", "2026-03-31"),
        repair("emergency", "2025-07-01", "2025-07-02", "2025-07-01"),
    ]
    bring_to_world(REPAIRS, *rows)
    found = by_code(measured(world).landlord)
    assert measure_fields(found["RP02 (1)"], "value", "n") == (pytest.approx(200 / 3), 3)
    assert found["RP02 (1)"].note == "1 without a required date are left out"
    assert measure_fields(found["RP02 (2)"], "value", "n", "note") == (75, 4, "")


def test_a_year_that_the_evidence_does_not_span_has_no_figure(world: Database, bring_to_world: Bring) -> None:
    """Half a year of cases would look like half the trouble; it is said from when to when there is something."""
    bring_to_world(ASB, *CASES[2:])
    bring_to_world(REPAIRS, *(repair("routine", f"2025-{month:02d}-28", "", "") for month in range(3, 13)))
    found = by_code(measured(world).landlord)
    assert [found[code].value for code in ("NM01 (1)", "NM01 (2)", "RP02 (1)", "RP02 (2)")] == [None] * 4
    assert found["NM01 (1)"].note == "of the cases, April to September 2025 are missing"
    assert found["RP02 (2)"].note == "of the repairs, January to March 2026 are missing"


def test_a_year_without_repairs_completed_has_no_share(world: Database, bring_to_world: Bring) -> None:
    """Nothing in time of nothing is not none."""
    bring_to_world(REPAIRS, *(repair("routine", day, "", "") for day in ("2025-03-01", "2026-03-31")))
    found = by_code(measured(world).landlord)["RP02 (1)"]
    assert measure_fields(found, "value", "n", "note") == (None, 0, "no such repair was completed")


def test_without_a_year_they_are_of_the_last_twelve_complete_months(world: Database, bring_to_world: Bring) -> None:
    """Up to the month before today's, or as far as cases and repairs are complete."""
    bring_to_world(SURVEY_TARGET, *answered(1, "neither"))
    assert (measured(world, None).first, measured(world, None).last) == (date(2025, 6, 1), date(2026, 5, 1))
    bring_to_world(ASB, *CASES)
    found = measured(world, None)
    assert (found.first, found.last) == (date(2025, 5, 1), date(2026, 4, 1))
    assert by_code(found.landlord)["NM01 (1)"].n == 4
    bring_to_world(
        REPAIRS, *(repair("routine", f"2026-{month:02d}-{day:02d}", "", "") for month in (1, 2) for day in range(1, 29))
    )
    assert measured(world, None).last == date(2026, 2, 1)


def test_of_nothing_there_is_no_figure(world: Database) -> None:
    """Every measure is there, without a value, and says why."""
    found = measured(world)
    assert [each.code for each in found.landlord][12:] == ["NM01 (1)", "NM01 (2)", "RP02 (1)", "RP02 (2)"]
    assert {each.value for each in found.landlord} == {None}
    assert {each.note for each in found.landlord} == {
        "no answers",
        "no complete month of cases is loaded",
        "no complete month of repairs is loaded",
    }
    assert not found.synthetic


def test_without_homes_there_is_no_rate(world: Database, bring_to_world: Bring) -> None:
    """And it is said what is missing."""
    bring_to_world(ASB, *CASES)
    with world.owner.begin() as connection:
        connection.execute(HOMES_TARGET.table.delete())
    found = by_code(measured(world).landlord)["NM01 (1)"]
    assert measure_fields(found, "value", "n", "note") == (None, 3, "no homes are on the property list")


HOME = {"uprn": "1", "easting": 485500, "northing": 236500}


@pytest.mark.parametrize(
    ("into", "rows"), [(SURVEY_TARGET, answered(1, "neither")), (ASB, CASES), (HOMES_TARGET, [HOME])]
)
def test_what_is_made_up_says_so(world: Database, bring_to_world: Bring, into: Target, rows: list[Row]) -> None:
    """Whichever part of it is."""
    assert not measured(world).synthetic
    bring_to_world(into, *rows, synthetic=True)
    assert measured(world).synthetic


def test_strangers_see_nothing(world: Database) -> None:
    """Not even that there is nothing."""
    with pytest.raises(NotVisible):
        satisfaction(world, PUBLIC, today=TODAY)


def test_the_table_has_one_decimal_and_halves_go_up() -> None:
    """Halves that a sum of weights has missed by a hair too; what is not known is empty, never zero."""
    given = [
        Measure("TP01", "Overall satisfaction", "% satisfied", 71.25, 80, (60.05, 80.14999999999999)),
        Measure("TP04", "Home", "% satisfied", 71.249, 80, (0.0, 100.0)),
        Measure("NM01 (1)", "Cases", "per 1,000 homes", 0.05, 1234),
        Measure("TP09", "Complaints", "% satisfied", None, 0, note="no answers"),
    ]
    assert published(given) == [
        ("TP01", "Overall satisfaction", "% satisfied", "71.3", "80", "60.1 to 80.2", ""),
        ("TP04", "Home", "% satisfied", "71.2", "80", "0.0 to 100.0", ""),
        ("NM01 (1)", "Cases", "per 1,000 homes", "0.1", "1234", "", ""),
        ("TP09", "Complaints", "% satisfied", "", "0", "", "no answers"),
    ]
