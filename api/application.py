"""The application: routes, one table of errors, one set of security headers."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from itsdangerous import URLSafeTimedSerializer
from starlette.datastructures import URL
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import assets, collections, hotspot_collections, pages, priority_collection, sign_in, tiles
from api.asking import sentence
from api.errors import HANDLED, Problem, problem
from api.headers import SecurityHeaders
from api.settings import Settings
from layers import Database

_LOG = logging.getLogger("priorities")


class _Application(FastAPI):
    def build_middleware_stack(self) -> ASGIApp:
        # Around everything, or the answer to an unexpected error would go without.
        return SecurityHeaders(super().build_middleware_stack(), self.state.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a HEAD as the GET it stands for; the server leaves the body out."""
        as_get = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await super().__call__(as_get, receive, send)


def create_application(database: Database, settings: Settings, key: bytes, password: str) -> FastAPI:
    """The service over a database.

    Parameters
    ----------
    key
        Signs the sessions.
    password
        Of the demonstration officer.
    """
    application = _Application(
        title="Neighbourhood priorities",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        routes=[*tiles.ROUTES],
    )
    application.state.database = database
    application.state.settings = settings
    application.state.sessions = URLSafeTimedSerializer(key, salt="session")
    application.state.password = password
    # Before collections, whose addresses would take theirs for a layer.
    for part in (hotspot_collections, priority_collection, collections, sign_in, pages, assets):
        application.include_router(part.router)
    for kind in HANDLED:
        application.add_exception_handler(kind, _answer)
    application.add_exception_handler(RequestValidationError, _bad_request)
    return application


async def _answer(request: Request, error: Exception) -> Response:
    found = problem(error)
    if found.status >= 500:
        _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    answer = _as_asked(request, found)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


async def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _as_asked(request, Problem(400, "The address is not right", sentence(error.errors())))


def _as_asked(request: Request, found: Problem) -> Response:
    """A page for a person, RFC 9457 for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        body = {"type": "about:blank", "title": found.title, "status": found.status, "detail": found.detail}
        return JSONResponse(body, found.status, media_type="application/problem+json")
    if found.status == 401:
        # A path, not a whole address: that would be made of whatever the request says our name is.
        form = URL(request.app.url_path_for("ask")).include_query_params(next=_path(request))
        return RedirectResponse(form, status_code=303)
    return pages.problem_page(request, found)


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
