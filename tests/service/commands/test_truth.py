import json
from pathlib import Path
from typing import Any

import pytest

from geo.errors import Refused
from service.commands.truth import compare_with_truth

PLANT = {"id": "p", "kind": "steady", "layer": "asb", "theme": "safety", "easting": 0, "northing": 0, "radius_m": 100}


def lines(
    tmp_path: Path, *plants: dict[str, Any], quiet: tuple[str, ...] = (), **places: list[tuple[float, str]]
) -> list[str]:
    """What is said of plants, where quiet estates, and places (metres east, course) by theme, were found."""
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"plants": [{**PLANT, **plant} for plant in plants]}))
    themes = {
        theme: {"hotspots": {"places": [{"easting": x, "northing": 0, "course": course} for x, course in found]}}
        for theme, found in {"safety": [], **places}.items()
    }
    return [str(line) for line in compare_with_truth(file, {"asb": {"themes": themes}}, quiet)]


@pytest.mark.parametrize(("kind", "course"), [("steady", "persistent"), ("emerging", "new"), ("fading", "fading")])
def test_what_was_planted_is_found(tmp_path: Path, kind: str, course: str) -> None:
    """With its course and how far off it was."""
    found = lines(tmp_path, {"kind": kind}, safety=[(240, "other"), (-30, course)])
    assert found == [f"p: found, {course}, 30 m away"]


def test_what_is_missed_is_said(tmp_path: Path) -> None:
    """Not found, too far off, of another theme, or with another course."""
    assert lines(tmp_path, {}) == ["MISSED p: not found"]
    assert lines(tmp_path, {}, safety=[(251, "persistent")]) == ["MISSED p: not found"]
    assert lines(tmp_path, {}, cleanliness=[(0, "persistent")]) == ["MISSED p: not found"]
    assert lines(tmp_path, {}, safety=[(0, "new")]) == ["MISSED p: found, new, 0 m away"]


def test_a_busy_place_must_not_be_called_hot(tmp_path: Path) -> None:
    """By any theme; unless a hotspot was planted in the middle of it."""
    busy = {"id": "b", "kind": "many homes", "theme": None}
    assert lines(tmp_path, busy) == ["b: not called hot, for all its homes"]
    assert lines(tmp_path, busy, cleanliness=[(9, "new")]) == ["MISSED b: called hot for cleanliness"]
    assert lines(tmp_path, busy, {"easting": 150}, safety=[(150, "persistent")])[1].startswith("b: not called hot")


def test_quiet_estates_are_told_from_calm_ones(tmp_path: Path) -> None:
    """Once each, in however many layers they were planted; one that was not must not be called so."""
    quiet = {"kind": "quiet", "estates": ["E01", "E02"]}
    assert lines(tmp_path, quiet, {**quiet, "layer": "repairs"}, quiet=("E01", "E03")) == [
        "quiet-E01: quiet rather than calm",
        "MISSED quiet-E02: not called quiet",
        "MISSED quiet-E03: called quiet, and it is not",
    ]


def test_without_a_demonstration_there_is_no_truth(tmp_path: Path) -> None:
    """It is refused, with where it was looked for."""
    with pytest.raises(Refused, match=r"There is no .*truth\.json: only a demonstration knows"):
        compare_with_truth(tmp_path / "truth.json", {}, ())
