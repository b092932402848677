"""The data that is measured on: made up, seeded, and of the size that the table names."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from geo.crs import BRITISH_NATIONAL_GRID
from layers._registry import LAYERS

POINTS = 1_000_000
ESTATES = 120
SEED = 2026
LAYER = LAYERS["asb"]
CENTRE = np.array([486_000.0, 237_500.0])
HALF = 10_000.0


def estates() -> gpd.GeoDataFrame:
    """120 areas that share wavy edges, about 200 vertices each, over 20 x 20 km (EPSG:27700)."""
    random = np.random.default_rng(SEED)
    box = shapely.box(*(CENTRE - HALF), *(CENTRE + HALF))
    seeds = shapely.multipoints(random.uniform(CENTRE - HALF, CENTRE + HALF, (ESTATES, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    waved = shapely.transform(shapely.segmentize(shapely.intersection(cells, box), 42.0), _waves)
    codes = [f"E{number:03d}" for number in range(len(waved))]
    return gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=waved, crs=BRITISH_NATIONAL_GRID)


def district() -> gpd.GeoDataFrame:
    """One area that has all points in it."""
    box = shapely.box(*(CENTRE - 1.1 * HALF), *(CENTRE + 1.1 * HALF))
    return gpd.GeoDataFrame({"code": ["D"], "name": ["District"]}, geometry=[box], crs=BRITISH_NATIONAL_GRID)


def _waves(at: NDArray[np.float64]) -> NDArray[np.float64]:
    # The same shift for the same place: edges stay shared.
    return np.asarray(at + 25 * np.sin(at[:, ::-1] / 90))


def points(n: int = POINTS) -> NDArray[np.float64]:
    """Points (easting, northing) that crowd together as homes do, nearly all inside the areas."""
    random = np.random.default_rng(SEED)
    towns = random.uniform(CENTRE - HALF, CENTRE + HALF, (60, 2))
    return np.clip(towns[random.integers(0, 60, n)] + random.normal(0, 900, (n, 2)), CENTRE - HALF, CENTRE + HALF)


def cases(file: Path, n: int = POINTS) -> None:
    """Write a CSV file of cases of anti-social behaviour, five years of them, in the shape of an export."""
    random = np.random.default_rng(SEED)
    place = points(n).round(1)
    opened = np.datetime64(date(2021, 11, 1)) + random.integers(0, 1826, n).astype("timedelta64[D]")
    made = {
        "Case reference": pl.int_range(n, eager=True).cast(pl.String).str.pad_start(8, "0").str.replace("^", "ASB"),
        "Date opened": opened,
        "Category": np.array(LAYER.categories)[random.integers(0, len(LAYER.categories), n)],
        "Hate": np.where(random.random(n) < 0.04, "Yes", "No"),
        "Reports": random.integers(1, 9, n),
        "Easting": place[:, 0],
        "Northing": place[:, 1],
        "Summary": np.array(["Loud music after midnight", "Bikes on the green", "Bags by the bin store"])[
            random.integers(0, 3, n)
        ],
    }
    pl.DataFrame(made).write_csv(file)
