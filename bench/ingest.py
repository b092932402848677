"""A CSV file to validated, located, assigned and indexed rows, against GeoPandas and against a bare COPY."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
from sqlalchemy import text

from bench.measure import Measurement, faster, seconds
from bench.world import LAYER, POINTS
from evidence import Database, ingest, layer_target

_BARE = "bench_bare"
_PEER = "bench_peer"


def measure(database: Database, file: Path) -> Iterator[Measurement]:
    """Three ways to the same indexed rows, into an empty table each time."""
    columns = ", ".join(layer_target(LAYER).columns)

    def ours() -> float:
        _run(database, f"TRUNCATE evidence.{LAYER.id}")
        return seconds(lambda: load(database, file))

    def peer() -> float:
        _run(database, f"DROP TABLE IF EXISTS {_PEER}")
        return seconds(lambda: _geopandas(database, file))

    def bare() -> float:
        _run(
            database,
            f"DROP TABLE IF EXISTS {_BARE}; CREATE TABLE {_BARE} (LIKE evidence.{LAYER.id} INCLUDING GENERATED)",
        )
        return seconds(lambda: _copy(database, rows, columns))

    ours()
    yield faster("CSV to indexed rows, against geopandas.to_postgis", POINTS, 3, ours, peer)
    rows = _finished(database, columns)
    yield faster("the same, against a bare COPY (its time / ours)", POINTS, 1 / 2.5, ours, bare)
    _run(database, f"DROP TABLE {_PEER}; DROP TABLE {_BARE}")


def load(database: Database, file: Path) -> None:
    """Load the file as the command line does."""
    ingest(database, layer_target(LAYER), file, today=date.max)


def _run(database: Database, statement: str) -> None:
    with database.owner.begin() as connection:
        connection.execute(text(statement))


def _geopandas(database: Database, file: Path) -> None:
    """Read, make points, write, index; it has no estates, so its second index is on the category."""
    frame = pd.read_csv(file, parse_dates=["Date opened"])
    points = gpd.points_from_xy(frame["Easting"], frame["Northing"], crs="EPSG:27700")
    gpd.GeoDataFrame(frame, geometry=points).to_postgis(_PEER, database.owner, chunksize=100_000)
    # to_postgis has made the index on the geometry already.
    _run(database, f'ALTER TABLE {_PEER} ADD PRIMARY KEY ("Case reference")')
    _run(database, f'CREATE INDEX ON {_PEER} ("Category")')


def _finished(database: Database, columns: str) -> bytes:
    """The finished rows in the binary form of COPY: the limit, since nothing is left to be made of them."""
    with database.owner.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY evidence.{LAYER.id} ({columns}) TO STDOUT (FORMAT binary)") as copy:
            return b"".join(bytes(part) for part in copy)


def _copy(database: Database, rows: bytes, columns: str) -> None:
    statement = f"COPY {_BARE} ({columns}) FROM STDIN (FORMAT binary)"
    with database.owner.begin() as connection, connection.connection.cursor().copy(statement) as copy:
        copy.write(rows)
    _run(database, f"ALTER TABLE {_BARE} ADD PRIMARY KEY (reference)")
    _run(database, f"CREATE INDEX ON {_BARE} USING gist (geom)")
    _run(database, f"CREATE INDEX ON {_BARE} (estate)")
