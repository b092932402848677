"""Estate polygons from a landlord's property list: the land nearest to the homes of each estate."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import KDTree, Voronoi
from shapely.geometry.base import BaseGeometry

from geo.crs import BRITISH_NATIONAL_GRID, FloatArray
from geo.errors import Refused

GeometryArray = npt.NDArray[np.object_]

_MILLIMETRE = 0.001
_PLACE = ["easting", "northing"]


def estates_from_homes(
    homes: pd.DataFrame, distance: float = 100.0, clip: shapely.Geometry | None = None
) -> gpd.GeoDataFrame:
    """Make a polygon for every estate, of the land nearest to its homes.

    The Voronoi cells of the homes, limited to a distance, clipped and dissolved by estate. Only the edges
    between estates are drawn: they are noded once, on a grid of 1 mm, and the faces between them given to the
    estate of the nearest home, so that neighbours share their vertices exactly.

    Parameters
    ----------
    homes : columns uprn, easting, northing (EPSG:27700) and estate; rows without a place or an estate are
        left out. Homes at one point are one cell, which goes to the estate that most of them name, of equals
        to the smaller name
    distance : metres from a home beyond which land belongs to no estate
    clip : polygon (EPSG:27700) outside which land belongs to no estate

    Returns
    -------
    Columns code and name (both the estate as the list names it), homes (how many of the list) and geometry
    (valid, without overlaps, EPSG:27700), by code. An estate without land is absent. Refused when no home has
    both a place and an estate, or all lie outside `clip`.

    Examples
    --------
    >>> homes = pd.DataFrame({"uprn": [1, 2, 3], "easting": [0, 50, 100], "northing": 0, "estate": ["A", "A", "B"]})
    >>> estates = estates_from_homes(homes, distance=40)
    >>> estates[["code", "homes"]].values.tolist(), estates.total_bounds.round().tolist()
    ([['A', 2], ['B', 1]], [-40.0, -40.0, 140.0, 40.0])
    >>> estates_from_homes(homes.assign(estate=None))
    Traceback (most recent call last):
    geo.errors.Refused: No home in the list has an easting, a northing and an estate, and lies where estates may be.
    Check which columns hold them.
    """
    located = homes.dropna(subset=[*_PLACE, "estate"])
    places, names = _distinct_places(located)
    reach = _within_reach(places, distance, clip)
    if reach.is_empty:
        raise Refused(
            "No home in the list has an easting, a northing and an estate, and lies where estates may be. "
            "Check which columns hold them."
        )
    faces = _faces([*_edges_between(places, names, distance), reach.boundary])
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    within = shapely.intersects_xy(reach, inner[:, 0], inner[:, 1])
    nearest = KDTree(places).query(inner[within])[1]
    land = gpd.GeoDataFrame({"code": names[nearest]}, geometry=faces[within], crs=BRITISH_NATIONAL_GRID)
    estates = land.dissolve("code", method="coverage", as_index=False)
    estates["name"] = estates["code"]
    estates["homes"] = estates["code"].map(located.groupby("estate")["uprn"].nunique())
    return estates[["code", "name", "homes", "geometry"]]


def _distinct_places(located: pd.DataFrame) -> tuple[FloatArray, npt.NDArray[np.object_]]:
    votes = located.groupby([*_PLACE, "estate"], as_index=False).size()
    winners = votes.sort_values(["size", "estate"], ascending=[False, True]).drop_duplicates(_PLACE)
    return winners[_PLACE].to_numpy(dtype=np.float64), winners["estate"].to_numpy(dtype=np.object_)


def _within_reach(places: FloatArray, distance: float, clip: shapely.Geometry | None) -> BaseGeometry:
    reach = shapely.union_all(shapely.buffer(shapely.points(places), distance, quad_segs=8))
    if clip is not None:
        reach = shapely.intersection(reach, clip)
    shapely.prepare(reach)
    return reach


def _edges_between(places: FloatArray, names: npt.NDArray[np.object_], distance: float) -> GeometryArray:
    """Draw the edges of Voronoi cells that part two estates."""
    centre = places.mean(axis=0)
    # Four far homes of no estate: every edge within reach of a real home then has two ends.
    far = 10 * (np.abs(places - centre).max() + distance) * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    diagram = Voronoi(np.concatenate([places - centre, far]))
    sides = diagram.ridge_points
    real = (sides < len(places)).all(axis=1)
    parting = np.flatnonzero(real)[names[sides[real, 0]] != names[sides[real, 1]]]
    ends = np.array(diagram.ridge_vertices)[parting]
    edges: GeometryArray = shapely.linestrings(diagram.vertices[ends] + centre)
    return edges


def _faces(lines: list[shapely.Geometry]) -> GeometryArray:
    noded = shapely.union_all(lines, grid_size=_MILLIMETRE)
    faces: GeometryArray = shapely.get_parts(shapely.polygonize([noded]))
    return faces
