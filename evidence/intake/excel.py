"""Reads the one sheet of an Excel workbook that has rows."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl

from evidence.intake.rows import AT_ONCE, ROW, Rows
from geo.errors import Refused


def open_excel(path: Path) -> Rows:
    """Open the one visible sheet of a workbook that has anything in it; its first row is the header."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets = {sheet.title: _lines(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"}
    book.close()
    filled = {title: lines for title, lines in sheets.items() if lines}
    if len(filled) > 1:
        raise Refused(
            f"{path.name} has several sheets with rows, {', '.join(filled)}: save the one that is meant alone."
        )
    lines = next(iter(filled.values()), [])
    names = [(at, str(name).strip()) for at, name in enumerate(lines[0] if lines else ()) if name is not None]

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        for start in range(1, len(lines), AT_ONCE):
            part = lines[start : start + AT_ONCE]
            made = {
                name: pl.Series([_cell(line[at]) if at < len(line) else None for line in part], dtype=pl.String)
                for at, name in names
                if wanted is None or name in wanted
            }
            numbers = np.arange(start + 1, start + 1 + len(part), dtype=np.int32)
            yield pl.DataFrame(made).with_columns(pl.Series(ROW, numbers))

    return Rows(path, [name for _, name in names], read)


def _lines(sheet: Any) -> list[tuple[object, ...]]:
    # What a file says of its own size is often wrong.
    sheet.reset_dimensions()
    lines = [*sheet.iter_rows(values_only=True)]
    return lines if any(value is not None for line in lines for value in line) else []


def _cell(value: object) -> str | None:
    # Excel keeps whole numbers as floats and dates as midnights.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
