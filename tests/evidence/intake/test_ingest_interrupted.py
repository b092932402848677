"""All or nothing: whoever is killed, and whenever, the rows are as before or as after; and memory stays small."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Thread

import geopandas as gpd
import numpy as np
import polars as pl
import psycopg
import pytest
from shapely import box
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from evidence import Database, connect, ingest, layer_target, ledger, prepare, save_boundaries, standing, use_boundaries
from evidence.intake import csv as _csv
from layers._registry import LAYERS
from service.cluster import private_cluster

pytestmark = [pytest.mark.database, pytest.mark.service]

REPAIRS = layer_target(LAYERS["repairs"])
TODAY = date(2026, 6, 30)
ROWS = 200_000

# Imports once and forks for every import, because the libraries take longer to load than the file.
_SERVER = """
import os, signal, sys
from datetime import date
from pathlib import Path
from evidence import connect, ingest, layer_target
from evidence.intake import csv as _csv
from layers._registry import LAYERS

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        url, home, file, block, said = line.rstrip().split("|")
        with open(said, "w", buffering=1) as out:
            print(os.getpid(), file=out)
            _csv._BLOCK = int(block)
            database, target = connect(url, Path(home)), layer_target(LAYERS["repairs"])
            tell = lambda rows: print(rows, file=out)
            report = ingest(database, target, Path(file), today=date(2026, 6, 30), progress=tell)
            print("change", report.change.added, report.change.changed, report.change.unchanged, file=out)
            status = Path("/proc/self/status").read_text().splitlines()
            print(*[line for line in status if line.startswith("VmHWM")], file=out)
        os._exit(0)
"""

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"


class Import:
    """An import in a process of its own, which writes how far it is."""

    def __init__(self, said: Path) -> None:
        self.lines = said.open()
        self.pid = int(self.lines.readline())

    def kill(self, batches: int, delay: float) -> None:
        """Kill it so many seconds after it has read so many batches, or all rows."""
        for count, told in enumerate(self.lines, start=1):
            if count == batches or told == f"{ROWS}\n":
                break
        time.sleep(delay)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.rest()

    def rest(self) -> dict[str, list[str]]:
        """What it writes to its end, by the first word of the line."""
        return {words[0]: words[1:] for words in map(str.split, self.lines)}


Start = Callable[..., Import]


@pytest.fixture(scope="module")
def server() -> Iterator["subprocess.Popen[str]"]:
    """A process that forks imports."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, text=True) as process:
        yield process


@pytest.fixture
def start(world: Database, server: "subprocess.Popen[str]", tmp_path: Path) -> Start:
    """Start to ingest a file in another process."""

    def started(file: Path, block: int = 1 << 20) -> Import:
        assert server.stdin is not None
        said = tmp_path / f"said-{uuid.uuid4().hex}"
        os.mkfifo(said)
        url = world.owner.url.render_as_string(hide_password=False)
        print(url, tmp_path / "home", file, block, said, sep="|", file=server.stdin, flush=True)
        return Import(said)

    return started


def write(file: Path, numbers: range, description: str = "Leaking tap", **changed: str) -> Path:
    """Write repairs with those references, spread over the small world."""
    random = np.random.default_rng(8)
    count = len(numbers)
    frame = pl.DataFrame(
        {
            "reference": pl.Series(numbers).cast(pl.String),
            "priority": "routine",
            "date_reported": "2024-06-30",
            "trade": changed.get("trade", "plumbing"),
            "description": description,
            "easting": random.integers(484500, 488500, count),
            "northing": random.integers(235500, 238500, count),
        }
    )
    frame.write_csv(file)
    return file


def trades(database: Database) -> dict[str, int]:
    """Rows by trade, once nobody else is at work in the database."""
    with database.owner.connect() as connection:
        while connection.scalar(text(f"SELECT count(*) {OTHERS}")):
            # Within a transaction the answer stays the same.
            connection.rollback()
            time.sleep(0.02)
        column = REPAIRS.table.c.trade
        query = select(column, func.count()).group_by(column)
        return {str(trade): count for trade, count in connection.execute(query)}


@pytest.mark.parametrize("filled", [False, True])
def test_a_killed_import_leaves_all_or_nothing(world: Database, start: Start, tmp_path: Path, filled: bool) -> None:
    """Killed after some of its batches, and while indexes are made and rows merged after the last; the next works."""
    if filled:
        ingest(world, REPAIRS, write(tmp_path / "old.csv", range(1000), trade="heating"), today=TODAY)
    before, after = trades(world), {"plumbing": ROWS}
    file = write(tmp_path / "repairs.csv", range(ROWS))
    # The file has 12 batches; after the last come the merge or the indexes, and the end of the transaction.
    delays = np.random.default_rng(9 + filled).uniform(0, [0.05, 0.3])
    for batches, delay in zip([5, 99], delays, strict=True):
        start(file).kill(batches, delay)
        found = trades(world)
        assert found in (before, after)
        if found == after:
            break
    report = ingest(world, REPAIRS, file, today=TODAY)
    assert trades(world) == after
    assert report.change.unchanged in (0, ROWS)
    loaded = [entry for entry in ledger(world) if entry.file == "repairs.csv"]
    assert sum(entry.added + entry.changed for entry in loaded) == ROWS
    assert next(each for each in standing(world) if each.layer.id == "repairs").rows == ROWS


