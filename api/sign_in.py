"""Signing in to the demonstration: one officer, whose password is made at the first start and printed."""

import re
import secrets
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.asking import COOKIE, SIGNED_IN_FOR
from api.pages import sign_in_page

NAME = "officer"
FIRST_PAGE = "/officer/map"

router = APIRouter(include_in_schema=False)


def demonstration_password(home: Path) -> str:
    """The password of the demonstration officer, made once and kept in the service's folder."""
    file = home / "demonstration-password"
    # Empty after a start that was killed in this very place; anybody could sign in with that.
    if not file.exists() or not file.read_text():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9))
    return file.read_text()


@router.get("/sign-in")
def ask(request: Request, next: str = FIRST_PAGE) -> Response:
    """The form."""
    return sign_in_page(request, next=_here(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = FIRST_PAGE,
) -> Response:
    """Set the cookie, or show the form again with what is wrong."""
    right = secrets.compare_digest(password.encode(), request.app.state.password.encode())
    if name.strip() != NAME or not right:
        wrong = "The name or the password is not right. Both were printed when the service started."
        return sign_in_page(request, next=_here(next), name=name, error=wrong)
    response = RedirectResponse(_here(next), status_code=303)
    token = request.app.state.sessions.dumps(NAME)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, max_age=SIGNED_IN_FOR, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/sign-out")
def sign_out() -> Response:
    """Take the cookie away."""
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE)
    return response


def _here(address: str) -> str:
    # Only a path of ours: "//elsewhere", "/\\elsewhere" and "https://elsewhere" would lead away.
    return address if re.match(r"/(?![/\\])", address) else FIRST_PAGE
