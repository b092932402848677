"""What a request brings to show who asks: the cookie of a session, or an API key as bearer token.

Either is looked up in the database once a minute, not for every tile. So a session that has ended, a key that was
revoked and a patch that was changed by another process work for a minute more at most; one that is ended here, at once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.errors import WrongKey
from evidence import PUBLIC, Database, Viewer
from evidence.access.keys import viewer_of_key
from evidence.access.sessions import end_session, viewer_of_session

COOKIE = "priorities"
"""The cookie's name over http."""

BELIEVED = 60.0
"""Seconds for which the database is not asked again who somebody is."""

_REMEMBERED = 1000
_LONGEST = 100
"""Characters of a token. Ours are shorter; what is longer need not be looked up."""


def cookie_name(request: HTTPConnection) -> str:
    """The cookie's name: over https one that no other host, and nobody in between, can have set."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def viewer_of(request: HTTPConnection, database: Database) -> Viewer:
    """Who asks; the public, if nobody shows who.

    Raises
    ------
    WrongKey
        The request brings a key that is none, has expired or was revoked.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = _believed(database, key.strip(), viewer_of_key_today)
        if found is None:
            raise WrongKey
        return found
    token = request.cookies.get(cookie_name(request))
    return (token and _believed(database, token, viewer_of_session_now)) or PUBLIC


def viewer_of_key_today(database: Database, token: str) -> Viewer | None:
    """Who has this key today."""
    return viewer_of_key(database, token, datetime.now(UTC).date())


def viewer_of_session_now(database: Database, token: str) -> Viewer | None:
    """Who has this session now."""
    return viewer_of_session(database, token, datetime.now(UTC))


def _believed(database: Database, token: str, ask: Callable[[Database, str], Viewer | None]) -> Viewer | None:
    known: dict[str, tuple[float, Viewer]] = database.cache.setdefault(ask, {})
    asked, found = known.get(token, (-BELIEVED, None))
    if found is not None and time.monotonic() - asked < BELIEVED:
        return found
    known.pop(token, None)
    found = ask(database, token) if _possible(token) else None
    if found is not None:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[token] = (time.monotonic(), found)
    return found


def _possible(token: str) -> bool:
    return token.isascii() and "\0" not in token and len(token) <= _LONGEST


def set_session_cookie(request: HTTPConnection, response: Response, token: str) -> None:
    """Give the browser its token: no script reads it, and other sites' forms do not send it."""
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), token, httponly=True, samesite="lax", secure=secure)


def clear_session_cookie(request: HTTPConnection, response: Response) -> None:
    """Take the cookie away."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(request), httponly=True, samesite="lax", secure=secure)


def end_session_of(request: HTTPConnection, database: Database) -> None:
    """End the session of a request's cookie, if it has one."""
    token = request.cookies.get(cookie_name(request))
    if token and _possible(token):
        end_session(database, token, datetime.now(UTC))
        database.cache.get(viewer_of_session_now, {}).pop(token, None)
