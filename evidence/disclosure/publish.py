"""Publishes: builds the whole of `published` beside what is there, audits it, and puts it in its place, or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import polars as pl
from sqlalchemy import Connection, Select, select, text

from evidence.access.grants import grant_published
from evidence.boundary_sets import areas_of, find_set, index_of, named_set, sets
from evidence.calendar import Calendar
from evidence.database import Database, user
from evidence.disclosure.copy import publish_all
from evidence.disclosure.figures import Figure, Level, Pieces, Table, control, nearest, periods
from evidence.disclosure.ledger import (
    area_mark,
    earlier_figures,
    figure_key,
    figures_of,
    publication_entries,
    save_areas,
    save_publication,
    saved_areas,
)
from evidence.disclosure.rules import RuleChange, Rules, disclosure
from evidence.frames import fetch
from evidence.intake.columns import simplified
from evidence.intake.places import names_of, take_turn
from evidence.months import month_numbers
from evidence.source_calendar import read_calendar
from evidence.tables import HOMES, table
from evidence.themes import theme_of_rows, themes_of_layer
from evidence.versions import versions
from geo.errors import Refused
from layers._layer import Counted, Hidden, Layer, Shown, Theme
from layers._registry import LAYERS


@dataclass(frozen=True)
class Difference:
    """How a layer's figures differ from those of the last publication."""

    layer: Layer
    figures: int
    new: int
    changed: int
    withheld: int
    complementary: int
    """Of those withheld, figures that would give another away."""


@dataclass(frozen=True, eq=False)
class _AreaSet:
    """A boundary set that figures are or were counted on."""

    mark: str
    areas: gpd.GeoDataFrame

    def find(self, rows: pl.DataFrame) -> Any:
        """The position of the area of each row (-1: none), by its point, or where it has none by its words."""
        codes = list(self.areas["code"])
        at = index_of(self.areas).find(rows["easting"].to_numpy(), rows["northing"].to_numpy())
        names = {name: codes.index(code) for name, code in names_of(self.areas).items()}
        said = rows["estate_said"].fill_null("")
        known = {each: names.get(simplified(each), -1) for each in said.unique()}
        by_name = np.array([known[each] for each in said], np.int64)
        return np.where(rows["easting"].is_null().to_numpy(), by_name, at)


@dataclass(frozen=True, eq=False)
class _Basis:
    """What figures are counted on: rules, lands by level, every land that was ever published, and homes."""

    rules: Rules
    lands: Mapping[Level, _AreaSet]
    every: tuple[_AreaSet, ...]
    homes: pl.DataFrame
    homes_in: Mapping[Level, Mapping[str, int]]
    """Homes in each area of a level, by code."""


def publish(
    database: Database,
    home: Path,
    *,
    dry_run: bool = False,
    who: str = "",
    step: Callable[[str], None] = lambda _: None,
    also: Callable[[Connection], None] = lambda _: None,
) -> list[Difference]:
    """Publish what the rules allow of what is there now, in one transaction.

    Parameters
    ----------
    home
        The service's folder, whose disclosure.toml holds if there is one.
    dry_run
        Do everything, say what would change, and undo it.
    step
        Told what is being done.
    also
        Adds tables of schema published; it is given the connection, which puts them where they belong.

    Returns
    -------
    How each counted layer's figures differ from those of the last publication.

    Raises
    ------
    Refused
        The rules cannot be read, or something could be worked out from what would be published; what was published
        stays.
    """
    change = disclosure(home).change[-1]
    with database.owner.connect() as connection, connection.begin() as begun:
        take_turn(connection)
        ground = _basis(connection, change.rules)
        known = publication_entries(connection)
        before = figures_of(connection, known[0].id) if known else []
        made = {layer: list(_figures(connection, layer, ground, step)) for layer in _counted_layers()}
        every = [figure for figures in made.values() for figure in figures]
        for land in ground.lands.values():
            save_areas(connection, land.mark, land.areas)
        save_publication(connection, _entry(connection, change, who), every)
        _swap(connection, database, also)
        if dry_run:
            begun.rollback()
    if not dry_run:
        database.cache.clear()
    return [_difference(layer, figures, before) for layer, figures in made.items()]


