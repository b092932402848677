"""Reads CSV: any delimiter, one broken row among good ones, and quotation marks that are never closed."""

import codecs
import csv
from collections.abc import Iterator
from functools import partial
from io import FileIO, StringIO
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import pyarrow.csv

from evidence.intake.rows import ROW, Rows, numbered
from geo.errors import Refused

_BLOCK = 4 << 20
_MALFORMED = 500_000  # rows that are kept, and fill the memory, before a file is given up


def open_csv(path: Path) -> Rows:
    """Open a CSV file; the delimiter is the one that its header has most often."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    # A header in UTF-16 has NULs even where no byte order mark says so.
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or any(b"\0" in line for line in start.splitlines()[:1]):
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
            for batch in numbered(frames, rows.malformed):
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
