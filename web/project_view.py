"""One project as the public sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

import geopandas as gpd

from evidence import Database, Viewer, item
from layers.projects import LAYER
from maps.period import month_in_words

_TELLING: Mapping[str, str] = {"under way": "started", "complete": "completed"}
"""The date that tells most about a project of a status, where it is not the day on which it was proposed."""


def letter(kind: str) -> str:
    """What the marker of a type carries: the first letter of its last word, which no two types share."""
    return kind.split()[-1][0].upper()


@dataclass(frozen=True)
class Project:
    """A project: the fields that are shown, its estate by name, and how they are said."""

    reference: str
    title: str
    type: str
    status: str
    proposed: date
    started: date | None
    completed: date | None
    ends: date | None
    group: str | None
    funding: float | None
    funder: str | None
    summary: str | None
    help: str | None
    contact: str | None
    estate: str
    """Name of the estate; empty where it is in none."""
    estate_code: str | None
    longitude: float | None
    latitude: float | None
    distance: float | None = field(default=None, compare=False)
    """Metres from where somebody looked; None where nobody did or the project has no place."""

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"/projects/{quote(self.reference, safe='')}"

    @property
    def day(self) -> date:
        """The date that tells most about it."""
        return self._telling[1]

    @property
    def when(self) -> str:
        """As in "started June 2025"."""
        return f"{self._telling[0]} {month_in_words(self.day)}"

    @property
    def _telling(self) -> tuple[str, date]:
        what = _TELLING.get(self.status, "proposed")
        day: date | None = getattr(self, what)
        return (what, day) if day else ("proposed", self.proposed)

    @property
    def letter(self) -> str:
        """What its marker carries."""
        return letter(self.type)

    @property
    def label(self) -> str:
        """What its marker is called: as in "Community garden: Beans for Beanhill, under way"."""
        return f"{self.type.capitalize()}: {self.title}, {self.status}"

    @property
    def money(self) -> str:
        """Who pays how much: "£1,200, Parish council, small grant"; empty where nobody says."""
        amount = f"£{self.funding:,.0f}" if self.funding else ""
        return ", ".join(part for part in (amount, self.funder) if part)

    @property
    def days(self) -> tuple[date, date] | None:
        """Its first and last day, for a calendar; one day where it does not say how long it takes. None without."""
        if self.started is None:
            return None
        return self.started, self.completed or self.ends or self.started

    @property
    def away(self) -> str:
        """How far it is: "300 metres away", "1.2 km away"; empty within the place, and where that is not known."""
        if not self.distance:
            return ""
        if self.distance < 975:
            return f"{max(50, 50 * round(self.distance / 50))} metres away"
        return f"{self.distance / 1000:.1f} km away"


def project(database: Database, viewer: Viewer, estates: gpd.GeoDataFrame, reference: str) -> Project | None:
    """A project by its reference; None if there is none that the viewer may see."""
    row = item(database, viewer, LAYER, reference)
    return to_project(row, dict(zip(estates["code"], estates["name"], strict=True))) if row else None


_SAME = tuple(Project.__dataclass_fields__.keys() - {"estate", "estate_code", "distance"})


def to_project(row: Mapping[str, Any], names: Mapping[str, str], distance: float | None = None) -> Project:
    """A record of the layer as a project; `names` has the estates' names by code."""
    same = {name: row[name] for name in _SAME}
    return Project(**same, estate=names.get(row["estate"], ""), estate_code=row["estate"], distance=distance)
