"""The application: routes, one table of errors, one set of security headers."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from itsdangerous import URLSafeTimedSerializer
from starlette.datastructures import URL
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import collections, hotspot_collections, priority_collection, tiles
from api.errors import HANDLED, Problem, problem
from api.filters import sentence
from api.settings import Settings
from api.version import VERSION
from evidence import Database, secret
from web import (
    assets,
    estates,
    made_from,
    moderation,
    open_data,
    projects,
    proposals,
    replies,
    sign_in,
    sources,
    statements,
)
from web import officers as pages
from web.compression import Compression
from web.council_sign_in import council_routes
from web.cross_origin import CrossOriginProtection
from web.headers import SecurityHeaders

_LOG = logging.getLogger("priorities")

# Before collections what their addresses would take for a layer, and forms before projects, likewise.
_PARTS = (
    *(hotspot_collections, priority_collection, collections),
    *(
        sign_in,
        pages,
        proposals,
        projects,
        estates,
        open_data,
        moderation,
        replies,
        made_from,
        sources,
        statements,
        assets,
    ),
)


class _Application(FastAPI):
    def build_middleware_stack(self) -> ASGIApp:
        # Around everything, or the answer to an unexpected error would go without.
        return SecurityHeaders(Compression(super().build_middleware_stack()), self.state.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a HEAD as the GET it stands for; the server leaves the body out."""
        as_get = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await super().__call__(as_get, receive, send)


def create_application(database: Database, settings: Settings) -> FastAPI:
    """The service over a database."""
    application = _Application(
        title="Neighbourhood priorities",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        routes=[*tiles.ROUTES, *council_routes(settings)],
    )
    application.add_middleware(CrossOriginProtection, refuse=_answer)
    application.state.database = database
    application.state.settings = settings
    application.state.form_key = secret(settings.home, "forms")
    application.state.forms = URLSafeTimedSerializer(application.state.form_key, salt="forms")
    for part in _PARTS:
        application.include_router(part.router)
    for kind in (*HANDLED, RequestValidationError):
        application.add_exception_handler(kind, _answer)
    return application


async def _answer(request: Request, error: Exception) -> Response:
    found = _bad_request(error) if isinstance(error, RequestValidationError) else problem(error)
    if found.status >= 500:
        _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    answer = _error_response(request, found)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def _bad_request(error: RequestValidationError) -> Problem:
    return Problem(400, "The address is not right", sentence(error.errors()))


def _error_response(request: Request, found: Problem) -> Response:
    """A page for a person, RFC 9457 for a program."""
    # Who brings a key is a program, whatever it would accept.
    program = request.headers.get("authorization", "").lower().startswith("bearer")
    if program or "text/html" not in request.headers.get("accept", ""):
        body = {"type": "about:blank", "title": found.title, "status": found.status, "detail": found.detail}
        return JSONResponse(body, found.status, media_type="application/problem+json")
    if found.status == 401:
        # A path, not a whole address: that would be made of whatever the request says our name is.
        form = URL(request.app.url_path_for("ask")).include_query_params(next=_path(request))
        return RedirectResponse(form, status_code=303)
    return pages.problem_page(request, found)


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
