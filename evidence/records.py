"""A layer's rows as columns, for analysis: what figures, hotspots and priorities are made of.

Whoever may see figures may have them counted from every row, so no row of these frames may leave as it is.
"""

from datetime import date

import polars as pl
from sqlalchemy import select

from evidence.calendar import Calendar
from evidence.database import Database, NotVisible, Viewer
from evidence.frames import fetch
from evidence.snapshot import visible
from evidence.source_calendar import read_calendar
from evidence.tables import HOMES, table
from evidence.versions import versions
from layers._layer import Layer


def records(database: Database, viewer: Viewer, layer: Layer, *fields: str, until: date | None = None) -> pl.DataFrame:
    """Every row of a layer, by reference: place, estate, category and date, and further fields by name.

    Parameters
    ----------
    until
        The last day, included; None is all that there is.

    Returns
    -------
    Columns easting, northing (EPSG:27700, metres; null where a row has no point), estate (code, null outside all),
    uprn, located_by, category, happened (date) and the fields asked for.

    Raises
    ------
    NotVisible
        The viewer is the public, or may not see the layer.
    """
    _require_visible(viewer, layer in visible(viewer), layer.id)
    source = table(layer)
    named = (source.c[layer.category].label("category"), source.c[layer.happened].label("happened"))
    plain = ("easting", "northing", "estate", "uprn", "located_by", *fields)
    query = select(*(source.c[name] for name in plain), *named).order_by(source.c.reference)
    if until:
        query = query.where(source.c[layer.happened] <= until)
    with database.reader(viewer).connect() as connection:
        return fetch(connection, query)


def source_calendar(database: Database, viewer: Viewer, layer: Layer, until: date | None = None) -> Calendar:
    """Which months of a layer are loaded whole, in part, twice or not at all.

    Parameters
    ----------
    until
        Nothing after this day is looked at; None for all that there is.

    Raises
    ------
    NotVisible
        The viewer is the public, or may not see the layer.
    """
    _require_visible(viewer, layer in visible(viewer), layer.id)
    # Of every row, whoever asks: of a patch alone, a month would look quieter than it was.
    with database.analyst.connect() as connection:
        return read_calendar(connection, layer, until)


def home_records(database: Database, viewer: Viewer) -> pl.DataFrame:
    """Every home of the landlord, by UPRN: easting, northing (EPSG:27700, metres) and estate (code or null).

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    _require_visible(viewer, viewer.layers is None, "homes")
    query = select(HOMES.c.easting, HOMES.c.northing, HOMES.c.estate).order_by(HOMES.c.uprn)
    with database.reader(viewer).connect() as connection:
        return fetch(connection, query)


def data_versions(database: Database, viewer: Viewer) -> dict[str, str]:
    """The data version of every layer that has rows, by id, and of the survey, as `survey`; fresh from the database.

    Raises
    ------
    NotVisible
        The viewer is the public.
    """
    _require_visible(viewer, True, "versions")
    with database.reader(viewer).connect() as connection:
        return versions(connection)


def _require_visible(viewer: Viewer, allowed: bool, what: str) -> None:
    if viewer.role == "public" or not allowed:
        raise NotVisible(what)
