from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from evidence.intake.files import open_rows
from evidence.intake.rows import ROW, Rows, numbered
from geo.errors import Refused

Write = Callable[..., Path]


def rows_of(*batches: pl.DataFrame, error: Exception | None = None) -> Rows:
    """A file that gives these batches, and then an error."""

    def read(rows: Rows, wanted: list[str] | None) -> Iterator[pl.DataFrame]:
        yield from batches
        if error:
            raise error

    return Rows(Path("made.csv"), ["a"], read)


def test_batches_are_numbered_around_malformed_rows() -> None:
    """A malformed row has its number in the file, whichever batch it was found before, in or after."""
    malformed = [(2, "first"), (4, "within")]
    batches = [pl.DataFrame({"a": list(text)}) for text in ("bcd", "e", "fg")]
    given = numbered(iter(batches), malformed)
    found = [next(given)[ROW].to_list(), next(given)[ROW].to_list()]
    malformed.append((8, "between"))
    assert [*found, next(given)[ROW].to_list()] == [[3, 5, 6], [7], [9, 10]]


def test_rows_with_nothing_in_them_are_none() -> None:
    """Null and "" are nothing, in text and in bytes; a batch of such rows alone is left out."""
    some = pl.DataFrame({"a": ["", None, "x"], "b": [b"", None, b""], ROW: [2, 3, 4]})
    assert [batch[ROW].to_list() for batch in rows_of(some, some.head(2)).batches()] == [[4]]


@pytest.mark.parametrize("error", [ValueError("no"), pl.exceptions.ComputeError("no")])
def test_what_breaks_off_is_refused_by_name(error: Exception) -> None:
    """Whatever a library says when a file ends early, the person hears which file it was."""
    with pytest.raises(Refused, match=r"made\.csv cannot be read to its end: no"):
        list(rows_of(error=error).batches())


def test_a_file_can_be_read_again(write: Write) -> None:
    """Every reading starts from the first row, and finds the malformed rows once."""
    rows = open_rows(write(b"a,b\n1,2\n3\n"))
    assert [[batch.height for batch in rows.batches()] for _ in range(2)] == [[1], [1]]
    assert rows.malformed == [(3, "3")]
