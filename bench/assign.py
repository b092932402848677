"""Finding the estate of every point, against geopandas.sjoin."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np

from bench.measure import Measurement, faster, seconds
from bench.world import POINTS, estates, points
from geo.areas import AreaIndex


def measure() -> Iterator[Measurement]:
    """Our index, ready as in a running service, against sjoin on points that are already geometries: same answers."""
    areas, place = estates(), points()
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*place.T), crs=areas.crs)

    index = AreaIndex(list(areas["code"]), areas.geometry.to_numpy())

    def ours() -> np.ndarray:
        return index.find(*place.T)

    def theirs() -> gpd.GeoDataFrame:
        return gpd.sjoin(frame, areas, how="left", predicate="within")

    joined = theirs()["index_right"].groupby(level=0).min().fillna(-1).to_numpy()
    differ = int((joined != ours()).sum())
    if differ:
        raise AssertionError(f"{differ} points have another estate than sjoin finds")
    name = "find the estate of every point, against geopandas.sjoin"
    yield faster(name, POINTS, 15, lambda: seconds(ours), lambda: seconds(theirs))
