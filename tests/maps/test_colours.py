import re
import subprocess
from pathlib import Path

import pytest

from layers._registry import LAYERS
from maps.colours import Colour, custom_properties

REPOSITORY = Path(__file__).parents[2]
HOMES = {str(colour): "maps/colours.py" for colour in Colour} | {
    layer.hue: f"layers/{layer.id}.py" for layer in LAYERS.values()
}


def product_files() -> list[Path]:
    """What the product is made of: code, styles, templates."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    paths = [REPOSITORY / name for name in found.stdout.split("\0") if name and not name.startswith("tests/")]
    return [path for path in paths if path.suffix in {".py", ".js", ".scss", ".html", ".svg"} and path.is_file()]


def channels(colour: str) -> str:
    """A colour as CSS also writes it."""
    return " ".join(map(str, bytes.fromhex(colour[1:])))


@pytest.mark.parametrize("colour", HOMES)
def test_a_colour_is_written_in_one_place(colour: str) -> None:
    """Nowhere else, neither as a number nor as its channels."""
    written = re.compile(rf"{colour}\b|\b{channels(colour)}\b", re.IGNORECASE)
    assert [str(path.relative_to(REPOSITORY)) for path in product_files() if written.search(path.read_text())] == [
        HOMES[colour]
    ]


def test_style_sheets_have_every_colour_and_hue_by_name() -> None:
    """And ink as its channels."""
    rule = custom_properties()
    assert rule.startswith(":root{") and rule.endswith("}")
    told = dict(each.split(":") for each in rule[6:-1].split(";"))
    assert told["--road-edge"] == Colour.ROAD_EDGE and Colour.ROAD_EDGE.camel == "roadEdge"
    assert (told["--ink"], told["--ink-channels"]) == ("#14212b", "20 33 43")
    assert all(told[f"--hue-{layer.id}"] == layer.hue for layer in LAYERS.values())
