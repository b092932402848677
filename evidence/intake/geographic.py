"""Reads GeoJSON, GeoPackage and Parquet: attributes as text, geometries as points of the British National Grid."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pyogrio.raw
import shapely
from pyproj import CRS

from evidence.intake.rows import AT_ONCE, Rows, numbered
from geo.crs import WGS84, grid_points
from geo.errors import Refused

_POINT = ("easting", "northing")
_FAR = 1e9  # metres; what stands in text for infinitely far


def open_geographic(path: Path) -> Rows:
    """Open the one layer of a GeoJSON file or a GeoPackage; a GeoPackage may also be a table without shapes."""
    found = [(name, kind) for name, kind in pyogrio.list_layers(path)]
    # Programs keep tables of styles and the like beside the one layer that has shapes.
    names = [name for name, kind in found if kind] or [name for name, _ in found]
    if len(names) > 1:
        raise Refused(f"{path.name} has several layers, {', '.join(names)}: save the one that is meant as a file.")
    fields = pyogrio.read_info(path, layer=names[0])

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        with pyogrio.raw.open_arrow(path, layer=names[0], batch_size=AT_ONCE, use_pyarrow=True) as (meta, batches):
            geometry = meta["geometry_name"] or "wkb_geometry"
            yield from numbered((_located(batch, geometry, meta["crs"], wanted) for batch in batches), [])

    point = _POINT if fields["geometry_type"] else ()
    return Rows(path, [*(name for name in fields["fields"] if name not in point), *point], read)


def open_parquet(path: Path) -> Rows:
    """Open a Parquet file, plain or GeoParquet."""
    file = pa.parquet.ParquetFile(path)
    about = geo_metadata(file.schema_arrow)
    names = [name for name in file.schema_arrow.names if about is None or name not in (about[0], *_POINT)]

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        geometry, crs = about or ("", None)
        batches = pa.parquet.ParquetFile(path).iter_batches(AT_ONCE)
        yield from numbered((_located(batch, geometry, crs, wanted) for batch in batches), [])

    return Rows(path, names if about is None else [*names, *_POINT], read)


def geo_metadata(schema: pa.Schema) -> tuple[str, CRS | None] | None:
    """Name and CRS of the primary geometry of a GeoParquet schema; None for plain Parquet."""
    found = (schema.metadata or {}).get(b"geo")
    if found is None:
        return None
    about = json.loads(found)
    column = about["columns"][about["primary_column"]]
    # Without a word it is WGS84; null says that nobody knows.
    crs = column.get("crs", WGS84)
    return about["primary_column"], CRS(crs) if crs else None


def _located(batch: pa.RecordBatch, geometry: str, crs: str | CRS | None, wanted: list[str] | None) -> pl.DataFrame:
    frame = pl.DataFrame(batch.select([name for name in batch.schema.names if name != geometry]))
    if geometry in batch.schema.names:
        shapes = shapely.from_wkb(np.asarray(batch.column(geometry).to_pylist(), dtype=object))
        place = grid_points(gpd.GeoSeries(shapely.point_on_surface(shapes), crs=crs))
        frame = frame.with_columns(map(pl.Series, _POINT, np.clip(place, -_FAR, _FAR)))
    frame = frame.select(map(_text, frame))
    return frame.select(wanted) if wanted else frame


def _text(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Binary:
        return values
    if values.dtype.is_float():
        # Whole numbers are floats where a column had an empty value.
        return values.fill_nan(None).cast(pl.String).str.strip_suffix(".0")
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series(values.name, [None if value is None else str(value) for value in values], pl.String)
