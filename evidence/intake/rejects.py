"""The file of the rows refused: whole, with row number, field and reason."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import polars as pl

from evidence.intake.rows import ROW
from geo.errors import Refused


class Rejects:
    """Writes FILE.rejects.csv beside the file; it appears when it is finished, and only if a row was refused."""

    def __init__(self, file: Path, columns: list[str]) -> None:
        self.path = file.with_name(f"{file.name}.rejects.csv")
        self.count = 0
        self._part = file.with_name(f"{file.name}.rejects.part")
        self._columns = columns
        self._rows: Any = None

    def __enter__(self) -> Self:
        for old in (self.path, self._part):
            # Asked first, because a folder that cannot be written to says no even to nothing.
            if old.exists():
                old.unlink()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._rows is not None:
            self._file.close()
            self._part.replace(self.path)

    def add(self, batch: pl.DataFrame, problems: pl.DataFrame) -> None:
        """Write the rows of a batch that have problems (columns ROW, field, reason)."""
        # Side by side, not joined by name: a file may have columns called field and reason of its own.
        refused = batch.join(problems, on=ROW, how="semi", maintain_order="left").select(self._columns)
        why = problems.select(ROW, "field", "reason").iter_rows()
        self._write((*said, *row) for said, row in zip(why, refused.iter_rows(), strict=True))

    def add_malformed(self, malformed: Iterable[tuple[int, str]]) -> None:
        """Write rows whose number of values is not that of the header, as they stand in the file."""
        reason = f"does not have {len(self._columns)} values like the header: look for a stray comma or quotation mark"
        self._write((row, "", reason, text) for row, text in malformed)

    def _write(self, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            if self._rows is None:
                self._file = self._open()
                self._rows = csv.writer(self._file)
                self._rows.writerow(["row", "field", "reason", *self._columns])
            self._rows.writerow([_text(value) for value in row])
            self.count += 1

    def _open(self) -> TextIO:
        try:
            # Bytes that are not UTF-8 go out as they came in.
            return self._part.open("w", newline="", encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise Refused(
                f"Rows were refused, and {self.path} cannot be written ({error.strerror}): "
                "copy the file to a folder of your own and load it from there."
            ) from error


class RejectedRows:
    """Keeps what was refused of rows that are in no file."""

    path: None = None

    def __init__(self) -> None:
        self.reasons: list[tuple[str, str]] = []
        """Field and reason."""

    @property
    def count(self) -> int:
        """How many rows were refused."""
        return len(self.reasons)

    def add(self, batch: pl.DataFrame, problems: pl.DataFrame) -> None:
        """Keep why rows of a batch were refused (columns ROW, field, reason)."""
        self.reasons += problems.select("field", "reason").iter_rows()

    def add_malformed(self, malformed: Iterable[tuple[int, str]]) -> None:
        """No row is malformed: there is no file that could be."""


def _text(value: object) -> object:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
