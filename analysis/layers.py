"""The analysis of a layer: everything found in it, with a record of what it was found from.

The same record gives the same bytes: nothing here reads a clock, and what is drawn by chance has its seed.
"""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from analysis.estates import estate_figures
from analysis.grid import FEWEST_HOMES, FEWEST_POINTS, SIZES, Grid, grid
from analysis.hotspots import RECENT, SURELY, Hotspots, hotspots
from analysis.households import NO_REPEAT, with_households
from analysis.runs import Run, record
from evidence import (
    YEAR,
    Calendar,
    Database,
    Viewer,
    add_months,
    areas,
    home_records,
    in_months,
    lacking_in_words,
    month_number,
    month_numbers,
    months,
    records,
    source_calendar,
    theme_of_rows,
    themes_of_layer,
    version,
)
from geo.excess import FALSE_DISCOVERIES
from geo.hexagons import cells_at, centres
from geo.scan import spatial_scan
from geo.space_time_scan import space_time_scan
from layers._layer import Layer

EVERYTHING = "all"
"""Name of the analysis of all rows of a layer, beside those of its themes."""

_SEED, _REPLICATES = 2026, 999
_LONGEST = 60
_MAIN = 0.1
"""Of a place's homes and cases, the share without which an estate is not named."""


def record_of(database: Database, viewer: Viewer, layer: Layer, as_of: date | None = None) -> dict[str, Any]:
    """What an analysis of a layer would be made from."""
    parameters = {
        "fewest_homes": FEWEST_POINTS if layer.anonymised_points else FEWEST_HOMES,
        "months": YEAR,
        "recent_months": RECENT,
        "false_discoveries": FALSE_DISCOVERIES,
        "windows": [2 * steps + 1 for steps in SIZES],
        "surely": SURELY,
        "replicates": _REPLICATES,
    }
    data = version(database, viewer, layer, fresh=True)
    return record(layer.id, data, [layer], parameters, seed=_SEED, as_of=as_of)


def analyse(database: Database, viewer: Viewer, layer: Layer, as_of: date | None = None) -> Run:
    """Analyse the complete months of a layer.

    Parameters
    ----------
    as_of
        Nothing after this day is used; None for all that there is.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    """
    made_from = record_of(database, viewer, layer, as_of)
    rows = records(database, viewer, layer, until=as_of)
    loaded = source_calendar(database, viewer, layer, as_of)
    homes = home_records(database, viewer)
    estates = areas(database, viewer)
    last = loaded.last_complete
    refusal = _refusal(layer, rows, homes, estates.shape[0], last)
    if refusal or last is None:
        return Run(made_from, {"refusal": refusal, "calendar": _calendar_data(loaded)})
    first = max(loaded.complete[0], add_months(last, 1 - _LONGEST))
    rows = rows.filter(pl.col("happened") >= first)
    result = _result(layer, rows, homes, list(estates["code"]), first, last, loaded)
    return Run(made_from, result | {"calendar": _calendar_data(loaded)})


def _refusal(layer: Layer, rows: pl.DataFrame, homes: pl.DataFrame, estates: int, last: date | None) -> str:
    """Why nothing can be said; empty if something can."""
    several = layer.noun[1]
    if rows.is_empty():
        return f"There are no {several} yet: load a file, as in priorities ingest {layer.id} FILE."
    if homes.is_empty():
        return "There is no list of homes, so no rate: load it, as in priorities homes import FILE."
    if not estates:
        return "There are no estates: import a boundary set, as in priorities boundaries import FILE."
    if last is None:
        return f"No month of the {several} is complete yet: load a file that reaches to the end of a month."
    return ""


def _calendar_data(loaded: Calendar) -> dict[str, Any]:
    return {"first": loaded.first and loaded.first.isoformat(), "states": [str(state) for state in loaded.states]} | {
        "changed": loaded.changed and loaded.changed.isoformat()
    }


