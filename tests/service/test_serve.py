import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import mapbox_vector_tile
import pytest
from pypdf import PdfReader

from api.settings import Settings
from geo.errors import Refused
from service.commands.truth import BUSY, COURSES, QUIET
from service.serve import serve

pytestmark = pytest.mark.service

PROGRAM = Path(sys.executable).with_name("priorities")
READY = "Ctrl-C stops it."
MADE_UP = {"feedback": 6_000, "repairs": 60_000, "asb": 12_000, "projects": 150}
POLICE = "mk_police_street_2025_h1.csv"
HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Service:
    """A service that runs: its process, what it said, and a client of it."""

    process: "subprocess.Popen[bytes]"
    said: str
    client: httpx2.Client

    def sign_in(self) -> None:
        """Sign in as it said."""
        found = re.search(r"\(name: (\S+), password: (\S+)\)", self.said)
        assert found
        self.sign_in_as(found[1], found[2])

    def sign_in_as(self, name: str, password: str) -> None:
        """Sign in with a name and a password."""
        assert self.client.post("/sign-in", data={"name": name, "password": password}).status_code == 303

    def matched(self, layer: str) -> int:
        """How many records of a layer there are."""
        return int(self.client.get(f"/api/collections/{layer}/items?limit=1").json()["numberMatched"])

    def end(self, number: signal.Signals) -> int:
        """Send a signal as a terminal does, to the whole group, and wait for the end."""
        # A little later than it says that it is there: until it serves, a signal may be lost.
        self.client.get("/api")
        os.killpg(self.process.pid, number)
        return self.process.wait(60)


@contextmanager
def service(home: Path, *before: str, **environment: str) -> Iterator[Service]:
    """Run the service with a home, until it has said where it is, and stop it at the end."""
    port, log = free_port(), home.parent / f"{home.name}.said"
    around = {**os.environ, "PRIORITIES_HOME": str(home), "PORT": str(port), **environment}
    with log.open("wb") as said, httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        # As from a terminal, even where the tests themselves run under nohup.
        command = ["env", "--default-signal=HUP", *before, str(PROGRAM), "run"]
        process = subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
        try:
            while READY not in log.read_text() and process.poll() is None:
                time.sleep(0.02)
            assert process.poll() is None, log.read_text()
            yield Service(process, log.read_text(), client)
        finally:
            # More than once: Python drops an exception, as our end is, that comes up while it tidies away an object.
            while process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)
            log.unlink()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(home: Path, *arguments: str | Path) -> str:
    """What the command line writes, for a home."""
    around = {**os.environ, "PRIORITIES_HOME": str(home)}
    return subprocess.run([PROGRAM, *arguments], env=around, capture_output=True, text=True, check=True).stdout


def server_of(home: Path) -> int | None:
    """The process of the home's database server, if it has one."""
    file = home / "cluster" / "data" / "postmaster.pid"
    return int(file.read_text().splitlines()[0]) if file.exists() else None


@pytest.fixture(scope="module")
def demonstration(home: Path) -> Iterator[Service]:
    """A service that was started from nothing."""
    with service(home) as started:
        started.sign_in()
        yield started


@pytest.fixture(scope="module")
def small(other_home: Path) -> Path:
    """A home with a cluster and a handful of real rows, so that no demonstration is made there; leave it stopped."""
    file = other_home / "few.csv"
    file.write_text("month,crime,longitude,latitude\n" + "2025-03,drugs,-0.75,52.03\n" * 12)
    assert "12 added" in program(other_home, "ingest", "police", file)
    assert "Published:" in program(other_home, "publish")
    return other_home


def test_a_first_start_makes_everything_and_says_where_it_is(demonstration: Service, home: Path) -> None:
    """The three addresses that it prints answer, and the demonstration is there, whole and called synthetic."""
    for title, path in (("Public map", "/"), ("Officer map", "/officer/map"), ("API", "/api")):
        assert re.search(rf"{title} +{demonstration.client.base_url}{path}\s", demonstration.said)
        assert demonstration.client.get(path, headers=HTML).status_code == 200
    assert {layer: demonstration.matched(layer) for layer in MADE_UP} == MADE_UP
    for layer in MADE_UP:
        assert demonstration.client.get(f"/api/collections/{layer}").json()["synthetic"] is True
    truth = json.loads((home / "demonstration" / "truth.json").read_text())
    assert truth["rows"]["homes"] > 11_000
    assert "Synthetic:" in demonstration.client.get("/officer/map").text


