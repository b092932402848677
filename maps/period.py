"""Periods: which is shown when nobody asked, which can be chosen, and how one is said."""

from datetime import date

from evidence import add_months

MONTHS_SHOWN = 12


def default_period(first: date, last: date, today: date) -> tuple[date, date]:
    """The last twelve complete months of data that run from the month `first` to the month `last`.

    The month of `today` is not complete, so it is left out; unless there is nothing else.
    """
    end = max(first, min(last, add_months(today.replace(day=1), -1)))
    return max(first, add_months(end, 1 - MONTHS_SHOWN)), end


def in_data(period: tuple[date | None, date | None], first: date, last: date) -> tuple[date, date] | None:
    """The part of the period asked for that has data; None where nothing was asked or there is no overlap."""
    if period == (None, None):
        return None
    start, end = max(period[0] or first, first), min(period[1] or last, last)
    return (start, end) if start <= end else None


def month_in_words(month: date) -> str:
    """As in "June 2025"."""
    return f"{month:%B %Y}"


def day_in_words(day: date | None) -> str:
    """As in "7 June 2025"; empty for none."""
    return f"{day:%-d %B %Y}" if day else ""


def period_in_words(first: date, last: date) -> str:
    """As in "July 2024 to June 2025", "2024" for a whole year, "June 2025" for a single month."""
    if first == last:
        return month_in_words(first)
    if (first.month, last.month, first.year) == (1, 12, last.year):
        return str(first.year)
    return f"{month_in_words(first)} to {month_in_words(last)}"
