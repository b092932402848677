from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from evidence.calendar import Calendar, MonthState, calendar, lacking_in_words
from evidence.months import add_months, months

FIRST, LAST = date(2022, 1, 1), date(2026, 10, 1)
COMPLETE, MISSING, INCOMPLETE = MonthState.COMPLETE, MonthState.MISSING, MonthState.INCOMPLETE


def days(
    a_month: float = 60, without: Sequence[date] = (), swing: float = 0.3, spread: float = 1.0, seed: int = 1
) -> list[date]:
    """Dates of a source from FIRST to LAST, more of them in winter; nothing in some months, nor at the turn of a year.

    Parameters
    ----------
    spread : how many times the variance of a month's count is that of pure chance
    """
    random, found = np.random.default_rng(seed), []
    for month in months(FIRST, LAST):
        usual = a_month * (1 + swing * np.cos(2 * np.pi * (month.month - 1) / 12))
        level = usual if spread == 1 else random.gamma(usual / (spread - 1), spread - 1)
        long = (add_months(month, 1) - month).days
        drawn = [month + timedelta(days=int(day)) for day in random.integers(0, long, random.poisson(level))]
        closed = [day for day in drawn if (day.month, day.day) >= (12, 25) or (day.month, day.day) <= (1, 1)]
        found += [] if month in without else [day for day in drawn if day not in closed]
    return found


def states(found: Calendar, but: MonthState = COMPLETE) -> dict[date, MonthState]:
    """The months that are not complete."""
    return {month: state for month, state in found.by_month() if state != but}


def test_months_without_rows_are_missing() -> None:
    """Three of them: none is a quiet month, those beside are complete, and what needs them is told which."""
    gone = months(date(2026, 3, 1), date(2026, 5, 1))
    found = calendar(pl.Series(days(without=gone)))
    assert states(found) == dict.fromkeys(gone, MISSING)
    assert found.last_complete == LAST and found.last_whole_year() == date(2026, 2, 1)
    assert lacking_in_words(found.lacking(date(2025, 11, 1), LAST)) == "March to May 2026 are missing"
    assert found.lacking(date(2025, 3, 1), date(2026, 2, 1)) == {}
    assert len(found.compared_months(LAST)) == 9


def test_a_month_with_a_tenth_of_its_rows_is_missing_and_one_that_breaks_off_is_incomplete() -> None:
    """Implausibly few for the season; and nothing after the middle of a month."""
    rows = [day for day in days(200) if (day.year, day.month) != (2025, 7) or day.day % 10 == 0]
    rows = [day for day in rows if (day.year, day.month) != (2024, 4) or day.day <= 15]
    assert states(calendar(pl.Series(rows))) == {date(2025, 7, 1): MISSING, date(2024, 4, 1): INCOMPLETE}


def test_a_stray_late_row_completes_nothing() -> None:
    """The file ends on 20 September; one row is dated two months later."""
    rows = [day for day in days() if day <= date(2026, 9, 20)]
    found = calendar(pl.Series([*rows, date(2026, 11, 30)]))
    assert found.last_complete == date(2026, 8, 1)
    assert found.states[-3:] == (INCOMPLETE, MISSING, MISSING)
    assert calendar(pl.Series([*rows, date(2026, 9, 30)])).last_complete == date(2026, 8, 1) or len(rows) > 3000


@pytest.mark.parametrize(("a_month", "spread"), [(4, 1.0), (12, 1.0), (60, 1.0), (60, 4.0), (1000, 20.0)])
def test_a_source_that_is_loaded_whole_is_seldom_told_to_lack_a_month(a_month: float, spread: float) -> None:
    """However many rows it has and however unevenly they come: of 58 months in 40 sources fewer than one in 200."""
    found = [calendar(pl.Series(days(a_month, swing=0.5, spread=spread, seed=seed))) for seed in range(40)]
    lacking = sum(state is not COMPLETE for each in found for state in each.states[1:-1])
    assert lacking <= 0.005 * sum(len(each.states) for each in found)


