"""Homes for private clusters, processes that hold one, and the application over a small world full of evidence."""

import csv
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

import layers
import plans
from api import command_line
from api.application import create_application
from api.credentials import COOKIE
from api.settings import Settings
from layers import Database, Layer
from layers._layer import codes, plain
from plans.accounts import add_account, find_account
from plans.sessions import begin_session

_HOLD = """
import sys
from pathlib import Path
from api.cluster import private_cluster
from api._server import connect

with private_cluster(Path(sys.argv[1])) as url:
    try:
        print(url, flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        with connect(url) as connection:
            print("answered", *connection.execute("SELECT 1").fetchone(), flush=True)
"""


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="priorities-home-"))
    folder.chmod(0o711)  # PostgreSQL's account has to pass through it when we are root
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A folder for a private cluster, without one."""
    with _folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder whose private cluster the tests of a file may all use, and leave stopped."""
    with _folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def other_home() -> Iterator[Path]:
    """Another such folder, for the tests of a file that need two."""
    with _folder() as folder:
        yield folder


@pytest.fixture
def hold() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Start a process that uses the cluster of a home until its input ends, and writes its URL."""
    with ExitStack() as stack:

        def start(home: Path) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-c", _HOLD, str(home)],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                text=True,
            )
            stack.enter_context(process)  # closes its input and waits for it
            return process

        yield start


Row = dict[str, Any]

PASSWORD = "the password of the tests"
TODAY = date(2026, 6, 30)
_ODD = ["a/b c", "ünï–é", "50%25", "q?r#s", "x&y=z+", "'; DROP TABLE--", '<b>"\\', "a//b/"]


@pytest.fixture(scope="session")
def planted() -> Callable[[Layer], list[Row]]:
    """Make 30 rows of a layer, of every category, with references of every kind, each text with `canary` in it."""

    def rows(layer: Layer) -> list[Row]:
        return [_row(layer, number) for number in range(30)]

    return rows


@pytest.fixture(scope="session")
def bring(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., layers.Report]:
    """Load rows into a layer, by way of a CSV file, and publish a layer whose records the public sees."""

    def load(database: Database, layer: Layer, rows: list[Row], **options: Any) -> layers.Report:
        file = _write(tmp_path_factory.mktemp("rows") / f"{layer.id}.csv", rows)
        report = layers.ingest(database, layers.layer_target(layer), file, today=TODAY, **options)
        if layer in layers.visible(layers.PUBLIC):
            layers.publish(database, file.parent)
        return report

    return load


@pytest.fixture(scope="session")
def filled(
    world_template: str,
    fresh_database: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
    planted: Callable[[Layer], list[Row]],
    bring: Callable[..., layers.Report],
) -> Iterator[Database]:
    """The small world with the planted rows in every layer, those that are counted being synthetic; only read it."""
    home = tmp_path_factory.mktemp("filled")
    with fresh_database(world_template) as url:
        database = layers.connect(url, home)
        layers.prepare(database, home)
        plans.prepare(database)
        for layer in layers.LAYERS.values():
            bring(database, layer, planted(layer), synthetic=layer not in layers.visible(layers.PUBLIC))
        yield database
        database.close()


@pytest.fixture(scope="session")
def application_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Database], FastAPI]:
    """Make the application over a database."""
    settings = Settings(home=tmp_path_factory.mktemp("application"))
    return lambda database: create_application(database, settings)


@pytest.fixture(scope="session")
def application(filled: Database, application_of: Callable[[Database], FastAPI]) -> FastAPI:
    """The application over the world full of evidence."""
    return application_of(filled)


@pytest.fixture
def stranger(application: FastAPI) -> TestClient:
    """A client that nobody has signed in with."""
    return _client(application)


@pytest.fixture(scope="session")
def as_account() -> Callable[..., TestClient]:
    """Give a client with which somebody has signed in, whose account is made where it is missing."""

    def signed_in(application: FastAPI, name: str, role: layers.Role, estates: frozenset[str] | None) -> TestClient:
        database = application.state.database
        if find_account(database, name) is None:
            add_account(database, layers.Asker("administrator", "tests"), name, role, estates, PASSWORD)
        account = find_account(database, name)
        assert account
        client = _client(application)
        client.cookies.set(COOKIE, str(begin_session(database, account, "password", datetime.now(UTC))))
        return client

    return signed_in


@pytest.fixture
def sign_in(as_account: Callable[..., TestClient]) -> Callable[[FastAPI], TestClient]:
    """Give a client of an application with which an officer of every estate has signed in."""
    return lambda application: as_account(application, "officer", "officer", None)


@pytest.fixture
def officer(application: FastAPI, sign_in: Callable[[FastAPI], TestClient]) -> TestClient:
    """A client with which an officer has signed in."""
    return sign_in(application)


@pytest.fixture
def serving() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serve an application on a free port, for programs that are not ours, and give its address."""

    @contextmanager
    def served(application: FastAPI) -> Iterator[str]:
        server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning"))
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(server.run)
            try:
                while not server.started and not running.done():
                    time.sleep(0.01)
                yield "http://127.0.0.1:{1}".format(*server.servers[0].sockets[0].getsockname())
            finally:
                server.should_exit = True
            running.result()

    return served


