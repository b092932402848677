from datetime import date, timedelta
from typing import Any

import pytest

from evidence import Database, MonthState, Viewer, lacking_in_words, months, note_month, source_calendar
from geo.errors import Refused
from layers._registry import LAYERS

ASB = LAYERS["asb"]
OFFICER = Viewer("officer", estates=frozenset({"E01"}))
JUNE = date(2025, 6, 1)
Row = dict[str, Any]


def daily(month: date, mark: str = "") -> list[Row]:
    """Cases of a month, one on each of its days, each with a home of its own."""
    days = (month + timedelta(days=at) for at in range(28 if month.month == 2 else 30))
    return [
        {
            "reference": f"{mark}{day}",
            "opened": day,
            "category": "noise",
            "hate": False,
            "easting": 485000.0 + day.day,
            "northing": 236000.0 + day.month,
        }
        for day in days
    ]


def loaded(world: Database) -> dict[date, MonthState]:
    """The months of the cases that are not complete, as an officer of one patch is told."""
    return {
        month: state
        for month, state in source_calendar(world, OFFICER, ASB).by_month()
        if state is not MonthState.COMPLETE
    }


def test_a_month_that_no_file_brought_is_missing_until_somebody_says_that_nothing_happened(
    world: Database, bring: Any
) -> None:
    """Whoever asks, all rows are looked at: of the patch alone, every month would be."""
    year = [month for month in months(date(2025, 1, 1), date(2026, 6, 1)) if month != JUNE]
    bring(world, ASB, [row for month in year for row in daily(month)])
    assert loaded(world) == {JUNE: MonthState.MISSING}
    today = date(2026, 6, 30)
    note_month(world, ASB, JUNE, "empty", who="Ann", why="Nobody was on duty.", today=today)
    assert loaded(world) == {JUNE: MonthState.EMPTY}
    note_month(world, ASB, JUNE, "withdrawn", who="Bob", why="The file has been found.", today=today)
    assert loaded(world) == {JUNE: MonthState.MISSING}


def test_of_a_month_that_is_not_over_nothing_is_noted(world: Database, bring: Any) -> None:
    """Or the calendar would reach to it, and everything until then be missing."""
    bring(world, ASB, daily(JUNE))
    for month in (date(2025, 7, 1), date(2999, 1, 1)):
        with pytest.raises(Refused, match="is not over: nobody can know yet"):
            note_month(world, ASB, month, "empty", who="Ann", why="I hope so.", today=date(2025, 7, 31))
    assert list(source_calendar(world, OFFICER, ASB).by_month()) == [(JUNE, MonthState.COMPLETE)]


def test_a_definition_that_has_changed_holds_from_its_month_on(world: Database, bring: Any) -> None:
    """The latest of several; not yet for whoever asks what was known before."""
    bring(world, ASB, [row for month in months(date(2025, 1, 1), date(2026, 6, 1)) for row in daily(month)])
    for month in (JUNE, date(2025, 9, 1)):
        note_month(world, ASB, month, "changed", who="Ann", why="A new system.", today=date(2026, 6, 30))
    assert source_calendar(world, OFFICER, ASB).changed == date(2025, 9, 1)
    assert source_calendar(world, OFFICER, ASB, date(2025, 8, 31)).changed == JUNE


def test_a_month_that_two_files_brought_under_other_references_is_loaded_twice(world: Database, bring: Any) -> None:
    """The same file again brings nothing new, and neither do a few cases that are alike."""
    year = months(date(2025, 1, 1), date(2026, 6, 1))
    bring(world, ASB, [row for month in year for row in daily(month)])
    bring(world, ASB, [row for month in year for row in daily(month)] + daily(JUNE, "again ")[:5])
    assert loaded(world) == {}
    bring(world, ASB, daily(JUNE, "exported in July "))
    assert loaded(world) == {JUNE: MonthState.DOUBLE}
    lacking = source_calendar(world, OFFICER, ASB).lacking(date(2025, 5, 1), date(2025, 7, 1))
    assert lacking_in_words(lacking) == "June 2025 is loaded twice"