def _counted_layers() -> list[Layer]:
    return [layer for layer in LAYERS.values() if isinstance(layer.disclosure, Counted)]


def _basis(connection: Connection, rules: Rules) -> _Basis:
    lands: dict[Level, _AreaSet] = {"estate": _area_set(areas_of(connection, find_set(connection)))}
    if rules.wards:
        lands["ward"] = _area_set(areas_of(connection, named_set(connection, rules.wards)))
    lands = {level: land for level, land in lands.items() if not land.areas.empty}
    homes = fetch(connection, select(HOMES.c.easting, HOMES.c.northing, HOMES.c.estate.label("estate_said")))
    homes_in: dict[Level, dict[str, int]] = {}
    for level, land in lands.items():
        counts = np.bincount(land.find(homes) + 1, minlength=len(land.areas) + 1)[1:].tolist()
        homes_in[level] = dict(zip(land.areas["code"], counts, strict=True))
    return _Basis(rules, lands, tuple(lands.values()), homes, homes_in)


def _area_set(areas: gpd.GeoDataFrame) -> _AreaSet:
    return _AreaSet(area_mark(areas), areas)


def _figures(connection: Connection, layer: Layer, ground: _Basis, step: Callable[[str], None]) -> Iterator[Figure]:
    """The figures of a layer, controlled subject by subject, for no figure counts rows of two.

    Refused if something can be worked out.
    """
    rows = fetch(connection, _rows(layer, ground.rules))
    loaded = read_calendar(connection, layer)
    last = loaded.last_whole_year() or loaded.last_complete
    if last is None:
        return
    earlier = earlier_figures(connection, layer.id)
    marks = dict.fromkeys(each.area_set for each in earlier if each.area_set)
    new = {land.mark: land for land in ground.every}
    every = tuple(
        {**{mark: _AreaSet(mark, saved_areas(connection, mark)) for mark in marks if mark not in new}, **new}.values()
    )
    ground = replace(ground, every=every)
    pieces, piece = _pieces(ground, rows)
    month = month_numbers(rows["happened"])
    wrong: list[str] = []
    for subject, chosen in _subjects(layer, rows, ground.rules):
        step(f"  {layer.title}, {subject} …")
        wanted = list(_figures_to_count(layer, subject, ground, loaded, last))
        keys = {figure_key(each) for each in wanted}
        before = [each for each in earlier if each.subject == subject and (each.count or figure_key(each) not in keys)]
        outcome = control(Table(pieces, piece[chosen], month[chosen]), wanted, before, ground.rules)
        wrong += outcome.findings
        yield from outcome.figures
    if wrong:
        raise Refused("Nothing was published, for it would give away what the rules keep back:\n" + "\n".join(wrong))


def _rows(layer: Layer, rules: Rules) -> Select[Any]:
    source = table(layer)
    place = ("easting", "northing", "estate_said")
    fields = dict.fromkeys(rules.sensitive(layer))
    return select(
        *(source.c[name] for name in (*place, *fields) if name != layer.category),
        source.c[layer.category].label("category"),
        source.c[layer.happened].label("happened"),
    )


def _subjects(layer: Layer, rows: pl.DataFrame, rules: Rules) -> Iterator[tuple[str, Any]]:
    """Each theme with its rows but the sensitive ones, and each sensitive value with its own."""
    sensitive = np.zeros(rows.height, bool)
    for field, values in rules.sensitive(layer).items():
        column = rows["category" if field == layer.category else field]
        for value in values:
            chosen = (column == value).fill_null(False).to_numpy()
            sensitive |= chosen
            yield _value(field, value), chosen
    theme, themes = rows.select(theme_of_rows(layer)).to_series(), themes_of_layer(layer, rows)
    for each in [each for each in Theme if each in themes]:
        yield str(each), (theme == str(each)).to_numpy() & ~sensitive


