"""The promise of CONTRIBUTING: one file makes a layer, from its table to its map, and no other file changes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import pytest

pytestmark = pytest.mark.service

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("geo", "layers", "evidence", "analysis", "plans", "maps", "api", "web", "service", "data")
TILE = "8/84/127"
"""Row and column of the tile that Milton Keynes lies in, at zoom 8."""

FOLLOW = """
import json
import sys
from contextlib import suppress
from pathlib import Path

from fastapi.testclient import TestClient

from api.settings import settings
from evidence import PUBLIC, Viewer, NotVisible, Selection, areas, figures, items, snapshot, visible
from evidence.access.accounts import add_account
from layers._registry import LAYERS
from maps.heat import tile
from service.application import create_application
from service.commands.main import main
from service.start import evidence

homes, faults, tile_at = sys.argv[1:]
for command in (["homes", "import", homes], ["ingest", "lighting", "--max-refused", "20", faults]):
    sys.argv = ["priorities", *command]
    with suppress(SystemExit):
        main()

officer, found = Viewer("officer", estates=None), {}
layer = LAYERS["lighting"]
with evidence(settings()) as database:
    z, y, x = map(int, tile_at.split("/"))
    rows = snapshot(database, officer, layer)
    found["code"] = sys.modules["layers.lighting"].__file__
    found["items"] = [
        {name: str(row[name]) for name in ("reference", "reported", "fault", "estate", "located_by")}
        for row in items(database, officer, layer, Selection()).rows
    ]
    found["estates"] = {area.name: area.count for area in figures(database, officer, layer, Selection()).areas}
    found["flickering"] = int(rows.selection_mask(Selection(categories=frozenset({"flickering"}))).sum())
    found["heat"] = tile(rows, Selection(), z, x, y).hex()
    with suppress(NotVisible):
        found["public"] = len(items(database, PUBLIC, layer, Selection()).rows)

    application = create_application(database, settings())
    add_account(database, officer, "officer", "officer", None, "a long password")
    anybody, somebody = (TestClient(application, follow_redirects=False) for _ in range(2))
    somebody.post("/sign-in", data={"name": "officer", "password": "a long password"})
    collections = somebody.get("/api/collections").json()["collections"]
    found["collection"] = next(each for each in collections if each["id"] == "lighting")
    found["features"] = somebody.get("/api/collections/lighting/items?category=out&limit=2").json()
    found["tile"] = somebody.get(f"/tiles/lighting/{tile_at}.mvt?theme=safety").content.hex()
    found["page"] = somebody.get("/officer/map?layer=lighting").text
    found["closed"] = [
        anybody.get(path).status_code
        for path in ("/api/collections/lighting", "/api/collections/lighting/items", f"/tiles/lighting/{tile_at}.mvt")
    ]
    found["open"] = [each["id"] for each in anybody.get("/api/collections").json()["collections"]]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product, with the layer that CONTRIBUTING shows written into it."""
    folder = tmp_path_factory.mktemp("repository")
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "node_modules").symlink_to(REPOSITORY / "node_modules")
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    (folder / "tests" / "evidence").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "tests" / "fixtures", folder / "tests" / "fixtures")
    for test in ("conftest.py", "evidence/conftest.py", "evidence/test_layers.py"):
        shutil.copy(REPOSITORY / "tests" / test, folder / "tests" / test)
    (code,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "CONTRIBUTING.md").read_text(), re.DOTALL)
    (name,) = re.findall(r"# (layers/\w+\.py)", code)
    (folder / name).write_text(code)
    return folder


def run(repository: Path, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the copy, which comes before whatever is installed."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def followed(
    repository: Path, fresh_database: Callable[[], AbstractContextManager[str]]
) -> Iterator[tuple[dict[str, Any], str]]:
    """What the product has of the layer after one import, and what the command line said."""
    homes, faults = repository / "homes.csv", repository / "faults.csv"
    homes.write_text(property_list())
    faults.write_text(exported())
    with fresh_database() as url:
        settings = {"PRIORITIES_DATABASE_URL": url, "PRIORITIES_HOME": str(repository / "home")}
        done = run(repository, "-c", FOLLOW, homes, faults, TILE, **settings)
        assert done.returncode == 0, done.stderr
        *said, found = done.stdout.splitlines()
        yield json.loads(found), "\n".join(said)


def middle(estate: str) -> str:
    """Longitude and latitude of a point in an estate of the shipped set, as a file writes them."""
    estates = gpd.read_file(REPOSITORY / "data" / "boundaries" / "estates.geojson").set_index("name")
    place = estates.geometry[estate].representative_point()
    return f"{place.x:.6f},{place.y:.6f}"


def property_list() -> str:
    """Forty homes in Netherfield."""
    place = middle("Netherfield")
    return "\n".join(["UPRN,Longitude,Latitude", *(f"{uprn},{place}" for uprn in range(1, 41))])


def exported() -> str:
    """A contractor's file: its own column names and words, degrees, one row by estate name, one nowhere, one wrong."""
    lines = ["Ref,Date reported,Fault type,Longitude,Latitude,Estate name"]
    for estate, words, count in (("Netherfield", "Not working", 5), ("Beanhill", "FLICKERING", 3)):
        place = middle(estate)
        lines += [f"{estate}-{n},{n:02d}/03/2026,{words},{place}," for n in range(1, count + 1)]
    lines += ["C-1,2026-04-01,dark,,,Coffee Hall", "N-1,2026-04-02,damaged,,,", "W-1,2026-04-02,purple,,,"]
    return "\n".join(lines)


