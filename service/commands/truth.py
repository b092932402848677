"""Compares what an analysis found with what was planted in the demonstration."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Any

from geo.errors import Refused
from geo.trend import TrendClass

COURSES = {"emerging": TrendClass.NEW, "steady": TrendClass.PERSISTENT, "fading": TrendClass.FADING}
BUSY = "many homes"
QUIET = "quiet"

_BESIDE = 150.0
"""Metres that the middle of a hotspot may lie outside the circle that was planted: one cell."""


@dataclass(frozen=True)
class Line:
    """What became of one plant."""

    plant: str
    outcome: str
    missed: bool

    def __str__(self) -> str:
        """As in "steady-asb-3: found, persistent, 23 m away"."""
        return f"{'MISSED ' if self.missed else ''}{self.plant}: {self.outcome}"


def compare_with_truth(file: Path, results: Mapping[str, Any], quiet: Collection[str]) -> list[Line]:
    """Compare every hotspot, every merely busy place and every estate that was planted as quiet.

    Parameters
    ----------
    results : of the latest runs, by layer
    quiet : codes of the estates that were found to be quiet rather than calm

    Raises
    ------
    Refused
        There is no truth file: the evidence is not a demonstration.
    """
    if not file.is_file():
        raise Refused(f"There is no {file}: only a demonstration knows what is true of it.")
    plants = json.loads(file.read_text())["plants"]
    return [*_hotspots(plants, results), *_busy(plants, results), *_quiet(plants, quiet)]


def _hotspots(plants: list[dict[str, Any]], results: Mapping[str, Any]) -> Iterator[Line]:
    for plant in plants:
        if plant["kind"] in COURSES:
            near = _near(plant, results[plant["layer"]]["themes"][plant["theme"]])
            course = COURSES[plant["kind"]]
            away, found = min(near, key=lambda each: each[0], default=(0.0, None))
            if found is None:
                yield Line(plant["id"], "not found", missed=True)
            else:
                yield Line(plant["id"], f"found, {found['course']}, {away:.0f} m away", found["course"] != course)


def _busy(plants: list[dict[str, Any]], results: Mapping[str, Any]) -> Iterator[Line]:
    for plant in plants:
        if plant["kind"] == BUSY:
            themes = results[plant["layer"]]["themes"]
            called = [theme for theme, found in themes.items() if _near(plant, found) and not _planted(plant, plants)]
            outcome = f"called hot for {', '.join(called)}" if called else "not called hot, for all its homes"
            yield Line(plant["id"], outcome, missed=bool(called))


def _quiet(plants: list[dict[str, Any]], found: Collection[str]) -> Iterator[Line]:
    # Planted in every layer, but it is the estate that is quiet.
    planted = sorted({code for plant in plants if plant["kind"] == QUIET for code in plant["estates"]})
    for code in planted:
        called = code in found
        yield Line(f"quiet-{code}", "quiet rather than calm" if called else "not called quiet", missed=not called)
    for code in sorted(set(found) - set(planted)):
        yield Line(f"quiet-{code}", "called quiet, and it is not", missed=True)


def _near(plant: Mapping[str, Any], found: Mapping[str, Any]) -> list[tuple[float, dict[str, Any]]]:
    """The hotspots whose middle lies in what was planted, or a cell beside it, with how far from its middle."""
    away = ((_metres(plant, place), place) for place in found["hotspots"]["places"])
    return [each for each in away if each[0] <= plant["radius_m"] + _BESIDE]


def _planted(plant: Mapping[str, Any], plants: list[dict[str, Any]]) -> bool:
    """Whether a hotspot was planted so near that the busy place is part of it."""
    return any(
        other["kind"] in COURSES and other["layer"] == plant["layer"] and _metres(plant, other) <= 2 * other["radius_m"]
        for other in plants
    )


def _metres(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return hypot(one["easting"] - other["easting"], one["northing"] - other["northing"])
