"""Refuses what another site makes a browser send: forms and scripts elsewhere that would act for who is signed in.

By what browsers themselves say of a request, as Filippo Valsorda's "Cross-Site Request Forgery" (2025) has it and Go
1.25's CrossOriginProtection does: `Sec-Fetch-Site`, and from older ones `Origin`. A request with neither comes from no
browser, and nobody can make a program that is not one send somebody's cookie. So no form needs a token.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import CrossOrigin

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
"""Methods that change nothing, here as everywhere."""


class CrossOriginProtection:
    """Middleware that lets through what is read, and of what changes something what our own pages send."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self._app = app
        # What answers exceptions is further inside: nothing here may raise one.
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        answer: ASGIApp = self._app
        if scope["type"] == "http" and scope["method"] not in _SAFE and not _ours(Headers(scope=scope)):
            answer = await self._refuse(Request(scope), CrossOrigin())
        await answer(scope, receive, send)


def _ours(headers: Headers) -> bool:
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        # "none" is a person: an address typed, a bookmark.
        return site in ("same-origin", "none")
    origin = headers.get("Origin")
    if origin is None:
        return True
    # An origin that is hidden, "null", has no host and is nobody's of ours.
    host = urlsplit(origin).netloc
    return host != "" and host == headers.get("Host")
