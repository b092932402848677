"""What residents said and what is done about it, as officers write it for the public site."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from analysis.scoring import THEMES
from api.asking import DatabaseOf, Officer
from evidence import Database, Viewer, areas
from geo.council import COUNCIL
from geo.errors import Refused
from plans.replies import STATUSES, Reply, replies, withdraw, write
from web.page import page

router = APIRouter(include_in_schema=False)

PATH = "/officer/replies"


class Written(BaseModel):
    """What an officer writes, as the form sends it."""

    estate: str = ""
    theme: str = ""
    said: str = ""
    did: str = ""
    status: str = ""
    checked: str = ""
    """That nobody can be recognised."""


@router.get(PATH)
def replies_page(request: Request, database: DatabaseOf, viewer: Officer) -> Response:
    """What has been written, and the form for more."""
    return _page(request, database, viewer, Written(), {})


@router.post(PATH)
def write_one(request: Request, database: DatabaseOf, viewer: Officer, written: Annotated[Written, Form()]) -> Response:
    """Keep a reply for the next publication."""
    if errors := _errors(database, viewer, written):
        return _page(request, database, viewer, written, errors)
    reply = Reply(written.estate, written.theme, written.said.strip(), written.did.strip(), written.status)  # type: ignore[arg-type]
    try:
        write(database, viewer, reply, date.today())
    except Refused as error:
        field = "said" if str(error).startswith("What residents said") else "did"
        return _page(request, database, viewer, written, {field: str(error)})
    return RedirectResponse(f"{PATH}#written", 303)


@router.post(PATH + "/{number}/withdraw")
def withdraw_one(database: DatabaseOf, viewer: Officer, number: int) -> Response:
    """Take a reply back."""
    withdraw(database, viewer, number)
    return RedirectResponse(f"{PATH}#written", 303)


def _errors(database: Database, viewer: Viewer, written: Written) -> dict[str, str]:
    """What is wrong with what was chosen, by field; the texts are checked where they are kept."""
    known = set(areas(database, viewer)["code"])
    errors = {}
    if (written.estate and written.estate not in known) or not viewer.covers(written.estate):
        errors["estate"] = "Choose an estate of your patch"
    if written.theme not in THEMES:
        errors["theme"] = "Choose a theme"
    if written.status not in STATUSES:
        errors["status"] = "Choose how far it is"
    if not written.checked:
        errors["checked"] = "Check that nobody can be recognised, and tick the box"
    return errors


def _page(request: Request, database: Database, viewer: Viewer, written: Written, errors: dict[str, str]) -> Response:
    frame = areas(database, viewer)
    names = dict(zip(frame["code"], frame["name"], strict=True))
    mine = sorted((name, code) for code, name in names.items() if viewer.covers(code))
    return page(
        request,
        "replies.html",
        400 if errors else 200,
        written=replies(database, viewer),
        names=names,
        estates=[("", f"All of {COUNCIL.place}")] * viewer.covers("") + [(code, name) for name, code in mine],
        themes=[(str(theme), theme.capitalize()) for theme in THEMES],
        statuses=STATUSES,
        typed=written.model_dump(),
        errors=errors,
        covers=viewer.covers,
    )