@pytest.mark.parametrize("filled", [False, True])
def test_a_lost_server_leaves_all_or_nothing(world: Database, tmp_path: Path, filled: bool) -> None:
    """The backend ends in the middle: nothing is loaded, and the same program can go on when the server is back."""
    if filled:
        ingest(world, REPAIRS, write(tmp_path / "old.csv", range(100), trade="heating"), today=TODAY)
    before = trades(world)
    file = write(tmp_path / "repairs.csv", range(50_000))

    def end(_: int) -> None:
        with world.owner.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {OTHERS}"))

    with pytest.raises((psycopg.OperationalError, OperationalError)):
        ingest(world, REPAIRS, file, today=TODAY, progress=end)
    assert trades(world) == before
    assert ingest(world, REPAIRS, file, today=TODAY).rows == 50_000
    assert trades(world) == {"plumbing": 50_000}


def test_a_killed_server_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Its own process is killed in the middle, recovers what was committed, and takes the next import."""
    file = write(tmp_path / "repairs.csv", range(30_000))
    # Of its own: the server that other tests share must not fall.
    folder = Path(tempfile.mkdtemp(prefix="priorities-home-"))
    folder.chmod(0o711)
    with private_cluster(folder) as url:
        database = connect(url, folder)
        prepare(database, folder)
        ingest(database, REPAIRS, write(tmp_path / "old.csv", range(100), trade="heating"), today=TODAY)

        def kill(_: int) -> None:
            with database.owner.connect() as connection:
                backend = connection.scalar(text(f"SELECT pid {OTHERS}"))
            os.kill(int(str(backend)), signal.SIGKILL)

        with pytest.raises((psycopg.OperationalError, OperationalError)):
            ingest(database, REPAIRS, file, today=TODAY, progress=kill)
        assert recovered(database) == {"heating": 100}
        assert ingest(database, REPAIRS, file, today=TODAY).change.changed == 100
        assert trades(database) == {"plumbing": 30_000}
        database.close()
    shutil.rmtree(folder)


def recovered(database: Database) -> dict[str, int]:
    """Rows by trade, once the server has recovered."""
    for _ in range(600):
        with suppress(OperationalError):
            return trades(database)
        time.sleep(0.05)
    raise TimeoutError


def test_two_imports_at_once_are_two_imports_one_after_the_other(world: Database, start: Start, tmp_path: Path) -> None:
    """Two files with rows in common, and then one file twice: every row is there once, as one of them has it."""
    one = write(tmp_path / "one.csv", range(30_000))
    two = write(tmp_path / "two.csv", range(20_000, 50_000), trade="heating")
    for pair in ((one, two), (two, two)):
        said = [each.rest()["change"] for each in [start(file) for file in pair]]
    assert trades(world) == {"plumbing": 20_000, "heating": 30_000}
    # Whichever of the first two came last, the two of the second pair found every row there, and one all as it is.
    assert sorted(map(tuple, said), key=lambda change: int(change[2]))[1] == ("0", "0", "30000")
    entries = [entry for entry in ledger(world) if entry.what == "repairs"]
    assert sum(entry.added for entry in entries) == 50_000
    assert {entry.outcome for entry in entries} == {"loaded"}


def test_a_change_of_boundaries_waits_for_the_import(world: Database, tmp_path: Path) -> None:
    """Rows that came in meanwhile are counted on the new boundaries like all the others."""
    district = gpd.GeoDataFrame({"code": ["N1"], "name": ["All"]}, geometry=[box(4e5, 2e5, 5e5, 3e5)], crs=27700)
    save_boundaries(world, "new", district, valid_from=TODAY)
    change = Thread(target=use_boundaries, args=(world, "new"))
    file = write(tmp_path / "repairs.csv", range(20_000))
    ingest(world, REPAIRS, file, today=TODAY, progress=lambda _: change.start() if not change.ident else None)
    change.join()
    with world.owner.connect() as connection:
        assert connection.scalars(select(REPAIRS.table.c.estate).distinct()).all() == ["N1"]


def test_a_file_may_be_larger_than_its_share_of_memory(world: Database, start: Start, tmp_path: Path) -> None:
    """150 MB of repairs come in within 1 GB, the interpreter with its libraries included."""
    file = write(tmp_path / "large.csv", range(250_000), description="Water comes through the ceiling. " * 18)
    assert file.stat().st_size > 150e6
    peak, unit = start(file, _csv._BLOCK).rest()["VmHWM:"]
    assert unit == "kB"
    assert int(peak) < 1e9 / 1024
    assert trades(world) == {"plumbing": 250_000}