def _value(field: str, value: str | bool) -> str:
    return field if value is True else f"{field}: {'no' if value is False else value}"


def _figures_to_count(layer: Layer, subject: str, ground: _Basis, loaded: Calendar, last: date) -> Iterator[Figure]:
    rolling, quarters = periods(last, ground.rules)
    homes = _rounded_homes(ground.homes.height, ground.rules)
    if not loaded.lacking(*rolling):
        yield Figure(layer.id, subject, "district", "", "", "The district", *rolling, homes)
    if subject not in [*Theme]:
        return
    spans_of: dict[Level, list[tuple[date, date]]] = {"estate": [rolling], "ward": quarters}
    for level, spans in spans_of.items():
        if level not in ground.lands:
            continue
        land = ground.lands[level]
        whole = [span for span in spans if not loaded.lacking(*span)]
        for code, name in zip(land.areas["code"], land.areas["name"], strict=True):
            homes = _rounded_homes(ground.homes_in[level][code], ground.rules)
            yield from (Figure(layer.id, subject, level, land.mark, code, name, *span, homes) for span in whole)


def _rounded_homes(homes: int, rules: Rules) -> int | None:
    return None if homes < rules.fewest_homes else nearest(homes, rules.round_to)


def _pieces(ground: _Basis, rows: pl.DataFrame) -> tuple[Pieces, Any]:
    """The pieces that have a home or a row, and the piece of each row."""
    lands = ground.every
    places = pl.concat([ground.homes, rows.select("easting", "northing", "estate_said")])
    areas = np.column_stack([np.zeros(places.height, np.int64), *(land.find(places) for land in lands)])
    distinct, piece = np.unique(areas, axis=0, return_inverse=True)
    piece = piece.ravel()
    homes = np.bincount(piece[: ground.homes.height], minlength=len(distinct))
    codes = tuple(tuple(land.areas["code"]) for land in lands)
    return Pieces(tuple(land.mark for land in lands), codes, distinct[:, 1:], homes), piece[ground.homes.height :]


def _entry(connection: Connection, change: RuleChange, who: str) -> dict[str, Any]:
    used = [f"{each.name} ({each.valid_from})" for each in sets(connection) if each.in_use]
    return {
        "who": who or user(),
        "versions": versions(connection),
        "boundary_set": "".join(used),
        "rules": change.model_dump(mode="json"),
        "definitions": disclosed_definitions(),
    }


def disclosed_definitions() -> dict[str, Any]:
    """What the layers' files say that a publication depends on, by layer: changed, it shows with the next one only."""
    return {
        layer.id: {
            "disclosure": type(layer.disclosure).__name__,
            "fields": list(layer.disclosure.fields) if isinstance(layer.disclosure, Shown) else [],
            "themes": {category: str(layer.theme(category)) for category in layer.categories},
        }
        for layer in LAYERS.values()
        if not isinstance(layer.disclosure, Hidden)
    }


def _swap(connection: Connection, database: Database, also: Callable[[Connection], None]) -> None:
    """Put a new `published` in the place of the last; the public sees the one or the other."""
    connection.execute(text("CREATE SCHEMA publishing"))
    beside = connection.execution_options(schema_translate_map={"published": "publishing"})
    publish_all(beside)
    also(beside)
    connection.execution_options(schema_translate_map=None)
    connection.execute(text("DROP SCHEMA published CASCADE"))
    connection.execute(text("ALTER SCHEMA publishing RENAME TO published"))
    grant_published(connection, database.owner)


def _difference(layer: Layer, figures: Iterable[Figure], before: Iterable[Figure]) -> Difference:
    old = {figure_key(each): each.count for each in before}
    made = list(figures)
    return Difference(
        layer,
        figures=len(made),
        new=sum(figure_key(each) not in old for each in made),
        changed=sum(figure_key(each) in old and old[figure_key(each)] != each.count for each in made),
        withheld=sum(each.count is None for each in made),
        complementary=sum(each.reason == "would give another away" for each in made),
    )
