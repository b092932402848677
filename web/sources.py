"""The sources as officers see them: which of their months are loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from analysis.hotspot_areas import HotspotAreas, hotspot_areas
from api.asking import DatabaseOf, Officer
from evidence import MonthState, visible
from web.page import page

router = APIRouter(include_in_schema=False)

MARKS = {
    MonthState.COMPLETE: "✓",
    MonthState.EMPTY: "0",
    MonthState.INCOMPLETE: "½",
    MonthState.MISSING: "–",
    MonthState.DOUBLE: "2×",
}
"""How each state looks, beside its word."""


@dataclass(frozen=True)
class SourceCalendar:
    """A layer with the states of its months as its latest analysis found them, the latest year first."""

    found: HotspotAreas

    @property
    def sentence(self) -> str:
        """What is loaded, or what to do where nothing can be said."""
        loaded = self.found.calendar
        return loaded.sentence if loaded.states else self.found.refusal

    @property
    def years(self) -> Iterator[tuple[int, list[tuple[date, MonthState | None]]]]:
        """Each year with its twelve months, from the first complete one on; None beyond the rows."""
        loaded = self.found.calendar
        begins = min(loaded.complete, default=date.min)
        states = {month: state for month, state in loaded.by_month() if month >= begins}
        for year in sorted({month.year for month in states}, reverse=True):
            months = (date(year, number, 1) for number in range(1, 13))
            yield year, [(month, states.get(month)) for month in months]


@router.get("/officer/sources")
def sources(request: Request, database: DatabaseOf, viewer: Officer) -> Response:
    """Every source that the viewer may see figures of, with its months."""
    found = [SourceCalendar(hotspot_areas(database, viewer, layer)) for layer in visible(viewer)]
    return page(request, "sources.html", sources=found, marks=MARKS)
