"""What every test may ask for: real data, a real PostGIS, a real browser."""

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from psycopg.sql import SQL, Identifier
from shapely import Polygon, box
from sqlalchemy.engine import make_url

import layers
import plans
from api.cluster import private_cluster
from geo.crs import BRITISH_NATIONAL_GRID
from plans.refresh import refresh
from plans.weights import weights

_CHROMIUM = Path("/usr/bin/chromium")
_CHROMIUM_FLAGS = [
    "--no-sandbox",  # root, as continuous integration often is, cannot have one
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # WebGL without a graphics card, for the layers that MapLibre draws.
    "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader",
    "--ignore-gpu-blocklist",
]

Databases = Callable[..., AbstractContextManager[str]]


def pytest_configure(config: pytest.Config) -> None:
    """Give the workers of a run one home for the cluster they share, and keep a person's settings out."""
    # A run that is told to end, as a time limit does, ends its server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        return
    for name in [name for name in os.environ if name.startswith("PRIORITIES_") or name == "PORT"]:
        if name != "PRIORITIES_SHARED_DATA":
            del os.environ[name]
    # Of its own, not pytest's temporary folder: PostgreSQL's account has to pass through it when we are root.
    home = Path(tempfile.mkdtemp(prefix="priorities-tests-"))
    home.chmod(0o711)
    os.environ["PRIORITIES_TEST_HOME"] = str(home)
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; a test that asks for it is skipped where there is none."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PRIORITIES_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL of an empty PostGIS database, from which others are made; nothing may stay connected to it."""
    with private_cluster(Path(os.environ["PRIORITIES_TEST_HOME"])) as url:
        with _connect(url, "postgres") as connection:
            # What a test writes need not survive a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def fresh_database(cluster: str) -> Databases:
    """Lend a new database, a copy of the empty PostGIS or of the one at the URL given, dropped at the end."""

    @contextmanager
    def fresh(template: str = cluster) -> Iterator[str]:
        name = f"test_{uuid.uuid4().hex}"
        copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with _connect(cluster, "postgres") as connection:
            connection.execute(copy.format(Identifier(name), Identifier(make_url(template).database or "")))
            yield make_url(cluster).set(database=name).render_as_string(hide_password=False)
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    return fresh


@pytest.fixture
def database_url(fresh_database: Databases) -> Iterator[str]:
    """The URL of an empty database with PostGIS, the test's own."""
    with fresh_database() as url:
        yield url


# Of a module, not the session: while Playwright lives, nothing else in the process can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _connect(url: str, database: str) -> psycopg.Connection:
    target = make_url(url).set(drivername="postgresql", database=database)
    return psycopg.connect(target.render_as_string(hide_password=False), autocommit=True)


# A small world: a district 10 km wide, in its middle six estates of 1 km, wall to wall, three in the upper row.
#
#     E04 Damson   E05 Elm     E06 Fir        northing 237000 to 238000
#     E01 Alder    E02 Beech   E03 Cedar      northing 236000 to 237000
#     485000       486000      487000         to easting 488000
_ESTATES = {"E01": "Alder", "E02": "Beech", "E03": "Cedar", "E04": "Damson", "E05": "Elm", "E06": "Fir"}
_HOMES = {"E01": 20, "E02": 12, "E03": 8, "E04": 5, "E05": 2, "E06": 0}
"""How many homes each estate has. Two more are in none, and one is beyond the district: 50 in all."""
_SINCE = date(2024, 4, 1)


