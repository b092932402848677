from datetime import date

import pytest

from maps.period import default_period, in_data, month_in_words, period_in_words


@pytest.mark.parametrize(
    ("first", "last", "today", "shown"),
    [
        # Data run into the month of today, which is not complete.
        ((2020, 1), (2026, 6), date(2026, 6, 17), ((2025, 6), (2026, 5))),
        # Data ended long ago.
        ((2020, 1), (2025, 6), date(2026, 6, 17), ((2024, 7), (2025, 6))),
        # Less than a year of data.
        ((2026, 1), (2026, 4), date(2026, 6, 17), ((2026, 1), (2026, 4))),
        # Nothing but the month of today.
        ((2026, 6), (2026, 6), date(2026, 6, 17), ((2026, 6), (2026, 6))),
    ],
)
def test_the_last_twelve_complete_months_of_the_data_are_shown(
    first: tuple[int, int], last: tuple[int, int], today: date, shown: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    """The month of today is left out unless there is nothing else, and data are never extended."""
    start, end = default_period(date(*first, 1), date(*last, 1), today)
    assert ((start.year, start.month), (end.year, end.month)) == shown


def test_a_period_is_cut_to_the_data_and_none_without_them() -> None:
    """An end that is not given is that of the data; without overlap there is no period."""
    first, last = date(2024, 1, 1), date(2025, 6, 1)
    assert in_data((date(2020, 1, 1), date(2024, 3, 1)), first, last) == (first, date(2024, 3, 1))
    assert in_data((date(2025, 1, 1), None), first, last) == (date(2025, 1, 1), last)
    assert in_data((date(2026, 1, 1), None), first, last) is None
    assert in_data((None, None), first, last) is None


def test_periods_are_said_as_briefly_as_they_can_be() -> None:
    """A month is a month, a calendar year a year."""
    assert month_in_words(date(2025, 6, 1)) == "June 2025"
    assert period_in_words(date(2025, 6, 1), date(2025, 6, 1)) == "June 2025"
    assert period_in_words(date(2025, 1, 1), date(2025, 12, 1)) == "2025"
    assert period_in_words(date(2024, 7, 1), date(2025, 6, 1)) == "July 2024 to June 2025"
    assert period_in_words(date(2024, 1, 1), date(2025, 12, 1)) == "January 2024 to December 2025"
