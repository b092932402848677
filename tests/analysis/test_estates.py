from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.estates import estate_figures
from evidence import Calendar, MonthState, months
from geo.rates import rate_ratio, shrunken_rates

FIRST, LAST = date(2024, 7, 1), date(2026, 6, 1)
NOUN = ("case", "cases")


def rows(*counts: tuple[str | None, date, int]) -> pl.DataFrame:
    """So many rows in an estate on a day."""
    every = [(estate, day) for estate, day, number in counts for _ in range(number)]
    frame = pl.DataFrame(every, schema={"estate": pl.String, "happened": pl.Date}, orient="row")
    return frame.with_row_index("home").with_columns(is_repeat=pl.lit(False))


def loaded(but: Sequence[date] = (), changed: date | None = None) -> Calendar:
    """The months from FIRST to LAST, complete but for some."""
    states = (MonthState.MISSING if month in but else MonthState.COMPLETE for month in months(FIRST, LAST))
    return Calendar(FIRST, tuple(states), changed)


def figures_by_code(of: pl.DataFrame, first: date = FIRST, **homes: int) -> dict[str, dict[str, Any]]:
    """The figures by code, of three estates."""
    codes = ["A", "B", "C"]
    return {each["code"]: each for each in estate_figures(of, homes, codes, loaded(), first, LAST, NOUN)}


def test_each_estate_has_its_counts_and_rates() -> None:
    """Of the twelve months, of the twelve before, and by month; rates per 1,000 homes."""
    found = figures_by_code(
        rows(("A", date(2026, 6, 30), 3), ("A", date(2025, 7, 1), 1), ("A", date(2025, 6, 30), 2), ("B", LAST, 5)),
        A=100,
        B=50,
        C=10,
    )
    assert (found["A"]["count"], found["A"]["before"], found["A"]["rate"]) == (4, 2, 40)
    assert (found["B"]["count"], found["B"]["before"], found["B"]["rate"]) == (5, 0, 100)
    assert (found["C"]["count"], found["C"]["rate"]) == (0, 0)
    assert found["A"]["months"] == [0] * 11 + [2, 1] + [0] * 10 + [3]
    shrunken = shrunken_rates([4, 5, 0], [100, 50, 10])
    assert found["B"]["shrunken"] == pytest.approx(shrunken.mean[1])
    assert (found["B"]["low"], found["B"]["high"]) == pytest.approx((shrunken.low[1], shrunken.high[1]))


def test_rows_outside_the_months_or_the_estates_are_left_out() -> None:
    """Before the first, after the last, in no estate, or in one of another set."""
    found = figures_by_code(
        rows(("A", date(2024, 6, 30), 1), ("A", date(2026, 7, 1), 1), (None, LAST, 1), ("Z", LAST, 1)), A=1, B=1, C=1
    )
    assert sum(sum(each["months"]) for each in found.values()) == 0


def test_without_homes_there_is_a_count_and_no_rate() -> None:
    """Nor a limit: None, not a number that is none."""
    found = figures_by_code(rows(("C", LAST, 7)), A=10)
    assert (found["C"]["count"], found["C"]["homes"]) == (7, 0)
    assert {found["C"][name] for name in ("rate", "shrunken", "low", "high", "chance_low", "chance_high")} == {None}


def test_an_estate_of_few_homes_does_not_lead_by_one_case() -> None:
    """By the plain rate it would; by the shrunken one it does not."""
    found = figures_by_code(rows(("A", LAST, 60), ("B", LAST, 20), ("C", LAST, 1)), A=600, B=400, C=3)
    assert max(found, key=lambda code: found[code]["rate"]) == "C"
    assert max(found, key=lambda code: found[code]["low"]) == "A"


def test_the_course_is_told_in_a_sentence() -> None:
    """With both counts and how much they differ; a month of none elsewhere counts as one."""
    lately = [("A", month, 10) for month in months(date(2026, 3, 1), LAST)]
    found = figures_by_code(rows(("A", date(2025, 1, 1), 10), *lately, ("B", LAST, 2)), A=100, B=900, C=900)
    (ratio,), *_ = rate_ratio([40], [13], [10], [12])
    assert found["A"]["course"] in ("new", "intensifying", "persistent")
    assert "40 cases in the last 12 months, 10 in the 12 before" in found["A"]["said"]
    assert f"{ratio:.1f} times as many" in found["A"]["said"]


