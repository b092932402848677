import functools
import io
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from math import exp, hypot
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from evidence import LEVEL, Selection, Snapshot
from geo.crs import to_grid
from geo.web_mercator import deinterleave, morton
from layers._registry import LAYERS
from maps.heat import tile
from maps.surface import METRIC_FROM, RADIUS, paint, peak, radius_metres, surface
from maps.zooms import MAX_TILE_ZOOM, MIN_TILE_ZOOM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Floats = npt.NDArray[np.float64]

PACKAGES = Path(__file__).parents[2] / "node_modules" / "maplibre-gl" / "dist"
LAYER = next(iter(LAYERS.values()))
CENTRE = (-0.7543, 52.0312)
SIDE = 384

PAGE = """<!doctype html><body style="margin:0"><div id="map" style="width:{side}px;height:{side}px"></div>
<script src="maplibre-gl-csp.js"></script><script>
maplibregl.setWorkerUrl("maplibre-gl-csp-worker.js");
const map = new maplibregl.Map({{
  container: "map", center: {centre}, zoom: {zoom}, interactive: false, attributionControl: false, fadeDuration: 0,
  style: {{ version: 8,
    sources: {{ heat: {{
      type: "vector", tiles: [location.origin + "/{{z}}-{{y}}-{{x}}.mvt"], minzoom: {low}, maxzoom: {high},
    }} }},
    layers: [
      {{ id: "ground", type: "background", paint: {{ "background-color": "#ffffff" }} }},
      {{ id: "heat", type: "heatmap", source: "heat", "source-layer": "heat", paint: {paint} }},
    ] }},
}});
map.once("idle", () => {{ document.title = "drawn"; }});
</script>"""


def snapshot(longitude: Floats, latitude: Floats) -> Snapshot:
    """Rows of one category and month at these places."""
    code = np.sort(morton(longitude, latitude, LEVEL))
    rows = code.size
    return Snapshot(
        LAYER,
        "1",
        code=code,
        facet=np.zeros(rows, np.int32),
        estate=np.full(rows, -1, np.int16),
        located=np.ones(rows, bool),
        estates=(),
        first=date(2026, 1, 1),
        last=date(2026, 1, 1),
        synthetic=False,
    )


def places(code: npt.NDArray[np.uint64], level: int) -> tuple[Floats, Floats]:
    """Longitude and latitude of the centres of cells of web Mercator."""
    x, y = (part.astype(float) + 0.5 for part in deinterleave(code))
    return x / 2**level * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / 2**level))))


@pytest.fixture(scope="module")
def cases() -> Snapshot:
    """Cases in three places: a dense one, a wide one, and a single point with many."""
    random = np.random.default_rng(11)
    middles = np.repeat([[0.0, 0.0], [0.012, 0.004], [-0.009, -0.005]], [400, 300, 60], axis=0)
    spread = np.repeat([0.0012, 0.004, 0.0], [400, 300, 60])[:, None]
    offset = middles + spread * random.standard_normal(middles.shape)
    return snapshot(CENTRE[0] + offset[:, 0], CENTRE[1] + offset[:, 1])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and its address."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def write_tiles(rows: Snapshot, zoom: int, into: Path) -> None:
    """The tiles around the centre at one zoom, as files."""
    x, y = (int(part[0]) for part in deinterleave(morton([CENTRE[0]], [CENTRE[1]], zoom)))
    for column in range(x - 3, x + 4):
        for row in range(y - 3, y + 4):
            (into / f"{zoom}-{row}-{column}.mvt").write_bytes(tile(rows, Selection(), zoom, column, row))


def pixels(zoom: float) -> tuple[Floats, Floats]:
    """Easting and northing of every pixel of the picture, metres, through OSTN15."""
    world = 512 * 2**zoom
    x0 = (CENTRE[0] + 180) / 360 * world
    y0 = (1 - np.arcsinh(np.tan(np.radians(CENTRE[1]))) / np.pi) / 2 * world
    step = np.arange(SIDE) + 0.5 - SIDE / 2
    x, y = (part.ravel() for part in np.meshgrid(x0 + step, y0 + step))
    return to_grid(x / world * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / world)))))


def density(rows: Snapshot, zoom: float) -> Floats:
    """Cases per hectare at every pixel: a sum of Gaussians on the ground over the cells of the tiles."""
    level = int(zoom) + 6
    cells, counts = np.unique(rows.code >> np.uint64(2 * (LEVEL - level)), return_counts=True)
    east, north = to_grid(*places(cells, level))
    at_east, at_north = pixels(zoom)
    deviation = radius_metres(zoom) / 3
    squared = (at_east[:, None] - east) ** 2 + (at_north[:, None] - north) ** 2
    kernel = np.exp(-squared / (2 * deviation**2)) / (2 * np.pi * deviation**2)
    return np.asarray(kernel @ counts * 10_000).reshape(SIDE, SIDE)


