"""One table says what each of our exceptions is to whoever asked."""

from dataclasses import dataclass
from http import HTTPStatus

import psycopg
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as AllConnectionsTaken
from starlette.exceptions import HTTPException

from evidence import NotVisible
from geo.errors import Refused


class SignInNeeded(Exception):
    """Nobody is signed in, and what was asked for is not for everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"WWW-Authenticate": 'Bearer realm="Neighbourhood priorities"'}


class WrongKey(Exception):
    """The request brings a key that does not work."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"WWW-Authenticate": 'Bearer realm="Neighbourhood priorities", error="invalid_token"'}


class CrossOrigin(Exception):
    """Another site has made a browser send what would change something here."""


class NotFound(Exception):
    """There is no such thing here; the message says what."""


@dataclass(frozen=True)
class Problem:
    """A problem as RFC 9457 has it, in a public sentence."""

    status: int
    title: str
    detail: str


_TABLE: dict[type[Exception], tuple[int, str, str]] = {
    # What may not be seen is not there: a refusal would tell that it is.
    NotVisible: (404, "Not found", "There is nothing at this address that you may see."),
    NotFound: (404, "Not found", "{error}"),
    Refused: (400, "This cannot be done as asked", "{error}"),
    SignInNeeded: (401, "Sign in first", "This page is for housing officers. Sign in to see it."),
    WrongKey: (
        401,
        "The API key does not work",
        "It is not one of ours, has expired or was revoked. Ask whoever looks after the service for a new one.",
    ),
    CrossOrigin: (
        403,
        "This came from another site",
        "Nothing was changed. Open this service’s own page, and send the form from there.",
    ),
    # A NUL character, or a number beyond all numbers of the database.
    DataError: (400, "This cannot be done as asked", "There is something in the address that no record can have."),
    **dict.fromkeys(
        (OperationalError, psycopg.OperationalError, AllConnectionsTaken),
        (503, "The database does not answer", "Try again in a minute. Nothing has been lost."),
    ),
}

_OF_HTTP = {
    404: "There is nothing at this address.",
    405: "What is at this address cannot be asked for in that way.",
}

HANDLED = (*_TABLE, HTTPException, Exception)


def problem(error: Exception) -> Problem:
    """The problem that an exception is; one that nobody expected is a 500 that tells nothing."""
    if isinstance(error, HTTPException):
        said = _OF_HTTP.get(error.status_code, f"{error.detail.rstrip('.')}.")
        return Problem(error.status_code, HTTPStatus(error.status_code).phrase.capitalize(), said)
    for kind, (status, title, detail) in _TABLE.items():
        if isinstance(error, kind):
            return Problem(status, title, detail.format(error=error))
    return Problem(500, "Something went wrong", "It has been noted. Try again, or go back to the first page.")
