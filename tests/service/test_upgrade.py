"""What a database of an earlier version says after the upgrade: the same as before (tests/fixtures/old_service.py)."""

import json
import lzma
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from evidence import Database
from service.application import create_application
from service.cluster import private_cluster
from tests.fixtures.answers import Said, differences
from tests.fixtures.old_service import BESIDE, FOLDER, columns_of, content, restore, start

VIEWERS: dict[str, dict[str, str]] = {
    "stranger": {},
    "administrator": {"account": "ada"},
    "patch officer": {"account": "olive"},
    "planner": {"account": "pat"},
    "planner's key": {"key": "planning"},
    "officer's key": {"key": "walkabouts"},
}
"""Who reads: with the account or the key that shows who it is."""

MAY_GROW = {"plans.run"}
"""Tables to which a start adds rows: the analyses are made anew by code that has changed."""
RENAMED = {"plans.audit": "plans.access_log", "plans.sent": "plans.submission", "deed": "event"}
"""Tables and columns that have another name since."""


@pytest.fixture(scope="module")
def old_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the old service's folder."""
    home = tmp_path_factory.mktemp("upgrade") / "home"
    shutil.copytree(FOLDER / "home", home)
    return home


@pytest.fixture(scope="module")
def upgraded(
    fresh_database: Callable[..., AbstractContextManager[str]], old_home: Path
) -> Iterator[tuple[Database, str]]:
    """The old database after a start of the service as it is now, on the day on which it was made; and its address."""
    with fresh_database() as url:
        restore(url)
        database = start(url, old_home)
        yield database, url
        database.close()


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Said]]:
    """What the old service said, by viewer and address."""
    made: dict[str, dict[str, Said]] = json.loads(lzma.decompress((FOLDER / "said.json.xz").read_bytes()))
    return made


def reader(client: Any, viewer: str) -> Any:
    """A client as somebody, who signs in as before the upgrade."""
    who = VIEWERS[viewer]
    if name := who.get("account"):
        form = {"name": name, "password": BESIDE["passwords"][name]}
        assert client.post("/sign-in", data=form).status_code == 303, name
    if key := who.get("key"):
        client.headers["Authorization"] = f"Bearer {BESIDE['keys'][key]}"
    return client


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_address_says_what_it_said_before(
    upgraded: tuple[Database, str], old_home: Path, recorded: dict[str, dict[str, Said]], viewer: str
) -> None:
    """To strangers, to those who sign in with their old passwords, and to programs with their old keys."""
    application = create_application(upgraded[0], Settings(home=old_home))
    # Each from an address of its own, for signing in fails often enough in tests to make one wait.
    from_here = (f"upgrade of {viewer}", 50_000)
    client = TestClient(application, raise_server_exceptions=False, follow_redirects=False, client=from_here)
    found = list(differences(recorded[viewer], reader(client, viewer)))
    assert len(recorded[viewer]) > 10
    assert not found, f"{len(found)} of {len(recorded[viewer])} addresses:\n\n" + "\n\n".join(found[:10])


def test_keys_that_were_revoked_or_have_expired_do_not_work(upgraded: tuple[Database, str], old_home: Path) -> None:
    """They are no better for the upgrade; and who was removed cannot sign in."""
    client = TestClient(create_application(upgraded[0], Settings(home=old_home)), client=("upgrade of keys", 50_000))
    for name in ("expired", "revoked"):
        key = {"Authorization": f"Bearer {BESIDE['keys'][name]}"}
        assert client.get("/api/collections", headers=key).status_code == 401, name
    assert client.post("/sign-in", data={"name": "gone", "password": "somebody who has left"}).status_code == 401


def test_a_start_takes_nothing_away_and_changes_nothing(
    fresh_database: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    """Each table has the rows that it had, the same in every column that it had; another start adds nothing at all."""
    shutil.copytree(FOLDER / "home", tmp_path / "home")
    with fresh_database() as url:
        restore(url)
        columns, before = columns_of(url), content(url)
        assert {name: rows for name, (rows, _) in before.items()} == BESIDE["rows"]
        start(url, tmp_path / "home").close()
        now = {RENAMED.get(name, name): [RENAMED.get(each, each) for each in names] for name, names in columns.items()}
        found = content(url, now)
        after = {name: found[RENAMED.get(name, name)] for name in columns}
        grown = {name for name in before if name in MAY_GROW and after[name][0] > before[name][0]}
        assert {name: each for name, each in after.items() if name not in grown} == {
            name: each for name, each in before.items() if name not in grown
        }
        start(url, tmp_path / "home").close()
        assert content(url, now) == found


def test_the_program_starts_on_an_old_home(new_home: Path) -> None:
    """In place, as an installation is upgraded: cluster, roles and files of the old service, and one command."""
    with private_cluster(new_home) as url:
        restore(url)
    shutil.copytree(FOLDER / "home", new_home, dirs_exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    around = {**os.environ, "PRIORITIES_HOME": str(new_home), "PORT": str(port)}
    program = Path(sys.executable).with_name("priorities")
    process = subprocess.Popen([program, "run"], env=around, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
            wait_for(client, process)
            reader(client, "patch officer")
            assert client.get("/officer/map?layer=asb&open=MK-004").status_code == 200
            assert client.get("/api/collections/asb/items?limit=1").json()["numberMatched"] > 0
            assert client.get("/").status_code == client.get("/heard").status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def wait_for(client: httpx2.Client, process: "subprocess.Popen[str]") -> None:
    """Wait until the service answers."""
    for _ in range(1200):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            client.get("/api")
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    pytest.fail("the service does not answer")
