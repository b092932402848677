"""The pages that people look at."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import HTMLResponse, Response

from api import geometry
from api.asking import AnyAsker, DatabaseOf, Month, Officer, asker, layer_seen
from api.assets import assets
from api.errors import Problem
from layers import LAYERS, Selection, Theme, areas, visible
from maps.basemap import basemap
from maps.compose import Parts, officers_map, public_map
from maps.extent import extent
from maps.officer import officers_view
from maps.projects import MARKED, STATUSES, projects_view
from maps.rendering import render

router = APIRouter(include_in_schema=False)
router.include_router(geometry.router)

_GROUND = ("leaflet.js", "page.js", "ground.js", "names.js", "controls.js")
_OFFICER = (*_GROUND, "estates.js", "heat.js", "hotspots.js", "records.js")
_PUBLIC = (*_GROUND, "leaflet.markercluster.js", "projects.js")
_LAZY = ("maplibre-gl.js", "maplibre-gl-worker.js", "leaflet-maplibre-gl.js", "protomaps-leaflet.js")
"""Fetched by the scripts themselves, when they are first needed."""


class OfficersMapAsked(BaseModel):
    """What the officers' map is asked for: the filters, an estate to open, the table's order."""

    model_config = ConfigDict(extra="forbid")

    layer: str = next(iter(LAYERS))
    theme: list[Theme] = []
    category: list[str] = []
    first: Month = None
    last: Month = None
    open: str = ""
    sort: Literal["name", "parish", "count", "homes", "rate"] = "rate"

    @property
    def selection(self) -> Selection:
        """The filters."""
        return Selection(frozenset(self.theme), frozenset(self.category), frozenset(), self.first, self.last)


class ProjectsAsked(BaseModel):
    """What the public map is asked for."""

    model_config = ConfigDict(extra="forbid")

    type: list[str] = []
    status: list[str] = []


@router.get("/")
def projects(
    request: Request, database: DatabaseOf, who: AnyAsker, asked: Annotated[ProjectsAsked, Query()]
) -> Response:
    """The public map of projects, with the same list beside it."""
    estates = areas(database, who)
    view = projects_view(database, who, estates, frozenset(asked.type), frozenset(asked.status))
    drawn = _drawn(request, public_map, "Map of residents’ projects", estates)
    return _map_page(request, "projects.html", drawn, estates, _PUBLIC, view=view, types=MARKED, statuses=STATUSES)


@router.get("/officer/map")
def map_for_officers(
    request: Request, database: DatabaseOf, who: Officer, asked: Annotated[OfficersMapAsked, Query()]
) -> Response:
    """The officers' map: estates by rate, heat, records, with the same figures as list and table."""
    layer = layer_seen(request, asked.layer)
    estates = areas(database, who)
    view = officers_view(database, who, layer, asked.selection, date.today(), asked.open, asked.sort)
    drawn = _drawn(request, officers_map, "Map of the estates", estates)
    choices = [(each.id, each.title) for each in visible(who)]
    return _map_page(request, "officer_map.html", drawn, estates, _OFFICER, view=view, layers=choices)


def sign_in_page(request: Request, *, next: str, name: str = "", error: str = "") -> Response:
    """The form to sign in with, and what was wrong with the last attempt."""
    return _page(request, "sign_in.html", 401 if error else 200, next=next, name=name, error=error)


def problem_page(request: Request, found: Problem) -> Response:
    """What went wrong, and what to do next."""
    return _page(request, "problem.html", found.status, problem=found)


def _map_page(
    request: Request,
    template: str,
    drawn: Parts,
    estates: gpd.GeoDataFrame,
    scripts: tuple[str, ...],
    **values: Any,
) -> Response:
    lazy = {name: assets().address(name) for name in _LAZY}
    about = {
        "indicative": estates.attrs["indicative"],
        "attribution": estates.attrs["attribution"],
        "boundary_set": estates.attrs["set"],
    }
    return _page(request, template, map=drawn, scripts=scripts, lazy=lazy, **about, **values)


def _page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    common = {
        "asset": assets().address,
        "nonce": request.state.nonce,
        "here": request.url.path,
        "who": asker(request).name,
    }
    # The pages of officers hold evidence: nothing of them stays on a shared computer.
    return HTMLResponse(render(template, **common, **values), status, {"Cache-Control": "no-store"})


def _drawn(request: Request, compose: Callable[..., Parts], label: str, estates: gpd.GeoDataFrame) -> Parts:
    settings = request.app.state.settings
    base = basemap(settings.basemap, settings.basemap_key)
    return compose(extent(estates), label, estates.attrs["attribution"], base)
