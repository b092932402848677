"""Everything that the public map of projects tells, as one value: list and map are drawn from the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np

from evidence import Database, Selection, Viewer, items, snapshot
from layers.projects import LAYER, Status
from maps.numbers import join_words
from web.near import Near
from web.project_view import Project, letter, to_project

STATUSES: tuple[str, ...] = get_args(get_args(Status)[0])
TYPES = LAYER.categories
MARKED = tuple((each, letter(each)) for each in TYPES)
"""The types with their letters."""

ON_A_PAGE = 20
ON_ONE_PAGE = 60
"""So many projects are shown at once; more are shown page by page."""

_ALL = 10_000


@dataclass(frozen=True)
class ProjectsAsked:
    """Which projects are asked for: of some types, statuses and estates (all if none is given), from where, a page."""

    types: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    estate: str = ""
    """Code of an estate; empty for all."""
    typed: str = ""
    """What was typed as the place to look from."""
    near: Near | None = None
    """The place that it names; None where it names none."""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether a filter leaves some out."""
        return bool(self.types or self.statuses or self.estate)

    def address(self, page: int = 1) -> str:
        """The same projects, another page of them."""
        pairs = [("near", self.typed)] if self.typed else []
        pairs += [("type", each) for each in TYPES if each in self.types]
        pairs += [("status", each) for each in STATUSES if each in self.statuses]
        pairs += [("estate", self.estate)] if self.estate else []
        pairs += [("page", str(page))] if page > 1 else []
        return f"/?{urlencode(pairs)}".rstrip("?")


@dataclass(frozen=True)
class ProjectsView:
    """The projects asked for, in order; all of them are on the map, and page by page in the list."""

    asked: ProjectsAsked
    projects: tuple[Project, ...]
    synthetic: bool

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return 1 if len(self.projects) <= ON_ONE_PAGE else -(-len(self.projects) // ON_A_PAGE)

    @property
    def page(self) -> int:
        """The page shown; the last one where a later one is asked for."""
        return min(self.asked.page, self.pages)

    @property
    def on_page(self) -> tuple[Project, ...]:
        """The projects of the page."""
        if self.pages == 1:
            return self.projects
        return self.projects[(self.page - 1) * ON_A_PAGE : self.page * ON_A_PAGE]

    @property
    def range(self) -> str:
        """Which of them are on the page: "21 to 40 of 150"."""
        first = (self.page - 1) * ON_A_PAGE + 1
        return f"{first:,} to {first - 1 + len(self.on_page):,} of {len(self.projects):,}"

    @property
    def sentence(self) -> str:
        """How many there are, and how far they are."""
        if not self.projects:
            return "No projects match these filters." if self.asked.narrowed else "There are no projects yet."
        counts = {status: sum(each.status == status for each in self.projects) for status in STATUSES}
        parts = [_status_phrase(status, count) for status, count in counts.items() if count]
        return f"{len(self.projects):,} {LAYER.noun[len(self.projects) > 1]} by residents: {join_words(parts)}."

    @property
    def ordered(self) -> str:
        """In which order they are listed, and from where."""
        if not self.asked.near or not self.projects:
            return "The newest first."
        nearest, name = self.projects[0], self.asked.near.name
        if nearest.distance is None:
            return f"None of them has a place, so nobody can say which is near {name}."
        inside = sum(each.distance == 0 for each in self.projects)
        if inside:
            return f"{inside:,} {LAYER.noun[inside > 1]} in {name} first, then the nearest to it."
        return f"The nearest to {name} first: it is {nearest.away}."

    @property
    def located(self) -> str:
        """How many are on the map, out of how many."""
        there = sum(each.longitude is not None for each in self.projects)
        if there == len(self.projects):
            return "All of them are on the map."
        return f"{there:,} of {len(self.projects):,} are on the map; the others have no place yet."

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts draw from: those of the projects that have a place."""
        return {
            "hue": LAYER.hue,
            "near": self._near,
            "projects": [_marker(each) for each in self.projects if each.longitude is not None],
        }

    @property
    def _near(self) -> list[list[float]] | None:
        """Where the map looks first if a place was named: the corners of the nearest few, as Leaflet has them."""
        few = [each for each in self.projects[:5] if each.distance is not None]
        if not self.asked.near or not few:
            return None
        lat, lon = zip(*((each.latitude, each.longitude) for each in few), strict=True)
        return [[min(lat), min(lon)], [max(lat), max(lon)]]


def projects_view(
    database: Database, viewer: Viewer, estates: gpd.GeoDataFrame, asked: ProjectsAsked = ProjectsAsked()
) -> ProjectsView:
    """What the public map tells of the projects asked for: the nearest first, or else the newest.

    Parameters
    ----------
    estates
        With the columns `code` and `name`.
    """
    codes = frozenset({asked.estate} if asked.estate else ())
    rows = items(database, viewer, LAYER, Selection(categories=asked.types, estates=codes), limit=_ALL).rows
    rows = [row for row in rows if not asked.statuses or row["status"] in asked.statuses]
    names = dict(zip(estates["code"], estates["name"], strict=True))
    metres = _metres(asked.near, rows)
    every = (to_project(row, names, away) for row, away in zip(rows, metres, strict=True))
    return ProjectsView(asked, tuple(sorted(every, key=_order)), snapshot(database, viewer, LAYER).synthetic)


def _metres(near: Near | None, rows: Sequence[dict[str, Any]]) -> Iterable[float | None]:
    if near is None or not rows:
        return [None] * len(rows)
    return [None if np.isnan(each) else float(each) for each in near.distances(rows)]


def _order(each: Project) -> tuple[float, int, str]:
    return float("inf") if each.distance is None else each.distance, -each.day.toordinal(), each.title


def _marker(each: Project) -> dict[str, Any]:
    return {
        "id": each.reference,
        "address": each.address,
        "title": each.title,
        "label": each.label,
        "about": f"{each.type.capitalize()}, {each.status}",
        "letter": each.letter,
        "place": [each.latitude, each.longitude],
    }


def _status_phrase(status: str, count: int) -> str:
    return f"{count:,} {status}{'s' if status == 'idea' and count > 1 else ''}"
