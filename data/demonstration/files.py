"""Writes export files whose bytes depend on nothing but their rows: no time of writing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import openpyxl
import polars as pl
import pyogrio
from numpy.typing import NDArray
from openpyxl.packaging.core import DocumentProperties
from openpyxl.xml.functions import tostring


def tabulate(columns: Mapping[str, NDArray[Any] | str], rows: int) -> pl.DataFrame:
    """Make a table of columns; arrays of objects are text with None, and a single text stands in every row."""
    return pl.DataFrame({name: _series(values, rows) for name, values in columns.items()})


def _series(values: NDArray[Any] | str, rows: int) -> pl.Series:
    if isinstance(values, str):
        return pl.Series([values], dtype=pl.String).new_from_index(0, rows)
    # Polars would keep an array of objects as objects, which no file can hold.
    return pl.Series(values.tolist(), dtype=pl.String) if values.dtype == object else pl.Series(values)


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """Write UTF-8 CSV; times as ISO 8601 without a zone."""
    table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S")


def write_excel(table: pl.DataFrame, path: Path, sheet: str, until: date) -> None:
    """Write one sheet, its header in the first row; `until` stands as the day it was made."""
    book = openpyxl.Workbook(write_only=True)
    lines = book.create_sheet(sheet)
    lines.append(table.columns)
    for row in table.iter_rows():
        lines.append(row)
    book.save(path)
    made = datetime(until.year, until.month, until.day)
    _restamp(path, DocumentProperties(title=sheet, created=made, modified=made))


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """Write Parquet."""
    table.write_parquet(path, compression="zstd", use_pyarrow=True)


def write_geopackage(frame: gpd.GeoDataFrame, path: Path, until: date) -> None:
    """Write a GeoPackage whose layer is named after the file."""
    with _gdal_clock(until):
        pyogrio.write_dataframe(frame, path, layer=path.stem, driver="GPKG")


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON as RFC 7946 has it; the frame is in WGS84."""
    pyogrio.write_dataframe(frame, path, layer=path.stem, driver="GeoJSON", RFC7946="YES")


def _restamp(path: Path, properties: DocumentProperties) -> None:
    # A workbook is a zip of XML: openpyxl puts the time of saving into the zip and into one of its parts.
    with ZipFile(path) as book:
        parts: dict[str, bytes | str] = {name: book.read(name) for name in book.namelist()}
    parts["docProps/core.xml"] = tostring(properties.to_tree())
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(ZipInfo(name), content, ZIP_DEFLATED)


@contextmanager
def _gdal_clock(until: date) -> Iterator[None]:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{until:%Y-%m-%d}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
