"""Public forms: typed, checked, sent once. No account, no cookie; everything typed is kept whatever goes wrong."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

import shapely
from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from data.boundaries import DISTRICT
from evidence import Database
from plans import proposals
from plans.submission import Submission, read_submission

VALID_FOR = 4 * 3600
"""Seconds for which a form can be sent."""
LEAST = 3
"""Seconds that a person takes at least."""
TRAP = "website"
"""The field that nobody sees, so that whoever fills it in is a program."""
_LARGEST = 200_000
"""Bytes of a form: each of its fields with 10,000 characters of four bytes is less."""

_EXPIRED = (
    "This form was open for too long, or was not opened here, so nothing has been sent. "
    "Everything you typed is still here: check it and send it again"
)
_QUICK = "Nothing has been sent, because this was sent faster than people type. Check your answers and send them again"
_TRAPPED = "Nothing has been sent, because a field that must stay empty was filled in. It is empty now: send it again"
_MANY = "Too much was sent from your connection in the last hour, so this was not. Keep this page open and try later"
_AGAIN = "You have sent something with this form already: its reference is {}. If this is another, send it again"


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form as they were typed; files and whatever else is not text are left out."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST:
        raise HTTPException(413, "This is more than the form can hold")
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(typed)]
Show = Callable[..., Response]
"""Makes a page of what was typed, with a fresh or the same token, a status, and what is wrong by field."""


@dataclass(frozen=True)
class Form:
    """A form on its way: what kind of thing is sent, and the pages on which it is typed and checked.

    Both pages are given `typed`, `token`, `errors` (sentences by field, "" for the whole) and `status`.
    """

    kind: type[Submission]
    ask_page: Show
    check_page: Show
    done: str
    """Address of the page that says it has been sent."""


def empty(request: Request, form: Form) -> Response:
    """The form with nothing in it."""
    return form.ask_page(typed={}, token=_token(request), errors={}, status=200)


def handle(request: Request, database: Database, form: Form, typed: dict[str, str]) -> Response:
    """One step on: back to the form with what is wrong, on to check the answers, or sent."""
    step, token = typed.get("step", "check"), typed.get("token", "")
    submission = read_submission(form.kind, typed, in_district)
    if isinstance(submission, dict):
        return form.ask_page(typed=typed, token=token, errors=submission, status=400)
    if step == "change":
        return form.ask_page(typed=typed, token=token, errors={}, status=200)
    if step != "send":
        return form.check_page(submission=submission, typed=typed, token=token, errors={}, status=200)
    return _send(request, database, form, submission, typed)


def _send(request: Request, database: Database, form: Form, submission: Submission, typed: dict[str, str]) -> Response:
    def back(message: str, status: int = 400, *, fresh: bool = True) -> Response:
        token = _token(request) if fresh else typed["token"]
        cleared = {**typed, TRAP: ""}
        return form.check_page(submission=submission, typed=cleared, token=token, errors={"": message}, status=status)

    nonce, age = _token_age(request, typed.get("token", ""))
    if nonce is None:
        return back(_EXPIRED)
    if typed.get(TRAP) or age < LEAST:
        return back(_TRAPPED if typed.get(TRAP) else _QUICK, fresh=False)
    try:
        receipt = proposals.save_submission(database, submission, nonce, _sender(request), datetime.now(UTC))
    except proposals.TooMany:
        return back(_MANY, 429, fresh=False)
    if not receipt.same:
        return back(_AGAIN.format(receipt.reference), 409)
    told = urlencode({"sent": request.app.state.forms.dumps(receipt.reference)})
    return RedirectResponse(f"{form.done}?{told}", 303)


def reference(request: Request, told: str) -> str | None:
    """The reference that the page after sending may show: none that somebody made up."""
    try:
        return str(_forms(request).loads(told))
    except BadData:
        return None


def _forms(request: Request) -> URLSafeTimedSerializer:
    forms: URLSafeTimedSerializer = request.app.state.forms
    return forms


def _token(request: Request) -> str:
    return str(_forms(request).dumps(["form", secrets.token_urlsafe(12)]))


def _token_age(request: Request, token: str) -> tuple[str | None, float]:
    """Which form it is and how long ago it was opened, in seconds; None if it cannot be sent any more."""
    try:
        (_, nonce), opened = _forms(request).loads(token, max_age=VALID_FOR, return_timestamp=True)
    except (BadData, ValueError):
        return None, 0
    return str(nonce), time.time() - opened.timestamp()


def _sender(request: Request) -> str:
    """The network address, hashed so that tomorrow it is another hash."""
    address = request.client.host if request.client else ""
    key: bytes = request.app.state.form_key
    return hmac.digest(key, f"{datetime.now(UTC):%F} {address}".encode(), "sha256").hex()


def in_district(longitude: float, latitude: float) -> bool:
    """Whether a place (degrees, WGS84) lies in the district."""
    return bool(shapely.contains_xy(_district(), longitude, latitude))


@cache
def _district() -> Any:
    shape = shapely.union_all(shapely.get_parts(shapely.from_geojson(DISTRICT.read_text())))
    shapely.prepare(shape)
    return shape
