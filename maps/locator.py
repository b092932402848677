"""A small map of one place, drawn on the server: it needs no script, and prints."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup, escape
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import grid_frame, to_grid
from maps.colours import Colour

ACROSS, DOWN = 1600.0, 1000.0
"""Metres that it shows, the place in the middle."""

_SCALE = 0.4
"""Units of the drawing per metre."""

_ROOM = 0.05
"""The share of the drawing that an estate takes before its name is written into it."""

_LEAF = "M12 23C5 18 2.500 13.500 3 3c10.500-.5 18 3 18 11 0 5-4 9-9 9z"


def locator(
    estates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, longitude: float, latitude: float, label: str, hue: str
) -> Markup:
    """An SVG of the estates and grid roads (WGS84) around a place, with a mark on it, 500 m as a scale, north up.

    Parameters
    ----------
    roads
        With the column `code`.
    label
        What the map says, for those who do not see it.
    hue
        Of the mark; empty for none.
    """
    ((x,), (y,)) = to_grid([longitude], [latitude])
    west, south = x - ACROSS / 2, y - DOWN / 2
    window = (west, south, west + ACROSS, south + DOWN)
    parts = [
        *_estates(estates, window),
        *_roads(roads, window),
        *_names(estates, window),
        *([_mark(hue)] if hue else []),
        _scale(),
    ]
    width, height = ACROSS * _SCALE, DOWN * _SCALE
    return Markup(
        '<svg class="locator" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {:g} {:g}" '
        'width="{:g}" height="{:g}" font-family="Atkinson Hyperlegible Next, arial, sans-serif">'
        '<title>{}</title><rect width="100%" height="100%" fill="{}"/>{}</svg>'
    ).format(width, height, width, height, label, Colour.PAPER, Markup("").join(parts))


Window = tuple[float, float, float, float]
"""West, south, east, north; metres, EPSG:27700."""


def _clipped(frame: gpd.GeoDataFrame, window: Window) -> Iterator[tuple[int, BaseGeometry]]:
    shapes = shapely.clip_by_rect(grid_frame(frame).geometry.to_numpy(), *window)
    return ((at, shape) for at, shape in enumerate(shapes) if not shape.is_empty)


def _path(shape: BaseGeometry, window: Window) -> str:
    lines = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            lines.append(
                "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _to_drawing(shapely.get_coordinates(ring), window))
            )
    return "".join(lines)


def _to_drawing(points: np.ndarray, window: Window) -> np.ndarray:
    """Metres as units of the drawing, whose y goes down."""
    west, _, _, north = window
    return np.column_stack([(points[:, 0] - west) * _SCALE, (north - points[:, 1]) * _SCALE])


def _estates(estates: gpd.GeoDataFrame, window: Window) -> Iterator[Markup]:
    if len(estates):
        for _, shape in _clipped(estates, window):
            yield Markup('<path d="{}" fill="#fff" stroke="{}" stroke-width="1.5"/>').format(
                _path(shape, window), Colour.HATCH
            )


def _roads(roads: gpd.GeoDataFrame, window: Window) -> Iterator[Markup]:
    found = [(roads["code"].iloc[at], shape) for at, shape in _clipped(roads, window)]
    for width, colour in ((7, Colour.ROAD_EDGE), (5, Colour.ROAD)):
        for _, shape in found:
            yield Markup('<path d="{}" fill="none" stroke="{}" stroke-width="{}"/>').format(
                _path(shape, window), colour, width
            )
    for code, shape in found:
        longest = max(shapely.get_parts(shape), key=shapely.length)
        if longest.length > 150:
            middle = longest.interpolate(0.25, normalized=True)
            yield _text(code, middle, window, f'font-size="12" font-weight="700" fill="{Colour.ROAD_NUMBER}"')


def _names(estates: gpd.GeoDataFrame, window: Window) -> Iterator[Markup]:
    if len(estates):
        for at, shape in _clipped(estates, window):
            if isinstance(shape, Polygon | MultiPolygon) and shape.area > _ROOM * ACROSS * DOWN:
                middle = shapely.get_point(shapely.maximum_inscribed_circle(shape, 10), 0)
                yield _text(estates["name"].iloc[at], middle, window, f'font-size="16" fill="{Colour.INK}"')


def _text(words: str, at: Point, window: Window, look: str) -> Markup:
    ((x, y),) = _to_drawing(np.array([[at.x, at.y]]), window)
    # Kept off the edges, where half of a name would be cut off, and out of the mark.
    room = 4.5 * len(words) + 4
    x = min(max(x, room), ACROSS * _SCALE - room)
    close = abs(x - ACROSS * _SCALE / 2) < room + 20 and abs(y - DOWN * _SCALE / 2) < 30
    y = DOWN * _SCALE / 2 + 40 if close else min(max(y, 16), DOWN * _SCALE - 24)
    # Twice, the halo first: not every program that draws SVG knows paint-order.
    halo = 'stroke="#fff" stroke-width="4" stroke-linejoin="round" aria-hidden="true"'
    return Markup("").join(
        Markup(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" {each} {look}>{escape(words)}</text>')
        for each in (halo, "")
    )


def _mark(hue: str) -> Markup:
    x, y = ACROSS * _SCALE / 2, DOWN * _SCALE / 2
    # The leaf's tip is at the place.
    moved = f"translate({x - 24:g} {y - 46:g}) scale(2)"
    return Markup('<path d="{}" fill="{}" stroke="#fff" stroke-width="1.5" transform="{}"/>').format(_LEAF, hue, moved)


def _scale() -> Markup:
    y, long = DOWN * _SCALE - 10, 500 * _SCALE
    return Markup(
        '<path d="M10 {0:g}v6h{1:g}v-6" fill="none" stroke="{3}" stroke-width="1.5" transform="translate(0 -6)"/>'
        '<text x="{2:g}" y="{0:g}" font-size="12" fill="{3}">500 metres</text>'
    ).format(y, long, 16 + long, Colour.INK)
