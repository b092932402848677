"""The pages of officers, and those that anybody may be shown: signing in, and what went wrong."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api.asking import DatabaseOf, Officer, layer_seen
from api.errors import Problem
from api.filters import Filters, filter_problems, known_selection, outside_data, understood_filters
from evidence import PUBLIC, areas, snapshot, visible
from layers._registry import LAYERS
from maps.compose import officers_map
from maps.estates import Column
from maps.officer import officers_view
from web import geometry
from web.page import map_page, page

router = APIRouter(include_in_schema=False)
router.include_router(geometry.router)


class OfficersMapAsked(BaseModel):
    """What the officers' map is asked for: the filters as they stand in the address, an estate to open, the order."""

    model_config = ConfigDict(extra="forbid")

    layer: str = next(iter(LAYERS))
    theme: list[str] = []
    category: list[str] = []
    estate: list[str] = []
    first: str = ""
    last: str = ""
    open: str = ""
    sort: Column = "rate"


@router.get("/officer/map")
def map_for_officers(
    request: Request, database: DatabaseOf, viewer: Officer, asked: Annotated[OfficersMapAsked, Query()]
) -> Response:
    """The officers' map: estates by rate, heat, records, with the same figures as list and table."""
    layer = layer_seen(request, asked.layer)
    estates = areas(database, viewer)
    filters, problems = understood_filters(asked.model_dump(include=set(Filters.model_fields)))
    rows = snapshot(database, viewer, layer)
    problems |= outside_data(filters, layer, rows) | filter_problems(filters, layer, rows, set(estates["code"]))
    chosen = known_selection(filters, layer, set(estates["code"]))
    opened = asked.open or (min(chosen.estates) if len(chosen.estates) == 1 else "")
    if opened and opened not in set(estates["code"]):
        problems["open"] = f"There is no estate {opened}, so none is opened."
    view = officers_view(database, viewer, layer, chosen, date.today(), opened, asked.sort)
    choices = [(each.id, each.title) for each in visible(viewer)]
    return map_page(
        request,
        "officer_map.html",
        officers_map,
        "Map of the estates",
        estates,
        view=view,
        layers=choices,
        problems=problems,
    )


def sign_in_page(request: Request, *, next: str, name: str = "", error: str = "", status: int = 401) -> Response:
    """The form to sign in with, and what was wrong with the last attempt."""
    council_accounts = request.app.state.settings.oidc_issuer is not None
    found = status if error else 200
    return page(request, "sign_in.html", found, next=next, name=name, error=error, council_accounts=council_accounts)


def problem_page(request: Request, found: Problem) -> Response:
    """What went wrong, and what to do next."""
    # Whom we know already: nobody is asked again where that may be what went wrong.
    return page(request, "problem.html", found.status, viewer=getattr(request.state, "viewer", PUBLIC), problem=found)
