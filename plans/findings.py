"""What an analysis found, in sentences with their numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from geo.trend import Course
from layers import Layer
from plans.analysis import EVERYTHING

_OPENINGS = {
    Course.NEW: "A new hotspot",
    Course.PERSISTENT: "A lasting hotspot",
    Course.FADING: "A fading hotspot",
    Course.TOO_SHORT: "A hotspot (since when cannot be told yet)",
}


_SURELY = 0.01
"""Of chance in a scan: smaller than usual, since every theme of every layer is scanned."""


def findings(layer: Layer, result: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Say what was found in a layer, a sentence each; why nothing can be said where that is so.

    Parameters
    ----------
    result : of `plans.analysis.analyse`
    names : of estates, by code
    """
    if result.get("refusal"):
        yield str(result["refusal"])
        return
    for theme, found in result["themes"].items():
        for place in found["hotspots"]["places"]:
            yield hotspot(layer, theme, place, names, result["months"])
        if found["starting"] and found["starting"]["p"] <= _SURELY:
            yield _starting(layer, theme, found["starting"])


def hotspot(layer: Layer, theme: str, place: Mapping[str, Any], names: Mapping[str, str], months: int) -> str:
    """A hotspot in a sentence: as in "A new hotspot of cleanliness in Beanhill: 51 cases ..."."""
    where = ", ".join(names.get(code, code) for code in place["estates"] or ()) or "no estate"
    usual = f"where {place['expected']:.0f} are usual for {place['homes']:,} {layer.exposure}"
    usual = usual if place["homes"] else "where nobody lives"
    told = f"{_counted(layer, place['observed'])} in {months} months {usual}"
    before = "" if place["course"] == Course.TOO_SHORT else f"; {place['before']:,} in the {months} before"
    return f"{_OPENINGS[Course(place['course'])]}{_of(theme)} in {where}: {told}{before}."


def _starting(layer: Layer, theme: str, found: Mapping[str, Any]) -> str:
    lately = "the last month" if found["periods"] == 1 else f"the last {found['periods']} months"
    near = f"within {found['radius']:.0f} m of {found['easting']:.0f}, {found['northing']:.0f}"
    told = f"{_counted(layer, found['observed'])} in {lately} where {found['expected']:.0f} are usual"
    return f"Something{_of(theme)} may be starting {near}: {told}."


def _of(theme: str) -> str:
    return "" if theme == EVERYTHING else f" of {theme}"


def _counted(layer: Layer, count: int) -> str:
    return f"{count:,} {layer.noun[count != 1]}"