def test_each_kind_of_sign_in_sees_its_own(demonstration: Service) -> None:
    """As printed: an officer of some estates, a planner and an administrator, all with one password."""
    printed = r"\(name: officer, password: (\S+)\)\s+With that password also patch-officer \((.+?)\)"
    found = re.search(printed, demonstration.said)
    assert found
    patch = set(found[2].split(", "))
    seen = {}
    for name in ("patch-officer", "planner", "administrator"):
        with httpx2.Client(base_url=demonstration.client.base_url, trust_env=False) as client:
            assert client.post("/sign-in", data={"name": name, "password": found[1]}).status_code == 303
            answer = client.get("/api/collections/asb/items?limit=10000").json()
            seen[name] = {each["properties"]["estate"] for each in answer.get("features", [])}
    assert seen["patch-officer"] == patch and len(patch) == 5
    assert seen["planner"] == set() and seen["administrator"] > patch


def test_what_was_planted_is_found(demonstration: Service, home: Path) -> None:
    """Hotspots with their courses, no place that is only full of homes, quiet estates: the truth file, line by line."""
    lines = program(home, "analyse", "--check-truth").splitlines()
    plants = json.loads((home / "demonstration" / "truth.json").read_text())["plants"]
    checked = [plant["id"] for plant in plants if plant["kind"] in (*COURSES, BUSY)]
    quiet = {f"quiet-{code}" for plant in plants if plant["kind"] == QUIET for code in plant["estates"]}
    assert sorted(line.partition(":")[0] for line in lines) == sorted([*checked, *quiet])
    assert len(checked) >= 20 and len(quiet) == 3


def crawled(client: httpx2.Client, first: tuple[str, ...], most: int = 700) -> dict[str, str]:
    """What a stranger reads at every address that leads on from the first ones, as far as `most` go."""
    found: dict[str, str] = {}
    wanted = list(first)
    while wanted and len(found) < most:
        address = wanted.pop(0)
        answer = client.get(address, headers=HTML if address.count("/") < 4 and "/api" not in address else {})
        kind = answer.headers.get("content-type", "")
        pdf = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages) if "pdf" in kind else ""
        found[address] = pdf or answer.text
        links = re.findall(r'href="?:?\s?"(?:http://127[^/"]*)?(/[^"#]*)', html.unescape(found[address]))
        links += re.findall(r'href="(?:http://127[^/"]*)?(/[^"#]*)', html.unescape(found[address]))
        new = (each for each in links if not each.startswith("/assets/"))
        wanted += [each for each in dict.fromkeys(new) if each not in found and each not in wanted]
    return found


def test_a_stranger_who_reads_everything_finds_nothing_private(demonstration: Service, home: Path) -> None:
    """No canary, no reference, no UPRN and no exact place of a record that only officers may see."""
    truth = json.loads((home / "demonstration" / "truth.json").read_text())
    with httpx2.Client(base_url=demonstration.client.base_url, trust_env=False, timeout=60) as stranger:
        found = crawled(stranger, ("/", "/estates", "/heard", "/open-data", "/propose", "/api", "/projects.atom"))
        for layer in ("feedback", "repairs", "asb", "homes", "survey"):
            for path in (
                f"/api/collections/{layer}/items",
                f"/tiles/{layer}/10/507/337.mvt",
                f"/open-data/{layer}.csv",
            ):
                assert stranger.get(path).status_code == 404, path
    assert len(found) > 500 and sum("/estates/MK-" in address for address in found) >= 122
    everything = "\n".join(found.values())
    words = {word for canary in truth["canaries"] for word in (*canary["words"], canary["reference"])}
    assert len(words) > 20 and not {word for word in words if word in everything}
    assert not re.search(r"\b9900000\d{5}\b|\bFB-\d{6}\b", everything)
    cases = demonstration.client.get("/api/collections/asb/items?limit=10000").json()["features"]
    homes = [each for each in cases if each["properties"]["located_by"] in ("uprn", "coordinates")]
    exact = {"{},{}".format(*each["geometry"]["coordinates"]) for each in homes}
    assert len(exact) > 5_000 and not exact & set(re.findall(r"-?\d\.\d+,5\d\.\d+", everything))


