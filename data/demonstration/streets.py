"""Where homes stand: short streets with homes on both sides, and blocks of flats, inside an estate's outline."""

from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from data.demonstration.days import Floats, Whole

# In metres: between the middles of parallel streets, from there to a home, between two streets in a row, and
# between neighbours; then how many homes a street has on each side.
_ROWS_APART = 44.0
_SET_BACK = 11.0
_CROSSING = 25.0
_FRONTAGE = (6.0, 9.0)
_PLOTS = (6, 16)
_FROM_EDGE = 12.0
"""Metres between a home and the edge of its estate, so that rounding and jitter never move it across."""
_FILLED = 0.45
"""The share of the streets of a neighbourhood in which the council has homes."""
_BLOCKS_APART = 25.0
"""Metres: the n-th block is this times the square root of n from the heart, about 45 m from its neighbours."""
_FLATS = (12, 40)


@dataclass(frozen=True)
class Plots:
    """Homes of one estate. Metres, EPSG:27700; `street` counts streets, then blocks, from 0."""

    easting: Floats
    northing: Floats
    street: Whole
    number: Whole
    flat: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_] | Whole) -> Self:
        """The chosen plots, in that order."""
        return type(self)(*(column[chosen] for column in vars(self).values()))


def lay_out(outline: shapely.Geometry, homes: int, flats: float, rng: np.random.Generator) -> Plots:
    """Lay out exactly so many homes inside an outline.

    Parameters
    ----------
    outline
        Polygon or multipolygon, EPSG:27700.
    flats
        Share of the homes that are flats; they stand together, in blocks that share a point. Homes that no
        street has room for become flats too, so any outline holds any number.
    """
    ground = _ground(outline, homes)
    terraces = _terraces(ground, rng)
    heart = _heart(ground, terraces, rng)
    wanted = round(homes * flats)
    away = np.hypot(terraces.easting - heart[0], terraces.northing - heart[1])
    radius = _BLOCKS_APART * (1 + np.sqrt(wanted / np.mean(_FLATS))) if wanted else 0.0
    houses = _choose(terraces.take(away > radius), heart, homes - wanted, rng)
    return _joined(houses, _blocks(ground, heart, homes - len(houses.number), rng))


def _ground(outline: shapely.Geometry, homes: int) -> BaseGeometry:
    """The part of the outline that is built on: off its edge, and no more of it than the homes need."""
    inner = shapely.buffer(outline, -_FROM_EDGE)
    ground = outline if inner.is_empty else inner
    reach = shapely.buffer(shapely.point_on_surface(ground), 250 + 20 * sqrt(homes))
    built_on = shapely.intersection(ground, reach)
    shapely.prepare(built_on)
    return built_on


def _terraces(ground: BaseGeometry, rng: np.random.Generator) -> Plots:
    """Every plot that streets at a random angle have inside the ground."""
    angle, centre = rng.uniform(0, 180), shapely.centroid(ground)
    left, bottom, right, top = rotate(ground, -angle, origin=centre).bounds
    rows = np.arange(bottom, top, _ROWS_APART)
    shape = (len(rows), 1 + int((right - left) / (_PLOTS[0] * _FRONTAGE[0] + _CROSSING)))
    plots, frontage = rng.integers(*_PLOTS, shape), rng.uniform(*_FRONTAGE, shape)
    length = plots * frontage + _CROSSING
    start = left + np.cumsum(length, axis=1) - length
    street, number = _numbered(2 * plots.ravel())
    along = start.ravel()[street] + frontage.ravel()[street] * (number // 2)
    cell_width = np.repeat(rows, shape[1])[street] + np.where(number % 2, _SET_BACK, -_SET_BACK)
    x, y = _turned(along, cell_width, angle, (centre.x, centre.y))
    every = Plots(x, y, street, number + 1, np.zeros(len(x), bool))
    return every.take(shapely.contains_xy(ground, x, y))


def _numbered(sizes: Whole) -> tuple[Whole, Whole]:
    """For groups of these sizes, the group of every member and its number in it, from 0."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return group, np.arange(len(group)) - (np.cumsum(sizes) - sizes)[group]


def _turned(along: Floats, cell_width: Floats, angle: float, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    turn = np.exp(1j * np.radians(angle))
    turned = (along - centre[0] + 1j * (cell_width - centre[1])) * turn
    return turned.real + centre[0], turned.imag + centre[1]


def _heart(ground: shapely.Geometry, terraces: Plots, rng: np.random.Generator) -> tuple[float, float]:
    """A place near the middle, about which the homes gather."""
    middle = shapely.point_on_surface(ground)
    if not len(terraces.number):
        return middle.x, middle.y
    away = np.hypot(terraces.easting - middle.x, terraces.northing - middle.y)
    near = np.argsort(away, kind="stable")[: 1 + len(away) // 4]
    at = near[rng.integers(len(near))]
    return float(terraces.easting[at]), float(terraces.northing[at])


def _choose(terraces: Plots, heart: tuple[float, float], homes: int, rng: np.random.Generator) -> Plots:
    """Whole streets, some of those nearest to the heart, cut where there are homes enough."""
    away = np.hypot(terraces.easting - heart[0], terraces.northing - heart[1])
    streets, of, size = np.unique(terraces.street, return_inverse=True, return_counts=True)
    nearest = np.argsort(np.bincount(of, away) / size, kind="stable")
    around = 1 + np.searchsorted(np.cumsum(size[nearest]), homes / _FILLED)
    order = np.empty(len(streets), np.int64)
    order[np.concatenate([rng.permutation(nearest[:around]), nearest[around:]])] = np.arange(len(streets))
    by_street = np.lexsort((terraces.number, order[of]))[:homes]
    chosen = terraces.take(by_street)
    return Plots(chosen.easting, chosen.northing, order[of][by_street], chosen.number, chosen.flat)


def _blocks(ground: shapely.Geometry, heart: tuple[float, float], homes: int, rng: np.random.Generator) -> Plots:
    """Blocks along a spiral from the heart, which keeps them evenly apart (Vogel 1979, a sunflower's head)."""
    sizes = rng.integers(_FLATS[0], _FLATS[1] + 1, 1 + homes // _FLATS[0])
    sizes = np.diff(np.minimum(np.cumsum(sizes), homes), prepend=0)
    sizes = sizes[sizes > 0]
    step = np.arange(4 * len(sizes) + 1)
    spiral = _BLOCKS_APART * np.sqrt(step) * np.exp(1j * step * np.pi * (3 - np.sqrt(5)))
    x, y = heart[0] + spiral.real, heart[1] + spiral.imag
    inside = np.flatnonzero(shapely.contains_xy(ground, x, y) | (step == 0))
    site = np.resize(inside, len(sizes))
    block, number = _numbered(sizes)
    return Plots(x[site][block], y[site][block], block, number + 1, np.ones(homes, bool))


def _joined(houses: Plots, flats: Plots) -> Plots:
    _, street = np.unique(houses.street, return_inverse=True)
    after = street.max(initial=-1) + 1
    parts = zip(vars(houses).values(), vars(flats).values(), strict=True)
    easting, northing, _, number, flat = (np.concatenate(pair) for pair in parts)
    return Plots(easting, northing, np.concatenate([street, flats.street + after]), number, flat)
