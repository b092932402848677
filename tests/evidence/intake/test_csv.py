import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence.intake import csv as _csv
from evidence.intake.files import open_rows
from evidence.intake.rows import ROW
from geo.errors import Refused

Write = Callable[..., Path]


def read(path: Path, wanted: list[str] | None = None) -> tuple[dict[int, tuple[Any, ...]], list[tuple[int, str]]]:
    """The rows of a file by their number, and the malformed ones."""
    rows = open_rows(path)
    found = {
        row[0]: row[1:]
        for batch in rows.batches(wanted)
        for row in batch.select(ROW, *(wanted or rows.columns)).iter_rows()
    }
    return found, rows.malformed


@pytest.mark.parametrize(
    "content",
    [
        b"reference,text\na,b\nc,d\n",
        b"\xef\xbb\xbfreference,text\na,b\nc,d\n",
        b'\xef\xbb\xbf"reference","text"\r\n"a","b"\r\n"c","d"\r\n',
        b"reference;text\r\na;b\r\nc;d",
        b"reference\ttext\na\tb\nc\td\n",
        b"reference|text\na|b\nc|d\n",
        b"reference,text\ra,b\rc,d\r",
        b"reference,text\na,b\nc,d\n\n\n",
        b"reference,text\na,b\nc,d\n,\n,",
    ],
    ids=["plain", "BOM", "BOM and quotes", "semicolons", "tabs", "bars", "CR", "empty lines", "rows of commas"],
)
def test_a_csv_is_read_however_it_is_written(write: Write, content: bytes) -> None:
    """A byte order mark, other separators and other line ends make no difference."""
    path = write(content)
    assert open_rows(path).columns == ["reference", "text"]
    assert read(path) == ({2: ("a", "b"), 3: ("c", "d")}, [])


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\r", b"a,b\r\n\r\n", b"a,b\n,\n"])
def test_a_file_with_a_header_alone_has_no_rows(write: Write, content: bytes) -> None:
    """It is a file of the right kind, only with nothing in it."""
    assert read(write(content)) == ({}, [])


def test_rows_are_numbered_as_a_spreadsheet_shows_them(write: Write) -> None:
    """The header is row 1; empty rows count, and a value of several lines is in one row."""
    content = b'"the\nreference",text\na,"two\nlines"\n\n,\nb\nc,1,2\nd,e\n'
    assert read(write(content)) == ({2: ("a", "two\nlines"), 7: ("d", "e")}, [(5, "b"), (6, "c,1,2")])


@pytest.mark.parametrize("block", [48, 64, 200, 8 << 20])
@pytest.mark.parametrize("seed", range(3))
def test_numbers_hold_wherever_the_blocks_end(
    write: Write, monkeypatch: pytest.MonkeyPatch, block: int, seed: int
) -> None:
    """Good, malformed, empty and many-lined rows come out as Python's own reader numbers them."""
    monkeypatch.setattr(_csv, "_BLOCK", block)
    random = np.random.default_rng(seed)
    kinds = ['{0},"x\ny"', "{0},{0}", "{0}", "{0},1,2", "", ",", '{0},"a ""b"", c"']
    content = "a,b\n" + "\n".join(kinds[kind].format(number) for number, kind in enumerate(random.choice(7, 300)))
    good, malformed = read(write(content.encode()))
    expected = list(enumerate(csv.reader(StringIO(content, newline="")), start=1))[1:]
    assert good == {row: tuple(values) for row, values in expected if len(values) == 2 and any(values)}
    assert [row for row, _ in malformed] == [row for row, values in expected if len(values) not in (0, 2)]


def test_bytes_that_are_not_utf8_stay_as_they_are(write: Write) -> None:
    """Rows of a file in Windows-1252 come as their bytes, malformed ones too, and others as they should be."""
    content = "reference,téxt\né,ø\n".encode() + b"caf\xe9,\x80\n\xe9\n"
    good, malformed = read(write(content))
    assert good == {2: ("é".encode(), "ø".encode()), 3: (b"caf\xe9", b"\x80")}
    assert malformed == [(4, b"\xe9".decode(errors="surrogateescape"))]


def test_only_the_columns_asked_for_are_read(write: Write) -> None:
    """The first look at a file takes its keys alone."""
    assert read(write(b"a,b,c\n1,2,3\n4,5,6\n"), ["b"])[0] == {2: ("2",), 3: ("5",)}


def test_more_malformed_rows_than_memory_should_hold_end_the_reading(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is separated otherwise than its header is given up, not collected row by row."""
    monkeypatch.setattr(_csv, "_MALFORMED", 50)
    with pytest.raises(Refused, match="as many values as the header"):
        read(write(b"a,b\n" + b"1,2,3\n" * 60))


def test_a_value_larger_than_a_block_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quotation mark that swallows megabytes is named by the last row before it."""
    monkeypatch.setattr(_csv, "_BLOCK", 100)
    with pytest.raises(Refused, match=r"cannot be read after row 2[0-9]: look there for a quotation mark"):
        read(write(b"a,b\n" + b"1,2\n" * 25 + b'3,"' + b"4,5\n" * 100))
