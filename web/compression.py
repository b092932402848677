"""Compresses what anybody may see."""

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.credentials import COOKIE

_LEAST = 500
"""Bytes below which it is not worth it."""


class Compression:
    """Middleware that compresses answers to the public, as their browsers say they can read it.

    Not those of who is signed in or has a key: beside something that an attacker chose, the length of what is
    compressed can tell what is secret in it (BREACH). Not tiles, which are small, many, and asked for in a hurry; nor
    assets, which are compressed once and for all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, minimum_size=_LEAST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        plainly = (
            scope["type"] != "http"
            or scope["path"].startswith(("/tiles/", "/assets/"))
            or f"{COOKIE}=" in Headers(scope=scope).get("cookie", "")
            or "authorization" in Headers(scope=scope)
        )
        await (self._app if plainly else self._compressed)(scope, receive, send)