def test_a_file_loaded_while_it_runs_is_shown(demonstration: Service, home: Path, shared_data: Path) -> None:
    """Half a year of police records: all of them new, none of them the second time, and on the map after a reload."""
    address = "/tiles/police/8/84/127.mvt"
    before = demonstration.client.get(address)
    for change in ("14,867 added", "0 added, 14,867 unchanged"):
        said = program(home, "ingest", "police", shared_data / POLICE)
        assert said == f"{POLICE}: 14,867 rows; {change}; 14,867 of 14,867 located.\n"
    time.sleep(1.1)
    assert demonstration.matched("police") == 14_867
    after = demonstration.client.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    decoded: Any = mapbox_vector_tile.decode(after.content)
    assert sum(each["properties"]["count"] for each in decoded["heat"]["features"]) == 14_867
    page = demonstration.client.get("/officer/map?layer=police&first=2025-01&last=2025-06", headers=HTML)
    assert "14,867" in page.text


def test_two_homes_run_side_by_side(demonstration: Service, small: Path) -> None:
    """Each with its own rows; when one stops, the other goes on."""
    with service(small) as other:
        assert other.matched("police") == 12
        assert other.matched("projects") == 0
        assert other.client.base_url != demonstration.client.base_url
    assert demonstration.matched("projects") == MADE_UP["projects"]


def test_after_a_kill_the_next_start_is_whole(small: Path) -> None:
    """The server that outlived the service is used again, and stopped when the service is told to end."""
    with service(small) as killed:
        orphan = server_of(small)
        killed.process.kill()
        killed.process.wait()
    assert orphan and server_of(small) == orphan
    with service(small) as again:
        assert server_of(small) == orphan
        assert again.matched("police") == 12
        assert again.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert server_of(small) is None


def test_a_database_that_is_killed_is_told_and_comes_back(small: Path) -> None:
    """Pages say in a sentence what is the matter; the next start recovers; Ctrl-C and a closed terminal stop both."""
    with service(small) as bereft:
        server = server_of(small)
        assert server and bereft.matched("police") == 12
        os.kill(server, signal.SIGKILL)
        time.sleep(1.5)
        # A tile whose layer is in memory is shown all the same; another is not.
        for path in ("/", "/api/collections/police/items", "/tiles/projects/8/84/127.mvt"):
            page = bereft.client.get(path, headers=HTML)
            assert page.status_code == 503, path
            assert "The database does not answer" in page.text
            assert bereft.client.get(path).json()["detail"].endswith(".")
        assert bereft.end(signal.SIGHUP) == 0
    with service(small) as again:
        assert again.matched("police") == 12
        assert server_of(small)
        assert again.end(signal.SIGINT) == 0
    assert server_of(small) is None


def test_a_database_that_is_there_already_is_used_as_it_is(database_url: str, tmp_path: Path) -> None:
    """No cluster is started, nothing is made up; and under nohup the end of the terminal is not that of the service."""
    with service(tmp_path, "nohup", PRIORITIES_DATABASE_URL=database_url) as started:
        os.killpg(started.process.pid, signal.SIGHUP)
        assert started.client.get("/", headers=HTML).status_code == 200
        assert "who may sign in: priorities user --help" in started.said
        around = {**os.environ, "PRIORITIES_HOME": str(tmp_path), "PRIORITIES_DATABASE_URL": database_url}
        add: list[str | Path] = [PROGRAM, "user", "add", "it", "--role", "administrator"]
        subprocess.run(add, env=around, input="three random words", text=True, check=True)
        started.sign_in_as("it", "three random words")
        assert [started.matched(layer) for layer in MADE_UP] == [0] * len(MADE_UP)
        assert started.end(signal.SIGINT) == 0
    assert {each.name for each in tmp_path.iterdir()} == {"key"}


def test_a_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    """Before anything is made or started."""
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings: Callable[..., Settings] = Settings
        with pytest.raises(Refused, match="as in PORT=8001"):
            serve(settings(home=tmp_path, port=taken.getsockname()[1]), said.append)
    assert said == [] and list(tmp_path.iterdir()) == []
