from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from evidence import Database, MonthState, Viewer, lacking_in_words, months, source_calendar
from evidence.tables import EMPTY, MONTH_NOTES
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
    with world.owner.begin() as connection:
        note = {"layer": "asb", "month": JUNE, "says": EMPTY, "who": "Ann", "why": "The team was on another system."}
        connection.execute(insert(MONTH_NOTES), [note])
    assert loaded(world) == {JUNE: MonthState.EMPTY}


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
