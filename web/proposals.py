"""Propose a project; offer to help with one."""

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.asking import DatabaseOf
from api.errors import NotFound
from evidence import PUBLIC, Asker, Database, Selection, items, postcode_place
from geo.crs import to_lonlat
from layers.projects import LAYER
from maps.compose import place_map
from plans.duplicates import likely_duplicates
from plans.proposals import MONTHS_KEPT
from plans.sent import KINDS, Offer, Proposal, Sent, place_of
from web.forms import TRAP, Form, Typed, empty, handle, reference
from web.page import map_page, page
from web.project_view import Project, told
from web.projects import Estates, ProjectSeen
from web.projects_view import MARKED

router = APIRouter(include_in_schema=False)

_SCRIPTS = ("leaflet.js", "page.js", "ground.js", "names.js", "controls.js", "place.js")


def _proposing(request: Request, database: Database, who: Asker, estates: gpd.GeoDataFrame) -> Form:
    def ask(*, status: int, **values: Any) -> Response:
        return map_page(
            request,
            "propose.html",
            place_map,
            "Map to choose the place on",
            estates,
            _SCRIPTS,
            status,
            kinds=KINDS,
            letters=dict(MARKED),
            trap=TRAP,
            months=MONTHS_KEPT,
            **values,
        )

    def check(*, sent: Proposal, status: int, **values: Any) -> Response:
        alike = similar(database, who, estates, sent)
        return page(
            request, "check.html", status, sent=sent, rows=proposal_rows(sent), alike=alike, trap=TRAP, **values
        )

    return Form(Proposal, ask, check, "/propose/sent")


def similar(database: Database, who: Asker, estates: gpd.GeoDataFrame, sent: Proposal) -> list[Project]:
    """The projects that may be the proposed one."""
    rows = items(database, who, LAYER, Selection(), limit=10_000).rows
    names = dict(zip(estates["code"], estates["name"], strict=True))
    found = likely_duplicates(rows, sent.type, sent.title, _place(database, who, sent))
    return [told(row, names) for row in found]


def _place(database: Database, who: Asker, sent: Proposal) -> tuple[float, float] | None:
    """The point, or the postcode's where postcodes are known."""
    known = place_of(sent)
    metres = postcode_place(database, who, sent.postcode) if sent.postcode and not known else None
    if metres is None:
        return known
    ((longitude,), (latitude,)) = to_lonlat([metres[0]], [metres[1]])
    return float(longitude), float(latitude)


@router.get("/propose")
def propose(request: Request, database: DatabaseOf, estates: Estates) -> Response:
    """The form to propose a project with."""
    return empty(request, _proposing(request, database, PUBLIC, estates))


@router.post("/propose")
def propose_step(request: Request, database: DatabaseOf, estates: Estates, typed: Typed) -> Response:
    """The next step of proposing a project."""
    return handle(request, database, _proposing(request, database, PUBLIC, estates), typed)


def _helping(request: Request, project: Project) -> Form:
    def ask(**values: Any) -> Response:
        return page(request, "help.html", project=project, trap=TRAP, months=MONTHS_KEPT, **values)

    def check(*, sent: Offer, **values: Any) -> Response:
        return page(request, "check.html", sent=sent, rows=offer_rows(sent, project), alike=[], trap=TRAP, **values)

    return Form(Offer, ask, check, f"{project.address}/help/sent")


@router.get("/projects/{reference:path}/help/sent")
@router.get("/propose/sent")
def sent_page(request: Request, sent: Annotated[str, Query(max_length=200)] = "") -> Response:
    """What was sent, and what happens next."""
    found = reference(request, sent)
    if found is None:
        raise NotFound("Nothing has been sent from this address.")
    return page(request, "sent.html", reference=found, proposal=request.url.path == "/propose/sent")


@router.get("/projects/{reference:path}/help")
def help(request: Request, project: ProjectSeen) -> Response:
    """The form to offer help with."""
    return empty(request, _helping(request, project))


@router.post("/projects/{reference:path}/help")
def help_step(request: Request, database: DatabaseOf, project: ProjectSeen, typed: Typed) -> Response:
    """The next step of offering help."""
    return handle(request, database, _helping(request, project), {**typed, "project": project.reference})


Row = tuple[str, str, str]
"""The field, what it is called, and what was said, in words."""


def proposal_rows(sent: Proposal) -> list[Row]:
    """What a proposal says, in the order of its form; what was left empty is "Not given"."""
    return _rows(
        ("type", "Kind of project", sent.type.capitalize()),
        ("title", "Title", sent.title),
        ("what", "What it is about", sent.what),
        *([("point", "Place on the map", "Chosen on the map")] if sent.point else []),
        ("postcode", "Postcode", sent.postcode),
        ("words", "Where it would be", sent.words),
        ("when", "When", sent.when),
        *_contact(sent, "neighbours who want to help with it"),
    )


def offer_rows(sent: Offer, project: Project | None) -> list[Row]:
    """What an offer of help says."""
    return _rows(
        ("", "Project", project.title if project else sent.project),
        ("what", "What you can do", sent.what),
        *_contact(sent, "the group that runs the project"),
    )


def _contact(sent: Sent, whom: str) -> list[Row]:
    share = f"Yes, you may give my name and contact to {whom}" if sent.share else "No, only the council may have them"
    return [
        ("name", "Name", sent.name),
        ("email", "E-mail address", sent.email),
        ("phone", "Telephone number", sent.phone),
        ("share", "Sharing", share),
    ]


def _rows(*rows: Row) -> list[Row]:
    return [(field, name, words or "Not given") for field, name, words in rows]
