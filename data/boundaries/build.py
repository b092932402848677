"""Builds the shipped boundaries from the tables of facts: `python -m data.boundaries.build`."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.boundaries import DISTRICT, ESTATES, FACTS, GRID_ROADS
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, grid_frame, lonlat_frame, to_grid
from geo.errors import Refused
from geo.voronoi import estates_from_homes

HALF_WIDTH = 15.0
"""Metres from the middle of a road to the squares beside it."""

LARGEST_SQUARE_M2 = 2_500_000.0
"""Land between the roads that is larger than this is country or an older town, not a grid square."""

REACH = 350.0
"""Metres that an estate goes from its points where no square bounds it."""

INDICATIVE = (
    "Indicative. No boundaries of these estates have been published: the shapes are drawn from grid roads and "
    "from points within the estates, and are not the council's."
)
_ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
_ESTATES_ATTRIBUTION = (
    f"{_ATTRIBUTION}. Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right. Contains Royal Mail data © Royal Mail copyright "
    "and database right 2025. NaPTAN, DfT, OGL v3.0."
)
_NOTCH = 150.0
_BESIDE = 100.0
_DECIMALS = 6

GeometryArray = npt.NDArray[np.object_]


def main() -> None:
    """Write every shipped file again."""
    for path, text in outputs().items():
        path.write_text(text, encoding="utf-8")


def outputs() -> dict[Path, str]:
    """The text of every shipped file by its path: GeoJSON in WGS84, the same bytes each time."""
    roads, district = _roads(), _district()
    grid_roads = roads[roads["code"].str.match("[HV]")]
    return {
        ESTATES: _geojson(estates(roads, district), "estates", _ESTATES_ATTRIBUTION, indicative=INDICATIVE),
        DISTRICT: _geojson(district, "district", _ATTRIBUTION),
        GRID_ROADS: _geojson(grid_roads, "grid_roads", _ATTRIBUTION),
    }


def estates(roads: gpd.GeoDataFrame, district: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw the estates of the tables on the land between the roads.

    A grid square belongs to the estate whose points lie in it, or is shared by several, each having what is
    nearest to its points. Elsewhere an estate is what is nearest to its points, within their reach.

    Parameters
    ----------
    roads : columns code and geometry, the middles of the roads that part the squares
    district : the area that estates are clipped to

    Returns
    -------
    Columns code, name, parish, provenance, council_homes_2021 and geometry (WGS84, not rounded), by code.
    Neighbours share their vertices. Refused when a point of the tables is not on land between the roads.
    """
    middles = grid_frame(roads)
    faces = _faces(middles, grid_frame(district))
    points = _points(faces)
    shared = [_shared_out(faces[face], points[points["face"] == face]) for face in sorted(points["face"].unique())]
    land = gpd.GeoDataFrame(pd.concat(shared))
    shapes = _about_points(land, points).dissolve("code", method="coverage", as_index=False)
    facts = pd.read_csv(FACTS / "estates.csv").sort_values("code")
    facts["provenance"] = [_provenance(points[points["code"] == code], faces, middles) for code in facts["code"]]
    columns = ["code", "name", "parish", "provenance", "council_homes_2021"]
    return lonlat_frame(shapes[["code", "geometry"]].merge(facts[columns], validate="1:1"))[[*columns, "geometry"]]


def _roads() -> gpd.GeoDataFrame:
    vertices = pd.read_csv(FACTS / "grid_roads.csv")
    line = vertices.groupby(["code", "part"], sort=False).ngroup()
    lines = shapely.linestrings(vertices[["lon", "lat"]], indices=line)
    roads = vertices[["code", "name"]][~line.duplicated()].reset_index(drop=True)
    return gpd.GeoDataFrame(roads, geometry=lines, crs=WGS84).dissolve(["code", "name"], sort=False).reset_index()


