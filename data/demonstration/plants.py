"""What is planted: hotspots, places that are only full of homes, estates that under-report, disclosure traps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.demonstration.days import Days, Floats, Whole
from data.demonstration.homes import Homes
from geo.errors import Refused

Course = Literal["steady", "emerging", "fading"]


@dataclass(frozen=True)
class Wish:
    """A hotspot that is wanted somewhere: of what, how large, how strong, since or until when."""

    course: Course
    layer: str
    theme: str
    mix: Mapping[str, float]
    """Categories of the cases that come on top, with their shares."""
    radius: float
    relative_risk: float
    months: int = 0
    """Emerging: complete months since it began. Fading: complete months since it was over."""


# Those that need most homes for a clear answer come first, because they get the places with most homes.
WISHES = (
    Wish("fading", "feedback", "cleanliness", {"cleanliness": 1}, 240, 4.5, 10),
    Wish("steady", "feedback", "safety", {"safety": 1}, 240, 4),
    Wish("emerging", "asb", "cleanliness", {"rubbish and fly-tipping": 0.85, "gardens": 0.15}, 220, 5, 6),
    Wish("emerging", "asb", "anti-social behaviour", {"vehicles": 0.6, "noise": 0.4}, 200, 4, 3),
    Wish("emerging", "repairs", "safety", {"communal lighting": 0.7, "doors and locks": 0.3}, 180, 4, 5),
    Wish("steady", "repairs", "cleanliness", {"communal cleaning": 1}, 200, 3.5),
    Wish("fading", "repairs", "community spaces", {"fencing and paths": 1}, 200, 4, 12),
    Wish("steady", "asb", "cleanliness", {"rubbish and fly-tipping": 1}, 160, 4),
    Wish("fading", "asb", "anti-social behaviour", {"drugs and alcohol": 0.7, "vandalism": 0.3}, 160, 4, 14),
    Wish("steady", "asb", "anti-social behaviour", {"noise": 0.6, "harassment and threats": 0.4}, 150, 3),
    Wish("emerging", "repairs", "repairs", {"damp and mould": 0.8, "roofing": 0.2}, 150, 4, 4),
)
"""The hotspots of the demonstration."""

_FADES_OVER = 6
"""Months in which a fading hotspot goes down."""
_APART = 900.0
"""Metres between the centres of two hotspots."""
_CLEAR = 150.0
"""Metres between a hotspot and the homes of an estate with another part."""
_DENSE_RANKS = (1, 4, 8)
_QUIET_RANKS = (10, 14, 18)
"""Ranks by number of homes, 0 being the estate with most; the others among the first are left to hotspots."""
_CANDIDATES = 4
"""One home in so many is tried as the centre of a hotspot."""
_FEWEST_ESTATES = 30


@dataclass(frozen=True)
class Trap:
    """A disclosure trap that is wanted: so many cases in all, in an estate of about so many homes."""

    kind: str
    cases: int
    homes: int


# Cases are near what is usual for so few homes (about one per home in five years), so that no trap is a hotspot.
TRAPS = (
    Trap("single case", 1, 3),
    Trap("single case", 1, 4),
    Trap("single case", 1, 5),
    Trap("differ by one", 11, 11),
    Trap("differ by one", 12, 11),
    Trap("lone hate case", 7, 8),
)
"""The disclosure traps of the demonstration."""

TRAP_LAYER = "asb"
LONE_HATE = 5
"""Position of the trap whose one hate case stands alone."""


@dataclass(frozen=True)
class Hotspot:
    """A hotspot that has its place."""

    wish: Wish
    easting: float
    northing: float
    inside: NDArray[np.bool_]
    """Whether each home lies within its radius."""
    excess: Floats
    """Relative risk minus 1, for each day."""


@dataclass(frozen=True)
class Roles:
    """Positions of the estates that play a part."""

    dense: tuple[int, ...]
    quiet: tuple[int, ...]
    traps: tuple[int, ...]


def cast(counts: Whole) -> Roles:
    """Give estates their parts by their numbers of homes.

    Refused when there are too few estates with homes for the demonstration.
    """
    order = np.argsort(-counts, kind="stable")
    occupied = int((counts > 0).sum())
    if occupied < _FEWEST_ESTATES:
        raise Refused(
            f"The demonstration needs at least {_FEWEST_ESTATES} estates with council homes (council_homes_2021); "
            f"this set has {occupied}."
        )
    dense, quiet = (tuple(int(order[rank]) for rank in ranks) for ranks in (_DENSE_RANKS, _QUIET_RANKS))
    return Roles(dense, quiet, _trap_estates(counts))


def _trap_estates(counts: Whole) -> tuple[int, ...]:
    """For every trap the estate whose number of homes is nearest to the one wanted, each used once."""
    left = counts.astype(np.float64)
    left[counts == 0] = np.inf
    found = []
    for trap in TRAPS:
        found.append(int(np.argmin(np.abs(left - trap.homes))))
        left[found[-1]] = np.inf
    return tuple(found)


def place(homes: Homes, roles: Roles, days: Days) -> list[Hotspot]:
    """Find a place for every hotspot: where most homes are, apart from each other and from other plants."""
    points = np.column_stack([homes.easting, homes.northing])
    tree, tried = cKDTree(points), points[::_CANDIDATES]
    taken = np.isin(homes.estate, [*roles.dense, *roles.quiet, *roles.traps])
    away = cKDTree(points[taken]).query(tried)[0]
    free = np.ones(len(tried), bool)
    spots = []
    for wish in WISHES:
        around = tree.query_ball_point(tried, wish.radius, return_length=True)
        best = int(np.argmax(np.where(free & (away > wish.radius + _CLEAR), around, -1)))
        x, y = (float(value) for value in np.round(tried[best]))
        free &= np.hypot(*(tried - (x, y)).T) > _APART
        spots.append(Hotspot(wish, x, y, homes.within(x, y, wish.radius), excess(wish, days)))
    return spots


def months(wish: Wish, days: Days) -> tuple[np.datetime64, np.datetime64]:
    """First and last month of a hotspot, both included."""
    first, last = days.months[0], days.months[-1]
    if wish.course == "emerging":
        first = days.complete_month(wish.months - 1)
    if wish.course == "fading":
        last = days.complete_month(wish.months)
    return first, last


def excess(wish: Wish, days: Days) -> Floats:
    """Relative risk minus 1 for each day; a fading hotspot goes down in steps over its last six months."""
    first, last = months(wish, days)
    height = days.window(first, last).astype(np.float64)
    if wish.course == "fading":
        height *= np.clip((last - days.months).astype(np.int64) + 1, 0, _FADES_OVER) / _FADES_OVER
    return np.asarray((wish.relative_risk - 1) * height)
