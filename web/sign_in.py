"""Signing in with a name and a password, and out."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.asking import DatabaseOf
from api.credentials import clear_session_cookie, end_session_of, set_session_cookie
from evidence import Database
from evidence.access.accounts import Account
from evidence.access.passwords import TooManyAttempts, check_password
from evidence.access.sessions import begin_session
from web.officers import sign_in_page

FIRST_PAGE = "/officer/map"
_WRONG = "The name or the password is not right. Whoever looks after the service here can give you a new one."
_REAL = "The demonstration’s sign-ins do not work any more, because real evidence has been loaded."

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def ask(request: Request, next: str = FIRST_PAGE) -> Response:
    """The form."""
    return sign_in_page(request, next=here(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    database: DatabaseOf,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = FIRST_PAGE,
) -> Response:
    """Begin a session, or show the form again with what is wrong."""
    address = request.client.host if request.client else ""
    try:
        account = check_password(database, name, password, address, datetime.now(UTC))
    except TooManyAttempts as error:
        page = sign_in_page(request, next=here(next), name=name, error=str(error), status=429)
        page.headers.update(error.headers)
        return page
    if account is None:
        return sign_in_page(request, next=here(next), name=name, error=_WRONG)
    return signed_in(request, database, account, next, "password")


def signed_in(request: Request, database: Database, account: Account, next: str, way: str) -> Response:
    """Lead on whoever has shown who it is: with a new session, the one before being over."""
    token = begin_session(database, account, way, datetime.now(UTC))
    if token is None:
        return sign_in_page(request, next=here(next), name=account.name, error=_REAL)
    end_session_of(request, database)
    response = RedirectResponse(here(next), status_code=303)
    set_session_cookie(request, response, token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, database: DatabaseOf) -> Response:
    """End the session."""
    end_session_of(request, database)
    response = RedirectResponse("/", status_code=303)
    clear_session_cookie(request, response)
    return response


def here(address: str) -> str:
    """The address, if it is a path of ours; else the first page."""
    # "//elsewhere", "/\\elsewhere" and "https://elsewhere" would lead away.
    return address if re.match(r"/(?![/\\])", address) else FIRST_PAGE