@pytest.fixture(scope="session")
def world_template(fresh_database: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with the small world in it; nothing may stay connected to it."""
    folder = tmp_path_factory.mktemp("world")
    with fresh_database() as url:
        database = layers.connect(url, folder)
        layers.prepare(database, folder)
        district = {"code": ["D"], "name": ["District"], "geometry": [box(481000, 232000, 491000, 242000)]}
        layers.keep_boundaries(database, layers.DISTRICT, _areas(district), valid_from=_SINCE)
        estates = {"code": list(_ESTATES), "name": list(_ESTATES.values()), "geometry": [*map(_estate, range(6))]}
        layers.keep_boundaries(
            database, "estates", _areas(estates), valid_from=_SINCE, attribution="Test", indicative=True
        )
        layers.use_boundaries(database, "estates")
        homes = folder / "homes.csv"
        homes.write_text(_homes())
        layers.ingest(database, layers.HOMES_TARGET, homes, today=_SINCE)
        layers.publish(database, folder)
        database.close()
        yield url


@pytest.fixture
def world(world_template: str, fresh_database: Databases, tmp_path: Path) -> Iterator[layers.Database]:
    """A database of the test's own: district, six estates, 50 homes, and no evidence."""
    home = tmp_path / "home"
    with fresh_database(world_template) as url:
        database = layers.connect(url, home)
        layers.prepare(database, home)
        plans.prepare(database)
        yield database
        database.close()


@pytest.fixture(scope="session")
def analysed(
    world_template: str, fresh_database: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[layers.Database]:
    """The small world with 400 homes, 30 months of cases, and hotspots, analysed; only read it.

    Cases come from all homes alike, and besides in Alder 30 of rubbish in the last year (new), in Beech 30 of noise
    in each of the last two years (lasting).
    """
    home = tmp_path_factory.mktemp("analysed")
    with fresh_database(world_template) as url:
        database = layers.connect(url, home)
        layers.prepare(database, home)
        plans.prepare(database)
        for target, text in ((layers.HOMES_TARGET, _many_homes()), (layers.layer_target(_ASB), _many_cases())):
            (home / "rows.csv").write_text(text)
            layers.ingest(database, target, home / "rows.csv", today=date(2026, 7, 15), synthetic=True)
        refresh(database, weights(home))
        yield database
        database.close()


_ASB = layers.LAYERS["asb"]
_PLACES = [(485050 + 100 * (number % 20), 236025 + 50 * (number // 20)) for number in range(400)]
"""Homes in the lower halves of Alder and Beech, a street every 50 m."""


def _many_homes() -> str:
    rows = (f"{10_000_000_000 + number},{x},{y}" for number, (x, y) in enumerate(_PLACES))
    return "\n".join(["UPRN,Easting,Northing", *rows])


def _many_cases() -> str:
    random = np.random.default_rng(5)
    months = [date(2024 + number // 12, 1 + number % 12, 1) for number in range(30)]
    rows = [(month.replace(day=15), "noise", _PLACES[at]) for month in months for at in random.integers(0, 400, 12)]
    rows += [(months[18 + number % 12], "rubbish", (485250, 236225)) for number in range(30)]
    rows += [(months[6 + number % 24], "noise", (486650, 236625)) for number in range(60)]
    rows += [(date(2026, 6, 30), "noise", _PLACES[0])]
    lines = (f"C{number},{day},{what},no,{x},{y}" for number, (day, what, (x, y)) in enumerate(rows))
    return "\n".join(["case id,date opened,category,hate,easting,northing", *lines])


def _areas(columns: dict[str, Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, crs=BRITISH_NATIONAL_GRID)


def _estate(number: int) -> Polygon:
    west, south = 485000 + 1000 * (number % 3), 236000 + 1000 * (number // 3)
    return box(west, south, west + 1000, south + 1000)


def _homes() -> str:
    """The property list: in each estate from its centre to the north, 20 m apart, four to a postcode."""
    places = [
        (485500 + 1000 * (estate % 3), 236500 + 1000 * (estate // 3) + 20 * home, f"MK{estate + 1} {home // 4 + 1}AB")
        for estate, homes in enumerate(_HOMES.values())
        for home in range(homes)
    ]
    places += [(484000, 235000, "MK8 1AB"), (484020, 235000, "MK8 1AB"), (500000, 250000, "MK9 1AB")]
    rows = (f"{10_000_000_000 + number},{x},{y},{postcode}" for number, (x, y, postcode) in enumerate(places))
    return "\n".join(["UPRN,Easting,Northing,Postcode", *rows])
