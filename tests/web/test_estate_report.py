from datetime import date
from pathlib import Path

import pytest

from analysis.refresh import refresh
from analysis.weights import weights
from evidence import Database, Viewer, add_months, ingest, layer_target
from layers._layer import Theme
from layers._registry import LAYERS
from plans.publication import publish
from plans.replies import Reply, write
from web.estate_report import (
    EstateReport,
    Priority,
    PublishedFigure,
    ThemeRow,
    district_report,
    estate_report,
    first_themes,
    for_district_only,
)

ALDER = {"code": "E01", "name": "Alder", "parish": "Oak"}
TODAY = date(2026, 6, 30)


def estate(*priorities: tuple[int, str], sure: bool = False) -> EstateReport:
    """An estate with themes at these ranks."""
    ranks = [rank for rank, _ in priorities]
    order = tuple(Priority(rank, ranks.count(rank) > 1, sure, theme, "") for rank, theme in priorities)
    return EstateReport("E01", "Alder", "", None, order, (), (), (), None)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (estate((1, "safety"), (2, "repairs")), "Safety comes first here."),
        (estate((1, "safety"), (2, "repairs"), sure=True), "Safety surely comes first here."),
        (estate((1, "safety"), (1, "repairs")), "No theme stands out here: they cannot be told apart."),
        (
            estate((1, "safety"), (1, "repairs"), (3, "cleanliness")),
            "Safety and repairs come first here; which of them, cannot be told.",
        ),
        (estate(), "Too little has been reported here to say what comes first."),
    ],
)
def test_what_comes_first_is_said_no_surer_than_it_is(found: EstateReport, sentence: str) -> None:
    """One theme, several, all, or none."""
    assert found.sentence == sentence


def test_a_figure_is_about_so_many_or_withheld() -> None:
    """Never a false zero."""
    assert (PublishedFigure(35, 162.8, "", "2025").text, PublishedFigure(35, 162.8, "", "2025").per_home) == (
        "about 35",
        "163",
    )
    assert (
        PublishedFigure(None, None, "so few", "2025").text,
        PublishedFigure(None, None, "so few", "2025").per_home,
    ) == ("withheld", "–")


def test_reasons_and_periods_are_said_once() -> None:
    """However many figures have them."""
    line = ThemeRow(
        "safety",
        {
            "asb": PublishedFigure(None, None, "so few", "2025"),
            "repairs": PublishedFigure(None, None, "so few", "2024"),
        },
        {},
    )
    found = EstateReport("E01", "Alder", "", None, (), (line, line), (), (), None)
    assert found.withheld == ["so few"]
    assert found.periods == ["Anti-social behaviour: 2025", "Repairs: 2024"]


def test_where_a_theme_alone_comes_first_is_listed_by_name() -> None:
    """Not where it shares its place."""
    first = {"E02": ("safety",), "E01": ("safety",), "E03": ("safety", "repairs"), "gone": ("repairs",)}
    listed = dict(for_district_only(first, {"E01": "Beech", "E02": "Alder", "E03": "Cedar"}))
    assert listed["safety"] == [("Alder", "E02"), ("Beech", "E01")] and listed["repairs"] == []


def test_before_the_first_publication_nothing_is_known(world: Database) -> None:
    """And no error."""
    found = estate_report(world, ALDER)
    assert (found.priorities, found.lines, found.measures, found.replies, found.weighed) == ((), (), (), (), "")
    assert district_report(world).lines == () and first_themes(world) == {}


def test_an_estate_tells_what_was_published_of_it(world: Database, tmp_path: Path) -> None:
    """Order, why, figures beside the district's, what is done; all of it rounded."""
    days = [add_months(date(2025, 7, 1), at // 2 % 12) for at in range(62)]
    rows = [f"{at},{day},plumbing,routine,E0{1 + at % 2}" for at, day in enumerate(days)]
    rows += [f"B{at},2026-05-01,plumbing,routine,E0{3 + at % 2}" for at in range(18)]
    file = tmp_path / "repairs.csv"
    file.write_text("\n".join(["reference,date_reported,trade,priority,estate", *rows]))
    ingest(world, layer_target(LAYERS["repairs"]), file, today=TODAY)
    refresh(world, weights(tmp_path))
    officer = Viewer("administrator", "Ann")
    for said in ("It is damp.", "It leaks."):
        write(world, officer, Reply("E01", Theme.REPAIRS, said, "We look.", "planned"), TODAY)
    write(world, officer, Reply("", Theme.SAFETY, "It is dark.", "We look.", "planned"), TODAY)
    publish(world, tmp_path, today=TODAY)
    found = estate_report(world, ALDER)
    (repairs,) = [line for line in found.lines if line.theme == "repairs"]
    assert (repairs.own["repairs"].count, repairs.district["repairs"].count) == (30, 80)
    assert found.homes == 20 and repairs.own["repairs"].rate == 1500
    (first,) = [each for each in found.priorities if each.theme == "repairs"]
    assert first.why == "About 30 repairs, 1,500 per 1,000 homes (1,600 in all of Milton Keynes)."
    assert [each["said"] for each in found.replies] == ["It leaks.", "It is damp."]
    assert len(district_report(world).replies) == 3 and "E01" in first_themes(world)
    assert found.weighed == "repairs to June 2026"
