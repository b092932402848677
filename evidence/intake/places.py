"""What the database knows of places, as a Locator; and locating everything again when that changes."""

import geopandas as gpd
import polars as pl
from sqlalchemy import Column, Connection, Double, Table, func, select

from evidence.boundary_sets import DISTRICT, areas_of, find_set, index_of
from evidence.frames import fetch, update
from evidence.intake.columns import simplified
from evidence.intake.locate import Locator
from evidence.intake.rows import ROW
from evidence.intake.validate import Problems
from evidence.survey import SURVEY
from evidence.tables import HOMES, LOCATED_BY, table
from evidence.versions import renew
from layers._registry import LAYERS

_LOCK = 7_310_400_043
"""Any number that no other user of the server takes."""


def take_turn(connection: Connection) -> None:
    """Wait for whoever loads or locates rows, and let the next wait until the caller's transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def home_locator(connection: Connection) -> Locator:
    """Homes are found by their own coordinates alone, and may lie outside the district."""
    return Locator(index_of(areas_of(connection, find_set(connection))))


def row_locator(connection: Connection) -> Locator:
    """Everything known of places."""
    areas = areas_of(connection, find_set(connection))
    district = areas_of(connection, find_set(connection, DISTRICT))
    return Locator(
        estates=index_of(areas),
        district=None if district.empty else index_of(district),
        homes=_homes(connection, HOMES.c.uprn),
        postcodes=_homes(connection, HOMES.c.postcode),
        names=names_of(areas),
    )


def names_of(areas: gpd.GeoDataFrame) -> dict[str, str]:
    """The code of each area by what a source may call it, simplified: its code or its name."""
    spelled = areas["name"].map(simplified)
    # A name that two areas share says neither; a code is one area's alone.
    single = areas[~spelled.duplicated(keep=False)]
    names = {simplified(text): code for text, code in zip(single["name"], single["code"], strict=True)}
    return names | {simplified(code): code for code in areas["code"]}


def _homes(connection: Connection, key: Column[str]) -> pl.DataFrame:
    mean = (
        func.avg(column, type_=Double).label(name) for name, column in (("x", HOMES.c.easting), ("y", HOMES.c.northing))
    )
    return fetch(connection, select(key.label("key"), *mean).where(key.is_not(None)).group_by(key))


def relocate(connection: Connection) -> None:
    """Locate every home and every row again, because the homes or the boundary set in use changed."""
    take_turn(connection)
    homes = fetch(connection, select(HOMES.c.uprn, HOMES.c.easting, HOMES.c.northing, HOMES.c.estate))
    anew = home_locator(connection).code_at(homes["easting"].to_numpy(), homes["northing"].to_numpy())
    moved = homes.with_columns(anew.alias("estate")).filter(~anew.eq_missing(homes["estate"]))
    update(connection, HOMES, "uprn", moved.select("uprn", "estate"))
    known = row_locator(connection)
    for source in (SURVEY, *map(table, LAYERS.values())):
        _relocate_rows(connection, source, known)
    for layer in LAYERS.values():
        renew(connection, layer.id)


_PLACE = ("easting", "northing", "longitude", "latitude", "estate", "located_by")


def _relocate_rows(connection: Connection, source: Table, known: Locator) -> None:
    names = ("reference", "uprn", "postcode", "estate_said", *_PLACE)
    rows = fetch(connection, select(*(source.c[name] for name in names))).with_row_index(ROW)
    own = pl.col("located_by") == "coordinates"
    said = rows.with_columns(*(pl.when(own).then(pl.col(name)) for name in _PLACE[:4]), estate="estate_said")
    found = known.locate(said, Problems())
    # A home that has left the list is still where it was.
    precision = pl.Enum(LOCATED_BY)
    lost = (found["located_by"].cast(precision) > rows["located_by"].cast(precision)) & rows["easting"].is_not_null()
    here = known.code_at(rows["easting"].to_numpy(), rows["northing"].to_numpy())
    stays = rows.with_columns(here.alias("estate"))
    anew = found.select("reference", *(stays[name].zip_with(lost, found[name]) for name in _PLACE))
    changed = ~pl.all_horizontal(anew[name].eq_missing(rows[name]) for name in _PLACE)
    update(connection, source, "reference", anew.filter(changed))
