"""The sources as officers see them: which of their months are loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.asking import DatabaseOf, Officer
from evidence import Calendar, MonthState, source_calendar, visible
from layers._layer import Layer
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
    """A layer with the states of its months, a row for each year, the latest first."""

    layer: Layer
    loaded: Calendar

    @property
    def years(self) -> Iterator[tuple[int, list[tuple[date, MonthState | None]]]]:
        """Each year with its twelve months; None beyond the rows."""
        states = dict(self.loaded.by_month())
        for year in sorted({month.year for month in states}, reverse=True):
            months = (date(year, number, 1) for number in range(1, 13))
            yield year, [(month, states.get(month)) for month in months]


@router.get("/officer/sources")
def sources(request: Request, database: DatabaseOf, viewer: Officer) -> Response:
    """Every source that the viewer may see figures of, with its months."""
    found = [SourceCalendar(layer, source_calendar(database, viewer, layer)) for layer in visible(viewer)]
    return page(request, "sources.html", sources=found, marks=MARKS)
