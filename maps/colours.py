"""The colours of pages, maps and posters. Style sheets and scripts are told them; a layer's hue is the layer's own."""

from enum import StrEnum

from layers._registry import LAYERS


class Colour(StrEnum):
    """A colour of the product, as "#rrggbb"."""

    INK = "#14212b"
    QUIET = "#47545d"
    """What is said beside the point."""
    LINE = "#c9c4b6"
    TEAL = "#0b4a52"
    """The head of a page, links, and what is to be done."""
    PAPER = "#f6f4ee"
    """The ground of a map."""
    OUTSIDE = "#e4e0d3"
    """The ground outside the district."""
    DISTRICT_EDGE = "#8f8873"
    HATCH = "#7d858b"
    ROAD = "#fffdf7"
    ROAD_EDGE = "#b9b09a"
    ROAD_NUMBER = "#6b5d3f"
    FOCUS = "#ffdd00"
    """The GOV.UK Design System's."""
    FOCUS_EDGE = "#0b0c0c"

    @property
    def camel(self) -> str:
        """Its name in scripts, as in "roadEdge"."""
        first, *others = self.name.lower().split("_")
        return first + "".join(map(str.capitalize, others))


SHADING = {"alone": 0.82, "basemap": 0.6, "records": 0.4}
"""Opacity of what is shaded: on paper, over a basemap, and where single records are to be seen through it."""


def custom_properties() -> str:
    """A rule of CSS with every colour and hue, as in ``--road-edge`` and ``--hue-asb``.

    ``--ink-channels`` is for ink that is seen through.
    """
    named = {colour.name.lower().replace("_", "-"): str(colour) for colour in Colour}
    named |= {f"hue-{layer.id}": layer.hue for layer in LAYERS.values()}
    named["ink-channels"] = " ".join(str(channel) for channel in bytes.fromhex(Colour.INK[1:]))
    named["shading"] = str(SHADING["alone"])
    rule = ";".join(f"--{name}:{value}" for name, value in named.items())
    return f":root{{{rule}}}"
