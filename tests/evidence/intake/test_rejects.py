import csv
import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from evidence.intake.rejects import Rejects
from evidence.intake.rows import ROW
from geo.errors import Refused


def batch(**columns: Sequence[str | bytes | None]) -> pl.DataFrame:
    """Rows of a file, numbered from 2."""
    return pl.DataFrame(columns).with_columns(pl.int_range(2, 2 + pl.len(), dtype=pl.Int32).alias(ROW))


def problems(*rows: tuple[int, str, str]) -> pl.DataFrame:
    """What is wrong with which rows."""
    return pl.DataFrame(rows, schema={ROW: pl.Int32, "field": pl.String, "reason": pl.String}, orient="row")


def lines(path: Path) -> list[list[str]]:
    """The lines of a file of rejects."""
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.reader(file))


def test_refused_rows_are_held_whole(tmp_path: Path) -> None:
    """With their number, the fields and the reasons before their own values, whatever these are."""
    rows = batch(a=["1", "two\nlines", 'q"q'], b=["x", None, "c,d"])
    with Rejects(tmp_path / "rows.csv", ["a", "b"]) as rejects:
        rejects.add(rows, problems((3, "a", "is odd"), (4, "a; b", "is bad; is worse")))
    assert rejects.path == tmp_path / "rows.csv.rejects.csv"
    assert rejects.count == 2
    assert lines(rejects.path) == [
        ["row", "field", "reason", "a", "b"],
        ["3", "a", "is odd", "two\nlines", ""],
        ["4", "a; b", "is bad; is worse", 'q"q', "c,d"],
    ]


def test_a_file_may_have_columns_called_like_ours(tmp_path: Path) -> None:
    """Its own values stay beside the row number, field and reason."""
    columns = ["row", "field", "reason", "row in the file", ""]
    rows = batch(**{name: [f"own {name}"] for name in columns})
    with Rejects(tmp_path / "rows.csv", columns) as rejects:
        rejects.add(rows, problems((2, "a", "is odd")))
    assert lines(rejects.path)[1] == ["2", "a", "is odd", *(f"own {name}" for name in columns)]


def test_bytes_go_out_as_they_came_in(tmp_path: Path) -> None:
    """Text in another encoding can be mended from the file of rejects."""
    rows = batch(a=[b"caf\xe9 \x80", "café".encode()])
    with Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        rejects.add(rows, problems((2, "a", "x"), (3, "a", "y")))
        rejects.add_malformed([(4, b"\xe9\x80".decode(errors="surrogateescape"))])
    written = rejects.path.read_bytes().splitlines()
    assert written[1:3] == [b"2,a,x,caf\xe9 \x80", "3,a,y,café".encode()]
    assert written[3].endswith(b",\xe9\x80")


def test_malformed_rows_stand_as_in_the_file(tmp_path: Path) -> None:
    """In one value, because nobody knows where their values end."""
    with Rejects(tmp_path / "rows.csv", ["a", "b"]) as rejects:
        rejects.add_malformed([(7, '1,"2\n3",4')])
    number, field, reason, text = lines(rejects.path)[1]
    assert (number, field, text) == ("7", "", '1,"2\n3",4')
    assert reason.startswith("does not have 2 values like the header")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_matters_only_when_a_row_is_refused(tmp_path: Path) -> None:
    """A good file loads from anywhere; for a bad row there must be a place."""
    tmp_path.chmod(0o500)
    with Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        rejects.add(batch(a=["1"]), problems())
    with pytest.raises(Refused, match="cannot be written"), Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        rejects.add(batch(a=["1"]), problems((2, "a", "is odd")))


def test_rejects_that_cannot_be_written_are_refused_in_a_sentence(tmp_path: Path) -> None:
    """As where a folder has the name that the file of rejects would have."""
    refused = pytest.raises(Refused, match=r"rows.csv.rejects.csv cannot be written .*: copy the file to a folder")
    with refused, Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        (tmp_path / "rows.csv.rejects.part").mkdir()
        rejects.add(batch(a=["1"]), problems((2, "a", "is odd")))


def test_without_refused_rows_there_is_no_file(tmp_path: Path) -> None:
    """One of an earlier import goes, and what a killed import left behind."""
    old = [tmp_path / f"rows.csv.rejects.{ending}" for ending in ("csv", "part")]
    for path in old:
        path.write_text("old")
    with Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        rejects.add(batch(a=["1"]), problems())
    assert rejects.count == 0
    assert list(tmp_path.iterdir()) == []


def test_the_file_appears_when_it_is_finished(tmp_path: Path) -> None:
    """Nobody reads half of it, and an import that fails leaves what it found."""
    with pytest.raises(RuntimeError), Rejects(tmp_path / "rows.csv", ["a"]) as rejects:
        rejects.add(batch(a=["1"]), problems((2, "a", "is odd")))
        assert not rejects.path.exists()
        raise RuntimeError
    assert len(lines(rejects.path)) == 2
    assert list(tmp_path.iterdir()) == [rejects.path]
