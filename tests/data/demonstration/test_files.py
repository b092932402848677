from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import openpyxl
import polars as pl
import pyogrio
import pytest
from shapely import Point

from data.demonstration.files import (
    tabulate,
    write_csv,
    write_excel,
    write_geojson,
    write_geopackage,
    write_parquet,
)

UNTIL = date(2025, 11, 23)


@pytest.fixture
def table() -> pl.DataFrame:
    """Two rows, the second with gaps."""
    return tabulate(
        {
            "Ref": np.array(["A", "B"], object),
            "Date": np.array(["2024-02-29", "NaT"], "datetime64[D]"),
            "At": np.array(["2024-02-29T09:00", "NaT"], "datetime64[ms]"),
            "UPRN": np.array([None, "990000000001"], object),
            "Note": "Synthetic",
        },
        2,
    )


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    """Two rows, the second without a point."""
    return gpd.GeoDataFrame({"Ref": ["A", "B"]}, geometry=np.array([Point(485000, 238000), None]), crs=27700)


def test_text_with_gaps_is_text(table: pl.DataFrame) -> None:
    """A column that begins with a gap is text too, and a missing date is missing."""
    assert table.schema["UPRN"] == table.schema["Note"] == pl.String
    assert table.row(1) == ("B", None, None, "990000000001", "Synthetic")


def test_csv_has_iso_times_and_empty_gaps(table: pl.DataFrame, tmp_path: Path) -> None:
    """A gap is nothing between two commas."""
    write_csv(table, tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[1:] == ["A,2024-02-29,2024-02-29T09:00:00,,Synthetic", "B,,,990000000001,Synthetic"]


def test_excel_has_dates_and_says_nothing_of_when_it_was_written(table: pl.DataFrame, tmp_path: Path) -> None:
    """Neither the zip nor the properties carry the clock of the machine."""
    write_excel(table, tmp_path / "a.xlsx", "Synthetic", UNTIL)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Synthetic"]
    assert next(book["Synthetic"].iter_rows(min_row=2, values_only=True))[:2] == ("A", datetime(2024, 2, 29))
    assert book.properties.created == book.properties.modified == datetime(2025, 11, 23)
    with ZipFile(tmp_path / "a.xlsx") as zipped:
        assert {part.date_time[0] for part in zipped.infolist()} == {1980}


def test_parquet_keeps_types(table: pl.DataFrame, tmp_path: Path) -> None:
    """What is read is what was written."""
    write_parquet(table, tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet").equals(table)


def test_a_geopackage_says_the_last_day_as_its_change(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """The catalogue inside carries the day given, points their coordinates, and a missing point is missing."""
    write_geopackage(frame, tmp_path / "synthetic_a.gpkg", UNTIL)
    read = pyogrio.read_dataframe(tmp_path / "synthetic_a.gpkg")
    assert pyogrio.list_layers(tmp_path / "synthetic_a.gpkg")[:, 0].tolist() == ["synthetic_a"]
    assert read.crs == 27700
    assert read.geometry.isna().tolist() == [False, True]
    assert b"2025-11-23T00:00:00" in (tmp_path / "synthetic_a.gpkg").read_bytes()


def test_geojson_is_in_longitude_and_latitude(tmp_path: Path) -> None:
    """It has no member for a CRS, as RFC 7946 wants."""
    frame = gpd.GeoDataFrame({"Ref": ["A"]}, geometry=gpd.GeoSeries.from_xy([-0.75], [52.04], crs=4326))
    write_geojson(frame, tmp_path / "synthetic_a.geojson")
    text = (tmp_path / "synthetic_a.geojson").read_text()
    assert "[ -0.75, 52.04 ]" in text
    assert '"crs"' not in text
