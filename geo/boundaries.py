"""Boundary sets: read from any file, repaired, and checked for overlaps, gaps and slivers."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from geo.crs import grid_frame
from geo.errors import Refused

LARGEST_GAP_M2 = 10_000.0
"""A hole larger than a hectare is land that belongs to no estate, not a mistake of drawing."""

SLIVER_THINNESS = 0.1
"""Of 4 pi area / perimeter², Polsby and Popper's (1991): 1 for a circle, 0.1 for a strip of about 30 to 1."""

_NOISE_M2 = 0.01
_NOISE_METRES = 0.001
_OPTIONAL_COLUMNS = ["parish", "provenance"]

GeometryArray = npt.NDArray[np.object_]


def read_boundaries(path: Path, code: str, name: str, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a set of areas from any file that GDAL opens, in any coordinate reference system.

    Parameters
    ----------
    path : the file
    code, name : the columns that hold each area's code, unique and present, and its name
    layer : which of the file's layers, when it has several

    Returns
    -------
    Columns code, name (the code where it is missing), parish and provenance where the file has them, and
    geometry in EPSG:27700, not yet repaired. Refused when the file cannot be read, has several layers and
    none was chosen, has no rows, columns, coordinate reference system or polygons, or codes are missing or
    used twice.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> shapes = gpd.GeoDataFrame({"REF": [12.0], "ESTATE": [None]}, geometry=[shapely.box(0, 0, 9, 9)], crs=27700)
    >>> with TemporaryDirectory() as folder:
    ...     shapes.to_file(Path(folder) / "estates.gpkg")
    ...     read_boundaries(Path(folder) / "estates.gpkg", "REF", "ESTATE")[["code", "name"]].values.tolist()
    [['12', '12']]
    >>> read_boundaries(Path("estates.gpkg"), "REF", "ESTATE")
    Traceback (most recent call last):
    geo.errors.Refused: There is no file estates.gpkg.
    """
    frame = _open_frame(path, layer)
    missing = [column for column in dict.fromkeys((code, name)) if column not in frame]
    if missing:
        there = ", ".join(str(column) for column in frame.columns if column != frame.geometry.name)
        raise Refused(f"{path.name} has no column {' and no column '.join(missing)}. Its columns are: {there}.")
    codes, names = _text(frame[code]), _text(frame[name])
    _check_codes(path, codes)
    _check_polygons(path, codes, frame.geometry.to_numpy())
    columns = {"code": codes, "name": names.where(names != "", codes)}
    columns |= {column: _text(frame[column]) for column in _OPTIONAL_COLUMNS if column in frame}
    return grid_frame(gpd.GeoDataFrame(columns, geometry=frame.geometry)).reset_index(drop=True)


def repair(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Make every area a valid polygon or multipolygon.

    Parameters
    ----------
    frame : columns code and geometry, EPSG:27700

    Returns
    -------
    The frame with its other columns as they were, and a sentence for each repair, with the change of area in
    square metres. Stray points and lines are dropped. Refused when nothing of an area is left.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])
    >>> frame = gpd.GeoDataFrame({"code": ["E1", "E2"]}, geometry=[bow_tie, shapely.box(30, 0, 50, 20)], crs=27700)
    >>> mended, said = repair(frame)
    >>> mended.area.tolist(), said
    ([200.0, 400.0], ['E1 was repaired (self-intersection at 10 10); its area changed by +200.0 m².'])
    >>> repair(frame[:0])[1]
    []
    """
    before = frame.geometry.to_numpy()
    polygonal = np.isin(shapely.get_type_id(before), [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON])
    broken = np.flatnonzero(~(shapely.is_valid(before) & polygonal))
    after = before.copy()
    # The method that fills what a ring encloses twice, where the older one would cut it out.
    mended = shapely.make_valid(before[broken], method="structure", keep_collapsed=False)
    after[broken] = [_polygons_of(shape) for shape in mended]
    codes, change = frame["code"].to_numpy()[broken], (shapely.area(after) - shapely.area(before))[broken]
    gone = codes[shapely.is_empty(after[broken])]
    if gone.size:
        raise Refused(f"No area is left of {_first_codes(gone)} when repaired. Draw the shape again or remove it.")
    said = [
        f"{code} was repaired ({reason}); its area changed by {metres:+,.1f} m²."
        for code, reason, metres in zip(codes, _reasons(before[broken]), change, strict=True)
    ]
    return frame.set_geometry(gpd.GeoSeries(after, index=frame.index, crs=frame.crs)), said


def problems(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Find where areas overlap, and the holes they leave between them.

    Parameters
    ----------
    frame : columns code and geometry (valid), EPSG:27700

    Returns
    -------
    One row for each overlap or gap, largest first: kind ("overlap" or "gap"), codes (tuple, ascending: the
    pair that overlaps, or all that touch the gap), area_m2, thinness, sliver (thinness below
    `SLIVER_THINNESS`), geometry. A gap is a hole of the union, up to `LARGEST_GAP_M2`, that two areas or
    more touch; a slit that is open to the outside is not one. Less than 0.01 m² is noise and not counted.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 100, 100), shapely.box(99, 0, 200, 100)]
    >>> frame = gpd.GeoDataFrame({"code": ["E1", "E2"]}, geometry=squares, crs=27700)
    >>> problems(frame)[["kind", "codes", "area_m2", "sliver"]].values.tolist()
    [['overlap', ('E1', 'E2'), 100.0, True]]
    >>> problems(frame[:1]).empty
    True
    """
    found = pd.concat([_overlaps(frame), _gaps(frame)], ignore_index=True)
    shapes = gpd.GeoDataFrame(found, geometry="geometry", crs=frame.crs)
    shapes["area_m2"] = shapes.area
    shapes = shapes[shapes["area_m2"] >= _NOISE_M2]
    shapes["thinness"] = 4 * np.pi * shapes["area_m2"] / shapes.length**2
    shapes["sliver"] = shapes["thinness"] < SLIVER_THINNESS
    return shapes.sort_values("area_m2", ascending=False, ignore_index=True)


def _open_frame(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not path.exists():
        raise Refused(f"There is no file {path}.")
    try:
        frame = gpd.read_file(path, layer=layer or _only_layer(path), engine="pyogrio")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        shapely.errors.ShapelyError,
    ) as error:
        raise Refused(f"{path.name} cannot be read as a file of shapes: {error}") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise Refused(f"{path.name} has a table but no shapes. Export the areas as polygons.")
    if frame.empty:
        raise Refused(f"{path.name} has no rows. Export the areas again.")
    return frame


def _only_layer(path: Path) -> str | None:
    layers = [name for name, geometry_type in pyogrio.list_layers(path) if geometry_type is not None]
    if len(layers) > 1:
        raise Refused(f"{path.name} has several layers: {', '.join(layers)}. Say which of them to read.")
    return layers[0] if layers else None


def _text(column: pd.Series) -> pd.Series:
    # A column of whole numbers with a gap in it arrives as floats; its codes are 12, not 12.0.
    return column.convert_dtypes().astype("string").str.strip().fillna("")


def _check_codes(path: Path, codes: pd.Series) -> None:
    if (codes == "").any():
        raise Refused(f"{(codes == '').sum()} of the {len(codes)} rows of {path.name} have no code. Fill them in.")
    twice = codes[codes.duplicated()].unique()
    if len(twice):
        raise Refused(
            f"{path.name} uses {_first_codes(twice)} for more than one row. Merge those rows, or choose another "
            "column for the code."
        )


def _check_polygons(path: Path, codes: pd.Series, shapes: GeometryArray) -> None:
    without = codes[(shapely.get_dimensions(shapes) != 2) | shapely.is_empty(shapes)]
    if len(without) == len(codes):
        raise Refused(f"{path.name} has no polygons. Export the areas as polygons, not as points or lines.")
    if len(without):
        raise Refused(f"{_first_codes(without)} in {path.name} have no polygon. Draw them, or remove their rows.")


def _first_codes(codes: npt.ArrayLike) -> str:
    some = [str(code) for code in np.asarray(codes)]
    return ", ".join(some[:5]) + (f" and {len(some) - 5} more" if len(some) > 5 else "")


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _reasons(shapes: GeometryArray) -> list[str]:
    reasons = [str(reason).lower() for reason in shapely.is_valid_reason(shapes)]
    return [
        "stray points or lines" if reason == "valid geometry" else reason.replace("[", " at ").rstrip("]")
        for reason in reasons
    ]


def _overlaps(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    by_code = frame.sort_values("code")
    shapes, codes = by_code.geometry.to_numpy(), by_code["code"].to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    parts, pair = shapely.get_parts(shapely.intersection(shapes[first], shapes[second]), return_index=True)
    pairs = list(zip(codes[first[pair]], codes[second[pair]], strict=True))
    return pd.DataFrame({"kind": "overlap", "codes": pd.Series(pairs, dtype=object), "geometry": parts})


def _gaps(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    union = shapely.union_all(frame.geometry.to_numpy())
    rings, part = shapely.get_rings(shapely.get_parts(union), return_index=True)
    holes = shapely.polygons(rings[1:][part[1:] == part[:-1]])
    gaps = shapely.get_parts(shapely.difference(holes, union))
    gaps = gaps[shapely.area(gaps) <= LARGEST_GAP_M2]
    # Within a millimetre, not touching: the union's vertices are rounded.
    gap, area = shapely.STRtree(frame.geometry).query(gaps, predicate="dwithin", distance=_NOISE_METRES)
    touching = frame["code"].iloc[area].groupby(gap).agg(lambda codes: tuple(sorted(codes)))
    between = touching[[len(codes) > 1 for codes in touching]]
    return pd.DataFrame({"kind": "gap", "codes": between, "geometry": gaps[between.index]})
