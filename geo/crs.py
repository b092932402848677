"""Coordinate reference systems: the only module that knows their numbers.

The British National Grid and WGS84 are joined by OSTN15, whose grid of shifts convertbng carries. PROJ and
PostGIS fall back to one Helmert shift where that grid file is missing, which is 1-3 m off and says nothing.
"""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from convertbng.cutil import convert_bng, convert_lonlat

from geo.errors import Refused

BRITISH_NATIONAL_GRID = 27700
WGS84 = 4326

FloatArray = npt.NDArray[np.float64]

_Conversion = Callable[[npt.ArrayLike, npt.ArrayLike], tuple[FloatArray, FloatArray]]

_AIRY_1830_SEMI_MAJOR_METRES = 6_377_563.396


def to_lonlat(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Convert British National Grid to WGS84 through OSTN15.

    Parameters
    ----------
    easting, northing : one-dimensional, metres, EPSG:27700

    Returns
    -------
    Longitude and latitude in degrees, rounded to 8 decimals (about 1 mm). NaN where a coordinate is missing,
    infinite, or outside the area of OSTN15 (Great Britain and its inshore waters).

    Examples
    --------
    >>> to_lonlat([485000], [238000])
    (array([-0.76231335]), array([52.03391284]))
    >>> to_lonlat([np.nan, -9_000_000], [238000, 238000])[0]
    array([nan, nan])
    >>> to_lonlat([], [])[0].size
    0
    """
    return convert_lonlat(_column(easting), _column(northing))


def to_grid(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Convert WGS84 to the British National Grid through OSTN15.

    Parameters
    ----------
    lon, lat : one-dimensional, degrees, EPSG:4326

    Returns
    -------
    Easting and northing in metres, rounded to 1 mm. NaN where a coordinate is missing, infinite, or outside
    the area of OSTN15 (Great Britain and its inshore waters).

    Examples
    --------
    >>> to_grid([-0.7626], [52.0334])
    (array([484981.309]), array([237942.629]))
    >>> to_grid([np.nan, 52.0334], [52.0334, -0.7626])[0]
    array([nan, nan])
    >>> to_grid([], [])[0].size
    0
    """
    return convert_bng(_column(lon), _column(lat))


def grid_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a frame in any coordinate reference system to the British National Grid.

    Heights are dropped where coordinates change; missing and empty geometries stay as they are. Refused when
    the frame does not name its system, or has a geometry outside Great Britain.

    Examples
    --------
    >>> points = [shapely.Point(-0.7626, 52.0334), None]
    >>> stops = gpd.GeoDataFrame(geometry=np.array(points), crs=4326)
    >>> grid_frame(stops).geometry.tolist()
    [<POINT (484981.309 237942.629)>, None]
    >>> grid_frame(gpd.GeoDataFrame(geometry=np.array(points)))
    Traceback (most recent call last):
    geo.errors.Refused: The shapes do not say which coordinate reference system they are in. Save the file again with
    one, such as EPSG:27700 (British National Grid).
    """
    if frame.crs is None:
        raise Refused(
            "The shapes do not say which coordinate reference system they are in. Save the file again with "
            "one, such as EPSG:27700 (British National Grid)."
        )
    source = _source(frame.crs)
    if _is_osgb36(source):
        # No change of datum, so PROJ is exact. A shift that the file carries (TOWGS84) must not be applied:
        # PROJ would go to WGS84 by that shift and come back by its own, a third of a metre away.
        return frame.set_crs(source, allow_override=True).to_crs(BRITISH_NATIONAL_GRID)
    return _converted(frame.to_crs(WGS84), to_grid, BRITISH_NATIONAL_GRID)


def grid_points(points: gpd.GeoSeries) -> tuple[FloatArray, FloatArray]:
    """Easting and northing of points in any coordinate reference system, metres.

    NaN where a point is missing or empty; infinite where it lies outside Great Britain, which is a place all the
    same. Refused when the points do not name their system.

    Examples
    --------
    >>> points = [shapely.Point(-0.7626, 52.0334), None, shapely.Point(2.35, 48.86)]
    >>> grid_points(gpd.GeoSeries(np.array(points), crs=4326))[0]
    array([484981.309,        nan,        inf])
    """
    frame = gpd.GeoDataFrame(geometry=points)
    if frame.crs is not None and not _is_osgb36(_source(frame.crs)):
        lonlat = frame.geometry.to_crs(WGS84)
        place, known = to_grid(lonlat.x, lonlat.y), lonlat.x.notna().to_numpy()
        easting, northing = (np.where(known & np.isnan(axis), np.inf, axis) for axis in place)
        return easting, northing
    grid = grid_frame(frame).geometry
    return _column(grid.x), _column(grid.y)


def lonlat_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a frame in any coordinate reference system to WGS84 longitude and latitude.

    Missing and empty geometries stay as they are. Refused as `grid_frame` refuses; a frame that is in WGS84
    already is returned as it is.

    Examples
    --------
    >>> homes = gpd.GeoDataFrame(geometry=[shapely.Point(485000, 238000)], crs=27700)
    >>> lonlat_frame(homes).geometry[0]
    <POINT (-0.762 52.034)>
    >>> lonlat_frame(homes[:0]).empty
    True
    """
    if frame.crs is not None and frame.crs.to_epsg() == WGS84:
        return frame
    return _converted(grid_frame(frame), to_lonlat, WGS84)


def _column(values: npt.ArrayLike) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64)


def _source(crs: pyproj.CRS) -> pyproj.CRS:
    return crs.source_crs or crs if crs.is_bound else crs


def _is_osgb36(crs: pyproj.CRS) -> bool:
    # By the ellipsoid, which only OSGB36 uses: MapInfo files and PROJ strings give its datum no usable name.
    ellipsoid = crs.ellipsoid
    return ellipsoid is not None and abs(ellipsoid.semi_major_metre - _AIRY_1830_SEMI_MAJOR_METRES) < 0.001


def _converted(frame: gpd.GeoDataFrame, convert: _Conversion, epsg: int) -> gpd.GeoDataFrame:
    geometry = shapely.force_2d(frame.geometry.to_numpy())
    coordinates, rows = shapely.get_coordinates(geometry, return_index=True)
    converted = np.column_stack(convert(coordinates[:, 0], coordinates[:, 1]))
    outside = np.unique(rows[np.isnan(converted).any(axis=1)])
    if outside.size:
        raise Refused(
            f"{outside.size} of the {len(frame)} shapes lie outside Great Britain, the first in row "
            f"{outside[0] + 1}. Check the coordinate reference system that the file states."
        )
    geometry = shapely.set_coordinates(geometry, converted)
    return frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=epsg))
