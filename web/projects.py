"""Residents' projects: the map with its list, a page for each, and what can be taken away."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated

import geopandas as gpd
from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.asking import DatabaseOf
from api.errors import NotFound
from api.filters import Values
from data.boundaries import GRID_ROADS
from evidence import PUBLIC, Database, areas, postcodes, snapshot
from geo.council import COUNCIL
from layers.projects import LAYER
from maps.compose import public_map
from maps.locator import locator
from web import calendar as ics
from web import feed as atom
from web.near import near
from web.page import map_page, page
from web.poster import poster
from web.project_view import Project, project
from web.projects_view import MARKED, STATUSES, TYPES, ProjectsAsked, projects_view

router = APIRouter(include_in_schema=False)

_WRONG_PLACE = {
    True: f"Enter a postcode in {COUNCIL.place}, like {COUNCIL.examples.postcode}, or the name of an estate",
    False: f"Enter the name of an estate, like {COUNCIL.examples.estate}",
}


class Asked(BaseModel):
    """What the public map is asked for."""

    model_config = ConfigDict(extra="forbid")

    near: Annotated[str, Field(max_length=200)] = ""
    type: Values = []
    status: Values = []
    estate: str = ""
    page: Annotated[int, Field(ge=1)] = 1


@cache
def grid_roads() -> gpd.GeoDataFrame:
    """The grid roads with their codes; read once."""
    return gpd.read_file(GRID_ROADS)


def estates_seen(database: DatabaseOf) -> gpd.GeoDataFrame:
    """The estates as the viewer may see them."""
    return areas(database, PUBLIC)


Estates = Annotated[gpd.GeoDataFrame, Depends(estates_seen)]


def project_seen(database: DatabaseOf, estates: Estates, reference: str) -> Project:
    """The project of an address.

    Raises
    ------
    NotFound
        There is none that the viewer may see.
    """
    found = project(database, PUBLIC, estates, reference)
    if found is None:
        raise NotFound("There is no project at this address. It may have been taken away.")
    return found


ProjectSeen = Annotated[Project, Depends(project_seen)]


@router.get("/")
def projects(request: Request, database: DatabaseOf, estates: Estates, asked: Annotated[Asked, Query()]) -> Response:
    """The public map of projects, with the same list beside it."""
    view = projects_view(database, PUBLIC, estates, _projects_asked(database, estates, asked))
    problems = _problems(asked, set(estates["code"]), view.pages)
    known = postcodes(database, PUBLIC) > 0
    return map_page(
        request,
        "projects.html",
        public_map,
        "Map of residents’ projects",
        estates,
        view=view,
        types=MARKED,
        statuses=STATUSES,
        choices=sorted(zip(estates["code"], estates["name"], strict=True), key=lambda each: each[1]),
        postcodes=known,
        where_error=_WRONG_PLACE[known],
        problems=problems,
    )


def _problems(asked: Asked, estates: Collection[str], pages: int) -> dict[str, str]:
    """What of the filters is not known and left out, in words by field."""
    problems = {}
    for name, words, values, known in (
        ("type", "no type of project called", asked.type, TYPES),
        ("status", "no project that is", asked.status, STATUSES),
        ("estate", "no estate", [asked.estate] if asked.estate else [], estates),
    ):
        if unknown := sorted(set(values) - set(known)):
            problems[name] = f"There is {words} {', '.join(unknown)}, so it is left out."
    if asked.page > pages:
        problems["page"] = f"There is no page {asked.page}: this is the last."
    return problems


def _projects_asked(database: Database, estates: gpd.GeoDataFrame, asked: Asked) -> ProjectsAsked:
    """What is asked for, without words that are no type, status or estate."""
    return ProjectsAsked(
        types=frozenset(asked.type) & set(TYPES),
        statuses=frozenset(asked.status) & set(STATUSES),
        estate=asked.estate if asked.estate in set(estates["code"]) else "",
        typed=asked.near.strip(),
        near=near(database, PUBLIC, estates, asked.near) if asked.near.strip() else None,
        page=asked.page,
    )


@router.get("/projects.atom")
def feed(request: Request, database: DatabaseOf, estates: Estates) -> Response:
    """The newest projects, to follow."""
    return _feed(request, database, estates, ProjectsAsked(), f"Residents’ projects in {COUNCIL.place}")


@router.get("/estates/{code}/projects.atom")
def estate_feed(request: Request, database: DatabaseOf, estates: Estates, code: str) -> Response:
    """The newest projects of an estate, to follow."""
    names = dict(zip(estates["code"], estates["name"], strict=True))
    if code not in names:
        raise NotFound(f"There is no estate {code}.")
    return _feed(request, database, estates, ProjectsAsked(estate=code), f"Residents’ projects in {names[code]}")


def _feed(
    request: Request, database: Database, estates: gpd.GeoDataFrame, asked: ProjectsAsked, title: str
) -> Response:
    found = projects_view(database, PUBLIC, estates, asked).projects
    body = atom.feed(found, title, host(request), request.url.path, datetime.now(UTC))
    return Response(body, media_type=atom.MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


@router.get("/projects/{reference:path}/poster.pdf")
def poster_file(request: Request, found: ProjectSeen, estates: Estates) -> Response:
    """A poster for a noticeboard, to print."""
    body = poster(found, host(request), place(found, estates), estates.attrs["attribution"])
    return Response(body, media_type="application/pdf", headers=_download_headers("inline", "poster.pdf"))


@router.get("/projects/{reference:path}.ics")
def calendar_file(request: Request, found: ProjectSeen) -> Response:
    """The days of a project, for a calendar."""
    if found.days is None:
        raise NotFound("This project has no dates yet.")
    body = ics.calendar(found, host(request), datetime.now(UTC))
    return Response(body, media_type=ics.MEDIA_TYPE, headers=_download_headers("attachment", "project.ics"))


def _download_headers(how: str, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "private, no-cache"}


@router.get("/projects/{reference:path}")
def project_page(request: Request, database: DatabaseOf, found: ProjectSeen, estates: Estates) -> Response:
    """One project."""
    return page(
        request,
        "project.html",
        project=found,
        upcoming=bool(found.started and found.started > date.today()),
        locator=place(found, estates),
        synthetic=snapshot(database, PUBLIC, LAYER).synthetic,
        indicative=estates.attrs["indicative"],
        attribution=estates.attrs["attribution"],
    )


def place(found: Project, estates: gpd.GeoDataFrame) -> Markup | None:
    """The small map of where a project is; None where it has no place."""
    if found.longitude is None or found.latitude is None:
        return None
    there = f" in {found.estate}" if found.estate else ""
    return locator(estates, grid_roads(), found.longitude, found.latitude, f"Map: the project is{there}.", LAYER.hue)


def host(request: Request) -> str:
    """Where the service is, as in "https://priorities.example"."""
    return str(request.base_url).rstrip("/")
