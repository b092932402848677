from datetime import date
from typing import Any

import pytest

from analysis.hotspot_areas import HotspotAreas, hotspot_areas
from evidence import Database, Viewer
from layers._registry import LAYERS
from maps.estate_trend import EstateTrend, estate_trend

ASB = LAYERS["asb"]


def estate(code: str, months: list[int], homes: int, **more: Any) -> dict[str, Any]:
    """What the analysis says of an estate."""
    rates = {
        "rate": 41.4,
        "rate_without_repeats": 41.4,
        "shrunken": 38.0,
        "low": 30.2,
        "high": 45.1,
        "chance_low": 12.1,
        "chance_high": 33.6,
    }
    return {
        "code": code,
        "homes": homes,
        "months": months,
        "said": "High, with no sure change: so many.",
        **rates,
        **more,
    }


def course(*estates: dict[str, Any], code: str = "A", theme: str = "all") -> EstateTrend:
    """The course of an estate among others, to May 2026."""
    result = {"since": "2025-06-01", "last": "2026-05-01", "themes": {theme: {"estates": list(estates)}}}
    found = estate_trend(HotspotAreas(ASB, "1", result), theme, code)
    assert found is not None
    return found


SERIES = [9] * 6 + [0, 1, 2, 3] * 6
"""30 months, of which the last 24 are shown."""


def test_the_plain_rate_stands_beside_the_one_that_allows_for_chance() -> None:
    """With its likely range; the course is said as the analysis says it."""
    found = course(estate("A", SERIES, 100))
    assert found.rates == "41 per 1,000 homes; allowing for chance, about 38 (likely between 30 and 45)."
    assert found.sentence == "High, with no sure change: so many."
    assert found.period == "June 2025 to May 2026"


@pytest.mark.parametrize(("rate", "beside"), [(41.4, "above"), (20.0, "within"), (12.0, "below")])
def test_the_rate_stands_beside_what_chance_makes_of_the_districts(rate: float, beside: str) -> None:
    """For as many homes: a funnel, not a league table."""
    found = course(estate("A", SERIES, 100, rate=rate, rate_without_repeats=rate))
    assert found.chance == f"That is {beside} what chance alone makes of the district’s rate for 100 homes: 12 to 34."
    assert course(estate("A", SERIES, 1)).chance.endswith("for 1 home: 12 to 34.")


def test_two_years_are_shown_with_the_district_for_as_many_homes() -> None:
    """An estate with a quarter of the homes has a quarter of the district's months beside it."""
    found = course(estate("A", SERIES, 100), estate("B", [4] * 30, 300), estate("C", [50] * 30, 0))
    assert (found.months[0], found.months[-1], len(found.months)) == (date(2024, 6, 1), date(2026, 5, 1), 24)
    assert found.counts == tuple(SERIES[6:])
    assert found.district == tuple((count + 4) / 4 for count in SERIES[6:])
    assert found.description == (
        "Cases of anti-social behaviour by month, June 2024 to May 2026: most in September 2024, 3; "
        "the district, for as many homes, has 1.4 a month."
    )
    assert found.key == ("Jun 2024", "up to 3 a month; line: the district", "May 2026")


def test_an_estate_without_homes_has_no_rate_and_no_line() -> None:
    """Its months are shown all the same."""
    none = dict.fromkeys(("rate", "rate_without_repeats", "shrunken", "low", "high"))
    found = course(estate("A", SERIES, 0, **none), estate("B", SERIES, 10))
    assert found.chance == ""
    assert found.rates == "no homes are listed, so there is no rate."
    assert (found.district, found.picture.lines, found.key[1]) == ((), [], "up to 3 a month")
    assert found.description.endswith("most in September 2024, 3.") and len(found.picture.bars) == 24


def test_an_estate_of_which_nothing_was_recorded_has_an_empty_picture() -> None:
    """In words too; a theme is named."""
    found = course(estate("A", [0] * 6, 10), theme="cleanliness")
    assert all(height == 0 for *_, height in found.picture.bars) and len(found.picture.bars) == 6
    assert found.description == (
        "Cases of anti-social behaviour (cleanliness) by month, December 2025 to May 2026: none at all; "
        "the district, for as many homes, has 0 a month."
    )


def test_of_an_estate_that_was_not_analysed_nothing_is_said(world: Database) -> None:
    """Nor of any where there is no analysis."""
    found = HotspotAreas(ASB, "1", {"since": "2025-06-01", "last": "2026-05-01", "themes": {"all": {"estates": []}}})
    assert estate_trend(found, "all", "A") is None
    assert estate_trend(hotspot_areas(world, Viewer("officer"), ASB), "all", "E01") is None


def test_the_months_are_those_of_the_evidence(analysed: Database) -> None:
    """Of Alder, in which rubbish was planted in the last year, all of it has been in that year."""
    found = estate_trend(hotspot_areas(analysed, Viewer("officer"), ASB), "cleanliness", "E01")
    assert found is not None and [sum(count or 0 for count in found.counts[at:]) for at in (0, -12)] == [30, 30]
    assert ": 30 cases of anti-social behaviour in the last 12 months, none in the 12 before" in found.sentence
