"""What lies under the evidence: nothing, a service on the internet, or a file of our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import folium

PMTILES_ADDRESS = "/basemap.pmtiles"


Setting = Literal["none", "openstreetmap", "ordnance-survey"] | Path
"""The name of a basemap, or the path of a PMTiles file."""


@dataclass(frozen=True)
class Basemap:
    """A basemap: a template of addresses of raster tiles, a PMTiles file, or neither."""

    tiles: str = ""
    attribution: str = ""
    file: Path | None = None
    max_zoom: int = 19


def basemap(setting: Setting, key: str | None = None) -> Basemap:
    """The basemap that a setting names; `key` is Ordnance Survey's."""
    if isinstance(setting, Path):
        return Basemap(attribution="© OpenStreetMap contributors, Protomaps", file=setting)
    return {
        "none": Basemap(),
        "openstreetmap": Basemap("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors"),
        "ordnance-survey": Basemap(
            f"https://api.os.uk/maps/raster/v1/zxy/Light_3857/{{z}}/{{x}}/{{y}}.png?key={key}",
            "Contains OS data © Crown copyright and database rights",
            max_zoom=20,
        ),
    }[setting]


def tile_hosts(setting: Setting) -> tuple[str, ...]:
    """The origins from which the browser must be allowed to load images, besides our own."""
    tiles = basemap(setting).tiles
    return ("/".join(tiles.split("/")[:3]),) if tiles else ()


def tile_layer(base: Basemap) -> folium.TileLayer:
    """The basemap's raster tiles as a layer of folium."""
    return folium.TileLayer(
        base.tiles,
        attr=base.attribution,
        max_zoom=base.max_zoom,
        control=False,
        # OpenStreetMap's tile usage policy asks for the page's origin, which our own policy keeps back.
        referrer_policy="strict-origin-when-cross-origin",
    )
