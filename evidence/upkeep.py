"""Upkeep of the evidence: what a data officer does to it as a whole."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
from sqlalchemy import Row, Select, func, insert, select

from evidence.boundary_sets import choose_set, save_set, sets
from evidence.database import Database
from evidence.intake.places import relocate
from evidence.months import add_months
from evidence.tables import AREAS, HOMES, IMPORTS, MONTH_NOTES, MonthNote, table
from evidence.versions import renew
from geo.errors import Refused
from layers._layer import Layer, Shown
from layers._registry import LAYERS


def save_boundaries(
    database: Database,
    name: str,
    areas: gpd.GeoDataFrame,
    *,
    valid_from: date,
    attribution: str = "",
    indicative: bool = False,
) -> None:
    """Keep a version of a boundary set. If that version is in use, everything is located on it again.

    Parameters
    ----------
    areas
        Columns code, name, geometry (EPSG:27700), and parish where it is known.
    """
    with database.owner.begin() as connection:
        save_set(connection, name, areas, valid_from=valid_from, attribution=attribution, indicative=indicative)
        if any(each.in_use for each in sets(connection) if (each.name, each.valid_from) == (name, valid_from)):
            relocate(connection)
        else:
            # What is counted on this set without its being in use is out of date too.
            for layer in LAYERS.values():
                renew(connection, layer.id)


def use_boundaries(database: Database, name: str, valid_from: date | None = None) -> None:
    """Make a boundary set the one in use, and locate every home and row on it.

    Raises
    ------
    Refused
        There is no such set.
    """
    with database.owner.begin() as connection:
        choose_set(connection, name, valid_from)
        relocate(connection)


def note_month(
    database: Database, layer: Layer, month: date, says: MonthNote, *, who: str, why: str, today: date
) -> None:
    """Keep what somebody knows of a month of a layer; the latest note on a month holds.

    Parameters
    ----------
    month
        Its first day.

    Raises
    ------
    Refused
        The month is not over, so nobody can know.
    """
    if add_months(month, 1) > today:
        raise Refused(f"{month:%B %Y} is not over: nobody can know yet what it brings.")
    with database.owner.begin() as connection:
        note = {"layer": layer.id, "month": month, "says": says, "who": who, "why": why}
        connection.execute(insert(MONTH_NOTES), [note])
        # What was found without knowing it is out of date.
        renew(connection, layer.id)


@dataclass(frozen=True)
class BoundarySet:
    """A version of a boundary set."""

    name: str
    valid_from: date
    areas: int
    indicative: bool
    in_use: bool


def boundary_sets(database: Database) -> list[BoundarySet]:
    """Every version of every boundary set, newest first within a name."""
    with database.owner.connect() as connection:
        query = select(AREAS.c.boundary_set, func.count().label("areas")).group_by(AREAS.c.boundary_set)
        counted = {row.boundary_set: row.areas for row in connection.execute(query)}
        return [
            BoundarySet(each.name, each.valid_from, counted.get(each.id, 0), each.indicative, each.in_use)
            for each in sets(connection)
        ]


@dataclass(frozen=True)
class Standing:
    """How a layer stands: rows, how many are located, from when to when, and how many are made up."""

    layer: Layer
    rows: int
    located: int
    first: date | None
    last: date | None
    synthetic: int


def standing(database: Database) -> list[Standing]:
    """How every layer stands."""
    with database.owner.connect() as connection:
        return [Standing(layer, *connection.execute(_standing(layer)).one()) for layer in LAYERS.values()]


def _standing(layer: Layer) -> Select[int, int, Any, Any, int]:
    rows = table(layer)
    happened = rows.c[layer.happened]
    located = func.count().filter(rows.c.located_by != "none")
    synthetic = func.count().filter(IMPORTS.c.synthetic)
    joined = rows.outerjoin(IMPORTS, IMPORTS.c.id == rows.c.import_id)
    return select(func.count(rows.c.reference), located, func.min(happened), func.max(happened), synthetic).select_from(
        joined
    )


def homes(database: Database) -> int:
    """The number of homes on the property list."""
    with database.owner.connect() as connection:
        return connection.scalar(select(func.count()).select_from(HOMES)) or 0


def own_homes(database: Database) -> bool:
    """Whether the property list is the landlord's own, not the demonstration's."""
    loaded = select(IMPORTS.c.synthetic).where(IMPORTS.c.what == "homes", IMPORTS.c.outcome == "loaded")
    with database.owner.connect() as connection:
        return connection.scalar(loaded.order_by(IMPORTS.c.id.desc()).limit(1)) is False


def made_up(database: Database, *names: str) -> bool:
    """Whether anything of these layers, by id, or of the property list is synthetic."""
    used = any(each.synthetic for each in standing(database) if each.layer.id in names)
    return used or (homes(database) > 0 and not own_homes(database))


def private_evidence(database: Database) -> bool:
    """Whether anything real was ever loaded that is not public: homes, survey, rows of a layer that is not shown."""
    public = [layer.id for layer in LAYERS.values() if isinstance(layer.disclosure, Shown)]
    real = select(IMPORTS.c.id).where(
        IMPORTS.c.outcome == "loaded",
        ~IMPORTS.c.synthetic,
        IMPORTS.c.what.not_in(public),
        IMPORTS.c.rows > IMPORTS.c.refused,
    )
    with database.owner.connect() as connection:
        return connection.scalar(real.limit(1)) is not None


def is_demonstration(database: Database) -> bool:
    """Whether there is made-up evidence, and nothing real was ever loaded that is not public."""
    return any(each.synthetic for each in standing(database)) and not private_evidence(database)


def ledger(database: Database, limit: int = 10) -> list[Row[tuple[object, ...]]]:
    """The latest imports, newest first."""
    with database.owner.connect() as connection:
        return list(connection.execute(select(IMPORTS).order_by(IMPORTS.c.id.desc()).limit(limit)))
