"""Signing in with the council's own account: OpenID Connect, as Microsoft Entra ID and the like speak it.

Code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 7636), by Authlib. What has to be
remembered until the person comes back is in a signed cookie for ten minutes.
"""

import secrets
from typing import Any

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.settings import Settings
from evidence import Database, Viewer, log_access
from evidence.access.accounts import Account, find_account
from web.officers import sign_in_page
from web.sign_in import here, signed_in

_COOKIE = "priorities-council"
_PATH = "/sign-in/council"
_REMEMBERED = 600
"""Seconds in which one has to come back from the council's sign-in."""

_FAILED = "The council’s sign-in did not work this time. Try again."
_SILENT = "The council’s sign-in does not answer. Try again in a minute."
_UNKNOWN = "You are signed in to the council, but have no account here. Ask whoever looks after the service for one."


def council_routes(settings: Settings) -> list[Route]:
    """The addresses of the council's sign-in; none where there is none."""
    if settings.oidc_issuer is None:
        return []
    council = _Council(settings)
    return [Route(_PATH, council.leave), Route(f"{_PATH}/back", council.come_back)]


class _Council:
    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        # Another at each start: whoever is under way then tries again.
        self._kept = URLSafeTimedSerializer(secrets.token_bytes(32), salt="council")
        self._provider = OAuth().register(
            "council",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{str(self._issuer).rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": 10,
            },
        )

    async def leave(self, request: Request) -> Response:
        """Lead to the council's sign-in."""
        request.scope["session"] = kept = {"next": here(request.query_params.get("next", ""))}
        try:
            response: Response = await self._provider.authorize_redirect(request, request.url_for("come_back"))
        except (httpx2.HTTPError, ValueError, RuntimeError):
            return await self._again(request, _SILENT, 503)
        secure = request.url.scheme == "https"
        value = self._kept.dumps(kept)
        response.set_cookie(
            _COOKIE, value, max_age=_REMEMBERED, path=_PATH, httponly=True, samesite="lax", secure=secure
        )
        return response

    async def come_back(self, request: Request) -> Response:
        """Let in whom the council vouches for, if there is an account."""
        try:
            kept = self._kept.loads(request.cookies.get(_COOKIE, ""), max_age=_REMEMBERED)
        except BadData:
            kept = {}
        request.scope["session"] = kept
        next = kept.get("next", "")
        try:
            claims = await self._claims(request)
        except httpx2.HTTPError:
            return await self._again(request, _SILENT, 503, next)
        except (OAuthError, JoseError, ValueError) as error:
            return await self._again(request, _FAILED, 401, next, failed=type(error).__name__)
        return await run_in_threadpool(self._let_in, request, claims, next)

    async def _claims(self, request: Request) -> dict[str, Any]:
        expected = {"iss": {"essential": True, "value": self._issuer}}
        token = await self._provider.authorize_access_token(request, claims_options=expected)
        # Without an id token nobody has vouched for anything.
        return dict(token.get("userinfo") or {})

    def _let_in(self, request: Request, claims: dict[str, Any], next: str) -> Response:
        database: Database = request.app.state.database
        account = _account(database, claims)
        if account is None:
            _note(request, _name(claims), "no account")
            return _forget(sign_in_page(request, next=here(next), error=_UNKNOWN, status=403))
        return _forget(signed_in(request, database, account, next, "council account"))

    async def _again(self, request: Request, error: str, status: int, next: str = "", failed: str = "") -> Response:
        def page() -> Response:
            if failed:
                _note(request, "", failed)
            return _forget(sign_in_page(request, next=here(next), error=error, status=status))

        return await run_in_threadpool(page)


def _account(database: Database, claims: dict[str, Any]) -> Account | None:
    account = find_account(database, _name(claims)) if _name(claims) else None
    # Not one with a password: somebody at the council may be called as it is.
    return account if account and account.by_provider else None


def _name(claims: dict[str, Any]) -> str:
    """The name that the provider gives its own account, else an e-mail that it has verified.

    An e-mail that is not verified may be whatever its owner wrote there.
    """
    name = claims.get("preferred_username") or (claims.get("email_verified") is True and claims.get("email"))
    return str(name or "").replace("\0", "")[:200]


def _note(request: Request, name: str, why: str) -> None:
    address = request.client.host if request.client else ""
    about = {"council account": name, "because": why, "from": address}
    log_access(request.app.state.database, Viewer("public", name), "failed to sign in", about)


def _forget(response: Response) -> Response:
    response.delete_cookie(_COOKIE, path=_PATH)
    return response
