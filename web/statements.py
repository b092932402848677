"""What the service says about itself: accessibility, privacy, cookies, data sources."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.asking import DatabaseOf
from evidence import PUBLIC, postcodes, visible
from evidence.access.sessions import LONGEST
from layers._registry import LAYERS
from plans.proposals import MONTHS_KEPT, MOST_SENT
from web.page import page
from web.projects import Estates
from web.statement_facts import statement

router = APIRouter(include_in_schema=False)


@router.get("/accessibility")
def accessibility(request: Request) -> Response:
    """The accessibility statement, made of what the tests found."""
    return page(request, "accessibility.html", facts=statement())


@router.get("/privacy")
def privacy(request: Request) -> Response:
    """The privacy notice."""
    return page(request, "privacy.html", months=MONTHS_KEPT, most_sent=MOST_SENT)


@router.get("/cookies")
def cookies(request: Request) -> Response:
    """Which cookies are set: none for visitors."""
    return page(request, "cookies.html", hours=LONGEST // timedelta(hours=1))


@router.get("/data-sources")
def data_sources(request: Request, database: DatabaseOf, estates: Estates) -> Response:
    """Where the data comes from, and under which licence."""
    return page(
        request,
        "data_sources.html",
        layers=LAYERS.values(),
        shown=visible(PUBLIC),
        about=estates.attrs,
        postcodes=postcodes(database, PUBLIC),
    )
