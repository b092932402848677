from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from evidence.months import (
    add_months,
    in_months,
    last_complete_month,
    length,
    month_number,
    month_numbers,
    month_of_number,
    months,
)


def test_months_go_over_the_turn_of_the_year() -> None:
    """A month later or earlier is a calendar month, whatever the year."""
    assert add_months(date(2025, 12, 1), 1) == date(2026, 1, 1)
    assert add_months(date(2025, 1, 1), -1) == date(2024, 12, 1)
    assert add_months(date(2025, 1, 1), -25) == date(2022, 12, 1)


def test_both_ends_of_a_period_belong_to_it() -> None:
    """From November to February there are four months; backwards there is none."""
    assert months(date(2025, 11, 1), date(2026, 2, 1)) == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert length(date(2026, 2, 1), date(2025, 11, 1)) == 0
    assert months(date(2026, 2, 1), date(2025, 11, 1)) == ()


def dates(first: date, last: date, share: float = 1.0, seed: int = 1) -> pl.Series:
    """Days from the first to the last, each with a chance to be there; both ends are."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    there = np.random.default_rng(seed).random(len(days)) < share
    return pl.Series([first, *(day for day, kept in zip(days, there, strict=True) if kept), last])


@pytest.mark.parametrize(
    ("last", "share", "month"),
    [
        (date(2026, 10, 31), 1.0, date(2026, 10, 1)),
        # The month ends with a Sunday after the last working day.
        (date(2026, 5, 29), 1.0, date(2026, 5, 1)),
        (date(2026, 10, 20), 1.0, date(2026, 9, 1)),
        # One row in three weeks: a silence of ten days says nothing.
        (date(2026, 10, 20), 0.05, date(2026, 10, 1)),
        (date(2026, 10, 1), 1.0, date(2026, 9, 1)),
    ],
)
def test_a_month_is_complete_if_its_end_is_near(last: date, share: float, month: date) -> None:
    """How near depends on how often something happens."""
    assert last_complete_month(dates(date(2024, 1, 1), last, share)) == month


def test_days_of_months_are_those_from_the_first_to_the_last() -> None:
    """Both months included, to their last days."""
    days = [date(2025, 11, 30), date(2025, 12, 1), date(2026, 1, 31), date(2026, 2, 1)]
    chosen = pl.DataFrame({"day": days}).filter(in_months("day", date(2025, 12, 1), date(2026, 1, 1)))
    assert chosen["day"].to_list() == days[1:3]


def test_sources_by_month_are_complete() -> None:
    """A publisher who gives months alone gives whole ones."""
    assert last_complete_month(pl.Series([date(2026, 5, 1), date(2026, 6, 1)])) == date(2026, 6, 1)


def test_nothing_is_complete_of_nothing() -> None:
    """Neither of no dates nor of the first days of one month."""
    assert last_complete_month(pl.Series([], dtype=pl.Date)) is None
    assert last_complete_month(dates(date(2026, 10, 2), date(2026, 10, 9))) is None


def test_months_have_numbers_that_follow_one_another() -> None:
    """Of a day, of a column of days, and back to the first day of the month."""
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28)]
    numbers = [month_number(day) for day in days]
    assert numbers == month_numbers(pl.Series(days)).tolist() == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert [month_of_number(number) for number in numbers] == [day.replace(day=1) for day in days]
