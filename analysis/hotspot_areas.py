"""The hotspots of a layer as areas on the ground, with what they were found from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np

from analysis.runs import latest_run
from evidence import Calendar, Database, MonthState, Viewer
from geo.crs import BRITISH_NATIONAL_GRID, lonlat_frame
from geo.hexagons import polygons
from geo.trend import TrendClass
from layers._layer import Layer

COLUMNS = (
    "id",
    "theme",
    "course",
    "observed",
    "cases",
    "reporting",
    "expected",
    "homes",
    "compared",
    "before",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p",
    "z",
    "place",
    "estate",
)
"""What is told of a cell; its counts are those of it and the up to six around it, as it was tested."""

_COMPARED = {"compared": "compared", "before": "before", "ratio": "ratio", "ratio_low": "low", "ratio_high": "high"}
"""What is missing where there are no two years to compare, with its name in a result."""


@dataclass(frozen=True)
class HotspotAreas:
    """What the latest analysis of a layer found hot."""

    layer: Layer
    analysis: str | None
    """Its identifier; None where the layer has not been analysed."""
    result: Mapping[str, Any]

    @property
    def refusal(self) -> str:
        """Why nothing can be said, in a sentence; empty if something can."""
        if self.analysis is None:
            return f"The {self.layer.noun[1]} have not been analysed yet: run priorities analyse."
        return str(self.result.get("refusal") or "")

    @property
    def themes(self) -> Mapping[str, Any]:
        """What was found by theme; nothing where nothing can be said."""
        return {} if self.refusal else self.result["themes"]

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last of the months in which the hotspots were found; None where nothing can be said."""
        if self.refusal:
            return None
        return date.fromisoformat(self.result["since"]), date.fromisoformat(self.result["last"])

    @property
    def calendar(self) -> Calendar:
        """Which months of the layer are loaded; of none, where it has not been analysed."""
        known = self.result.get("calendar") or {"first": None, "states": [], "changed": None}
        first, changed = (each and date.fromisoformat(each) for each in (known["first"], known["changed"]))
        return Calendar(first, tuple(map(MonthState, known["states"])), changed)

    @property
    def tested(self) -> dict[str, int]:
        """How many cells were tested, by theme."""
        return {theme: found["hotspots"]["tested"] for theme, found in self.themes.items()}

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The hot cells of every theme with `COLUMNS`, hexagons in WGS84; without any, an empty frame.

        `before` and the ratio to it are missing where there are no two years to compare, and a ratio and its limits
        where they are infinite; `estate` where a cell is in none.
        """
        cells = [(theme, cell) for theme, found in self.themes.items() for cell in found["hotspots"]["cells"]]
        rows = [_cell_row(theme, cell) for theme, cell in cells]
        outlines = polygons(np.array([cell["cell"] for _, cell in cells], dtype=np.int64), self.layer.cell_width)
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        return lonlat_frame(gpd.GeoDataFrame(columns, geometry=outlines, crs=BRITISH_NATIONAL_GRID))


def hotspot_areas(database: Database, viewer: Viewer, layer: Layer) -> HotspotAreas:
    """What the latest analysis of a layer found hot.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    analysis, result = latest_run(database, viewer, layer.id) or (None, {})
    return HotspotAreas(layer, analysis, result)


def _cell_row(theme: str, cell: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: cell[name] for name in COLUMNS if name in cell and name not in _COMPARED}
    return {"id": f"{theme.replace(' ', '-')}-{cell['cell']}", "theme": theme, **own, **dict(_comparison(cell))}


def _comparison(cell: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    short = cell["course"] == TrendClass.TOO_SHORT
    for name, known in _COMPARED.items():
        yield name, None if short else cell[known]