def test_less_than_two_years_tell_no_course() -> None:
    """And nothing of the year before."""
    found = figures_by_code(rows(("A", LAST, 4)), first=date(2026, 1, 1), A=100, B=1, C=1)
    assert (found["A"]["course"], found["A"]["before"], len(found["A"]["months"])) == ("too short", None, 6)


def test_no_estates_have_no_figures() -> None:
    """An empty set is no error."""
    assert estate_figures(rows(("A", LAST, 1)), {}, [], loaded(), FIRST, LAST, NOUN) == []


def test_a_district_without_a_case_was_high_nowhere() -> None:
    """What begins everywhere from nothing is new, not lasting."""
    lately = [("A", month, 10) for month in months(date(2026, 3, 1), LAST)]
    found = figures_by_code(rows(*lately, ("B", LAST, 1)), A=100, B=900, C=900)
    assert found["A"]["course"] == "new"


def test_a_month_that_alone_makes_a_year_high_is_a_one_off() -> None:
    """Forty of 42 cases in June."""
    found = figures_by_code(
        rows(("A", LAST, 40), ("A", FIRST, 2), ("B", FIRST, 20), ("B", LAST, 20)), A=100, B=900, C=900
    )
    assert found["A"]["course"] == "one-off"
    assert found["A"]["said"].startswith("High by one month alone: 40 cases in the last 12 months, 2 in the 12 before")
    assert found["A"]["said"].endswith(" The month is June 2026.")
    assert figures_by_code(rows(), A=100, B=900, C=900)["A"]["course"] == "none"


def test_a_month_that_is_not_there_is_no_month_of_none() -> None:
    """It has no count, no course is told across it, and the year before is not compared."""
    gone = date(2026, 3, 1)
    brought = rows(*(("A", month, 2) for month in months(FIRST, LAST) if month != gone))
    whole, lacking = (
        estate_figures(brought, {"A": 100}, ["A"], calendar, FIRST, LAST, NOUN)[0]
        for calendar in (loaded(), loaded(but=[gone]))
    )
    assert (whole["months"][20], whole["before"], whole["course"]) == (0, 24, "none")
    assert (lacking["months"][20], lacking["before"], lacking["course"]) == (None, None, "too short")
    assert lacking["count"] == whole["count"] == 22


def test_what_counted_something_else_is_not_compared() -> None:
    """From the month on in which the definition changed there have to be two years again."""
    monthly = rows(*(("A", month, 2 if month < date(2025, 7, 1) else 6) for month in months(FIRST, LAST)))
    homes = {"A": 100, "B": 100}
    plain, told = (
        estate_figures(monthly, homes, ["A", "B"], loaded(changed=changed), FIRST, LAST, NOUN)[0]
        for changed in (None, date(2025, 7, 1))
    )
    assert (plain["before"], told["before"], told["course"]) == (24, None, "too short")


def test_counts_are_those_of_all_cases_and_what_is_inferred_leaves_repeats_out() -> None:
    """In Alder one home has reported 30 times: two of these count; the count, and what is said of it, is 40."""
    usual = rows(("A", LAST, 10), ("B", LAST, 50), ("A", FIRST, 10), ("B", FIRST, 50))
    repeats = rows(("A", LAST, 30)).with_columns(is_repeat=pl.int_range(pl.len()) >= 2)
    alder = figures_by_code(pl.concat([usual, repeats]), A=100, B=500)["A"]
    assert (alder["count"], alder["rate"], alder["months"][-1]) == (40, 400, 40)
    # At the district's rate of all 90 cases, of which 62 count.
    assert alder["rate_without_repeats"] == pytest.approx(90 / 62 * 120)
    assert alder["low"] < alder["shrunken"] < 200 and alder["course"] == "none"
    assert alder["said"].startswith(
        "Not high now: 40 cases in the last 12 months, 10 in the 12 before; leaving out repeats from the same homes 12 "
        "and 10, 1.2 times as many"
    )
