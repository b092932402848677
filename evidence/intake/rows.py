"""Rows of a file as text columns, in batches, so that a file may be larger than memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio.errors

from geo.errors import Refused

ROW = "\x1drow"
"""Name of the column that every batch has besides the file's own: the row, the header being row 1.

Nobody can type it, so that no column of a file has it.
"""

AT_ONCE = 50_000
"""Rows in a batch, where the format does not say."""


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


def numbered(batches: Iterator[pl.DataFrame], malformed: list[tuple[int, str]]) -> Iterator[pl.DataFrame]:
    """Put ROW to batches that come one after the other, leaving out the numbers of malformed rows."""
    following = 2
    for batch in batches:
        missing = [row for row, _ in malformed if row >= following]
        numbers = np.arange(following, following + batch.height + len(missing), dtype=np.int32)
        kept = np.setdiff1d(numbers, missing, assume_unique=True)[: batch.height]
        yield batch.with_columns(pl.Series(ROW, kept, pl.Int32))
        following = int(kept[-1]) + 1 if batch.height else following
