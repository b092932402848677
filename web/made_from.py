"""What figures were made from: those of a run for officers, those that are published for everybody."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from analysis.explanation import explanation
from analysis.runs import find_run
from api.asking import DatabaseOf, Officer
from api.errors import NotFound
from evidence import PUBLIC, Database, areas, latest_publication, snapshot, visible
from maps.period import day_in_words, month_in_words, period_in_words
from maps.priorities import source_title
from plans.publication import RUN, published
from web.page import page

router = APIRouter(include_in_schema=False)


@router.get("/officer/runs/{identifier}")
def run_page(request: Request, database: DatabaseOf, viewer: Officer, identifier: str) -> Response:
    """All that the result of a run depends on."""
    found = find_run(database, viewer, identifier)
    if found is None:
        raise NotFound(f"There is no run {identifier}.")
    lead = "The same record gives the same figures, byte for byte: whoever doubts them can make them again."
    return page(request, "made_from.html", of=f"Run {identifier}", lead=lead, facts=list(explanation(*found)))


@router.get("/made-from")
def publication_page(request: Request, database: DatabaseOf) -> Response:
    """What the published figures depend on."""
    last = latest_publication(database)
    if last is None:
        raise NotFound("No figures have been published yet.")
    lead = "Before anything is published it is checked that nobody can work out what is withheld."
    facts = list(_publication_facts(database, last))
    return page(request, "made_from.html", of=f"Publication {last['id']}", lead=lead, facts=facts)


def _publication_facts(database: Database, last: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Published on", day_in_words(last["at"])
    change = last["rules"]
    yield "Rules of disclosure", f"{change['why']} Set by {change['who']} on {_day(change['when'])}"
    frame = areas(database, PUBLIC)
    yield "Boundaries", f"{frame.attrs['set']}. {frame.attrs['attribution']}"
    for layer in visible(PUBLIC):
        rows = snapshot(database, PUBLIC, layer)
        if rows.first and rows.last:
            yield layer.title, f"{period_in_words(rows.first, rows.last)}, version {rows.version}"
    runs = published(database, RUN)
    if not runs:
        yield "Order of priorities", "none has been published"
    for run in runs:
        until = (f"{source_title(name)} to {_month(month)}" for name, month in sorted(run["sources"].items()))
        yield "Order of priorities", f"Run {run['id']}: {', '.join(until)}"
        weights = run["weights"]
        yield "Weights of priorities", f"{weights['why']} Set by {weights['who']} on {_day(weights['when'])}"


def _day(day: str) -> str:
    return day_in_words(date.fromisoformat(day))


def _month(day: str) -> str:
    return month_in_words(date.fromisoformat(day))
