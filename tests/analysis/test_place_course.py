"""The course of a place from its months, beside those of all other places."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.place_course import with_course
from evidence import add_months, months

LAST = date(2026, 6, 1)
KNOWN = months(add_months(LAST, -35), LAST)
STEADY = [100] * 36


def course(
    counts: Sequence[int],
    others: Sequence[int] = STEADY,
    *,
    high: bool = True,
    was_high: bool = False,
    known: Sequence[date] = KNOWN,
) -> dict[str, Any]:
    """What is said of one place with these counts by month, the last in June 2026."""
    parts = [
        pl.DataFrame({"place": [place] * count, "happened": [month] * count}, {"place": pl.Int64, "happened": pl.Date})
        for place, series in ((0, counts), (-1, others))
        for month, count in zip(KNOWN[-len(series) :], series, strict=True)
    ]
    places = pl.DataFrame(
        {"place": [0], "expected": [24.0], "is_high": [high], "was_high": [was_high]},
    )
    [told] = with_course(places, pl.concat(parts), known, LAST).to_dicts()
    assert not {"is_high", "was_high"} & set(told)
    return told


@pytest.mark.parametrize(
    ("high", "was_high", "years", "expected"),
    [
        (True, False, (2, 2, 6), "new"),
        (True, True, (2, 4, 8), "intensifying"),
        (True, True, (2, 6, 6), "persistent"),
        (True, False, (2, 4, 5), "unsure"),
        (True, True, (2, 8, 4), "fading"),
        (False, True, (2, 8, 2), "fading"),
        (False, True, (2, 6, 5), "none"),
    ],
)
def test_the_course_is_told_by_both_years(
    high: bool, was_high: bool, years: tuple[int, int, int], expected: str
) -> None:
    """Lasting only of what was high before; of what was not and has not surely grown, that it cannot be told."""
    counts = [year for year in years for _ in range(12)]
    told = course(counts, high=high, was_high=was_high)
    assert (told["course"], told["compared"], told["before"]) == (expected, 12 * years[2], 12 * years[1])
    assert told["low"] <= told["ratio"] <= told["high"]


def test_everything_is_beside_the_district() -> None:
    """Where all other places double, one that doubles has not changed, and one that stays has fallen by half."""
    others = [100] * 24 + [200] * 12
    doubled = course([3] * 24 + [6] * 12, others, was_high=True)
    assert (doubled["course"], round(doubled["ratio"], 1), round(doubled["district"], 1)) == ("persistent", 1.0, 2.0)
    stayed = course([6] * 36, others, was_high=True)
    assert (stayed["course"], round(stayed["ratio"], 1)) == ("fading", 0.5)


def test_since_when_is_told_with_its_range() -> None:
    """The month of the change, and between which months it likely lies; none of what has not changed."""
    told = course([2] * 28 + [9] * 8)
    assert told["since"] == KNOWN[28]
    assert told["since_earliest"] <= KNOWN[28] <= told["since_latest"]
    steady = course([6] * 36, was_high=True)
    assert (steady["since"], steady["since_earliest"], steady["since_latest"]) == (None, None, None)


def test_one_month_alone_is_a_one_off() -> None:
    """With which month, and how many were in it; unless the place was high before as well."""
    counts = [2] * 30 + [40] + [2] * 5
    told = course(counts)
    assert (told["course"], told["month"], told["month_count"], told["since"]) == ("one-off", KNOWN[30], 40, None)
    assert course(counts, was_high=True)["course"] != "one-off"
    a_year_ago = course([2] * 18 + [40] + [2] * 17, high=False, was_high=True)
    assert (a_year_ago["course"], a_year_ago["month"]) == ("one-off", KNOWN[18])


def test_without_half_a_year_to_compare_nothing_is_said_of_before() -> None:
    """Of two years that have five months in common."""
    told = course([6] * 36, known=[*KNOWN[12:17], *KNOWN[24:]])
    assert (told["course"], told["since"]) == ("too short", None)
    assert course([6] * 36, known=[*KNOWN[12:18], *KNOWN[24:]], was_high=True)["course"] == "persistent"


def test_without_places_there_is_nothing_to_say() -> None:
    """The columns are there."""
    places = pl.DataFrame(
        schema={"place": pl.Int64, "expected": pl.Float64, "is_high": pl.Boolean, "was_high": pl.Boolean}
    )
    rows = pl.DataFrame(schema={"place": pl.Int64, "happened": pl.Date})
    assert with_course(places, rows, KNOWN, LAST).columns[2:5] == ["course", "compared", "before"]
    assert with_course(places, rows, [], LAST).is_empty()
