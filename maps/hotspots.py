"""The hotspots of a layer as the officers' map shows them: on the map, in the legend and in the list."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely

from analysis.findings import hotspot, kind, place_figures
from analysis.hotspot_areas import HotspotAreas
from analysis.layers import EVERYTHING
from evidence import Selection
from geo.crs import to_lonlat
from geo.excess import FALSE_DISCOVERIES
from geo.trend import TrendClass
from layers._layer import Layer
from maps.legend import scheme
from maps.period import period_in_words

_change = scheme("PuOr", 11).rgb_hex_str


@dataclass(frozen=True)
class Look:
    """How hotspots of a course are drawn and called; the letter and the words are never left out for the colour."""

    letter: str
    name: str
    words: str
    colour: str
    tint: str
    dashes: str = ""


LOOKS = {
    TrendClass.NEW: Look("N", "new", "New", _change(0.1), _change(0.35)),
    TrendClass.INTENSIFYING: Look("G", "growing", "Growing", _change(0.05), _change(0.3)),
    TrendClass.PERSISTENT: Look("P", "lasting", "Persistent: lasting", "#404040", _change(0.5)),
    TrendClass.UNSURE: Look("H", "", "High now; before cannot be told", "#404040", _change(0.5), "2 5"),
    TrendClass.TOO_SHORT: Look("?", "", "Too short to say since when", "#404040", _change(0.5), "2 5"),
    TrendClass.ONE_OFF: Look("1", "one-off", "One month alone", "#404040", _change(0.5), "1 4"),
    TrendClass.FADING: Look("F", "fading", "Fading", _change(0.9), _change(0.65), "8 5"),
}
"""In the order in which they are listed: what has begun first."""


@dataclass(frozen=True)
class Place:
    """A window of cells in which more is reported than its homes explain."""

    number: int
    look: Look
    sentence: str
    at: tuple[float, float]
    """Latitude and longitude of its middle."""
    estates: tuple[str, ...]
    """Codes of those that it lies in."""


@dataclass(frozen=True)
class HotspotMap:
    """The hotspots of the theme that is chosen, or of all rows."""

    found: HotspotAreas
    theme: str
    names: Mapping[str, str]
    """Of the estates, by code."""
    selection: Selection
    """What the rest of the page shows."""

    @property
    def layer(self) -> Layer:
        """The layer shown."""
        return self.found.layer

    @property
    def title(self) -> str:
        """As in "Hotspots of cleanliness"."""
        if self.theme != EVERYTHING:
            return f"Hotspots of {self.theme}"
        return "Hotspots of all themes" if len(self.found.themes) > 1 else "Hotspots"

    @property
    def period(self) -> str:
        """The months in which they were found, in words; empty where nothing can be said."""
        if not self.found.period:
            return ""
        lacking = self.found.result["lacking"]
        return period_in_words(*self.found.period) + (f" ({lacking})" if lacking else "")

    @property
    def differs(self) -> str:
        """That the filters ask for something else than what hotspots are found in; empty where they do not."""
        if not self.found.period or not self._asked_otherwise:
            return ""
        return f"Hotspots are always of all categories in the last complete months, {self.period}."

    @property
    def _asked_otherwise(self) -> bool:
        chosen = self.selection
        themes = chosen.themes and chosen.themes != {self.theme}
        return bool((chosen.first, chosen.last) != self.found.period or chosen.categories or themes)

    @property
    def tested(self) -> str:
        """How many places were tested, and how surely what was found is not chance; of nothing that is not said."""
        if not self._hotspots["tested"]:
            return "No place could be tested: too little was recorded, or there are too few homes."
        told = f"{self._hotspots['tested']:,} places of three sizes with enough {self.layer.exposure} were tested"
        sure = (
            f"; of what is told, chance alone would make at most 1 in {1 / FALSE_DISCOVERIES:.0f}"
            if self.places
            else ""
        )
        return f"{told}{sure}."

    @property
    def located(self) -> str:
        """What they were found from."""
        result = self.found.result
        return f"{result['located']:,} of {result['total']:,} {self.layer.noun[1]} could be located."

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place: those that stand out before others, what has begun before what lasts, the surest first."""
        order = list(LOOKS)
        ranked = sorted(
            self.found.places(self.theme).values(),
            key=lambda each: (kind(each) != "hotspot", order.index(TrendClass(each["course"])), each["p"]),
        )
        return tuple(map(self._place, ranked))

    @property
    def courses(self) -> list[tuple[Look, int]]:
        """For the legend: every course that a place takes, with how many do."""
        number = Counter(place.look.letter for place in self.places)
        return [(look, number[look.letter]) for look in LOOKS.values() if number[look.letter]]

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts draw from."""
        return {
            "cellWidth": self.layer.cell_width,
            "cells": list(self._cells()),
            "places": [
                {"place": each.number, "at": each.at, "title": "", "words": each.sentence, "estates": each.estates}
                | _look_data(each.look)
                for each in self.places
            ],
        }

    @property
    def _hotspots(self) -> Mapping[str, Any]:
        return self.found.themes[self.theme]["hotspots"] if self.found.themes else {}

    def _place(self, told: Mapping[str, Any]) -> Place:
        (lon,), (lat,) = (axis.round(6).tolist() for axis in to_lonlat([told["easting"]], [told["northing"]]))
        months, compared = (self.found.result[name] for name in ("months", "compared"))
        said = hotspot(self.layer, self.theme, told, self.names, months, compared)
        return Place(told["place"], LOOKS[TrendClass(told["course"])], said, (lat, lon), tuple(told["estates"] or ()))

    def _cells(self) -> Iterator[dict[str, Any]]:
        frame, places = self.found.frame, self.found.places(self.theme)
        for row in frame[frame["theme"] == self.theme].to_dict("records"):
            look = LOOKS[TrendClass(row["course"])]
            ring = shapely.get_coordinates(row["geometry"])[:-1, ::-1].round(6)
            yield {
                "place": row["place"],
                "ring": ring.tolist(),
                "title": f"{_title(look, places[row['place']])} in {self.names.get(row['estate'], 'no estate')}",
                "words": self._cell_description(row),
                "estates": [row["estate"]],
                **_look_data(look),
            }

    def _cell_description(self, cell: Mapping[Hashable, Any]) -> str:
        place = self.found.places(self.theme)[cell["place"]]
        told = place_figures(self.layer, place, self.found.result["months"], self.found.result["compared"])
        own = f"In this cell {cell['cell_cases']:,}, of {cell['cell_homes']:,} {self.layer.exposure}"
        return f"{told} {own}." + (f" {chance(place['p'])}" if place["stands_out"] else "")


def hotspot_map(found: HotspotAreas, selection: Selection, names: Mapping[str, str]) -> HotspotMap:
    """The hotspots of the theme chosen, if exactly one is and the layer's analysis has it, or else of all rows."""
    chosen = next(iter(selection.themes)) if len(selection.themes) == 1 else EVERYTHING
    return HotspotMap(found, str(chosen) if chosen in found.themes else EVERYTHING, names, selection)


def chance(p: float) -> str:
    """How much chance there may be in a place that stands out, in words; `p` is corrected for all that was tested."""
    often, told = ("fewer than 1 in 1,000", "0.001 or less") if p < 0.001 else (f"about 1 in {1 / p:,.0f}", f"{p:.3f}")
    return f"Of places as clear as this, chance alone makes {often} (p {told} after correction)."


def _title(look: Look, place: Mapping[str, Any]) -> str:
    return f"{look.name} {kind(place)}".strip().capitalize()


def _look_data(look: Look) -> dict[str, str]:
    return {"letter": look.letter, "colour": look.colour, "tint": look.tint, "dashes": look.dashes}
