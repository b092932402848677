"""Opens a file of rows of any kind that can be read."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from evidence.intake.csv import open_csv
from evidence.intake.excel import open_excel
from evidence.intake.geographic import open_geographic, open_parquet
from evidence.intake.rows import Rows
from geo.errors import Refused

_OPENERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": open_csv,
    ".xlsx": open_excel,
    ".geojson": open_geographic,
    ".json": open_geographic,
    ".gpkg": open_geographic,
    ".parquet": open_parquet,
}


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


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