@pytest.mark.parametrize("zoom", [14.0, 12.5, 11.0, 10.25, 9.5])
def test_every_pixel_has_the_colour_that_the_legend_gives_its_cases_per_hectare(
    zoom: float, cases: Snapshot, folder: tuple[Path, str], browser: "Browser"
) -> None:
    """What MapLibre draws with our paint is the density that the contours name, at any zoom."""
    there, address = folder
    expected = density(cases, zoom)
    of = surface(float(expected.max()), "#a63c22")
    for name in ("maplibre-gl-csp.js", "maplibre-gl-csp-worker.js"):
        (there / name).symlink_to(PACKAGES / name)
    write_tiles(cases, int(zoom), there)
    painted = json.dumps(paint(of, CENTRE[1]))
    page_text = PAGE.format(
        side=SIDE, centre=list(CENTRE), zoom=zoom, low=MIN_TILE_ZOOM, high=MAX_TILE_ZOOM, paint=painted
    )
    (there / "index.html").write_text(page_text)
    page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
    page.goto(f"{address}/index.html")
    page.wait_for_function("document.title === 'drawn'")
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), float)
    page.close()
    colours = np.array([[*bytes.fromhex(colour[1:])] for colour in ("#ffffff", *of.colours)])
    drawn = np.argmin(((picture[..., None, :] - colours) ** 2).sum(-1), axis=-1)
    # A quarter of the screen's resolution is what MapLibre computes at, so the very edge of a contour is blurred.
    sure = np.min([np.abs(expected / contour - 1) for contour in of.contours], axis=0) > 0.1
    told = np.searchsorted(of.contours, expected, side="right")
    assert set(np.unique(told)) == set(range(6))
    assert np.mean(drawn[sure] == told[sure]) > 0.995


def test_contours_double_from_a_readable_number_to_about_the_peak() -> None:
    """The last contour lies at 40 % of the peak or above, never beyond it; the words are the contours."""
    of = surface(23.0, "#a63c22")
    assert of.contours == (1, 2, 4, 8, 16)
    assert of.labels == ("1 up to 2", "2 up to 4", "4 up to 8", "8 up to 16", "16 and over")
    for high in np.geomspace(0.003, 30_000, 50):
        top = surface(high, "#a63c22").contours[-1]
        assert 0.4 * high * (1 - 1e-9) <= top <= high * (1 + 1e-9)


def test_a_surface_of_nothing_still_has_a_legend() -> None:
    """Without cases the contours are those of a peak of one."""
    assert surface(0.0, "#a63c22") == surface(1.0, "#a63c22")


def test_the_peak_of_one_place_is_that_of_the_kernel() -> None:
    """Forty cases at a point are forty times the middle of a Gaussian of a third of the radius, within the cells."""
    rows = snapshot(np.full(40, CENTRE[0]), np.full(40, CENTRE[1]))
    at_the_middle = 40 * 10_000 / (2 * np.pi * (RADIUS / 3) ** 2)
    assert peak(rows, Selection()) == pytest.approx(at_the_middle, rel=0.05)


def test_the_peak_follows_the_selection_and_is_zero_of_nothing() -> None:
    """Rows that the filters take away make no peak."""
    rows = snapshot(np.full(3, CENTRE[0]), np.full(3, CENTRE[1]))
    assert peak(rows, Selection(first=date(2026, 2, 1))) == 0
    assert peak(snapshot(np.empty(0), np.empty(0)), Selection()) == 0


def test_a_point_far_away_does_not_stop_the_peak_from_being_found() -> None:
    """One row with wrong coordinates neither hides the peak nor needs a grid of the world."""
    longitude, latitude = np.append(np.full(40, CENTRE[0]), 150.0), np.append(np.full(40, CENTRE[1]), -33.0)
    alone = peak(snapshot(longitude[:40], latitude[:40]), Selection())
    assert peak(snapshot(longitude, latitude), Selection()) == pytest.approx(alone, rel=0.05)


def test_the_kernel_keeps_its_size_on_the_ground_and_doubles_further_out() -> None:
    """From METRIC_FROM on it is RADIUS metres, below twice as much for each whole zoom."""
    assert [radius_metres(METRIC_FROM + step) for step in (4, 0, -0.01, -1, -1.5)] == [300, 300, 600, 600, 1200]


def test_one_point_of_the_kernel_amounts_to_one_case() -> None:
    """Summed over a square of the ground, what a point of weight 1 adds is one case, by MapLibre's own formula."""
    of = surface(8.0, "#a63c22")
    intensity = dict(zip(*[iter(paint(of, 52.0)["heatmap-intensity"][3:])] * 2, strict=True))[METRIC_FROM]
    step = 5.0
    added = sum(
        intensity * 0.3989422804014327 * exp(-4.5 * (hypot(x, y) / RADIUS) ** 2)
        for x in np.arange(-900, 900, step)
        for y in np.arange(-900, 900, step)
    )
    top = of.contours[-1] * 1.25
    assert added * top * step**2 / 10_000 == pytest.approx(1.0, rel=1e-3)
