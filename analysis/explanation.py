"""What a run was made from, for a person: the record of it in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from analysis.weights import WORDS
from layers._registry import LAYERS

_PARAMETERS = {
    "fewest_homes": "Fewest homes (or points in use) in a place that is tested",
    "windows": "Widths of the places that are tested, in cells",
    "surely": "How surely a place that does not stand out has half as much again as the district, to be told",
    "months": "Months that are compared with as many before",
    "recent_months": "Latest months that are tested besides",
    "false_discoveries": "Share of the hotspots that may be due to chance, at most",
    "replicates": "Maps that chance alone makes, to compare with",
    "draws": "Draws by which it is told how sure an order is",
}
_ROLES = {"record": "records of a need", "voice": "what residents say", "answer": "answers to needs"}


def explanation(made: datetime, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every fact of a run's record, as what it is called and what it says, in the order in which they matter.

    Parameters
    ----------
    record
        As the run has it; one of an earlier version of the service may lack facts, and says so.
    """
    yield "Of", _title(record["subject"])
    yield "Made", f"{made.astimezone():%Y-%m-%d %H:%M}"
    yield "From what had happened until", record.get("as_of") or "the last complete month of each source"
    data = record["data"]
    for name, version in (data if isinstance(data, dict) else {record["subject"]: data}).items():
        yield f"Data version of {_title(name)}", version or "nothing is loaded"
    parameters = dict(record["parameters"])
    if weights := parameters.pop("weights", None):
        yield "Weights", _weights(weights)
    for name, layer in record.get("layers", {}).items():
        yield f"What {_title(name)} is", _layer(layer)
    for name, value in parameters.items():
        yield _PARAMETERS.get(name, name.replace("_", " ").capitalize()), f"{value}"
    yield "Seed of what is drawn by chance", f"{record['seed']}"
    versions = record.get("versions")
    words = ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) if versions else ""
    yield "Versions", words or "not kept: this run was made by version 0.1.0"


def _title(name: str) -> str:
    return LAYERS[name].title if name in LAYERS else name.capitalize()


def _weights(change: Mapping[str, Any]) -> str:
    parts = ", ".join(f"{WORDS[part]} {weight:g}" for part, weight in change["weights"].items())
    return f"{parts}; set by {change['who']} on {change['when']}: {change['why']}"


def _layer(layer: Mapping[str, Any]) -> str:
    spoken: dict[str, list[str]] = {}
    for category, theme in layer["themes"].items():
        spoken.setdefault(theme, []).append(category)
    themes = "; ".join(f"{theme}: {', '.join(categories)}" for theme, categories in spoken.items())
    points = "points that stand for several addresses, " if layer["anonymised_points"] else ""
    lists = "".join(
        f". Counted as {name}: {field} {', '.join(values)}"
        for name in ("severe", "unprompted")
        for field, values in layer[name].items()
    )
    role = _ROLES.get(layer["role"], layer["role"])
    return f"{role}, {points}dated by {layer['happened']}, cells {layer['cell_width_metres']:g} m wide. {themes}{lists}"
