from datetime import date

import numpy as np
import pytest

from data.demonstration.days import five_years, likelihood

FLAT = (1.0,) * 7


def test_five_years_go_from_the_same_day_to_the_last() -> None:
    """Both ends are included, and 29 February begins on the 28th."""
    dates = five_years(date(2025, 11, 23)).dates
    assert [str(dates[0]), str(dates[-1]), len(dates)] == ["2020-11-23", "2025-11-23", 5 * 365 + 2]
    assert str(five_years(date(2024, 2, 29)).dates[0]) == "2019-02-28"


@pytest.mark.parametrize(
    ("until", "complete"), [((2025, 11, 23), "2025-10"), ((2025, 11, 30), "2025-11"), ((2024, 2, 28), "2024-01")]
)
def test_a_month_is_complete_on_its_last_day(until: tuple[int, int, int], complete: str) -> None:
    """The month of the last day counts only when it ends with it."""
    days = five_years(date(*until))
    assert str(days.complete_month(0)) == complete
    assert days.complete_month(0) - days.complete_month(5) == np.timedelta64(5, "M")


def test_a_window_holds_its_first_and_its_last_month_whole() -> None:
    """A window from March to April has 61 days."""
    days = five_years(date(2025, 11, 23))
    window = days.window(np.datetime64("2023-03"), np.datetime64("2023-04"))
    assert window.sum() == 61
    assert str(days.dates[window][0]) == "2023-03-01"


def test_likelihoods_sum_to_one_and_are_even_when_nothing_changes() -> None:
    """Without season, week and growth every day is as likely as the next."""
    share = likelihood(five_years(date(2025, 11, 23)), 0.0, 1, FLAT, 0.0)
    assert share.sum() == pytest.approx(1)
    assert np.ptp(share) == pytest.approx(0)


def test_the_year_is_highest_in_the_month_it_should_be() -> None:
    """A swing of 0.5 about the middle of July makes July about three times as likely as January."""
    days = five_years(date(2024, 12, 31))
    share = likelihood(days, 0.5, 7.5, FLAT, 0.0)
    of_year = days.months.astype(int) % 12
    july, january = share[of_year == 6].sum(), share[of_year == 0].sum()
    assert july / january == pytest.approx(1.5 / 0.5, rel=0.03)


def test_the_week_begins_on_monday() -> None:
    """A weight for Mondays alone leaves only Mondays: 24 November 2025 was one."""
    days = five_years(date(2025, 11, 24))
    share = likelihood(days, 0.0, 1, (1.0, 0, 0, 0, 0, 0, 0), 0.0)
    assert share[-1] > 0
    assert {day.item().weekday() for day in days.dates[share > 0]} == {0}


def test_growth_is_by_the_year() -> None:
    """With 10 % growth a day a year later is 1.1 times as likely."""
    share = likelihood(five_years(date(2025, 11, 23)), 0.0, 1, FLAT, 0.1)
    assert share[365] / share[0] == pytest.approx(1.1, rel=1e-3)
