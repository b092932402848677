import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Visits = Callable[..., Any]
REPOSITORY = Path(__file__).parents[3]
OPTIONS = ("--ignoreConfig", "--strict", "--noEmit", "--target", "es2022", "--module", "es2022")
RESOLUTION = ("--moduleResolution", "bundler", "--types", "")


def complaints(tmp_path: Path, told_by_type: dict[str, list[Any]]) -> str:
    """What TypeScript says of values that are told as types of `types.d.ts`."""
    lines = [f'import type {{ {", ".join(told_by_type)} }} from "{REPOSITORY}/maps/static/types";']
    lines += [f"export const told{kind}: {kind}[] = {json.dumps(values)};" for kind, values in told_by_type.items()]
    file = tmp_path / "told.ts"
    file.write_text("\n".join(lines))
    program = REPOSITORY / "node_modules" / ".bin" / "tsc"
    ended = subprocess.run(
        [program, *OPTIONS, *RESOLUTION, file], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return ended.stdout + ended.stderr


@pytest.fixture
def told_by_type(visit: Visits) -> dict[str, list[Any]]:
    """What pages and files tell the scripts, by the type it has there."""
    officer, stranger = visit(), visit(signed_in=False)
    views = {
        kind: [made.open(path).evaluate("priorities.view") for path in paths]
        for kind, made, paths in (
            (
                "OfficersView",
                officer,
                ("/officer/map?layer=asb&theme=cleanliness&open=MK-001", "/officer/map?layer=repairs"),
            ),
            ("ProjectsView", stranger, ("/", "/?near=Beanhill")),
            ("View", stranger, ("/propose",)),
        )
    }
    facts = stranger.page.evaluate("JSON.parse(document.getElementById('facts').textContent)")
    estates = stranger.page.request.get(f"{stranger.address}/estates.geojson").json()
    return {**views, "Facts": [facts], "Outline": [each["properties"] for each in estates["features"]]}


def test_the_server_tells_the_scripts_what_their_types_say(told_by_type: dict[str, list[Any]], tmp_path: Path) -> None:
    """Every field with its type, and none that no type has."""
    assert told_by_type["OfficersView"][0]["hotspots"]["cells"] and told_by_type["ProjectsView"][1]["near"]
    assert complaints(tmp_path, told_by_type) == ""


def test_a_field_that_is_called_otherwise_is_noticed(told_by_type: dict[str, list[Any]], tmp_path: Path) -> None:
    """The check above is one."""
    hotspots = told_by_type["OfficersView"][0]["hotspots"]
    hotspots["cell_width"] = hotspots.pop("cellWidth")
    assert "cell_width" in complaints(tmp_path, told_by_type)
