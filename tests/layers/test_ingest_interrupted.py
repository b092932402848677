"""All or nothing: whoever is killed, and whenever, the rows are as before or as after; and memory stays small."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from layers import LAYERS, Database, ingest, layer_target, ledger, standing

REPAIRS = layer_target(LAYERS["repairs"])
TODAY = date(2026, 6, 30)
ROWS = 200_000

_INGEST = """
import sys
from datetime import date
from pathlib import Path
from layers import LAYERS, _files, connect, ingest, layer_target

url, home, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
_files._BLOCK = int(sys.argv[4])
database = connect(url, home)
print("ready", flush=True)
sys.stdin.readline()
repairs, today = layer_target(LAYERS["repairs"]), date(2026, 6, 30)
report = ingest(database, repairs, file, today=today, progress=lambda rows: print(rows, flush=True))
print("change", report.change.added, report.change.changed, report.change.unchanged, flush=True)
print(*[line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")], flush=True)
"""

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(world: Database, tmp_path: Path) -> Iterator[Start]:
    """Start a process that ingests a file once a line comes in, and writes how far it is."""
    with ExitStack() as stack:

        def started(file: Path, block: int = 1 << 20) -> "subprocess.Popen[str]":
            url = world.owner.url.render_as_string(hide_password=False)
            command = [sys.executable, "-c", _INGEST, url, str(tmp_path / "home"), str(file), str(block)]
            pipe, root = subprocess.PIPE, Path(__file__).parents[2]
            process = subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, text=True)
            stack.callback(process.kill)
            return stack.enter_context(process)

        yield started


def go(process: "subprocess.Popen[str]") -> None:
    """Let a process that is ready begin."""
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def rest(process: "subprocess.Popen[str]") -> dict[str, list[str]]:
    """What a process writes to its end, by the first word of the line."""
    assert process.stdout is not None
    said = [line.split() for line in process.stdout]
    assert process.wait() == 0
    return {words[0]: words[1:] for words in said}


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


def interrupt(process: "subprocess.Popen[str]", batches: int, delay: float) -> None:
    """Kill a process so many seconds after it has read so many batches, or all rows."""
    go(process)
    assert process.stdout is not None
    for count, told in enumerate(process.stdout, start=1):
        if count == batches or told == f"{ROWS}\n":
            break
    time.sleep(delay)
    process.kill()
    process.wait()


@pytest.mark.parametrize("filled", [False, True])
def test_a_killed_import_leaves_all_or_nothing(world: Database, start: Start, tmp_path: Path, filled: bool) -> None:
    """Killed after some of its batches, and while indexes are made and rows merged after the last; the next works."""
    if filled:
        ingest(world, REPAIRS, write(tmp_path / "old.csv", range(1000), trade="heating"), today=TODAY)
    before, after = trades(world), {"plumbing": ROWS}
    file = write(tmp_path / "repairs.csv", range(ROWS))
    # The file has 12 batches; after the last come indexes, the merge and the end of the transaction.
    delays = np.random.default_rng(9 + filled).uniform(0, [0.05, 0.05, 0.3, 0.6])
    for process, batches, delay in zip([start(file) for _ in delays], [2, 8, 99, 99], delays, strict=True):
        interrupt(process, batches, delay)
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


def test_two_imports_at_once_are_two_imports_one_after_the_other(world: Database, start: Start, tmp_path: Path) -> None:
    """Two files with rows in common, and then one file twice: every row is there once, as one of them has it."""
    one = write(tmp_path / "one.csv", range(60_000))
    two = write(tmp_path / "two.csv", range(40_000, 100_000), trade="heating")
    processes = [start(file) for file in (one, two, two, two)]
    for pair in (processes[:2], processes[2:]):
        for process in pair:
            go(process)
        said = [rest(process)["change"] for process in pair]
    assert trades(world) == {"plumbing": 40_000, "heating": 60_000}
    # Whichever of the first two came last, the two of the second pair found every row there, and one all as it is.
    assert sorted(map(tuple, said), key=lambda change: int(change[2]))[1] == ("0", "0", "60000")
    entries = [entry for entry in ledger(world) if entry.what == "repairs"]
    assert sum(entry.added for entry in entries) == 100_000
    assert {entry.outcome for entry in entries} == {"loaded"}


def test_a_file_may_be_larger_than_its_share_of_memory(world: Database, start: Start, tmp_path: Path) -> None:
    """150 MB of repairs come in within 1 GB, the interpreter with its libraries included."""
    file = write(tmp_path / "large.csv", range(250_000), description="Water comes through the ceiling. " * 18)
    assert file.stat().st_size > 150e6
    process = start(file, 8 << 20)
    go(process)
    peak, unit = rest(process)["VmHWM:"]
    assert unit == "kB"
    assert int(peak) < 1e9 / 1024
    assert trades(world) == {"plumbing": 250_000}
