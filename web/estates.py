"""What was heard: estate by estate, two side by side, and the whole district, for everybody."""

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from api.asking import DatabaseOf
from api.errors import NotFound
from evidence import PUBLIC, Database, areas, snapshot
from layers.projects import LAYER as PROJECTS
from maps.locator import locator
from plans.publication import is_synthetic
from web.estate_report import COUNTED, EstateReport, district_report, estate_report, first_themes, for_district_only
from web.page import page
from web.police_shape import police_priorities
from web.projects import grid_roads
from web.projects_view import ProjectsAsked, projects_view

router = APIRouter(include_in_schema=False)


class Compared(BaseModel):
    """The two estates that are to be compared, by code."""

    model_config = ConfigDict(extra="forbid")

    one: str = ""
    other: str = ""


@router.get("/estates")
def estates(request: Request, database: DatabaseOf) -> Response:
    """Every estate by name, with what comes first there."""
    frame = areas(database, PUBLIC)
    listed = sorted(zip(frame["name"], frame["code"], frame["parish"], strict=True))
    return _page(request, "estates.html", database, frame, listed=listed, first=first_themes(database))


@router.get("/estates/compare")
def compare(request: Request, database: DatabaseOf, asked: Annotated[Compared, Query()]) -> Response:
    """Two estates side by side."""
    frame = areas(database, PUBLIC)
    listed = sorted(zip(frame["name"], frame["code"], strict=True))
    known = set(frame["code"])
    errors = {name: "Choose an estate" for name, code in asked if code and code not in known}
    both = [_estate_report(database, frame, code) for code in (asked.one, asked.other) if code in known]
    chosen = both if len(both) == 2 else []
    if asked.one == asked.other and chosen:
        errors, chosen = {"other": "Choose another estate than the first"}, []
    return _page(request, "compare.html", database, frame, listed=listed, asked=asked, chosen=chosen, errors=errors)


@router.get("/estates/{code}/priorities.json")
def police_file(database: DatabaseOf, code: str) -> Response:
    """The priorities of an estate, in the shape of data.police.uk's."""
    frame = areas(database, PUBLIC)
    return JSONResponse(police_priorities(_estate_report(database, frame, code)), headers={"Cache-Control": "no-cache"})


@router.get("/estates/{code}")
def estate(request: Request, database: DatabaseOf, code: str) -> Response:
    """One estate: what comes first, why, what is done, projects, figures, satisfaction."""
    frame = areas(database, PUBLIC)
    found = _estate_report(database, frame, code)
    projects = projects_view(database, PUBLIC, frame, ProjectsAsked(estate=code)).projects
    middle = frame.loc[frame["code"] == code].representative_point()
    place = (middle.x.item(), middle.y.item())
    drawn = locator(frame, grid_roads(), *place, f"Map of {found.name} and what is around it.", hue="")
    return _page(request, "estate.html", database, frame, it=found, projects=projects, outline=drawn)


@router.get("/heard")
def everything_heard(request: Request, database: DatabaseOf) -> Response:
    """The district in one page."""
    frame = areas(database, PUBLIC)
    names = dict(zip(frame["code"], frame["name"], strict=True))
    projects = len(projects_view(database, PUBLIC, frame, ProjectsAsked()).projects)
    first = for_district_only(first_themes(database), names)
    return _page(
        request,
        "district_report.html",
        database,
        frame,
        it=district_report(database),
        names=names,
        first=first,
        projects=projects,
    )


def _estate_report(database: Database, frame: gpd.GeoDataFrame, code: str) -> EstateReport:
    found = frame[frame["code"] == code]
    if found.empty:
        raise NotFound("There is no estate at this address. It may have another name now.")
    area = found.iloc[0]
    return estate_report(database, {"code": code, "name": area["name"], "parish": area["parish"]})


def _page(request: Request, template: str, database: Database, frame: gpd.GeoDataFrame, **values: Any) -> Response:
    about: dict[str, Any] = {
        "indicative": frame.attrs["indicative"],
        "attribution": frame.attrs["attribution"],
        "titles": {layer.id: layer.title for layer in COUNTED},
        "synthetic": is_synthetic(database) or snapshot(database, PUBLIC, PROJECTS).synthetic,
    }
    return page(request, template, **about, **values)