def _client(application: FastAPI) -> TestClient:
    # Each from an address of its own: signing in fails often enough in tests to make one wait.
    address = (secrets.token_hex(4), 50_000)
    return TestClient(application, raise_server_exceptions=False, follow_redirects=False, client=address)


def _row(layer: Layer, number: int) -> Row:
    day = date(2025, 1, 1) + timedelta(days=15 * number)
    row = {name: _value(layer, field, day, number) for name, field in layer.record.model_fields.items()}
    reference = f"{layer.id}-canary-{number:02d} {_ODD[number % len(_ODD)]}"
    return row | {"reference": reference} | _place(number)


def _value(layer: Layer, field: FieldInfo, day: date, number: int) -> Any:
    kinds = {date: day, bool: True, int: 7, float: 7.5, str: f"{layer.id} canary <i>&amp; “{number}”"}
    return codes(field)[number % len(codes(field))] if codes(field) else kinds[plain(field)]


def _place(number: int) -> Row:
    """Mostly a point in one of the six estates; the first ones a home, a postcode, an estate's name, and nothing."""
    nowhere: Row = {"uprn": "", "postcode": "", "estate": "", "easting": "", "northing": ""}
    found: list[Row] = [{"uprn": "10000000003"}, {"postcode": "MK1 1AB"}, {"estate": "Beech"}, {}]
    if number < len(found):
        return nowhere | found[number]
    return nowhere | {"easting": 485050 + 97 * number, "northing": 236050 + 63 * number}


@pytest.fixture
def call(
    world_template: str,
    fresh_database: Callable[..., AbstractContextManager[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Any]]:
    """Call the command line on a database with the small world in it, in this process."""
    with fresh_database(world_template) as url:
        monkeypatch.setenv("PRIORITIES_DATABASE_URL", url)
        monkeypatch.setenv("PRIORITIES_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.chdir(tmp_path)
        yield lambda *arguments: CliRunner().invoke(command_line.application, [*map(str, arguments)])


@pytest.fixture
def program() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the installed program."""
    path = Path(sys.executable).with_name("priorities")

    def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        more = {**os.environ, **environment}
        return subprocess.run([path, *arguments], capture_output=True, text=True, check=False, env=more)

    return run


@pytest.fixture
def written() -> Callable[[Path, list[dict[str, Any]]], Path]:
    """Write a CSV file of rows."""
    return _write


def _write(file: Path, rows: list[Row]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture
def output() -> Callable[[Any], str]:
    """What a successful call wrote, one space between words."""

    def told(result: Any) -> str:
        assert result.exit_code == 0, (result.output, result.exception)
        return re.sub(r"[ ]+", " ", result.stdout)

    return told
