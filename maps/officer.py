"""Everything that the officers' map tells, as one value: from it page, legend, list, table and map are all drawn."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from analysis.hotspot_areas import hotspot_areas
from analysis.priorities import latest_priorities
from evidence import (
    Database,
    Figures,
    Selection,
    Snapshot,
    Viewer,
    figures,
    lacking_in_words,
    layers_with_records,
    snapshot,
)
from geo.council import COUNCIL
from layers._layer import Layer, Shown
from maps import address
from maps.choices import Choices
from maps.estate_trend import EstateTrend, estate_trend
from maps.estates import Column, Estate, estates, sorted_by
from maps.heat import deepest
from maps.hotspots import HotspotMap, hotspot_map
from maps.legend import Legend, legend
from maps.period import default_period, in_data, period_in_words
from maps.priorities import PrioritiesPanel
from maps.sentence import ENOUGH_LOCATED, located, sentence
from maps.surface import METRIC_FROM, RADIUS, Surface, paint, peak, surface
from maps.zooms import MAX_TILE_ZOOM

PATH = "/officer/map"


@dataclass(frozen=True)
class OfficersView:
    """The figures of a selection, in every form in which the page tells them."""

    figures: Figures
    legend: Legend
    surface: Surface
    ranked: tuple[Estate, ...]
    opened: Estate | None
    column: Column
    """What the table is sorted by."""
    hotspots: HotspotMap
    priorities: PrioritiesPanel | None
    """Of the estate that is opened; None where there are none yet."""
    viewer: Viewer
    """For whom it is: what is seen close up depends on it."""

    @property
    def layer(self) -> Layer:
        """The layer shown."""
        return self.figures.layer

    @property
    def selection(self) -> Selection:
        """The filters in force; the period is always given where the layer has data."""
        return self.figures.selection

    @property
    def period(self) -> str:
        """The period in words; empty where the layer has no data."""
        first, last = self.selection.first, self.selection.last
        return period_in_words(first, last) if first and last else ""

    @property
    def choices(self) -> Choices:
        """What the filters offer."""
        return Choices(self.layer, self.selection, self.figures.first, self.figures.last)

    @property
    def narrowed(self) -> list[str]:
        """The themes, categories and estates chosen, in words; empty for all."""
        chosen = (each.name for each in self.ranked if each.code in self.selection.estates)
        return [*self.choices.narrowed, *sorted(chosen)]

    @property
    def sentence(self) -> str:
        """The map's message."""
        return sentence(self.figures, self.ranked, self.opened, self.period)

    @property
    def located(self) -> str:
        """How many rows could be placed, out of how many."""
        return located(self.figures)

    @property
    def few_located(self) -> bool:
        """Whether too few rows could be placed to trust the map."""
        return self.figures.located < ENOUGH_LOCATED * self.figures.total

    @property
    def lacking(self) -> str:
        """Which months of the period are not loaded whole, in words; empty if all are."""
        first, last = self.selection.first, self.selection.last
        found = self.hotspots.found.calendar
        return lacking_in_words(found.lacking(first, last)) if found.states and first and last else ""

    @property
    def trend(self) -> EstateTrend | None:
        """What the analysis says of the estate that is opened."""
        return estate_trend(self.hotspots.found, self.hotspots.theme, self.opened.code) if self.opened else None

    @property
    def table(self) -> list[Estate]:
        """The estates in the order of the table."""
        return sorted_by(self.column, self.ranked)

    @property
    def close_up(self) -> str:
        """What is not shown when one zooms in, in a sentence; empty where everything is."""
        patch = self.viewer.patch
        if patch is None or isinstance(self.layer.disclosure, Shown):
            return ""
        names = sorted(each.name for each in self.ranked if each.code in patch)
        if not names:
            return "Single records, and heat close up, are for the officers of an estate."
        return f"Single records, and heat close up, are those of your patch: {', '.join(names)}."

    def address(self, **changes: str) -> str:
        """The address of this page with an estate opened (`open`) or the table sorted (`sort`) another way."""
        now = {"layer": self.layer.id, "open": self.opened.code if self.opened else "", "sort": self.column}
        return f"{PATH}?{address.query(self.selection, **{**now, **changes})}"

    def on_scale(self, rate: float) -> float:
        """Where a rate lies on the bars of the list, 0 to 100; the widest ranges run out of the picture."""
        return round(min(100.0, 100 * rate / self._full), 1)

    @cached_property
    def _full(self) -> float:
        # The highest of the surely high: the upper limit of three homes is thousands.
        surely = max((each.low or 0.0 for each in self.ranked), default=0.0)
        return 1.5 * max(surely, 1.5 * (self.figures.district or 0.0)) or 1.0

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts draw from."""
        return {
            "layer": {
                "id": self.layer.id,
                "noun": self.layer.noun,
                "hue": self.layer.hue,
                "marker": self.layer.marker,
                "heading": self.layer.category,
                "fields": _fields(self.layer),
            },
            "colours": [each.colour for each in self.legend.classes],
            "estates": {each.code: _on_the_map(each, self.layer) for each in self.ranked},
            "open": self.opened.code if self.opened else None,
            "tiles": address.tiles(self.layer, self.selection, self.figures.version),
            "paint": paint(self.surface, COUNCIL.latitude),
            "kernel": {"metres": RADIUS, "from": METRIC_FROM},
            # Whose patch is empty has heat as fine as may be seen, which the browser enlarges, and no records.
            "deepest": MAX_TILE_ZOOM if self.layer in layers_with_records(self.viewer) else deepest(self.layer),
            "items": address.items(self.layer, self.selection)
            if self.layer in layers_with_records(self.viewer)
            else None,
            "hotspots": self.hotspots.data,
        }


def _fields(layer: Layer) -> dict[str, str]:
    # What comes after the semicolon tells how to fill the field in.
    described = {name: field.description or name for name, field in layer.record.model_fields.items()}
    return {name: description.split(";")[0] for name, description in described.items()}


def _on_the_map(estate: Estate, layer: Layer) -> dict[str, Any]:
    rate = f"{estate.figure} {layer.noun[1]} per 1,000 homes, likely {estate.range}"
    return {
        "name": estate.name,
        "step": estate.step,
        "homes": estate.homes,
        "figure": "" if estate.rate is None else estate.figure,
        "card": rate if estate.homes else f"{estate.count:,} {layer.noun[1]}; no homes listed, so no rate",
    }


def officers_view(
    database: Database,
    viewer: Viewer,
    layer: Layer,
    asked: Selection,
    today: date,
    opened: str = "",
    column: Column = "rate",
) -> OfficersView:
    """What the officers' map tells of a selection.

    Parameters
    ----------
    asked
        The filters, of which the layer has every category. Without a period, or with one in which the layer has no
        data, the last twelve complete months of its data are shown.
    opened
        Code of the estate that is opened; one that is not there opens none.
    column
        What the table is sorted by.

    Raises
    ------
    NotVisible
        The viewer is the public.
    """
    rows = snapshot(database, viewer, layer)
    selection = selection_shown(asked, rows, today)
    found = figures(database, viewer, layer, selection)
    classes = legend([each.rate for each in found.areas], layer.ramp)
    ranked = estates(found, classes)
    shown = next((each for each in ranked if each.code == opened), None)
    hot = hotspot_map(hotspot_areas(database, viewer, layer), selection, {each.code: each.name for each in found.areas})
    first = _priorities(database, viewer, shown) if shown else None
    heat = surface(peak(rows, selection), layer.hue)
    return OfficersView(found, classes, heat, ranked, shown, column, hot, first, viewer)


def _priorities(database: Database, viewer: Viewer, estate: Estate) -> PrioritiesPanel | None:
    run, found = latest_priorities(database, viewer) or ("", None)
    # Another set of estates may be in use than when they were weighed.
    own = found.estates.get(estate.code) if found else None
    return PrioritiesPanel(estate.name, run, found, own, estate.homes) if found and own else None


def selection_shown(asked: Selection, rows: Snapshot, today: date) -> Selection:
    """The filters asked for, with a period if, and only if, the layer has data."""
    first = last = None
    if rows.first and rows.last:
        period = in_data((asked.first, asked.last), rows.first, rows.last)
        first, last = period or default_period(rows.first, rows.last, today)
    return replace(asked, first=first, last=last)
