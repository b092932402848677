import json
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pytest
from shapely import LineString, MultiPoint, Point, box

from evidence.intake.files import open_rows
from evidence.intake.rows import ROW
from geo.errors import Refused

# Published with the transformation OSTN15: this place in both systems.
CAISTER = (1.3107334884, 52.6276035206)
CAISTER_GRID = (624161.0, 308459.58)


def read(path: Path) -> dict[int, dict[str, Any]]:
    """The rows of a file by their number."""
    batches = open_rows(path).batches()
    return {row.pop(ROW): row for batch in batches for row in batch.iter_rows(named=True)}


def place(row: dict[str, Any]) -> tuple[float, float]:
    """Where a row says it is, metres."""
    return float(row["easting"]), float(row["northing"])


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    """A feature of a GeoJSON file."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write_geojson(path: Path, *features: dict[str, Any]) -> Path:
    """Write features as GeoJSON."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_geojson_points_arrive_on_the_grid(tmp_path: Path) -> None:
    """Its degrees go through OSTN15, to the centimetre; a feature without a shape has no place."""
    here = feature({"type": "Point", "coordinates": CAISTER}, reference="A1", when="2024-06-30T23:30:00Z", n=3)
    nowhere = feature(None, reference="A2", when=None, n=None)
    first, second = read(write_geojson(tmp_path / "a.geojson", here, nowhere)).values()
    assert place(first) == pytest.approx(CAISTER_GRID, abs=0.01)
    assert (first["reference"], first["n"]) == ("A1", "3")
    assert datetime.fromisoformat(first["when"]) == datetime.fromisoformat("2024-06-30T23:30:00+00:00")
    assert (second["reference"], second["easting"], second["northing"], second["n"]) == ("A2", None, None, None)


def test_one_place_outside_great_britain_leaves_the_others(tmp_path: Path) -> None:
    """A device without a fix says 0, 0: that row is far away, and the file is read."""
    rows = [feature({"type": "Point", "coordinates": at}, reference="A") for at in ([0, 0], CAISTER, [200, 95])]
    far, here, farther = read(write_geojson(tmp_path / "a.json", *rows)).values()
    assert place(here) == pytest.approx(CAISTER_GRID, abs=0.01)
    assert min(place(far) + place(farther)) > 1e7


def test_shapes_stand_at_a_point_on_their_surface(tmp_path: Path) -> None:
    """Of an area, a line or several points, one point that is part of it."""
    shapes = [box(480000, 230000, 480100, 230100), LineString([(0, 0), (10, 0)]), MultiPoint([(5, 5), (6, 6)]), Point()]
    path = tmp_path / "shapes.gpkg"
    gpd.GeoDataFrame({"reference": list("abcd")}, geometry=shapes, crs=27700).to_file(path)
    *found, empty = read(path).values()
    assert all(shape.intersects(Point(place(row))) for shape, row in zip(shapes, found, strict=False))
    assert (empty["easting"], empty["northing"]) == (None, None)


@pytest.mark.parametrize("crs", [27700, 4326, 3857, 4258])
@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
def test_any_coordinate_reference_system_is_brought_to_the_grid(tmp_path: Path, crs: int, ending: str) -> None:
    """Whatever system the file states, the place is the same; web Mercator's numbers are by its formula."""
    lon, lat = CAISTER
    mercator = 6378137 * np.radians(lon), 6378137 * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    point = Point({27700: CAISTER_GRID, 3857: mercator}.get(crs, CAISTER))
    path = tmp_path / f"place.{ending}"
    frame = gpd.GeoDataFrame({"reference": ["A1"], "easting": ["not this"]}, geometry=[point], crs=crs)
    frame.to_parquet(path) if ending == "parquet" else frame.to_file(path)
    assert open_rows(path).columns == ["reference", "easting", "northing"]
    assert place(read(path)[2]) == pytest.approx(CAISTER_GRID, abs=0.01)


@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
def test_places_without_a_stated_system_are_refused(tmp_path: Path, ending: str) -> None:
    """Nobody can know where they are."""
    path = tmp_path / f"place.{ending}"
    frame = gpd.GeoDataFrame({"reference": ["A1"]}, geometry=[Point(CAISTER_GRID)])
    with pytest.warns(UserWarning, match="'crs'") if ending == "gpkg" else nullcontext():
        frame.to_parquet(path) if ending == "parquet" else frame.to_file(path)
    with pytest.raises(Refused, match="which coordinate reference system"):
        read(path)


def test_geoparquet_that_says_nothing_of_its_system_is_in_wgs84(tmp_path: Path) -> None:
    """So the format has it: no word means longitude and latitude."""
    path = tmp_path / "place.parquet"
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    table = pa.table({"reference": ["A1"], "geometry": [Point(CAISTER).wkb]})
    pa.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    assert place(read(path)[2]) == pytest.approx(CAISTER_GRID, abs=0.01)


def test_a_geopackage_without_shapes_is_a_table(tmp_path: Path) -> None:
    """Its rows can still be located by a UPRN or a postcode."""
    path = tmp_path / "table.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"reference": ["A1"], "uprn": ["1"]}), path)
    assert open_rows(path).columns == ["reference", "uprn"]
    assert read(path) == {2: {"reference": "A1", "uprn": "1"}}


def test_a_geopackage_with_several_layers_is_refused(tmp_path: Path) -> None:
    """Nobody should have to guess which was loaded; a table of styles beside the one layer is no second."""
    path = tmp_path / "map.gpkg"
    frame = gpd.GeoDataFrame({"reference": ["A1"]}, geometry=[Point(CAISTER_GRID)], crs=27700)
    frame.to_file(path, layer="cases")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["red"]}), path, layer="layer_styles")
    assert read(path)[2]["reference"] == "A1"
    frame.to_file(path, layer="old cases")
    with pytest.raises(Refused, match=r"map.gpkg has several layers, cases, old cases: save the one"):
        open_rows(path)


def test_parquet_gives_every_type_as_text(tmp_path: Path) -> None:
    """Dates, times with and without a zone, whole numbers that became floats, lists and bytes."""
    path = tmp_path / "rows.parquet"
    when = datetime(2024, 6, 30, 23, 30)
    frame = pl.DataFrame(
        {
            "reference": [1234.0, None],
            "amount": [2.5, float("nan")],
            "large": [100080012345.0, 1e300],
            "day": [date(2024, 6, 30), None],
            "at": [when, None],
            "zoned": pl.Series([when, None]).dt.replace_time_zone("UTC"),
            "hate": [True, None],
            "tags": [["a", "b"], None],
            "raw": [b"caf\xe9", None],
            "kind": pl.Series(["x", None], dtype=pl.Categorical),
        }
    )
    frame.write_parquet(path)
    first, second = read(path).values()
    numbers = [first[name] for name in ("reference", "amount", "large")]
    assert (numbers, first["day"]) == (["1234", "2.5", "100080012345"], "2024-06-30")
    assert [datetime.fromisoformat(first[name]).replace(tzinfo=None) for name in ("at", "zoned")] == [when, when]
    assert (first["hate"], first["raw"], first["kind"]) == ("true", b"caf\xe9", "x")
    assert "a" in first["tags"] and "b" in first["tags"]
    assert {name for name, value in second.items() if value is not None} == {"large"}
