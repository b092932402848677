import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile

Visits = Callable[..., Any]
MAP = "/officer/map"


def _pmtiles(file: Path) -> None:
    """A PMTiles archive whose one tile, water everywhere, stands for every tile down to zoom 15."""
    square = "POLYGON ((0 0, 4096 0, 4096 4096, 0 4096, 0 0))"
    tile = mapbox_vector_tile.encode(
        [{"name": "water", "features": [{"geometry": square, "properties": {"kind": "lake"}}]}]
    )

    def varint(number: int) -> bytes:
        return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)

    ids = (4**16 - 1) // 3
    directory = b"".join(map(varint, (1, 0, ids, len(tile), 1)))
    about = json.dumps({}).encode()
    start = 127 + len(directory)
    offsets = (127, len(directory), start, len(about), 0, 0, start + len(about), len(tile), ids, 1, 1)
    header = b"PMTiles\x03" + b"".join(number.to_bytes(8, "little") for number in offsets)
    header += bytes([1, 1, 1, 1, 0, 15])  # clustered, nothing compressed, vector tiles, zooms 0 to 15
    degrees = (-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header += b"".join(number.to_bytes(4, "little", signed=True) for number in degrees)
    header += bytes([10]) + bytes(8)
    file.write_bytes(header + directory + about + tile)


WATER = """(() => {
  const canvas = document.querySelector('.leaflet-tile-pane canvas');
  return [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
})()"""


def test_a_basemap_of_ones_own_is_drawn_under_the_evidence(
    visit: Visits, city_with: Callable[..., Any], tmp_path: Path
) -> None:
    """From a PMTiles file, read in pieces, from no other host, and the shading lets it be seen."""
    file = tmp_path / "mk.pmtiles"
    _pmtiles(file)
    with city_with(basemap=file) as address:
        made = visit(at=address)
        page = made.open("/officer/map")
        made.until("document.querySelectorAll('.leaflet-tile-pane canvas').length > 0")
        made.until(f"{WATER}[3] === 255")
        red, _, blue, _ = page.evaluate(WATER)
        assert blue > red
        # Chromium advises us, who look at the pixels.
        assert [words for words in made.wrong if "getImageData" not in words] == []
        assert made.hosts() == set()
        shading = "getComputedStyle(document.getElementById('picture')).getPropertyValue('--fill')"
        assert page.evaluate(shading) == "0.6"


def test_without_a_basemap_there_are_district_roads_and_outlines(visit: Visits) -> None:
    """The map reads without one: nothing grey, and the edge of the district is drawn."""
    made = visit()
    page = made.open("/officer/map")
    page.wait_for_selector(".leaflet-mask-pane path >> nth=3", state="attached")
    page.wait_for_selector(".leaflet-roads-pane path >> nth=1", state="attached")
    assert page.locator(".leaflet-overlay-pane path").count() > 100
    assert page.locator(".leaflet-tile-pane *").count() == 0
