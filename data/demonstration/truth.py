"""What was planted and what was made: the contents of the truth file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Plant:
    """Something that an analysis should find, or should not be taken in by."""

    id: str
    kind: str
    """steady, emerging, fading; many homes; quiet; single case, differ by one, lone hate case."""
    layer: str
    theme: str | None
    """None: all themes of the layer."""
    categories: dict[str, float]
    """Of the cases that come on top: share by category."""
    easting: float
    northing: float
    radius_m: float | None
    """None: the whole of the estates."""
    estates: list[str]
    """Codes of the estates that have homes in it."""
    homes: int
    first_month: str
    last_month: str
    relative_risk: float
    """At its height; 1 where nothing more happens than elsewhere."""
    reporting: float
    """Share of what happens that residents report, 1 being usual."""
    expected: float
    """Cases in place, theme and months without the plant."""
    actual: int
    """Cases in place, theme and months, by the home they are about, however exactly the row is located."""
    actual_exact: int
    """Of these, those whose row has a UPRN or coordinates."""
    references: list[str]
    """Of the cases of a trap."""


@dataclass(frozen=True)
class Canary:
    """A text with invented private details, which must never leave the officers' side."""

    layer: str
    reference: str
    text: str
    words: list[str]
    """Words that occur nowhere else."""


@dataclass(frozen=True)
class Truth:
    """Everything about one demonstration that an evaluation may need."""

    seed: int
    since: str
    until: str
    files: dict[str, list[str]]
    """File names by layer, and `homes`."""
    rows: dict[str, int]
    precision: dict[str, dict[str, int]]
    """Rows by layer and by the most exact place that they give: exact, postcode, estate, none."""
    estates: list[dict[str, Any]]
    """Of each estate: code, homes, level by layer (gamma), reporting by layer, cases by layer (all rows)."""
    parameters: dict[str, Any]
    plants: list[Plant]
    canaries: list[Canary]

    def write(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
