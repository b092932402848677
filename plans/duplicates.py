"""Projects that may be the one that somebody is about to propose."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from geo.crs import to_grid

NEARBY = 300.0
"""Metres within which another project of the same type may be the same one."""
ALIKE = 0.8
"""How alike two titles are (Ratcliff and Obershelp, 0 to 1) that may mean the same."""
_MOST = 5


def likely_duplicates(
    rows: Sequence[Mapping[str, Any]], kind: str, title: str, place: tuple[float, float] | None
) -> list[Mapping[str, Any]]:
    """Those of the projects that are nearby and of the same type, or have a similar title; the nearest five.

    Parameters
    ----------
    rows
        Projects with type, title, longitude and latitude.
    place
        Longitude and latitude (degrees, WGS84), if the place is known.
    """
    metres = _metres(rows, place)
    found = [
        (away, row)
        for away, row in zip(metres, rows, strict=True)
        if (row["type"] == kind and away <= NEARBY) or _alike(row["title"], title)
    ]
    return [row for _, row in sorted(found, key=lambda each: each[0])[:_MOST]]


def _metres(rows: Sequence[Mapping[str, Any]], place: tuple[float, float] | None) -> list[float]:
    if place is None or not rows:
        return [np.inf] * len(rows)
    degrees = np.array([place, *((row["longitude"], row["latitude"]) for row in rows)], float)
    x, y = to_grid(*degrees.T)
    # Without a place nothing is near.
    return np.nan_to_num(np.hypot(x[1:] - x[0], y[1:] - y[0]), nan=np.inf).tolist()  # type: ignore[no-any-return]


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, _spelled(one), _spelled(other))
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _spelled(title: str) -> str:
    return " ".join("".join(each if each.isalnum() else " " for each in title.casefold()).split())