def _district() -> gpd.GeoDataFrame:
    vertices = pd.read_csv(FACTS / "district.csv")
    outline = shapely.MultiPolygon([shapely.Polygon(vertices[["lon", "lat"]].to_numpy())])
    return gpd.GeoDataFrame({"code": ["E06000042"], "name": ["Milton Keynes"]}, geometry=[outline], crs=WGS84)


def _faces(roads: gpd.GeoDataFrame, district: gpd.GeoDataFrame) -> GeometryArray:
    # A metre inside the district, so that rounding puts no corner outside it.
    land = district.buffer(-1.0).union_all()
    faces: GeometryArray = shapely.get_parts(land.difference(roads.buffer(HALF_WIDTH, quad_segs=2).union_all()))
    return faces


def _points(faces: GeometryArray) -> gpd.GeoDataFrame:
    """Points of estates, and of places without homes (code ""), with the face of each and whether others share it."""
    points = pd.concat([pd.read_csv(FACTS / "estate_points.csv"), pd.read_csv(FACTS / "other_places.csv")])
    place = gpd.points_from_xy(*to_grid(points["lon"], points["lat"]))
    frame = gpd.GeoDataFrame({"code": points["code"].fillna("")}, geometry=place, crs=BRITISH_NATIONAL_GRID)
    found = frame.sjoin(gpd.GeoDataFrame(geometry=faces, crs=frame.crs), how="left")
    lost = points[found["index_right"].isna().to_numpy()]
    if not lost.empty:
        where = ", ".join(f"{lon}, {lat}" for lon, lat in zip(lost["lon"], lost["lat"], strict=True))
        raise Refused(f"Move these points off the road, or into the district: {where}.")
    found = found.rename(columns={"index_right": "face"}).astype({"face": int}).reset_index(drop=True)
    return found.assign(shared=found.groupby("face")["code"].transform("nunique") > 1)


def _shared_out(face: shapely.Polygon, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    within: BaseGeometry = face
    distance = face.length
    if not _is_square(face):
        distance = REACH + _NOTCH
        # Grown and shrunk again: without the notches between one circle and the next.
        circles = points[points["code"] != ""].buffer(distance, quad_segs=4).union_all()
        within = circles.buffer(-_NOTCH, quad_segs=4).intersection(face)
    places = points.get_coordinates().set_axis(["easting", "northing"], axis="columns")
    return estates_from_homes(places.assign(estate=points["code"], uprn=points.index), distance, within)


def _about_points(land: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The pieces of each estate that have a point of it in them: the others are across a road."""
    pieces = land[land["code"] != ""].explode(ignore_index=True)
    piece, point = points.sindex.query(pieces.geometry, predicate="intersects")
    own = pieces["code"].to_numpy()[piece] == points["code"].to_numpy()[point]
    return pieces.loc[np.unique(piece[own])]


def _is_square(face: shapely.Polygon) -> bool:
    return bool(face.area <= LARGEST_SQUARE_M2)


def _provenance(points: gpd.GeoDataFrame, faces: GeometryArray, roads: gpd.GeoDataFrame) -> str:
    own = faces[points["face"].unique()]
    if not all(map(_is_square, own)):
        return f"The land nearest to points in the estate, up to about {REACH:.0f} metres from them."
    near = roads.intersection(shapely.buffer(shapely.union_all(own), HALF_WIDTH + 1.0)).length > _BESIDE
    *most, last = roads["code"][near]
    between = f"between {', '.join(most)} and {last}"
    if points["shared"].any():
        return f"Part of the grid square {between}: the land nearest to points in the estate."
    return f"The grid square{'s' * (len(own) > 1)} {between}."


def _geojson(frame: gpd.GeoDataFrame, name: str, attribution: str, **members: str) -> str:
    head = {"type": "FeatureCollection", "name": name, "attribution": attribution, **members}
    rounded = shapely.transform(frame.geometry.to_numpy(), lambda degrees: np.round(degrees, _DECIMALS))
    features = frame.set_geometry(rounded).iterfeatures(drop_id=True)
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features]
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"


if __name__ == "__main__":
    main()
