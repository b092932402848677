from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from evidence.intake.files import open_rows
from evidence.intake.rows import ROW
from geo.errors import Refused

# Published with the transformation OSTN15: this place in both systems.
CAISTER = (1.3107334884, 52.6276035206)
CAISTER_GRID = (624161.0, 308459.58)


Write = Callable[..., Path]


def read(path: Path) -> dict[int, dict[str, Any]]:
    """The rows of a file by their number."""
    batches = open_rows(path).batches()
    return {row.pop(ROW): row for batch in batches for row in batch.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.csv", "empty.csv is empty"),
        (b"\n\n", "lines.csv", "lines.csv is empty"),
        ("a,b\n1,2\n".encode("utf-16"), "wide.csv", "UTF-16: save it as 'CSV UTF-8'"),
        ("a,b\n1,2\n".encode("utf-16-le"), "wide.csv", "UTF-16: save it as 'CSV UTF-8'"),
        (b"caf\xe9,b\n1,2\n", "header.csv", "header of header.csv is not in UTF-8"),
        (b"a,b,a\n1,2,3\n", "twice.csv", "more than one column called a: rename"),
        (b'a,b\n1,2\n3,"4\n5,6\n7,8\n', "quote.csv", "Row 3 of quote.csv opens a quotation mark that is never closed"),
        (b'a,b\n1,2\n"3,4\n5,6\n7,8\n', "quote.csv", "Row 3 of quote.csv opens a quotation mark that is never closed"),
        (b"a,b\n1,2\n", "letter.docx", "none of the kinds that can be read: .csv, .geojson"),
        (b"PK\x03\x04 not a workbook", "sheet.xlsx", "sheet.xlsx cannot be read as xlsx"),
        (b"{}", "map.geojson", "map.geojson cannot be read as geojson"),
        (b"SQLite format 3\0", "map.gpkg", "map.gpkg cannot be read as gpkg"),
        (b"PAR1PAR1", "rows.parquet", "rows.parquet cannot be read as parquet"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(write: Write, content: bytes, name: str, reason: str) -> None:
    """Whatever is wrong with a file as a whole, the message names the file and says what to do."""
    with pytest.raises(Refused, match=reason):
        read(write(content, name))


def test_binary_rubbish_never_ends_in_a_traceback(write: Write) -> None:
    """Random bytes under any ending are refused, or read as rows."""
    random = np.random.default_rng(7)
    for ending in ("csv", "xlsx", "geojson", "json", "gpkg", "parquet"):
        for size in (1, 100, 100_000):
            with suppress(Refused):
                read(write(random.bytes(size), f"rubbish.{ending}"))


def test_a_folder_and_a_missing_file_are_no_files(tmp_path: Path) -> None:
    """Both are refused by name."""
    (tmp_path / "folder.csv").mkdir()
    for name in ("folder.csv", "missing.csv"):
        with pytest.raises(Refused, match=f"There is no file .*{name}"):
            open_rows(tmp_path / name)


def test_a_path_may_hold_anything(write: Write) -> None:
    """Spaces, other alphabets and capitals in the ending are no obstacle."""
    assert read(write(b"a,b\n1,2\n", "Rückmeldung – März 2024 (final) 📋.CSV")) == {2: {"a": "1", "b": "2"}}


def test_every_format_gives_the_same_rows(tmp_path: Path) -> None:
    """Two thousand rows with empty values in them, written five ways, come out as one."""
    random = np.random.default_rng(3)
    count = 2000
    frame = gpd.GeoDataFrame(
        {
            "reference": [f"R{number}" for number in range(count)],
            "text": random.choice(["Ünï – “quoted”", 'a "b", c', "two\nlines", ""], count),
        },
        geometry=gpd.points_from_xy(random.integers(480000, 490000, count), random.integers(230000, 240000, count)),
        crs=27700,
    )
    frame.loc[frame.text == "", "text"] = None
    flat = frame.drop(columns="geometry").assign(easting=frame.geometry.x, northing=frame.geometry.y)
    flat.to_csv(tmp_path / "rows.csv", index=False)
    flat.to_excel(tmp_path / "rows.xlsx", index=False)
    frame.to_file(tmp_path / "rows.gpkg")
    frame.to_parquet(tmp_path / "rows.parquet")
    frame.to_file(tmp_path / "rows.geojson", driver="GeoJSON")
    expected = [(row.reference, row.text or None, row.easting, row.northing) for row in flat.fillna("").itertuples()]
    for path in sorted(tmp_path.iterdir()):
        rows = read(path).values()
        found = [(row["reference"], row["text"] or None, float(row["easting"]), float(row["northing"])) for row in rows]
        assert found == expected, path.name
