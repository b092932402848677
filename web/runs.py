"""What a figure was made from: the record of the run that found it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from analysis.explanation import explanation
from analysis.runs import find_run
from api.asking import DatabaseOf, Officer
from api.errors import NotFound
from web.page import page

router = APIRouter(include_in_schema=False)


@router.get("/officer/runs/{identifier}")
def run_page(request: Request, database: DatabaseOf, viewer: Officer, identifier: str) -> Response:
    """All that the result of a run depends on."""
    found = find_run(database, viewer, identifier)
    if found is None:
        raise NotFound(f"There is no run {identifier}.")
    return page(request, "run.html", run=identifier, facts=list(explanation(*found)))
