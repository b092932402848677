"""Where postcodes are: open data of Ordnance Survey, loaded from a file that the council downloads."""

from pathlib import Path

import polars as pl
from sqlalchemy import Table, func, select

from evidence.database import Database, Viewer
from evidence.disclosure.copy import publish_postcodes
from evidence.intake.columns import simplified
from evidence.intake.load import load
from evidence.intake.locate import plain_postcode
from evidence.intake.places import take_turn
from evidence.published_tables import PUBLISHED_POSTCODES
from evidence.tables import POSTCODES
from geo.errors import Refused

_CODE_POINT = {"postcode": 0, "easting": 2, "northing": 3}
"""Positions in Code-Point Open, which has no row of headings; the second column is the quality of the place."""

_A_POSTCODE = r"^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}$"


def import_postcodes(database: Database, path: Path) -> int:
    """Load a Code-Point Open file, or one with the columns postcode, easting and northing; it replaces what was there.

    Returns
    -------
    The number of postcodes. Those without a position (0, 0 in Code-Point Open) are left out.

    Raises
    ------
    Refused
        The file cannot be read, or is not one of postcodes; what was there stays.
    """
    found = _read_file(path)
    with database.owner.begin() as connection:
        take_turn(connection)
        load(connection, POSTCODES, [found], replaces_all=True)
        publish_postcodes(connection)
    return found.height


def _read_file(path: Path) -> pl.DataFrame:
    try:
        rows = pl.read_csv(path, has_header=False, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refused(
            f"{path.name} cannot be read as a CSV file ({error}): take the file of Code-Point Open as it comes,"
            " or save it as 'CSV UTF-8'."
        ) from error
    columns = _columns(rows, path)
    places = (pl.col(columns[name]).cast(pl.Float64, strict=False).alias(name) for name in ("easting", "northing"))
    made = rows.select(plain_postcode(pl.col(columns["postcode"])).alias("postcode"), *places)
    known = pl.col("postcode").str.contains(_A_POSTCODE) & (pl.col("easting") > 0) & (pl.col("northing") > 0)
    found = made.filter(known).unique("postcode", keep="first", maintain_order=True)
    if found.is_empty():
        raise Refused(f"{path.name} has no postcodes with easting and northing: is it a Code-Point Open file?")
    return found


def _columns(rows: pl.DataFrame, path: Path) -> dict[str, str]:
    named = {simplified(text or ""): column for column, text in zip(rows.columns, rows.row(0), strict=True)}
    if named.keys() >= _CODE_POINT.keys():
        return {name: named[name] for name in _CODE_POINT}
    if rows.width < 4:
        raise Refused(f"{path.name} has {rows.width} columns: a Code-Point Open file has 10.")
    return {name: rows.columns[position] for name, position in _CODE_POINT.items()}


def postcode_place(database: Database, viewer: Viewer, text: str) -> tuple[float, float] | None:
    """Easting and northing (EPSG:27700, metres) of a postcode, however it is spaced; None where it is not known."""
    source = _postcode_table(viewer)
    wanted = pl.select(plain_postcode(pl.lit(text))).item()
    with database.reader(viewer).connect() as connection:
        place = select(source.c.easting, source.c.northing).where(source.c.postcode == wanted)
        found = connection.execute(place).first()
    return (found.easting, found.northing) if found else None


def postcodes(database: Database, viewer: Viewer) -> int:
    """How many postcodes are known."""
    with database.reader(viewer).connect() as connection:
        return connection.scalar(select(func.count()).select_from(_postcode_table(viewer))) or 0


def _postcode_table(viewer: Viewer) -> Table:
    return PUBLISHED_POSTCODES if viewer.role == "public" else POSTCODES
