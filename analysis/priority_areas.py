"""The priorities of every estate as areas on the ground: one for each estate and theme."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.priorities import Priorities, Prioritised, latest_priorities
from analysis.ranking import Ranked, Ranking
from analysis.weights import PARTS
from evidence import Database, Viewer, areas

COLUMNS = (
    "id",
    "estate",
    "name",
    "theme",
    "rank",
    "tied",
    "first",
    "times",
    "times_low",
    "times_high",
    "excess",
    *(f"{part}_{kind}" for part in PARTS for kind in ("times", "weight")),
    "residents_first",
    "records_first",
    "quiet",
    "refusal",
)
"""What is told of a theme in an estate: `first` is the share of draws in which it comes first, `times` how many times
the usual it is, `excess` the records beyond those usual, per 1,000 homes. An estate that is not ranked has one row, and
the reason is its `refusal`."""


@dataclass(frozen=True)
class PriorityAreas:
    """What the latest run found."""

    run: str | None
    """Its identifier; None where there was none yet."""
    found: Prioritised | None
    outlines: gpd.GeoDataFrame
    """The estates in use, WGS84."""

    @property
    def refusal(self) -> str:
        """Why nothing can be said, in a sentence; empty if something can."""
        return "" if self.found else "The priorities have not been weighed yet: run priorities analyse."

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """Every theme of every estate, with `COLUMNS`, in order of the codes and the ranks; WGS84."""
        estates = self.found.estates if self.found else {}
        columns = (self.outlines["code"], self.outlines["name"], self.outlines.geometry)
        rows = [
            {**dict.fromkeys(COLUMNS), "estate": code, "name": name, "geometry": outline, **told}
            for code, name, outline in zip(*columns, strict=True)
            if code in estates
            for told in _estate_rows(estates[code])
        ]
        made = pd.DataFrame(rows, columns=[*COLUMNS, "geometry"], dtype=object)
        return gpd.GeoDataFrame(made, geometry="geometry", crs=self.outlines.crs)


def priority_areas(database: Database, viewer: Viewer) -> PriorityAreas:
    """What the latest run found.

    Raises
    ------
    NotVisible
        The viewer is the public, or has a key for some layers only.
    """
    run, found = latest_priorities(database, viewer) or (None, None)
    return PriorityAreas(run, found, areas(database, viewer))


def _estate_rows(each: Priorities) -> Iterator[dict[str, Any]]:
    quiet = each.reporting.quiet if each.reporting else None
    if each.ranking is None:
        yield {"id": each.code, "quiet": quiet, "refusal": each.refusal}
        return
    leads = _leads(each.ranking)
    for theme in each.ranking.themes:
        identifier = f"{each.code}-{theme.theme.replace(' ', '-')}"
        yield {"id": identifier, "quiet": quiet, **leads, **_theme_row(theme)}


def _leads(ranking: Ranking) -> dict[str, str | None]:
    voice_and_record = ranking.voice_and_record
    leads = {"residents_first": voice_and_record.residents, "records_first": voice_and_record.records}
    return {name: str(lead.theme) if lead else None for name, lead in leads.items()}


def _theme_row(theme: Ranked) -> dict[str, Any]:
    own = {name: getattr(theme, name) for name in ("rank", "tied", "first", "excess")}
    scores = {"times": theme.score, "times_low": theme.low, "times_high": theme.high}
    parts = {f"{name}_times": 2**part.value for name, part in theme.parts.items()}
    weights = {f"{name}_weight": part.weight for name, part in theme.parts.items()}
    return {"theme": str(theme.theme), **own, **{name: 2**score for name, score in scores.items()}, **parts, **weights}
