import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evidence.intake.files import open_rows
from evidence.intake.rows import ROW
from geo.errors import Refused


def read(path: Path) -> dict[int, dict[str, Any]]:
    """The rows of a file by their number."""
    batches = open_rows(path).batches()
    return {row.pop(ROW): row for batch in batches for row in batch.iter_rows(named=True)}


def save(path: Path, lines: Sequence[Sequence[Any]]) -> Path:
    """Write lines as an Excel workbook; a line without cells leaves its row out of the file."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, line in enumerate(lines, start=1):
        for at, value in enumerate(line, start=1):
            sheet.cell(number, at, value)
    book.save(path)
    return path


def test_excel_gives_dates_numbers_and_truths_as_people_write_them(tmp_path: Path) -> None:
    """Whole numbers have no point, dates are ISO 8601, and what is empty is null."""
    lines: list[list[object]] = [
        ["Reference", "Opened", "Reports", "Easting", "Hate", "UPRN"],
        ["A1", datetime(2024, 6, 30), 3.0, 486123.4, True, 100080012345],
        ["A2", datetime(2024, 6, 30, 23, 30), 2, None, False, "0100080012345"],
    ]
    first, second = read(save(tmp_path / "cases.xlsx", lines)).values()
    assert list(first.values()) == ["A1", "2024-06-30T00:00:00", "3", "486123.4", "True", "100080012345"]
    assert list(second.values()) == ["A2", "2024-06-30T23:30:00", "2", None, "False", "0100080012345"]


def test_excel_rows_keep_their_numbers_and_empty_ones_are_none(tmp_path: Path) -> None:
    """Rows with nothing in them are counted and left out, whether the file has them or not."""
    lines: list[list[object]] = [["a", "b"], [1, 2], [], [None, ""], [3], [], [None, 4]]
    found = read(save(tmp_path / "gaps.xlsx", lines))
    assert found == {2: {"a": "1", "b": "2"}, 5: {"a": "3", "b": None}, 7: {"a": None, "b": "4"}}


def test_excel_columns_without_a_name_are_left_aside(tmp_path: Path) -> None:
    """Those beside them keep their own values."""
    lines: list[list[object]] = [["a", None, " b ", None], [1, "note", 2, "note"]]
    assert read(save(tmp_path / "notes.xlsx", lines)) == {2: {"a": "1", "b": "2"}}


def test_excel_is_read_whole_whatever_size_it_claims(tmp_path: Path) -> None:
    """Reporting systems write sheets that claim to be one cell wide."""
    saved = save(tmp_path / "saved.xlsx", [["a", "b"], [1, 2], [3, 4]])
    claiming = tmp_path / "claiming.xlsx"
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(claiming, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B3"' in content
            target.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content))
    assert read(claiming) == {2: {"a": "1", "b": "2"}, 3: {"a": "3", "b": "4"}}


def test_excel_without_rows_and_without_anything(tmp_path: Path) -> None:
    """A header alone is a file without rows; a workbook with nothing in it is refused."""
    assert read(save(tmp_path / "header.xlsx", [["a", "b"]])) == {}
    with pytest.raises(Refused, match=r"nothing.xlsx is empty"):
        open_rows(save(tmp_path / "nothing.xlsx", []))


def test_a_zip_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    """It is refused by name, as the kind it claims to be."""
    path = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8")
    with pytest.raises(Refused, match=r"photos.xlsx cannot be read as xlsx"):
        open_rows(path)


def test_a_workbook_with_several_sheets_of_rows_is_refused(tmp_path: Path) -> None:
    """Nobody should have to guess which was loaded; empty and hidden sheets are no second."""
    path = save(tmp_path / "book.xlsx", [["a"], [1]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("empty")
    book.create_sheet("lists").append(["code"])
    book["lists"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    assert read(path) == {2: {"a": "1"}}
    book.create_sheet("last year").append(["a"])
    book.save(path)
    with pytest.raises(Refused, match=r"book.xlsx has several sheets with rows, Sheet, last year: save the one"):
        open_rows(path)