def test_the_layer_comes_from_the_one_new_file(followed: tuple[dict[str, Any], str], repository: Path) -> None:
    """Nothing of it is left behind in the product itself."""
    assert Path(followed[0]["code"]) == repository / "layers" / "lighting.py"
    assert not (REPOSITORY / "layers" / "lighting.py").exists()


def test_the_command_line_loads_a_file_into_it(followed: tuple[dict[str, Any], str], repository: Path) -> None:
    """Rows with a wrong code are refused one by one, the rest is there, each located as well as can be."""
    found, said = followed
    assert "faults.csv: 11 rows; 10 added, 1 refused; 9 of 10 located." in said
    refused = (repository / "faults.csv.rejects.csv").read_text()
    assert "W-1" in refused
    assert "'purple' is not one of out, flickering, damaged" in refused
    assert [row["located_by"] for row in found["items"]] == [
        *["coordinates"] * 3,
        "estate",
        "none",
        *["coordinates"] * 5,
    ]
    assert found["items"][0] | {"estate": ""} == {
        "reference": "Beanhill-1",
        "reported": "2026-03-01",
        "fault": "flickering",
        "estate": "",
        "located_by": "coordinates",
    }


def test_it_has_figures_filters_and_heat(followed: tuple[dict[str, Any], str]) -> None:
    """Counts by estate, by category, and as a tile of the map."""
    found, _ = followed
    counted = {name: count for name, count in found["estates"].items() if count}
    assert counted == {"Netherfield": 5, "Beanhill": 3, "Coffee Hall": 1}
    assert found["flickering"] == 3
    heat = mapbox_vector_tile.decode(bytes.fromhex(found["heat"]))["heat"]["features"]
    assert sum(each["properties"]["count"] for each in heat) == 8


def test_it_has_a_collection_tiles_and_a_map(followed: tuple[dict[str, Any], str]) -> None:
    """An officer finds it in the API and on the map, with title, legend and filters."""
    found, _ = followed
    assert found["collection"]["title"] == "Street lighting"
    assert found["collection"]["license"] == "Open Government Licence v3.0"
    assert (found["features"]["numberMatched"], found["features"]["numberReturned"]) == (6, 2)
    assert found["tile"] == found["heat"] != ""
    for words in ("Street lighting", "street light faults per 1,000 homes", "flickering", "Netherfield"):
        assert words in found["page"], words


def test_the_public_sees_nothing_of_what_is_only_counted(followed: tuple[dict[str, Any], str]) -> None:
    """Silence is safe from the first start on."""
    found, _ = followed
    assert "public" not in found
    assert found["closed"] == [404, 404, 404]
    assert "lighting" not in found["open"]


def test_it_is_held_to_what_every_layer_is_held_to(repository: Path) -> None:
    """The tests of all layers take it up by themselves."""
    done = run(
        repository, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", "lighting", "tests/evidence/test_layers.py"
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("[lighting] PASSED") > 10
