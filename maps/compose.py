"""The maps, composed by folium of its own parts and ours, and taken apart again for our own page.

folium's default page has no language and no title, forbids zooming and calls four other hosts, so only its body
and its script are used: what it writes into the page's head is left out, and the page brings those libraries itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import Figure, MacroElement
from folium.map import Layer
from folium.template import Template
from markupsafe import Markup

from geo.web_mercator import EQUATOR
from maps import zooms
from maps.basemap import PMTILES_ADDRESS, Basemap, tile_layer
from maps.colours import SHADING, Colour
from maps.extent import Bounds, Extent

_CALL = """{% macro script(this, kwargs) %}
    var {{ this.get_name() }} = drawing.{{ this.function }}({{ this.data|tojson }});
{% endmacro %}"""

FACTS: Mapping[str, Any] = {
    "colours": {colour.camel: str(colour) for colour in Colour},
    "shading": SHADING,
    "zooms": {
        "tiles": zooms.MIN_TILE_ZOOM,
        "estate": zooms.ESTATE_ZOOM,
        "place": zooms.PLACE_ZOOM,
        "extent": zooms.EXTENT_ZOOM,
        "records": zooms.RECORDS_ZOOM,
    },
    "equator": EQUATOR,
}
"""What scripts are told of every map, whatever it shows."""


class Drawn(Layer):
    """A layer that one of our modules draws.

    Parameters
    ----------
    function
        What the map's module exports; it is given `data` and returns a layer of Leaflet.
    name
        What the layer control calls it; a layer without a name is always shown and not in the control.
    shading
        One of those of which only one is shown at a time.
    """

    _template = Template(_CALL)

    def __init__(self, function: str, name: str = "", *, shading: bool = False, show: bool = True, **data: Any) -> None:
        super().__init__(name=name, overlay=not shading, control=bool(name), show=show)
        self._name = function
        self.function = function
        self.data = data


class Controls(MacroElement):
    """Our buttons and habits of the map: `data` goes to the module's function `controls`, with the map."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        drawing.controls({{ this._parent.get_name() }}, {{ this.data|tojson }});
        {% endmacro %}"""
    )

    def __init__(self, **data: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "controls"
        self.data = data


@dataclass(frozen=True)
class Parts:
    """A composed map."""

    html: Markup
    """Its element."""
    script: Markup
    """What fills it, without tags around, with Leaflet's `L` and with what `module` exports as `drawing`."""
    module: str
    """Name of a file among the assets."""


def officers_map(extent: Extent, label: str, attribution: str, base: Basemap) -> Parts:
    """The officers' map: estates shaded by rate or a heat surface, hotspots, records, roads and names.

    Parameters
    ----------
    label
        What the map is called for those who do not see it.
    attribution
        Of the estates' outlines.
    """
    layers = (
        Drawn("estates"),
        Drawn("rate", "Rate by estate", shading=True),
        Drawn("heat", "Heat surface", shading=True, show=False),
        Drawn("hotspots", "Hotspots"),
        Drawn("records", "Single records (zoom in)"),
        Drawn("roads", "Grid roads"),
        Drawn("names", "Names"),
    )
    return _composed("officers-map.js", extent, label, attribution, base, *layers)


def public_map(extent: Extent, label: str, attribution: str, base: Basemap) -> Parts:
    """The public map: projects, clustered, on the estates' outlines. Parameters as of `officers_map`."""
    layers = (Drawn("outlines"), Drawn("roads"), Drawn("names"), Drawn("projects"))
    return _composed("public-map.js", extent, label, attribution, base, *layers)


def place_map(extent: Extent, label: str, attribution: str, base: Basemap) -> Parts:
    """The map on which a place is chosen: outlines, roads and names. Parameters as of `officers_map`."""
    layers = (Drawn("outlines"), Drawn("roads"), Drawn("names"), Drawn("place"))
    return _composed("place-map.js", extent, label, attribution, base, *layers)


def _composed(module: str, extent: Extent, label: str, attribution: str, base: Basemap, *layers: Layer) -> Parts:
    west, south, east, north = extent.first
    middle = ((south + north) / 2, (west + east) / 2)
    # Between whole zooms, tiles of pictures are blurred.
    drawn = folium.Map(middle, tiles=None, zoom_control=False, control_scale=True, zoom_snap=1 if base.tiles else 0.25)
    # folium hands its own min_zoom and max_zoom to a tile layer, and there may be none.
    drawn.options |= {"min_zoom": zooms.MIN_ZOOM, "max_zoom": zooms.MAX_ZOOM}
    figure = Figure()
    drawn.add_to(figure)
    for layer in (*_ground(base), Drawn("mask", attribution=attribution), *layers):
        layer.add_to(drawn)
    if any(layer.control for layer in layers):
        folium.LayerControl(collapsed=False).add_to(drawn)
    Controls(label=label, first=_corners(extent.first), whole=_corners(extent.whole)).add_to(drawn)
    drawn.render()  # type: ignore[no-untyped-call]
    # Safe: folium wrote it, and what it was given went through its `tojson`.
    return Parts(Markup(figure.html.render()), Markup(figure.script.render()), module)


def _corners(bounds: Bounds) -> list[list[float]]:
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _ground(base: Basemap) -> Iterable[Layer]:
    if base.tiles:
        yield tile_layer(base)
    if base.file:
        yield Drawn("pmtiles", address=PMTILES_ADDRESS, attribution=base.attribution)
