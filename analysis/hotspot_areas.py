"""The hotspots of a layer as areas on the ground, with what they were found from."""

from collections.abc import Mapping
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

_COMPARED = {
    "compared": "compared",
    "before": "before",
    "ratio": "ratio",
    "ratio_low": "low",
    "ratio_high": "high",
    "district": "district",
}
"""What is missing where there are no two years to compare, with its name in a result."""

_OF_PLACE = (
    *("course", "observed", "cases", "reporting", "expected", "homes"),
    *(*_COMPARED, "since", "since_earliest", "since_latest"),
    *("p", "stands_out", "surely_more"),
)

COLUMNS = ("id", "theme", *_OF_PLACE, "place", "estate", "cell_cases", "cell_homes", "z")
"""What is told of a cell: of the place that it is a part of, as that was tested; and its own cases, homes and Gi*."""


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

    def places(self, theme: str) -> dict[int, Mapping[str, Any]]:
        """The places of a theme by their numbers; none where nothing can be said."""
        found = self.themes[theme]["hotspots"]["places"] if self.themes else ()
        return {place["place"]: place for place in found}

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The cells of the places of every theme with `COLUMNS`, hexagons in WGS84; without any, an empty frame.

        `before` and the ratio to it are missing where there are no two years to compare, and a ratio and its limits
        where they are infinite; `since` where no month can be told; `estate` where a cell is in none.
        """
        cells = [
            (theme, cell, places[cell["place"]])
            for theme, places in ((theme, self.places(theme)) for theme in self.themes)
            for cell in self.themes[theme]["hotspots"]["cells"]
        ]
        rows = [_cell_row(*each) for each in cells]
        outlines = polygons(np.array([cell["cell"] for _, cell, _ in cells], dtype=np.int64), self.layer.cell_width)
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


def _cell_row(theme: str, cell: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    short = place["course"] == TrendClass.TOO_SHORT
    return {
        "id": f"{theme.replace(' ', '-')}-{cell['cell']}",
        "theme": theme,
        **{name: place[name] for name in _OF_PLACE if name not in _COMPARED},
        **{name: None if short else place[known] for name, known in _COMPARED.items()},
        **{name: cell[name] for name in ("place", "estate", "z")},
        "cell_cases": cell["cases"],
        "cell_homes": cell["homes"],
    }
