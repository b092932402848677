"""The heat surface: how MapLibre must paint binned points so that its colours are cases per hectare.

MapLibre adds, for each point, ``weight * intensity * c * exp(-4.5 (r / R)^2)`` with ``c = 1 / sqrt(2 pi)``, the
radius R and the distance r in pixels, and looks the sum v up in the colour ramp between 0 and 1. Over the plane
one point of weight 1 amounts to ``intensity * c * pi R^2 / 4.5``. A kernel estimate of density spreads every case
over an integral of 1, so with R in metres

    cases per hectare = v / intensity * 10,000 / (c * pi * R^2 / 4.5)

and to have v = 1 at `top` cases per hectare,

    intensity = 10,000 / (top * c * pi * R^2 / 4.5).

The kernel is a Gaussian of standard deviation R / 3. R is `RADIUS` metres on the ground from zoom `METRIC_FROM`
on. Further out that would be less than the bins of the tiles, so R doubles with each whole zoom and the intensity
falls by 4: what is shown stays a density, of a wider kernel, and the legend says how wide.

MapLibre leaves out what a point adds below 1/4080 of `top`: a thin tail, noticed only where single cases are
thousands of times rarer than the peak.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import atan, cos, degrees, floor, log10, pi, radians, sinh, sqrt
from typing import Any

import numpy as np

from evidence import LEVEL, Selection, Snapshot
from geo.density import density
from geo.web_mercator import EQUATOR, deinterleave
from maps.legend import tints

RADIUS = 300.0
"""Metres to three standard deviations of the kernel."""

METRIC_FROM = 11
"""MapLibre's zoom (Leaflet's less one) from which the kernel keeps its size on the ground."""

_LOWEST, _HIGHEST, _ALMOST = 6, 20, 1e-3
_STEPS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
_HEADROOM = 1.25
"""The ramp ends above the last contour, or the texture's own edge would blur it."""

_PEAK_LEVEL = 19
"""Level of the cells in which the peak is looked for: 47 m across at 52 degrees north."""

_PEAK_CELLS = 1000
"""How far from the middle it is looked for: 47 km."""

_TILE_PIXELS = 512
_POINT_INTEGRAL = pi / 4.5 / sqrt(2 * pi)
"""What one point adds up to over the plane, in units of R squared, at intensity 1."""


@dataclass(frozen=True)
class Surface:
    """The contours of a heat surface, and what they mean."""

    contours: tuple[float, ...]
    """Cases per hectare, rising."""
    colours: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """As in "0.5 up to 1", for each contour."""
        said = [f"{number:g}" for number in self.contours]
        return (*(f"{low} up to {high}" for low, high in pairwise(said)), f"{said[-1]} and over")


def surface(peak: float, hue: str) -> Surface:
    """Five contours, each twice the one before, of which the last is near a peak in cases per hectare.

    The lowest is a number of the 1-2-5 ladder; a peak that is not positive gives the contours of a peak of 1.
    """
    wanted = (peak if peak > 0 else 1.0) * _STEPS[0]
    magnitude = 10.0 ** floor(log10(wanted))
    lowest = magnitude * max(step for step in (1, 2, 5) if step * magnitude <= wanted * (1 + 1e-9))
    contours = tuple(float(f"{lowest / _STEPS[0] * step:.6g}") for step in _STEPS)
    return Surface(contours, tints(hue, len(_STEPS)))


def peak(rows: Snapshot, selection: Selection) -> float:
    """The highest density of a selection under the kernel, in cases per hectare; 0 of nothing."""
    kept = rows.code[rows.selection_mask(selection, slice(0, rows.code.size))]
    if not kept.size:
        return 0.0
    x, y = (part.astype(np.int64) for part in deinterleave(kept >> np.uint64(2 * (LEVEL - _PEAK_LEVEL))))
    cell = EQUATOR * cos(radians(_latitude(y.mean()))) / 2**_PEAK_LEVEL
    # Points far outside would make a grid of the whole world.
    near = (abs(x - np.median(x)) < _PEAK_CELLS) & (abs(y - np.median(y)) < _PEAK_CELLS)
    east, south = x[near] * cell, y[near] * cell
    return float(density(east, south, RADIUS / 3, (east.min(), south.min(), east.max(), south.max()), cell).max())


def _latitude(row: float) -> float:
    return degrees(atan(sinh(pi * (1 - 2 * row / 2**_PEAK_LEVEL))))


def radius_metres(zoom: float) -> float:
    """Size of the kernel (three standard deviations) on the ground at a zoom of MapLibre."""
    return RADIUS * 2.0 ** max(0, METRIC_FROM - floor(zoom))


def paint(of: Surface, latitude: float) -> dict[str, Any]:
    """MapLibre's paint properties of a heatmap layer over tiles whose points have the property `count`.

    Parameters
    ----------
    of
        The contours.
    latitude
        Of the middle of the map, degrees: a pixel is shorter on the ground further north.
    """
    top = of.contours[-1] * _HEADROOM
    metres_per_pixel = EQUATOR * cos(radians(latitude)) / _TILE_PIXELS
    return {
        "heatmap-weight": ["get", "count"],
        "heatmap-radius": _by_zoom(lambda zoom, kernel: kernel * 2.0**zoom / metres_per_pixel, base=2),
        "heatmap-intensity": _by_zoom(lambda zoom, kernel: 10_000 / (top * _POINT_INTEGRAL * kernel**2), base=1),
        "heatmap-color": _ramp(of, top),
    }


def _by_zoom(value: Callable[[float, float], float], base: int) -> list[Any]:
    stops: list[float] = []
    for zoom in range(_LOWEST, METRIC_FROM + 1):
        last = zoom + 1 - _ALMOST if zoom < METRIC_FROM else _HIGHEST
        kernel = radius_metres(zoom)
        stops += [zoom, value(zoom, kernel), last, value(last, kernel)]
    return ["interpolate", ["exponential", base], ["zoom"], *stops]


def _ramp(of: Surface, top: float) -> list[Any]:
    steps = [part for contour, colour in zip(of.contours, of.colours, strict=True) for part in (contour / top, colour)]
    return ["step", ["heatmap-density"], "rgba(0, 0, 0, 0)", *steps]