def _result(
    layer: Layer,
    rows: pl.DataFrame,
    homes: pl.DataFrame,
    codes: list[str],
    first: date,
    last: date,
    loaded: Calendar,
) -> dict[str, Any]:
    total, located = rows.height, int((rows["located_by"] != "none").sum())
    # What a month brought that is not there whole, or there twice, says nothing beside other months.
    rows = rows.filter(pl.col("happened").dt.truncate("1mo").is_in(loaded.complete))
    compared = loaded.compared_months(last)
    rows = _with_households(layer, rows, last, homes.height)
    # Where points stand for several addresses, homes cannot be told from one another: the points in use are counted.
    lived = rows.select("easting", "northing").unique() if layer.anonymised_points else homes
    on = grid(lived, rows, layer.cell_width, of_homes=not layer.anonymised_points)
    by_theme = {EVERYTHING: rows} | _by_theme(layer, rows)
    hot = hotspots(by_theme, on, loaded.alike, last)
    listed = dict(homes.drop_nulls("estate").group_by("estate").len().iter_rows())
    year = months(max(first, add_months(last, 1 - YEAR)), last)
    return {
        "first": first.isoformat(),
        "since": year[0].isoformat(),
        "last": last.isoformat(),
        "months": len(set(year) & set(loaded.complete)),
        "compared": len(compared),
        "lacking": lacking_in_words(loaded.lacking(year[0], last)),
        "total": total,
        "located": located,
        "themes": {
            name: {
                "hotspots": _as_data(hot[name], _estate_of_cells(homes, rows, layer.cell_width)),
                **_clusters(on, of.filter(NO_REPEAT), last, hot[name]),
                "estates": estate_figures(of, listed, codes, loaded, first, last, layer.noun),
            }
            for name, of in by_theme.items()
        },
    }


def _with_households(layer: Layer, rows: pl.DataFrame, last: date, homes: int) -> pl.DataFrame:
    if layer.anonymised_points:
        # A point stands for many addresses: nobody can tell whose a row is.
        return rows.with_columns(home=pl.int_range(pl.len()).cast(pl.String), is_repeat=pl.lit(False))
    return with_households(rows, theme_of_rows(layer), last, homes)


def _by_theme(layer: Layer, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    themes = themes_of_layer(layer, rows)
    if len(themes) == 1:
        return {}
    return {str(theme): rows.filter(theme_of_rows(layer) == str(theme)) for theme in themes}


def _estate_of_cells(homes: pl.DataFrame, rows: pl.DataFrame, cell_width: float) -> pl.DataFrame:
    """The estate that most homes and rows of each cell are in: cell and estate."""
    every = pl.concat([each.select("easting", "northing", "estate") for each in (homes, rows)])
    every = every.drop_nulls(["easting", "northing", "estate"])
    cells = cells_at(every["easting"].to_numpy(), every["northing"].to_numpy(), cell_width)
    counted = every.select("estate", cell=pl.Series(cells)).group_by("cell", "estate").len()
    return counted.sort("cell", "len", "estate", descending=[False, True, False]).unique("cell", keep="first")


def _as_data(found: Hotspots, estates: pl.DataFrame) -> dict[str, Any]:
    usual = found.usual
    cells = found.cells.join(estates.select("cell", "estate"), on="cell", how="left", maintain_order="left")
    places = found.places.join(_estates_of_places(cells), on="place", how="left", maintain_order="left")
    return {
        "tested": found.tested,
        "elsewhere": found.elsewhere,
        "expected_per_home": usual.rate,
        "by_home": usual.by_home,
        "by_place": usual.by_place,
        "by_neighbourhood": usual.by_neighbourhood,
        "cells": cells.to_dicts(),
        "places": places.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts(),
    }


def _estates_of_places(cells: pl.DataFrame) -> pl.DataFrame:
    """The estates that a place lies in, the one with most of it first; of little of it a name would mislead."""
    part = pl.col("cases") + pl.col("homes")
    shares = cells.drop_nulls("estate").group_by("place", "estate").agg(part.sum().alias("part"))
    main = shares.filter(pl.col("part") >= _MAIN * pl.col("part").sum().over("place"))
    return main.sort("part", "estate", descending=[True, False]).group_by("place").agg(estates=pl.col("estate"))


def _clusters(on: Grid, rows: pl.DataFrame, last: date, found: Hotspots) -> dict[str, Any]:
    """The strongest cluster of the last twelve months, and of what has begun in the latest."""
    east, north = centres(on.cells, on.cell_width)
    year, lately = (rows.filter(in_months("happened", add_months(last, 1 - back), last)) for back in (YEAR, 2 * YEAR))
    there = lately.drop_nulls(["easting", "northing"])
    month, end = month_numbers(there["happened"]), month_number(last)
    cluster = spatial_scan(
        east, north, on.counts(year), on.homes, 1 + found.usual.by_home, replicates=_REPLICATES, seed=_SEED
    )
    starting = space_time_scan(
        east, north, on.homes, on.at(there), month, end, RECENT, replicates=_REPLICATES, seed=_SEED
    )
    return {name: _cluster(on, each) for name, each in (("cluster", cluster), ("starting", starting))}


def _cluster(on: Grid, found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    east, north = centres(on.cells[[found.centre]], on.cell_width)
    told = ("radius", "observed", "expected", "relative_risk", "log_likelihood_ratio", "p", "periods")
    return {"easting": float(east[0]), "northing": float(north[0]), "homes": int(np.sum(on.homes[found.cells]))} | {
        name: getattr(found, name) for name in told if hasattr(found, name)
    }
