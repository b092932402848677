"""Figures of one subject over areas, periods and publications, as the rules let them out."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from evidence.disclosure.figures import Figure, Outcome, Pieces, Table, control, periods
from evidence.disclosure.rules import Rules
from evidence.months import month_number, month_of_number

RULES = Rules(fewest=10, round_to=5, fewest_homes=10, months=12)
YEAR = (date(2025, 7, 1), date(2026, 6, 1))


def figure(area: str = "", homes: int | None = 100, span: tuple[date, date] = YEAR, **given: Any) -> Figure:
    """A figure of an estate, or of the district."""
    level = "estate" if area else "district"
    made = {"layer": "asb", "subject": "safety", "level": level, "area_set": "set" if area else "", "name": area}
    return Figure(area=area, first=span[0], last=span[1], homes=homes, **{**made, **given})


def pieces(homes: dict[str, int]) -> Pieces:
    """A piece for each estate, and one outside all."""
    areas = np.arange(-1, len(homes))[:, None]
    return Pieces(("set",), (tuple(homes),), areas, np.array([0, *homes.values()]))


def rows(of: Pieces, counts: dict[tuple[int, date], int]) -> Table:
    """So many rows in each piece and month."""
    piece = [at for (at, _), count in counts.items() for _ in range(count)]
    month = [month_number(day) for (_, day), count in counts.items() for _ in range(count)]
    return Table(of, np.array(piece, np.int64), np.array(month, np.int64))


def published(outcome: Outcome) -> list[tuple[str, int | None, str]]:
    """Area, count and reason of each figure; nothing can be worked out."""
    assert outcome.findings == ()
    return [(each.area, each.count, each.reason) for each in outcome.figures]


JUNE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("count", "rounded"),
    [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (102, 100), (103, 105)],
)
def test_counts_below_ten_are_withheld_and_others_rounded(count: int, rounded: int | None) -> None:
    """Zero is withheld too; ten is ten to twelve; the rest goes to the nearest five."""
    of = pieces({"A": 100})
    (found,) = control(rows(of, {(1, JUNE): count}), [figure("A")], [], RULES).figures
    assert found.count == rounded
    assert found.reason == ("" if rounded else "below fewest")
    if rounded:
        assert found.low is not None and found.high is not None and found.low <= count <= found.high


def test_an_area_with_few_homes_has_no_figure() -> None:
    """However many rows it has."""
    of = pieces({"A": 9, "B": 100})
    found = control(rows(of, {(1, JUNE): 60, (2, JUNE): 60}), [figure("A", homes=None), figure("B")], [], RULES)
    assert published(found) == [("A", None, "too few homes"), ("B", 60, "")]


def test_a_total_that_would_give_an_estate_away_is_not_published_with_the_other() -> None:
    """12 and 4, and 16 in all: one of the two published figures has to go, and what is left is audited."""
    of = pieces({"A": 100, "B": 100})
    wanted = [figure("A"), figure("B"), figure()]
    found = published(control(rows(of, {(1, JUNE): 12, (2, JUNE): 4}), wanted, [], RULES))
    assert sorted(reason for _, _, reason in found) == ["", "below fewest", "would give another away"]


def test_a_set_that_differs_by_one_estate_from_an_earlier_one_is_seen() -> None:
    """The first publication counted A and B as one; the second leaves B out, and would tell of its five."""
    areas = np.array([[0, 0], [0, -1]])
    of = Pieces(("old", "set"), (("AB",), ("A",)), areas, np.array([100, 100]))
    counts = {(0, JUNE): 95, (1, JUNE): 5}
    before = control(rows(of, counts), [figure("AB", area_set="old")], [], RULES)
    assert published(before) == [("AB", 100, "")]
    after = control(rows(of, counts), [figure("A")], before.figures, RULES)
    assert published(after) == [("A", None, "would give another away")]
    assert published(control(rows(of, counts), [figure("A")], [], RULES)) == [("A", 95, "")]


def test_a_period_that_became_longer_is_seen() -> None:
    """The rules change from one year to two: the year before could be subtracted."""
    of = pieces({"A": 100})
    counts = {(1, JUNE): 40, (1, date(2025, 6, 1)): 3}
    before = control(rows(of, counts), [figure("A")], [], RULES).figures
    after = control(rows(of, counts), [figure("A", span=(date(2024, 7, 1), JUNE))], before, RULES)
    assert published(after) == [("A", None, "would give another away")]


def test_years_that_roll_on_do_not_bring_a_withheld_one_to_light() -> None:
    """Publications at three months: the last would show that eight cases of the first came in few months."""
    of = pieces({"A": 100})
    start = month_number(date(2024, 7, 1))
    counts = {(1, month_of_number(start + at)): count for at, count in {8: 8, 18: 10, 20: 2}.items()}
    earlier: list[Figure] = []
    reasons = []
    for end in (14, 18, 23):
        span = (month_of_number(start + end - 11), month_of_number(start + end))
        outcome = control(rows(of, counts), [figure("A", span=span)], earlier, RULES)
        assert outcome.findings == ()
        earlier += outcome.figures
        reasons.append(outcome.figures[0].reason)
    assert reasons == ["below fewest", "", "would give another away"]


def test_an_earlier_figure_that_is_no_longer_true_tells_nothing() -> None:
    """Rows were corrected: 100 became 60, so nothing can be subtracted from the 100."""
    areas = np.array([[0, 0], [0, -1]])
    of = Pieces(("old", "set"), (("AB",), ("A",)), areas, np.array([100, 100]))
    before = control(rows(of, {(0, JUNE): 95, (1, JUNE): 5}), [figure("AB", area_set="old")], [], RULES).figures
    after = control(rows(of, {(0, JUNE): 55, (1, JUNE): 5}), [figure("A")], before, RULES)
    assert published(after) == [("A", 55, "")]


def test_what_earlier_publications_give_away_by_themselves_stops_nothing() -> None:
    """It is known, and silence does not take it back."""
    areas = np.array([[0, 0], [0, -1], [-1, 1]])
    of = Pieces(("old", "set"), (("AB",), ("A", "C")), areas, np.array([100, 100, 100]))
    counts = {(0, JUNE): 95, (1, JUNE): 5, (2, JUNE): 40}
    known = [
        *control(rows(of, counts), [figure("AB", area_set="old")], [], RULES).figures,
        *control(rows(of, counts), [figure("A")], [], RULES).figures,
    ]
    assert published(control(rows(of, counts), [figure("C")], known, RULES)) == [("C", 40, "")]


def test_periods_end_with_the_last_complete_month_and_quarter() -> None:
    """A year to May, and the four quarters to March."""
    rolling, quarters = periods(date(2026, 5, 1), RULES)
    assert rolling == (date(2025, 6, 1), date(2026, 5, 1))
    assert quarters == [
        (date(2025, 4, 1), date(2025, 6, 1)),
        (date(2025, 7, 1), date(2025, 9, 1)),
        (date(2025, 10, 1), date(2025, 12, 1)),
        (date(2026, 1, 1), date(2026, 3, 1)),
    ]
    assert periods(date(2026, 6, 1), RULES)[1][-1] == (date(2026, 4, 1), date(2026, 6, 1))
