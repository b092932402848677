import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS

ALL = list(LAYERS.values())
Call = Callable[..., Any]
Program = Callable[..., "subprocess.CompletedProcess[str]"]
WriteCsv = Callable[[Path, list[dict[str, Any]]], Path]
Output = Callable[[Any], str]
Planted = Callable[[Layer], list[dict[str, Any]]]


def test_boundaries_are_imported_listed_and_used(
    call: Call, tmp_path: Path, planted: Planted, write_csv: WriteCsv, output: Output
) -> None:
    """What overlaps is told; then everything is counted on them."""
    call("ingest", ALL[0].id, write_csv(tmp_path / "rows.csv", planted(ALL[0])))
    file = tmp_path / "ours.gpkg"
    halves = {"n": ["W", "E"], "t": ["West", "East"]}
    shapes = [box(485000, 236000, 486510, 238000), box(486500, 236000, 488000, 238000)]
    gpd.GeoDataFrame(halves, geometry=shapes, crs=BRITISH_NATIONAL_GRID).to_file(file)
    options = ("--set", "halves", "--code", "n", "--name", "t")
    said = output(call("boundaries", "import", file, *options, "--valid-from", "2026-04-01"))
    assert said.splitlines() == [
        "E and W: overlap, a sliver, 20,000.00 m²",
        "2 areas kept as 'halves', valid from 2026-04-01.",
        "To count on them: priorities boundaries use 'halves'",
    ]
    assert "halves 2026-04-01 2" in output(call("boundaries", "list"))
    assert output(call("boundaries", "use", "halves")) == "Everything is now counted on halves.\n"
    assert re.search(r"halves 2026-04-01 2 +in use", output(call("boundaries", "list")))
    assert output(call("boundaries", "use", "estates", "--valid-from", "2024-04-01"))
    assert re.search(r"estates 2024-04-01 6 indicative in use", output(call("status")))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("use nowhere", "There is no boundary set nowhere: the sets are "),
        ("use estates --valid-from 2020-01-01", "There is no boundary set estates: the sets are "),
        ("use estates --valid-from soon", "soon is not a day: write it as in 2026-04-01."),
        ("use estates --valid-from 01/04/2026", "01/04/2026 is not a day: write it as in 2026-04-01."),
        ("import a.gpkg --set a --code b --name c", "There is no file a.gpkg."),
        ("import a.gpkg --set a --code b --name c --valid-from 2026-02-30", "2026-02-30 is not a day: "),
        ("build --from-homes nothing.csv", "There is no file nothing.csv."),
        ("build --from-homes nothing.csv --to a.shp", "a.shp must end in .gpkg"),
    ],
)
def test_boundaries_that_are_not_there_are_told(call: Call, arguments: str, sentence: str) -> None:
    """In a sentence that says what to write."""
    result = call("boundaries", *arguments.split())
    assert isinstance(result.exception, Refused)
    assert str(result.exception).startswith(sentence)
