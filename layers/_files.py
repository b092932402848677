"""Reads any file of rows as text columns, in batches, so that a file may be larger than memory."""

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import FileIO, StringIO
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio.raw
import shapely
from pyproj import CRS

from geo.crs import WGS84, grid_points
from geo.errors import Refused

ROW = "\x1drow"
"""Name of the column that every batch has besides the file's own: the row, the header being row 1.

Nobody can type it, so that no column of a file has it.
"""

_BLOCK = 4 << 20
_ROWS = 50_000
_MALFORMED = 500_000  # rows that are kept, and fill the memory, before a file is given up


@dataclass
class Rows:
    """A file of rows: its column names and, as often as asked, its batches of text columns.

    `malformed` fills up while batches are read, with (row, text) of rows that have too few or too many values.
    Values are text, or bytes where a file is not all UTF-8; empty is null or "". A row with nothing in it is none.
    """

    path: Path
    columns: list[str]
    read: Callable[["Rows", list[str] | None], Iterator[pl.DataFrame]]
    malformed: list[tuple[int, str]] = field(default_factory=list)

    def batches(self, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
        """The file from its start, all columns or those named, each batch with its row numbers in ROW."""
        self.malformed.clear()
        try:
            for batch in self.read(self, columns):
                said = batch.filter(pl.any_horizontal(pl.col(pl.String) != "", pl.col(pl.Binary) != b""))
                if said.height:
                    yield said
        except (pa.ArrowException, pl.exceptions.PolarsError, pyogrio.errors.DataSourceError, ValueError) as error:
            raise Refused(f"{self.path.name} cannot be read to its end: {error}") from error


def open_rows(path: Path) -> Rows:
    """Open a CSV, Excel, GeoJSON, GeoPackage or Parquet file.

    Points of the geographic formats arrive as columns `easting` and `northing` (EPSG:27700, metres);
    other geometries by a point on their surface.

    Raises
    ------
    Refused
        The file is missing, empty, of another kind, or broken, with what to do about it.
    """
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise Refused(f"{path.name} is none of the kinds that can be read: {', '.join(sorted(_OPENERS))}.")
    try:
        rows = opener(path)
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"{path.name} cannot be read as {path.suffix[1:]}: {error}") from error
    if not rows.columns:
        raise Refused(f"{path.name} is empty.")
    twice = sorted({name for name in rows.columns if rows.columns.count(name) > 1})
    if twice:
        raise Refused(f"{path.name} has more than one column called {', '.join(twice)}: rename all but one.")
    return rows


