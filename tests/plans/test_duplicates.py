from typing import Any

import pytest

from geo.crs import to_lonlat
from plans.duplicates import likely_duplicates


def row(reference: str, kind: str, title: str, x: float | None = None) -> dict[str, Any]:
    """A project, so many metres to the east of the place proposed."""
    about = {"reference": reference, "type": kind, "title": title, "longitude": None, "latitude": None}
    if x is None:
        return about
    (longitude,), (latitude,) = to_lonlat([486500 + x], [236500])
    return about | {"longitude": longitude, "latitude": latitude}


ROWS = [
    row("far", "noticeboard", "Something else", 301),
    row("near", "noticeboard", "Another thing", 299),
    row("nearest", "noticeboard", "A third thing", 10),
    row("other kind", "other", "Benches", 10),
    row("alike", "other", "PLANTERS, by the shops!", 5000),
    row("nowhere", "noticeboard", "Nobody knows"),
]


@pytest.mark.parametrize("place", [(486500.0, 236500.0), None])
def test_what_is_near_and_of_its_kind_or_called_alike_is_found(place: tuple[float, float] | None) -> None:
    """The nearest first; without a place by title alone."""
    at = tuple(float(part[0]) for part in to_lonlat([place[0]], [place[1]])) if place else None
    found = likely_duplicates(ROWS, "noticeboard", "Planters by the shop", at)  # type: ignore[arg-type]
    assert [each["reference"] for each in found] == (["nearest", "near", "alike"] if place else ["alike"])


def test_no_more_than_five_are_shown() -> None:
    """Who is shown thirty reads none."""
    many = [row(str(number), "other", "Planters", number) for number in range(30)]
    assert len(likely_duplicates(many, "noticeboard", "Planters", None)) == 5
    assert likely_duplicates([], "noticeboard", "Planters", None) == []


@pytest.mark.parametrize("title", ["", "x" * 10_000, "🏡", "مرحبا"])
def test_any_title_can_be_looked_for(title: str) -> None:
    """And is like no other for its being strange."""
    assert likely_duplicates(ROWS, "community garden", title, None) == []
