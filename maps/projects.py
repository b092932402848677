"""Everything that the public map of projects tells, as one value: list and map are drawn from the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import geopandas as gpd

from layers import Asker, Database, Selection, items, snapshot
from layers.projects import LAYER, Status
from maps.period import month_in_words

STATUSES: tuple[str, ...] = get_args(get_args(Status)[0])
TYPES = LAYER.categories


def letter(kind: str) -> str:
    """What the marker of a type carries: the first letter of its last word, which no two types share."""
    return kind.split()[-1][0].upper()


MARKED = tuple((each, letter(each)) for each in TYPES)
"""The types with their letters."""

_ALL = 10_000
_TELLING: Mapping[str, str] = {"under way": "started", "complete": "completed"}
"""The date that tells most about a project of a status, where it is not the day on which it was proposed."""


@dataclass(frozen=True)
class Project:
    """One project as the public sees it."""

    reference: str
    title: str
    type: str
    status: str
    estate: str
    """Name of the estate; empty where it is in none."""
    group: str | None
    funding: float | None
    summary: str | None
    what: str
    """What its date tells: "proposed", "started" or "completed"."""
    day: date
    longitude: float | None
    latitude: float | None

    @property
    def when(self) -> str:
        """As in "started June 2025"."""
        return f"{self.what} {month_in_words(self.day)}"

    @property
    def letter(self) -> str:
        """What its marker carries."""
        return letter(self.type)

    @property
    def label(self) -> str:
        """What its marker is called: as in "Community garden: Beans for Beanhill, under way"."""
        return f"{self.type.capitalize()}: {self.title}, {self.status}"


@dataclass(frozen=True)
class ProjectsView:
    """The projects of some types and statuses, all if none is given."""

    projects: tuple[Project, ...]
    types: frozenset[str]
    statuses: frozenset[str]
    synthetic: bool

    @property
    def sentence(self) -> str:
        """How many there are, and how far they are."""
        if not self.projects:
            return "No projects match these filters." if self.types or self.statuses else "There are no projects yet."
        counts = {status: sum(each.status == status for each in self.projects) for status in STATUSES}
        told = [_said(status, count) for status, count in counts.items() if count]
        several = f"{len(self.projects):,} {LAYER.noun[len(self.projects) > 1]}"
        return f"{several} by residents: {_listed(told)}."

    @property
    def located(self) -> str:
        """How many are on the map, out of how many."""
        there = sum(each.longitude is not None for each in self.projects)
        if there == len(self.projects):
            return "All of them are on the map."
        return f"{there:,} of {len(self.projects):,} are on the map; the others have no place yet."

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts draw from: those projects of the list that have a place; `item` is the list's."""
        return {
            "hue": LAYER.hue,
            "projects": [
                {
                    "id": each.reference,
                    "item": f"project-{number}",
                    "title": each.title,
                    "label": each.label,
                    "about": f"{each.type.capitalize()}, {each.status}",
                    "letter": each.letter,
                    "place": [each.latitude, each.longitude],
                }
                for number, each in enumerate(self.projects, start=1)
                if each.longitude is not None
            ],
        }


def projects_view(
    database: Database, asker: Asker, estates: gpd.GeoDataFrame, types: frozenset[str], statuses: frozenset[str]
) -> ProjectsView:
    """What the public map tells of some types and statuses, the newest first; what is not one of them is left out.

    Parameters
    ----------
    estates
        With the columns `code` and `name`.
    """
    types, statuses = types & set(TYPES), statuses & set(STATUSES)
    names = dict(zip(estates["code"], estates["name"], strict=True))
    rows = items(database, asker, LAYER, Selection(categories=types), limit=_ALL).rows
    told = (_told(row, names) for row in rows if not statuses or row["status"] in statuses)
    ordered = sorted(told, key=lambda each: (-each.day.toordinal(), each.title))
    return ProjectsView(tuple(ordered), types, statuses, snapshot(database, asker, LAYER).synthetic)


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> Project:
    telling = _TELLING.get(row["status"], "proposed")
    what = telling if row[telling] else "proposed"
    return Project(
        **{name: row[name] for name in ("reference", "title", "type", "status", "group", "funding", "summary")},
        estate=names.get(row["estate"], ""),
        what=what,
        day=row[what],
        longitude=row["longitude"],
        latitude=row["latitude"],
    )


def _said(status: str, count: int) -> str:
    return f"{count:,} {status}{'s' if status == 'idea' and count > 1 else ''}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
