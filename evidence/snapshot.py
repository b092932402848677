"""A layer as sorted columns in memory: what heat tiles and figures are sums over.

The rows are sorted by their Morton code, so that a tile is one slice. Every filter is a table of the
values let through: one look-up a row, however many values are chosen.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Connection, exists, select

from evidence.boundary_sets import areas_of, find_set, index_of, named_set
from evidence.cache import Key
from evidence.database import Database, NotVisible, Viewer
from evidence.frames import fetch
from evidence.months import month_number, month_numbers
from evidence.published_tables import ABOUT, AREA, published_table
from evidence.tables import IMPORTS, table
from evidence.versions import versions
from geo.web_mercator import morton
from layers._layer import Layer, Shown, Theme
from layers._registry import LAYERS

LEVEL = 22
"""Level of the Morton codes: a cell is 6 m across here, a 64th of a tile at zoom 16."""

_REMEMBERED = 1000
"""Selections of a snapshot: each map asks for many tiles with the same one."""


@dataclass(frozen=True)
class Selection:
    """Which rows: empty and None let everything through. Months are given by their first day, both included."""

    themes: frozenset[Theme] = frozenset()
    categories: frozenset[str] = frozenset()
    estates: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The rows of a layer, each column one array: those with a point first, by Morton code."""

    layer: Layer
    version: str
    code: NDArray[np.uint64]
    """Morton codes at LEVEL, of the rows that have a point."""
    facet: NDArray[np.intp]
    """Category and month in one number: category * months + months since `first`. A code that has since
    left the list is one category more, after all others."""
    estate: NDArray[np.int16]
    """Position in `estates`; -1 in none."""
    located: NDArray[np.bool_]
    estates: tuple[str, ...]
    first: date | None
    last: date | None
    synthetic: bool
    split: NDArray[np.uint8] = field(init=False, repr=False)
    """Of each row with a point, the first level at which it is in another cell than the row before; and a 0."""
    through: dict[Selection, NDArray[np.bool_]] = field(default_factory=dict, repr=False)
    """What `facets` has found."""

    def __post_init__(self) -> None:
        """Find where cells begin, once for all levels: the first bits by which two codes differ say it."""
        split = np.zeros(self.code.size + 1, np.uint8)
        bits = np.frexp((self.code[1:] ^ self.code[:-1]).astype(np.float64))[1]
        split[1:-1] = LEVEL + 1 - (bits + 1) // 2
        object.__setattr__(self, "split", split)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns, and of all selections that it may come to remember."""
        columns = (self.code, self.facet, self.estate, self.located, self.split)
        return sum(each.nbytes for each in columns) + _REMEMBERED * (len(self.layer.categories) + 1) * self.months

    @property
    def months(self) -> int:
        """Months from the first to the last, both included; 0 of an empty layer."""
        return month_number(self.last) - month_number(self.first) + 1 if self.first and self.last else 0

    def facets(self, selection: Selection) -> NDArray[np.bool_]:
        """Which facets a selection lets through."""
        found = self.through.get(selection)
        if found is None:
            if len(self.through) >= _REMEMBERED:
                self.through.clear()
            found = self.through[selection] = self._facets(selection)
        return found

    def _facets(self, selection: Selection) -> NDArray[np.bool_]:
        chosen = [
            (not selection.themes or self.layer.theme(category) in selection.themes)
            and (not selection.categories or category in selection.categories)
            for category in self.layer.categories
        ]
        # A code that has left the list: in no category that can be chosen, and in the theme of what is not named.
        chosen.append((not selection.themes or Theme.OTHER in selection.themes) and not selection.categories)
        months = np.ones(self.months, dtype=bool)
        if self.first and selection.first:
            months[: max(0, month_number(selection.first) - month_number(self.first))] = False
        if self.first and selection.last:
            months[max(0, month_number(selection.last) - month_number(self.first) + 1) :] = False
        return np.outer(chosen, months).ravel()

    def cells(self, level: int, tile: slice) -> NDArray[np.intp]:
        """Where in the rows of a larger tile the cells of a level, runs of rows, begin, and where the last ends."""
        return np.flatnonzero(self.split[tile.start : tile.stop + 1] <= level)

    def selection_mask(self, selection: Selection, rows: slice = slice(None)) -> NDArray[np.bool_]:
        """Which of the rows a selection lets through."""
        kept = self.facets(selection).take(self.facet[rows])
        if selection.estates:
            # One more entry, which -1 finds: rows outside all estates are in none that is chosen.
            chosen = np.array([*(code in selection.estates for code in self.estates), False])
            kept &= chosen[self.estate[rows]]
        return kept


Versions = dict[str, str]
"""By layer; of those that have rows."""


@dataclass(frozen=True)
class _VersionsKey(Key[Versions]):
    reader: str


@dataclass(frozen=True)
class _SnapshotKey(Key[Snapshot]):
    reader: str
    layer: str
    boundary_set: str | None


def visible(viewer: Viewer) -> tuple[Layer, ...]:
    """The layers whose records and figures the viewer may see."""
    every = [layer for layer in LAYERS.values() if viewer.layers is None or layer.id in viewer.layers]
    return tuple(layer for layer in every if viewer.role != "public" or isinstance(layer.disclosure, Shown))


def version(database: Database, viewer: Viewer, layer: Layer, *, fresh: bool = False) -> str:
    """The data version of a layer, at most a second old, or `fresh` from the database; "" while it has no rows.

    Raises
    ------
    NotVisible
        The viewer may not see the layer.
    """
    if layer not in visible(viewer):
        raise NotVisible(layer.id)
    key = _VersionsKey(viewer.reader)
    if fresh:
        database.cache.versions.forget(key)
    return database.cache.versions.get(key, partial(_versions, database, viewer)).get(layer.id, "")


def _versions(database: Database, viewer: Viewer) -> Versions:
    with database.reader(viewer).connect() as connection:
        if viewer.role != "public":
            return versions(connection)
        return {row.layer: row.version for row in connection.execute(select(ABOUT.c.layer, ABOUT.c.version))}


def snapshot(
    database: Database, viewer: Viewer, layer: Layer, boundary_set: str | None = None, *, fresh: bool = False
) -> Snapshot:
    """The columns of a layer as the viewer may see it, counted on the set in use or another by name.

    Of a version at most a second old, or `fresh` from the database.

    Raises
    ------
    NotVisible
        The viewer may not see the layer, or not on that set.
    Refused
        There is no such set.
    """
    if boundary_set and viewer.role == "public":
        raise NotVisible(boundary_set)
    wanted = version(database, viewer, layer, fresh=fresh)
    key = _SnapshotKey(viewer.reader, layer.id, boundary_set)
    read = partial(_read_snapshot, database, viewer, layer, wanted, boundary_set)
    return database.cache.large.get(key, read, lambda kept: kept.version == wanted)


async def latest_snapshot(database: Database, viewer: Viewer, layer: Layer) -> Snapshot:
    """The columns in memory, whatever their version, while newer ones are fetched; where there are none, those of now.

    The event loop never stops for it. Who may see the layer has to have been asked.
    """
    known, columns = database.cache.versions, database.cache.large
    versions_key, key = _VersionsKey(viewer.reader), _SnapshotKey(viewer.reader, layer.id, None)
    ask, kept = partial(_versions, database, viewer), columns.peek(key)
    if kept is None:
        wanted = (await known.get_async(versions_key, ask)).get(layer.id, "")
        return await columns.get_async(key, partial(_read_snapshot, database, viewer, layer, wanted, None))
    of_now = known.peek(versions_key)
    if of_now is None:
        known.refresh(versions_key, ask)
    elif (wanted := of_now.get(layer.id, "")) != kept.version:
        columns.refresh(key, partial(_read_snapshot, database, viewer, layer, wanted, None))
    return kept


def _read_snapshot(
    database: Database, viewer: Viewer, layer: Layer, version: str, boundary_set: str | None
) -> Snapshot:
    with database.reader(viewer).connect() as connection:
        return _columns(connection, viewer, layer, version, boundary_set)


def _columns(connection: Connection, viewer: Viewer, layer: Layer, version: str, boundary_set: str | None) -> Snapshot:
    source = published_table(layer) if viewer.role == "public" else table(layer)
    if source is None:
        raise NotVisible(layer.id)
    names = ("longitude", "latitude", "estate", layer.category, layer.happened)
    metres = ("easting", "northing") if boundary_set else ()
    rows = fetch(connection, select(*(source.c[name] for name in (*names, *metres))))
    estates, estate = _estates(connection, viewer, rows, boundary_set)
    first, last = (rows[layer.happened].min(), rows[layer.happened].max())
    code = morton(rows["longitude"].to_numpy(), rows["latitude"].to_numpy(), LEVEL)
    there = rows["longitude"].is_not_null().to_numpy()
    order = np.lexsort((code, ~there))
    return Snapshot(
        layer,
        version,
        code=code[order][: there.sum()],
        facet=_facet(rows, layer, first)[order],  # type: ignore[arg-type]
        estate=estate[order],
        located=(there | rows["estate"].is_not_null().to_numpy())[order],
        estates=estates,
        first=first and first.replace(day=1),  # type: ignore[union-attr,arg-type,call-arg]
        last=last and last.replace(day=1),  # type: ignore[union-attr,arg-type,call-arg]
        synthetic=_synthetic(connection, viewer, layer),
    )


def _facet(rows: pl.DataFrame, layer: Layer, first: date | None) -> NDArray[np.intp]:
    if first is None:
        return np.empty(0, np.intp)
    when = rows[layer.happened]
    month = month_numbers(when) - month_number(first)
    number = len(layer.categories)
    category = rows[layer.category].replace_strict(
        layer.categories, range(number), default=number, return_dtype=pl.Int32
    )
    return np.asarray(category.to_numpy() * (month.max() + 1) + month, dtype=np.intp)


def _estates(
    connection: Connection, viewer: Viewer, rows: pl.DataFrame, boundary_set: str | None
) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    if viewer.role == "public":
        codes = sorted(connection.scalars(select(AREA.c.code)))
    else:
        areas = areas_of(connection, named_set(connection, boundary_set) if boundary_set else find_set(connection))
        codes = list(areas["code"])
    if boundary_set:
        found = index_of(areas).find(rows["easting"].to_numpy(), rows["northing"].to_numpy())
        return tuple(codes), found.astype(np.int16)
    position = rows["estate"].replace_strict(codes, range(len(codes)), default=-1, return_dtype=pl.Int16)
    return tuple(codes), position.fill_null(-1).to_numpy()


def _synthetic(connection: Connection, viewer: Viewer, layer: Layer) -> bool:
    if viewer.role == "public":
        return bool(connection.scalar(select(ABOUT.c.synthetic).where(ABOUT.c.layer == layer.id)))
    made_up = exists().where(table(layer).c.import_id == IMPORTS.c.id, IMPORTS.c.synthetic)
    return bool(connection.scalar(select(made_up)))
