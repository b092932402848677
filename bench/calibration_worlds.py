"""Worlds in which the truth is known: homes, how cases vary, and what is planted among them."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from analysis.grid import Grid, grid
from data.demonstration import FILES, generate
from geo.hexagons import centres

SEED = 2026

Counts = NDArray[np.float64]
Flags = NDArray[np.bool_]
Random = np.random.Generator

_TENURE = "Social rented: Rents from council or Local Authority"
_SPREAD = 15.0
"""Metres that homes lie about the middle of their postcode."""
_TOGETHER = 0.5
"""Shape of the gamma distribution of council homes over the postcodes of an area: most postcodes have hardly any."""


@dataclass(frozen=True)
class World:
    """Homes, and the cells that they are in."""

    name: str
    easting: Counts
    northing: Counts

    @cached_property
    def on(self) -> Grid:
        """The product's own grid of them."""
        homes = pl.DataFrame({"easting": self.easting, "northing": self.northing})
        return grid(homes, homes.clear(), 150.0)

    @cached_property
    def cell(self) -> NDArray[np.intp]:
        """Position of the cell of each home."""
        return self.on.at(pl.DataFrame({"easting": self.easting, "northing": self.northing}))

    @cached_property
    def places(self) -> cKDTree:
        """The homes by where they are."""
        return cKDTree(np.column_stack((self.easting, self.northing)))

    @cached_property
    def smooth(self) -> Counts:
        """Root of the covariance of a field that changes over 600 m, by cell."""
        x, y = centres(self.on.cells, self.on.cell_width)
        distance = np.hypot(x[:, None] - x, y[:, None] - y)
        covariance = np.exp(-((distance / 600) ** 2) / 2) + 1e-6 * np.eye(x.size)
        return np.asarray(np.linalg.cholesky(covariance), np.float64)

    def of_cells(self, values: NDArray[np.generic]) -> Counts:
        """The sums of homes' values by cell."""
        return np.bincount(self.cell, weights=values, minlength=self.on.cells.size).astype(np.float64)


@cache
def demonstration() -> World:
    """The demonstration's homes, made with its seed."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), seed=SEED, until=date(2026, 10, 31))
        homes = pl.read_csv(Path(folder) / FILES["homes"][0], infer_schema_length=None)
    places = homes.select(pl.col("^(?i)easting$").alias("easting"), pl.col("^(?i)northing$").alias("northing"))
    places = places.cast(pl.Float64)
    return World("the demonstration’s", places["easting"].to_numpy(), places["northing"].to_numpy())


def shared_data() -> Path | None:
    """The folder of real data, if there is one: PRIORITIES_SHARED_DATA."""
    folder = os.environ.get("PRIORITIES_SHARED_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None


@cache
def census() -> World:
    """As many homes as rent from the council in each area of the Census, about postcodes of that area by chance."""
    import geopandas as gpd

    folder, random = shared_data(), np.random.default_rng(SEED)
    if folder is None:
        raise FileNotFoundError("PRIORITIES_SHARED_DATA names no folder")
    tenure = pl.read_csv(folder / "mk_census2021_household_tenure_lsoa21.csv")
    postcodes = pl.read_csv(folder / "mk_postcodes_cpo_2025.csv", infer_schema_length=None)
    areas = gpd.read_file(folder / "mk_lsoa21_bsc.geojson").to_crs(27700)
    points = gpd.points_from_xy(postcodes["easting"], postcodes["northing"], crs=27700)
    inside = gpd.sjoin(gpd.GeoDataFrame(geometry=points), areas, predicate="within")
    code = next(name for name in areas.columns if areas[name].astype(str).str.match(r"E010\d{5}$").all())
    places = []
    for area, homes in tenure.select("lsoa21_code", _TENURE).iter_rows():
        own = np.column_stack((inside.geometry.x, inside.geometry.y))[(inside[code] == area).to_numpy()]
        if homes and len(own):
            share = random.gamma(_TOGETHER, 1, len(own))
            places.append(own[random.choice(len(own), homes, p=share / share.sum())])
    easting, northing = (np.concatenate(places) + random.normal(0, _SPREAD, (sum(map(len, places)), 2))).T
    return World("spread over real postcodes by the Census", easting, northing)


WORLDS: dict[str, Callable[[], World]] = {"demonstration": demonstration, "census": census}

Vary = Callable[[World, Random], Counts]

VARY: dict[str, Vary] = {
    "chance alone": lambda world, random: np.ones(world.cell.size),
    # Some homes report again and again: gamma by home, shape 2, as in the demonstration.
    "homes differ": lambda world, random: random.gamma(2, 1 / 2, world.cell.size),
    # The logarithm of a cell's rate is normal with standard deviation 0.3.
    "places differ": lambda world, random: np.exp(random.normal(0, 0.3, world.on.cells.size) - 0.045)[world.cell],
    "neighbourhoods differ": lambda world, random: np.exp(
        0.2 * world.smooth @ random.standard_normal(world.on.cells.size) - 0.02
    )[world.cell],
}
"""How the rate of homes varies where nothing is planted, by what cases then vary by."""


@dataclass(frozen=True)
class Plant:
    """What is planted: so many times the usual among at least so many homes."""

    relative_risk: float
    shape: str
    homes: int
    inside: Callable[[World, Random], Flags]

    def where(self, world: World, random: Random) -> Flags:
        """The homes of a place of that shape, somewhere where there are enough."""
        while True:
            found = self.inside(world, random)
            if found.sum() >= self.homes:
                return found


def circle(metres: float, world: World, random: Random) -> Flags:
    """The homes within a distance of one of them."""
    middle = int(random.integers(world.cell.size))
    found = np.zeros(world.cell.size, dtype=np.bool_)
    found[world.places.query_ball_point(world.places.data[middle], metres)] = True
    return found


def street(world: World, random: Random) -> Flags:
    """The homes within 25 m of a line of 500 m through one of them, whichever way it goes."""
    middle, way = int(random.integers(world.cell.size)), random.uniform(0, np.pi)
    east, north = world.easting - world.easting[middle], world.northing - world.northing[middle]
    along, beside = east * np.cos(way) + north * np.sin(way), north * np.cos(way) - east * np.sin(way)
    return np.asarray((np.abs(along) <= 250) & (np.abs(beside) <= 25))


def edge(world: World, random: Random) -> Flags:
    """The homes within 200 m of one of them that lie on one side of it, as where an estate ends."""
    found = circle(200, world, random)
    middle = world.easting[found].mean()
    return np.asarray(found & (world.easting >= middle))
