"""`make bench`: measures everything, prints the table, writes var/bench.json. Exits 1 if a ratio is too low."""

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from api.credentials import COOKIE
from api.settings import Settings, settings
from bench import assign, hotspots, ingest, memory, paint, tiles
from bench import district as district_analysis
from bench.measure import RUNS, Measurement
from bench.world import cases, district, estates
from evidence import DISTRICT, Database, connect, prepare, save_boundaries, use_boundaries
from plans.publication import publish
from service.cluster import private_cluster
from service.start import demonstrate, evidence

_HERE = Path(__file__).parent


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "names", nargs="*", default=["assign", "ingest", "tiles", "hotspots", "district", "paint", "memory"]
    )
    names = parser.parse_args().names
    out = settings().home
    with tempfile.TemporaryDirectory(prefix="priorities-bench-") as folder:
        Path(folder).chmod(0o711)
        found = list(_measured(names, Path(folder), out))
    _print(found)
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(json.dumps([each.as_dict() for each in found], indent=1))
    sys.exit(any(each.ratio < each.at_least for each in found))


def _measured(names: list[str], folder: Path, out: Path) -> Iterator[Measurement]:
    if "assign" in names:
        yield from assign.measure()
    if {"ingest", "tiles"} & set(names):
        file = folder / "cases.csv"
        cases(file)
        with private_cluster(folder) as url, _database(url, folder) as database:
            if "ingest" in names:
                yield from ingest.measure(database, file)
            if "tiles" in names:
                ingest.load(database, file)
                tiles.table(database)
                with _service(folder) as (service, cookie):
                    yield from tiles.measure(url, service, cookie, _peers(out), folder)
    if "hotspots" in names:
        yield from hotspots.measure(_peers(out), folder)
    if "district" in names:
        yield district_analysis.measure()
    if "paint" in names:
        home = folder / "paint"
        with evidence(Settings(home=home)) as database:
            demonstrate(database, home, lambda said: None)
            publish(database, home, today=date.today())
        with _service(home) as (service, _):
            yield paint.measure(service, projects=150)
    if "memory" in names:
        yield memory.measure(folder)


@contextmanager
def _database(url: str, home: Path) -> Iterator[Database]:
    database = connect(url, home)
    prepare(database, home)
    for name, areas in ((DISTRICT, district()), ("bench", estates())):
        save_boundaries(database, name, areas, valid_from=date(2026, 1, 1))
    use_boundaries(database, "bench")
    with database.owner.begin() as connection:
        for setting in ("jit = off", "max_parallel_workers_per_gather = 0"):
            connection.execute(text(f"ALTER DATABASE {database.owner.url.database} SET {setting}"))
    yield database
    database.close()


@contextmanager
def _service(home: Path) -> Iterator[tuple[str, str]]:
    """The service as a person starts it, and the cookie of an officer who has signed in."""
    port = tiles.free_port()
    environment = {**os.environ, "PORT": str(port), "PRIORITIES_HOME": str(home)}
    program = Path(sys.executable).with_name("priorities")
    form = {"name": "bench", "password": secrets.token_hex()}
    add: list[str | Path] = [program, "user", "add", form["name"], "--role", "officer", "--estate", "every"]
    subprocess.run(add, env=environment, input=form["password"], text=True, check=True)
    process = subprocess.Popen([program, "run"], env=environment)
    try:
        tiles.wait_for(f"http://127.0.0.1:{port}/api")
        answer = httpx2.post(f"http://127.0.0.1:{port}/sign-in", data=form)
        yield f"http://127.0.0.1:{port}", f"{COOKIE}={answer.cookies[COOKIE]}"
    finally:
        process.terminate()
        process.wait()


def _peers(out: Path) -> Path:
    """The Python of an environment that holds the peers as locked, apart from the product's."""
    folder = out / "bench-peers"
    python, uv = folder / "bin" / "python", Path(sys.executable).with_name("uv")
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    locked = ["--require-hashes", str(_HERE / "requirements.txt")]
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, *locked], check=True)
    return python


def _print(found: list[Measurement]) -> None:
    table = Table("", "n", "ours", "theirs", "", "ratio", "at least", "", box=None)
    for each in found:
        figures = (f"{each.ours:,.3g}", f"{each.theirs:,.3g}", each.unit, f"{each.ratio:.2f}", f"{each.at_least:.2f}")
        table.add_row(each.name, f"{each.n:,}", *figures, "" if each.ratio >= each.at_least else "too low")
    Console(width=140).print(table)
    used = ", ".join(f"{name} {version(name)}" for name in ("geopandas", "shapely", "numpy", "polars", "starlette"))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}, {used}; medians of {RUNS}, taken by turns.")


if __name__ == "__main__":
    main()
