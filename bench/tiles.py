"""Heat tiles, against TiPg's tiles of the same table; and the same tiles asked again with their ETags."""

import json
import os
import random
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url, text

from bench.measure import RUNS, Measurement
from bench.world import LAYER, POINTS, SEED, points
from evidence import Database
from geo.crs import to_lonlat
from geo.web_mercator import deinterleave, morton

CLIENTS, SECONDS = 8, 5
_SCHEMA = "bench"
_SCRIPT = Path(__file__).with_name("requests.lua")

# Every third request has no filter, one a category, one a year: in our words and in CQL2.
_FILTERS = (
    ("", ""),
    ("category=noise", "category = 'noise'"),
    ("first=2024-01&last=2024-12", "opened >= DATE('2024-01-01') AND opened <= DATE('2024-12-31')"),
)


def tiles() -> list[tuple[int, int, int]]:
    """Tiles (z, x, y) of zooms 8 to 16 that have points, as many of each zoom as there are, at most 25; shuffled."""
    chosen = random.Random(SEED)
    lon, lat = to_lonlat(*points(20_000).T)
    found = []
    for z in range(8, 17):
        codes = sorted(set(morton(lon, lat, z).tolist()))
        x, y = deinterleave(chosen.sample(codes, min(25, len(codes))))
        found += [(z, int(across), int(down)) for across, down in zip(x, y, strict=True)]
    chosen.shuffle(found)
    return found


def table(database: Database) -> None:
    """The same rows for TiPg as it is fastest: in degrees, for which it transforms least, with its own index."""
    point = "ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geometry(Point, 4326) AS geom"
    with database.owner.begin() as connection:
        for statement in (
            f"CREATE SCHEMA {_SCHEMA}",
            f"CREATE TABLE {_SCHEMA}.cases AS SELECT reference, category, opened, {point} FROM evidence.{LAYER.id}",
            f"ALTER TABLE {_SCHEMA}.cases ADD PRIMARY KEY (reference)",
            f"CREATE INDEX ON {_SCHEMA}.cases USING gist (geom)",
            f"ANALYZE {_SCHEMA}.cases",
        ):
            connection.execute(text(statement))


def measure(url: str, service: str, cookie: str, peer_python: Path, folder: Path) -> Iterator[Measurement]:
    """Requests a second of both servers, by turns."""
    asked = [(tile, _FILTERS[at % len(_FILTERS)]) for at, tile in enumerate(tiles())]
    ours = [f"/tiles/{LAYER.id}/{z}/{y}/{x}.mvt?{query}" for (z, x, y), (query, _) in asked]
    theirs = [
        f"/collections/{_SCHEMA}.cases/tiles/WebMercatorQuad/{z}/{x}/{y}" + (f"?filter={quote(cql)}" if cql else "")
        for (z, x, y), (_, cql) in asked
    ]
    header = f"Cookie: {cookie}"
    etag = _etag(service + ours[0], cookie)
    with tipg(url, peer_python) as peer:
        runs = [
            (
                wrk(service, ours, folder, [header]),
                wrk(service, ours, folder, [header, f"If-None-Match: {etag}"]),
                wrk(peer, theirs, folder, []),
            )
            for _ in range(RUNS)
        ]
    fresh, again, other = (statistics.median(rate for rate, _ in part) for part in zip(*runs, strict=True))
    late = statistics.median(late for (_, late), _, _ in runs)
    name = f"heat tiles z8-z16 with filters, {CLIENTS} clients, against TiPg"
    yield Measurement(name, fresh, other, fresh / other, 25, POINTS, "tiles/s")
    yield Measurement("their 95th percentile (20 ms / ours)", late, 20.0, 20 / late, 1, POINTS, "ms")
    yield Measurement("the same, unchanged, with their ETags", again, other, again / other, 75, POINTS, "tiles/s")


def _etag(address: str, cookie: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie})) as answer:
        return str(answer.headers["ETag"])


def wrk(base: str, paths: list[str], folder: Path, headers: list[str]) -> tuple[float, float]:
    """Requests a second and the 95th percentile of their milliseconds. Answers that are errors end the run."""
    listed = folder / "paths.txt"
    listed.write_text("\n".join(paths))
    given = [part for header in headers for part in ("-H", header)]
    command = [
        "wrk",
        "-t1",
        f"-c{CLIENTS}",
        f"-d{SECONDS}s",
        "--timeout",
        "30s",
        *given,
        "-s",
        str(_SCRIPT),
        base,
        "--",
        str(listed),
    ]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    if told["errors"]:
        raise RuntimeError(f"{told['errors']} of {told['requests']} requests to {base} failed")
    return told["requests"] / told["seconds"], told["p95"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tipg(url: str, python: Path) -> Iterator[str]:
    """TiPg on the database, as it is fastest: JIT and parallel workers are off in the database itself."""
    port = free_port()
    address = make_url(url)
    # TiPg insists on a host: the socket's folder, where libpq takes one too.
    host = quote(str(address.query["host"]), safe="")
    given = {"DATABASE_URL": f"postgresql://{address.username}@{host}:{address.query['port']}/{address.database}"}
    environment = {**os.environ, **given, "TIPG_DB_SCHEMAS": f'["{_SCHEMA}"]'}
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str, patience: float = 60.0) -> None:
    """Wait until an address answers, at most `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