def _open_csv(path: Path) -> Rows:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{path.name} is in UTF-16: save it as 'CSV UTF-8' and try again.")
    header = start.removeprefix(codecs.BOM_UTF8).decode(errors="surrogateescape")
    delimiter = max(",;\t|", key="".join(header.splitlines()[:1]).count)
    columns = next(csv.reader(StringIO(header, newline=""), delimiter=delimiter), [])
    try:
        "".join(columns).encode()
    except UnicodeEncodeError as error:
        raise Refused(f"The header of {path.name} is not in UTF-8: save it as 'CSV UTF-8' and try again.") from error
    return Rows(path, columns, partial(_read_csv, delimiter, "utf-8" if _is_utf8(path) else "latin-1"))


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for block in iter(partial(file.read, 1 << 20), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Ended(FileIO):
    """A file with one more row, an empty one: where a quotation mark is not closed, that row is not found."""

    _end = b"\n\n"

    def read(self, size: int, /) -> bytes:  # type: ignore[override]
        block = super().read(size)
        if len(block) + len(self._end) <= size:
            block, self._end = block + self._end, b""
        return block


def _read_csv(delimiter: str, encoding: str, rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
    kind = pa.string() if encoding == "utf-8" else pa.binary()
    options = (
        # One thread, because only then does the parser know the number of a malformed row. A file that is not all
        # UTF-8 is read as Latin-1, in which every byte is a character: one broken row must not refuse the others.
        pa.csv.ReadOptions(
            use_threads=False, block_size=_BLOCK, column_names=rows.columns, skip_rows_after_names=1, encoding=encoding
        ),
        pa.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=partial(_skip, rows, encoding),
        ),
        pa.csv.ConvertOptions(check_utf8=False, column_types=dict.fromkeys(rows.columns, kind), include_columns=wanted),
    )
    last, empty = 1, False
    try:
        with _Ended(rows.path) as file, pa.csv.open_csv(file, *options) as batches:
            frames = (_as_stored(batch, encoding) for batch in batches if batch.num_rows)
            for batch in _numbered(frames, rows.malformed):
                last, empty = int(batch[ROW][-1]), not any(batch.drop(ROW).row(-1))
                yield batch
    except pa.ArrowInvalid as error:
        raise Refused(
            f"{rows.path.name} cannot be read after row {last}: look there for a quotation mark that is not closed, "
            "and whether the rows have as many values as the header."
        ) from error
    opened = max([last, *(row for row, _ in rows.malformed[-1:])])
    if opened > last or not empty:
        raise Refused(
            f"Row {opened} of {rows.path.name} opens a quotation mark that is never closed, "
            "so that all that follows would be one value: close it and try again."
        )


def _skip(rows: Rows, encoding: str, row: pa.csv.InvalidRow) -> Literal["skip", "error"]:
    text = row.text if encoding == "utf-8" else row.text.encode(encoding).decode(errors="surrogateescape")
    rows.malformed.append((row.number or 0, text))
    return "skip" if len(rows.malformed) < _MALFORMED else "error"


def _as_stored(batch: pa.RecordBatch, encoding: str) -> pl.DataFrame:
    frame = pl.DataFrame(batch)
    if encoding == "utf-8":
        return frame
    return frame.select(
        pl.Series(values.name, [value.decode().encode(encoding) for value in values], pl.Binary) for values in frame
    )


def _numbered(batches: Iterator[pl.DataFrame], malformed: list[tuple[int, str]]) -> Iterator[pl.DataFrame]:
    following = 2
    for batch in batches:
        missing = [row for row, _ in malformed if row >= following]
        numbers = np.arange(following, following + batch.height + len(missing), dtype=np.int32)
        kept = np.setdiff1d(numbers, missing, assume_unique=True)[: batch.height]
        yield batch.with_columns(pl.Series(ROW, kept, pl.Int32))
        following = int(kept[-1]) + 1 if batch.height else following


def _open_excel(path: Path) -> Rows:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    # What a file says of its own size is often wrong.
    book.active.reset_dimensions()
    lines = [*book.active.iter_rows(values_only=True)]
    book.close()
    names = [(at, str(name).strip()) for at, name in enumerate(lines[0] if lines else ()) if name is not None]

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        for start in range(1, len(lines), _ROWS):
            part = lines[start : start + _ROWS]
            made = {
                name: pl.Series([_cell(line[at]) if at < len(line) else None for line in part], dtype=pl.String)
                for at, name in names
                if wanted is None or name in wanted
            }
            numbers = np.arange(start + 1, start + 1 + len(part), dtype=np.int32)
            yield pl.DataFrame(made).with_columns(pl.Series(ROW, numbers))

    return Rows(path, [name for _, name in names], read)


def _cell(value: object) -> str | None:
    # Excel keeps whole numbers as floats and dates as midnights.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


def _open_geographic(path: Path) -> Rows:
    found = [(name, kind) for name, kind in pyogrio.list_layers(path)]
    # Programs keep tables of styles and the like beside the one layer that has shapes.
    names = [name for name, kind in found if kind] or [name for name, _ in found]
    if len(names) > 1:
        raise Refused(f"{path.name} has several layers, {', '.join(names)}: save the one that is meant as a file.")
    fields = pyogrio.read_info(path, layer=names[0])

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        with pyogrio.raw.open_arrow(path, layer=names[0], batch_size=_ROWS, use_pyarrow=True) as (meta, batches):
            geometry = meta["geometry_name"] or "wkb_geometry"
            yield from _numbered((_located(batch, geometry, meta["crs"], wanted) for batch in batches), [])

    point = _POINT if fields["geometry_type"] else ()
    return Rows(path, [*(name for name in fields["fields"] if name not in point), *point], read)


def _open_parquet(path: Path) -> Rows:
    file = pa.parquet.ParquetFile(path)
    about = geo_metadata(file.schema_arrow)
    names = [name for name in file.schema_arrow.names if about is None or name not in (about[0], *_POINT)]

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        geometry, crs = about or ("", None)
        batches = pa.parquet.ParquetFile(path).iter_batches(_ROWS)
        yield from _numbered((_located(batch, geometry, crs, wanted) for batch in batches), [])

    return Rows(path, names if about is None else [*names, *_POINT], read)


def geo_metadata(schema: pa.Schema) -> tuple[str, object] | None:
    """Name and CRS of the primary geometry of a GeoParquet schema; None for plain Parquet."""
    found = (schema.metadata or {}).get(b"geo")
    if found is None:
        return None
    about = json.loads(found)
    column = about["columns"][about["primary_column"]]
    # Without a word it is WGS84; null says that nobody knows.
    crs = column.get("crs", WGS84)
    return about["primary_column"], crs and CRS(crs)


_POINT = ("easting", "northing")
_FAR = 1e9  # metres; what stands in text for infinitely far


def _located(batch: pa.RecordBatch, geometry: str, crs: object, wanted: list[str] | None) -> pl.DataFrame:
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


_OPENERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": _open_csv,
    ".xlsx": _open_excel,
    ".geojson": _open_geographic,
    ".json": _open_geographic,
    ".gpkg": _open_geographic,
    ".parquet": _open_parquet,
}
