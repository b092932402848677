"""What residents have sent, for officers to answer."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import geopandas as gpd
from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.asking import DatabaseOf, Officer
from api.errors import NotFound
from evidence import Database, Viewer
from geo.errors import Refused
from layers.projects import LAYER
from maps.locator import locator
from plans.approval import Wording, approve, projects_are_synthetic
from plans.proposals import Answer, StoredSubmission, answer, find, waiting
from plans.submission import Offer, Proposal, place_of, plain
from web.page import page
from web.project_view import project
from web.projects import Estates, grid_roads, host
from web.proposals import offer_rows, proposal_rows, similar

router = APIRouter(include_in_schema=False)

REASONS = {
    "there is one already": "There is a project like it already, and you can join it.",
    "not our land": "The place does not belong to the council, so we cannot allow it there.",
    "not safe": "We looked at the place and it would not be safe there.",
    "cannot be looked after": "We could not find anybody to look after it.",
    "not about a project": "It is not about a project. We have passed it to the team that can help.",
    "not suitable": "We cannot publish it on this site.",
}
"""Why something is declined, and how that is said to whoever sent it."""


class Answered(BaseModel):
    """What an officer answers: the public wording if it is approved, the reason if it is declined, and the reply."""

    given: Answer
    reply: Annotated[str, Field(max_length=4000)] = ""
    reason: str = ""
    words: Annotated[str, Field(max_length=2000)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    summary: Annotated[str, Field(max_length=4000)] = ""
    help: Annotated[str, Field(max_length=4000)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    public_place: str = ""

    @property
    def wording(self) -> Wording:
        """What the public will read."""
        title, summary, help, contact = map(plain, (self.title, self.summary, self.help, self.contact))
        return Wording(title, summary, help, contact, bool(self.public_place))

    @property
    def why(self) -> str:
        """The reason with what was said about it."""
        return ": ".join(part for part in (self.reason, plain(self.words)) if part)


@router.get("/officer/proposals")
def submission_queue(
    request: Request, database: DatabaseOf, viewer: Officer, state: Literal["waiting", "answered"] = "waiting"
) -> Response:
    """What waits for an answer, or was answered."""
    found = waiting(database, viewer, answered=state == "answered")
    return page(request, "proposals.html", stored=found, state=state)


@router.get("/officer/proposals/{reference}")
def submission_page(
    request: Request, database: DatabaseOf, viewer: Officer, estates: Estates, reference: str
) -> Response:
    """One of them: what was sent, where, what is like it, and the ways to answer."""
    return _submission_response(request, database, viewer, estates, _find_or_404(database, viewer, reference), {})


def _find_or_404(database: Database, viewer: Viewer, reference: str) -> StoredSubmission:
    found = find(database, viewer, reference)
    if found is None:
        raise NotFound(f"Nothing was sent under {reference}.")
    return found


def _submission_response(
    request: Request,
    database: Database,
    viewer: Viewer,
    estates: gpd.GeoDataFrame,
    stored: StoredSubmission,
    typed: dict[str, str],
    error: str = "",
) -> Response:
    match stored.submission:
        case Proposal() as proposal:
            about = _proposal(request, database, viewer, estates, stored, proposal)
        case Offer() as offer:
            about = _offer(database, viewer, estates, offer)
        case other:
            raise TypeError(f"{stored.reference} is neither a proposal nor an offer: {type(other).__name__}")
    about |= {"stored": stored, "typed": typed, "error": error, "reasons": REASONS, "mail": _mail(stored)}
    return page(request, "proposal.html", 400 if error else 200, **about)


def _proposal(
    request: Request,
    database: Database,
    viewer: Viewer,
    estates: gpd.GeoDataFrame,
    stored: StoredSubmission,
    proposal: Proposal,
) -> dict[str, Any]:
    alike = [each for each in similar(database, viewer, estates, proposal) if each.reference != stored.reference]
    return {
        "rows": proposal_rows(proposal),
        "alike": alike,
        "locator": _map(estates, proposal),
        "demonstration": projects_are_synthetic(database),
        "project": project(database, viewer, estates, stored.reference),
        "address": f"{host(request)}/projects/{stored.reference}",
    }


def _offer(database: Database, viewer: Viewer, estates: gpd.GeoDataFrame, offer: Offer) -> dict[str, Any]:
    about = project(database, viewer, estates, offer.project)
    rows = offer_rows(offer, about)
    return {"rows": rows, "alike": [], "locator": None, "demonstration": False, "project": about, "address": ""}


def _map(estates: gpd.GeoDataFrame, submission: Proposal) -> Markup | None:
    place = place_of(submission)
    return locator(estates, grid_roads(), *place, "Map: the place proposed.", LAYER.hue) if place else None


def _mail(stored: StoredSubmission) -> str:
    """A link that opens the reply in the officer's own mail program; empty without a reply or an address."""
    if not (stored.reply and stored.submission.email):
        return ""
    words = urlencode({"subject": f"Your reference {stored.reference}", "body": stored.reply}, quote_via=quote)
    return f"mailto:{quote(stored.submission.email, safe='@')}?{words}"


@router.post("/officer/proposals/{reference}")
def answer_submission(
    request: Request,
    database: DatabaseOf,
    viewer: Officer,
    estates: Estates,
    reference: str,
    answered: Annotated[Answered, Form()],
) -> Response:
    """Approve, decline or pass on; who, when and why are kept."""
    stored = _find_or_404(database, viewer, reference)
    try:
        _refuse_incomplete(stored, answered)
        given = {"reason": answered.why, "reply": plain(answered.reply)}
        if answered.given == "approved":
            approve(database, viewer, stored, answered.wording, **given, now=datetime.now(UTC))
        else:
            answer(database, viewer, reference, answered.given, **given, now=datetime.now(UTC))
    except Refused as error:
        now = _find_or_404(database, viewer, reference)
        return _submission_response(request, database, viewer, estates, now, answered.model_dump(), str(error))
    return RedirectResponse(f"/officer/proposals/{quote(reference)}", 303)


def _refuse_incomplete(stored: StoredSubmission, answered: Answered) -> None:
    if answered.given == "declined" and answered.reason not in REASONS:
        raise Refused("Choose a reason for declining it.")
    if answered.given == "approved" and not answered.wording.title:
        raise Refused("Enter the title that the public will read.")
    if answered.given == ("passed on" if stored.kind == "proposal" else "approved"):
        raise Refused("A proposal is approved or declined, an offer of help is passed on or declined.")
