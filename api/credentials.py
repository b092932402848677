"""What a request brings to show who asks: the cookie of a session, or an API key as bearer token.

Either is looked up in the database once a minute, not for every tile. So a session that has ended, a key that was
revoked and a patch that was changed by another process work for a minute more at most; one that is ended here, at once.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.errors import WrongKey
from evidence import PUBLIC, Database, Viewer
from evidence.access.keys import viewer_of_key
from evidence.access.sessions import end_session, viewer_of_session
from evidence.cache import Key

COOKIE = "priorities"
"""The cookie's name over http."""

_LONGEST = 100
"""Characters of a token. Ours are shorter; what is longer need not be looked up."""


def cookie_name(request: HTTPConnection) -> str:
    """The cookie's name: over https one that no other host, and nobody in between, can have set."""
    return f"__Host-{COOKIE}" if request.scope["scheme"] == "https" else COOKIE


@dataclass(frozen=True)
class Credential(Key[Viewer | None]):
    """What a request brings; for it stands who has it, or None."""

    way: Literal["key", "session"]
    token: str = field(repr=False)


def credential_of(request: HTTPConnection) -> Credential | None:
    """What a request brings; None if it is nothing."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential("key", key.strip())
    token = request.cookies.get(cookie_name(request))
    return Credential("session", token) if token else None


def viewer_of(request: HTTPConnection, database: Database) -> Viewer:
    """Who asks; the public, if nobody shows who.

    Raises
    ------
    WrongKey
        The request brings a key that is none, has expired or was revoked.
    """
    brought = credential_of(request)
    viewers = database.cache.viewers
    found = viewers.get(brought, partial(_viewer_with, database, brought)) if brought else None
    return _viewer_or_public(brought, found)


async def viewer_of_async(request: HTTPConnection, database: Database) -> Viewer:
    """As `viewer_of`, and the event loop never stops for it."""
    brought = credential_of(request)
    viewers = database.cache.viewers
    found = await viewers.get_async(brought, partial(_viewer_with, database, brought)) if brought else None
    return _viewer_or_public(brought, found)


def _viewer_or_public(brought: Credential | None, found: Viewer | None) -> Viewer:
    if found is None and brought and brought.way == "key":
        raise WrongKey
    return found or PUBLIC


def _viewer_with(database: Database, brought: Credential) -> Viewer | None:
    if not _possible(brought.token):
        return None
    now = datetime.now(UTC)
    if brought.way == "key":
        return viewer_of_key(database, brought.token, now.date())
    return viewer_of_session(database, brought.token, now)


def _possible(token: str) -> bool:
    return token.isascii() and "\0" not in token and len(token) <= _LONGEST


def set_session_cookie(request: HTTPConnection, response: Response, token: str) -> None:
    """Give the browser its token: no script reads it, and other sites' forms do not send it."""
    secure = request.scope["scheme"] == "https"
    response.set_cookie(cookie_name(request), token, httponly=True, samesite="lax", secure=secure)


def clear_session_cookie(request: HTTPConnection, response: Response) -> None:
    """Take the cookie away."""
    secure = request.scope["scheme"] == "https"
    response.delete_cookie(cookie_name(request), httponly=True, samesite="lax", secure=secure)


def end_session_of(request: HTTPConnection, database: Database) -> None:
    """End the session of a request's cookie, if it has one."""
    token = request.cookies.get(cookie_name(request))
    if token and _possible(token):
        end_session(database, token, datetime.now(UTC))
        database.cache.viewers.forget(Credential("session", token))