@pytest.mark.parametrize(("a_month", "least"), [(20, 0.9), (60, 1.0), (400, 1.0)])
def test_a_month_that_was_not_loaded_is_noticed(a_month: float, least: float) -> None:
    """From twenty rows a month on; of a dozen, in two of three sources."""
    gone = date(2025, 6, 1)
    found = [calendar(pl.Series(days(a_month, without=[gone], seed=seed))) for seed in range(30)]
    assert np.mean([dict(each.by_month())[gone] is MISSING for each in found]) >= least


def test_a_month_that_another_file_brought_again_is_loaded_twice() -> None:
    """Its rows are there in two files; elsewhere a few are alike by chance."""
    rows = days()
    again = [day for day in rows if (day.year, day.month) == (2025, 6)]
    twins = [(day.year, day.month) == (2025, 6) or number % 50 == 0 for number, day in enumerate(rows + again)]
    found = calendar(pl.Series(rows + again), twins=pl.Series(twins))
    assert states(found) == {date(2025, 6, 1): MonthState.DOUBLE}
    assert lacking_in_words(found.lacking(date(2025, 6, 1), date(2025, 6, 1))) == "June 2025 is loaded twice"


def test_a_month_that_is_declared_empty_can_be_counted() -> None:
    """Also where it is the last; a month with rows is what its rows say."""
    gone = date(2026, 3, 1)
    rows = pl.Series(days(without=[gone]))
    assert states(calendar(rows, empty=[gone, date(2026, 11, 1)])) == {
        gone: MonthState.EMPTY,
        date(2026, 11, 1): MonthState.EMPTY,
    }
    assert calendar(rows, empty=[gone]).lacking(date(2026, 1, 1), LAST) == {}


def test_a_source_of_few_rows_is_not_judged() -> None:
    """Of one or two a month, none in some is no surprise."""
    assert MISSING not in calendar(pl.Series(days(1.5, swing=0))).states


def test_a_source_of_months_is_judged_by_its_counts() -> None:
    """Every row is dated with the first of its month: no silence says anything."""
    rows = [day.replace(day=1) for day in days(without=[date(2025, 6, 1)])]
    assert states(calendar(pl.Series(rows))) == {date(2025, 6, 1): MISSING}


def test_all_missing_but_one_and_nothing_at_all() -> None:
    """A calendar, no error."""
    rows = [day for day in days() if (day.year, day.month) in {(2022, 2), (2026, 5)}]
    found = calendar(pl.Series(rows))
    assert found.complete == (date(2022, 2, 1), date(2026, 5, 1))
    assert found.last_whole_year() is None and found.compared_months(date(2026, 5, 1)) == ()
    nothing = calendar(pl.Series([], dtype=pl.Date))
    assert (nothing.complete, nothing.last_complete, nothing.last_whole_year()) == ((), None, None)
    assert lacking_in_words(nothing.lacking(FIRST, add_months(FIRST, 1))) == "January and February 2022 are missing"


def test_a_source_that_is_filled_in_on_one_day_of_a_month_is_complete() -> None:
    """A walkabout on a day of its own in each month; and in its last month it has not been yet."""
    random = np.random.default_rng(3)
    rows = [month.replace(day=int(random.integers(3, 27))) for month in months(FIRST, LAST) for _ in range(20)]
    by_day = [month.replace(day=15) for month in months(FIRST, LAST) for _ in range(20)]
    assert [state for state in calendar(pl.Series(by_day)).states if state is not COMPLETE] == []
    assert len(states(calendar(pl.Series(rows)))) <= 2


def test_what_counts_something_else_is_not_compared() -> None:
    """Months before a change of definition are complete, and no month after it is compared with them."""
    rows = pl.Series(days())
    found = calendar(rows, changed=date(2025, 7, 1))
    assert found.complete == calendar(rows).complete
    assert found.compared_months(LAST) == months(date(2026, 7, 1), LAST)
    assert found.sentence == ("Complete from January 2022 to October 2026. From July 2025 on it counts something else.")


def test_the_month_in_which_a_source_begins_is_incomplete_at_most() -> None:
    """A file that begins on the last day of a month was not forgotten for all of it."""
    rows = [day for day in days() if day >= date(2022, 3, 31)]
    assert states(calendar(pl.Series([*rows, date(2022, 3, 31)]))) == {date(2022, 3, 1): INCOMPLETE}
