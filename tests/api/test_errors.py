import logging
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

import evidence
from api.errors import NotFound, SignInNeeded, problem
from api.settings import Settings
from evidence import Database, NotVisible
from geo.errors import Refused
from service.application import create_application

CAUSE = psycopg.OperationalError("no connection to secret-host as secret-user")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("Name another file."), 400),
        (DataError("SELECT secret", {}, CAUSE), 400),
        (SignInNeeded(), 401),
        (NotVisible("secret"), 404),
        (NotFound("There is no such street."), 404),
        (HTTPException(404), 404),
        (HTTPException(405), 405),
        (RuntimeError("secret"), 500),
        (OperationalError("SELECT secret", {}, CAUSE), 503),
        (CAUSE, 503),
    ],
)
def test_every_error_is_a_status_and_a_sentence(error: Exception, status: int) -> None:
    """What went wrong inside is not told, and what is told is a sentence."""
    found = problem(error)
    assert found.status == status
    assert found.title[0].isupper() and not found.title.endswith(".")
    assert found.detail[0].isupper() and found.detail.endswith(".") and " " in found.detail
    assert "secret" not in found.title + found.detail


def test_our_own_sentences_are_told_as_they_are() -> None:
    """Braces in them are no placeholders."""
    assert problem(Refused("There is no set {name}.")).detail == "There is no set {name}."
    assert problem(NotFound("There is no file {0}.")).detail == "There is no file {0}."


def test_a_sentence_of_the_framework_ends_once() -> None:
    """A detail that has its full stop gets no second one."""
    assert problem(HTTPException(400, "Missing boundary in multipart.")).detail == "Missing boundary in multipart."
    assert problem(HTTPException(400, "There was no boundary")).detail == "There was no boundary."


@pytest.mark.parametrize(
    "path", ["/", "/api/collections", "/api/collections/police/items", "/tiles/police/8/84/127.mvt"]
)
def test_without_its_database_the_service_says_so(path: str, tmp_path: Path) -> None:
    """Every kind of address answers 503, to a program and to a person."""
    database = evidence.connect("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    client = TestClient(create_application(database, Settings(home=tmp_path)))
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "database" in answer.json()["title"]
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "Nothing has been lost." in page.text


def test_an_unexpected_error_is_noted_and_tells_nothing(
    world: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A table that is gone is our fault: a 500 without a word of SQL, and the whole story in the log."""
    client = TestClient(create_application(world, Settings(home=tmp_path)), raise_server_exceptions=False)
    with world.owner.begin() as connection:
        connection.execute(text("DROP TABLE published.about"))
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/collections/police")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "published" not in answer.text and "SELECT" not in answer.text
    assert "published.about" in caplog.text
