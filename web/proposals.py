"""Propose a project; offer to help with one."""

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.asking import DatabaseOf
from api.errors import NotFound
from evidence import PUBLIC, Database, Selection, Viewer, items, postcode_place
from geo.crs import to_lonlat
from layers.projects import LAYER
from maps.compose import place_map
from plans.duplicates import likely_duplicates
from plans.proposals import MONTHS_KEPT
from plans.submission import KINDS, Offer, Proposal, Submission, place_of
from web.forms import TRAP, Form, Typed, empty, handle, reference
from web.page import map_page, page
from web.project_view import Project, to_project
from web.projects import Estates, ProjectSeen
from web.projects_view import MARKED

router = APIRouter(include_in_schema=False)


def _proposing(request: Request, database: Database, viewer: Viewer, estates: gpd.GeoDataFrame) -> Form:
    def ask_page(*, status: int, **values: Any) -> Response:
        return map_page(
            request,
            "propose.html",
            place_map,
            "Map to choose the place on",
            estates,
            status,
            kinds=KINDS,
            letters=dict(MARKED),
            trap=TRAP,
            months=MONTHS_KEPT,
            **values,
        )

    def check_page(*, submission: Proposal, status: int, **values: Any) -> Response:
        alike = similar(database, viewer, estates, submission)
        return page(
            request,
            "check.html",
            status,
            submission=submission,
            rows=proposal_rows(submission),
            alike=alike,
            trap=TRAP,
            **values,
        )

    return Form(Proposal, ask_page, check_page, "/propose/sent")


def similar(database: Database, viewer: Viewer, estates: gpd.GeoDataFrame, submission: Proposal) -> list[Project]:
    """The projects that may be the proposed one."""
    rows = items(database, viewer, LAYER, Selection(), limit=10_000).rows
    names = dict(zip(estates["code"], estates["name"], strict=True))
    found = likely_duplicates(rows, submission.type, submission.title, _place(database, viewer, submission))
    return [to_project(row, names) for row in found]


def _place(database: Database, viewer: Viewer, submission: Proposal) -> tuple[float, float] | None:
    """The point, or the postcode's where postcodes are known."""
    known = place_of(submission)
    metres = postcode_place(database, viewer, submission.postcode) if submission.postcode and not known else None
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
    def ask_page(**values: Any) -> Response:
        return page(request, "help.html", project=project, trap=TRAP, months=MONTHS_KEPT, **values)

    def check_page(*, submission: Offer, **values: Any) -> Response:
        return page(
            request,
            "check.html",
            submission=submission,
            rows=offer_rows(submission, project),
            alike=[],
            trap=TRAP,
            **values,
        )

    return Form(Offer, ask_page, check_page, f"{project.address}/help/sent")


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


def proposal_rows(submission: Proposal) -> list[Row]:
    """What a proposal says, in the order of its form; what was left empty is "Not given"."""
    return _rows(
        ("type", "Kind of project", submission.type.capitalize()),
        ("title", "Title", submission.title),
        ("what", "What it is about", submission.what),
        *([("point", "Place on the map", "Chosen on the map")] if submission.point else []),
        ("postcode", "Postcode", submission.postcode),
        ("words", "Where it would be", submission.words),
        ("when", "When", submission.when),
        *_contact(submission, "neighbours who want to help with it"),
    )


def offer_rows(submission: Offer, project: Project | None) -> list[Row]:
    """What an offer of help says."""
    return _rows(
        ("", "Project", project.title if project else submission.project),
        ("what", "What you can do", submission.what),
        *_contact(submission, "the group that runs the project"),
    )


def _contact(submission: Submission, whom: str) -> list[Row]:
    share = (
        f"Yes, you may give my name and contact to {whom}" if submission.share else "No, only the council may have them"
    )
    return [
        ("name", "Name", submission.name),
        ("email", "E-mail address", submission.email),
        ("phone", "Telephone number", submission.phone),
        ("share", "Sharing", share),
    ]


def _rows(*rows: Row) -> list[Row]:
    return [(field, name, words or "Not given") for field, name, words in rows]
