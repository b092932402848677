"""Security headers on every answer, and a nonce for the scripts of each page."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings
from maps.basemap import tile_hosts

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob: {tiles}; connect-src 'self' {tiles}; worker-src 'self' blob:; child-src blob:; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class SecurityHeaders:
    """Middleware that sets the headers and puts the nonce at `request.state.nonce`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._tiles = " ".join(tile_hosts(settings.basemap))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = scope.setdefault("state", {})["nonce"] = secrets.token_urlsafe(16)
        policy = _POLICY.format(nonce=nonce, tiles=self._tiles)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                headers["Content-Security-Policy"] = policy
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=63072000"
                # What does not say otherwise may be evidence: nobody keeps it.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)
