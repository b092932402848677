import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.evidence import Series, Source
from analysis.priorities import Priorities, Prioritised
from analysis.ranking import Part, Ranked, Ranking, VoiceAndRecord
from analysis.reporting import Level, Reporting
from analysis.scoring import THEMES
from analysis.weights import weights
from layers._layer import Theme
from maps.priorities import WIDTH, PrioritiesPanel, Row
from web.templates import render

PARTS = {"record": Part(1.5, 0.4), "voice": Part(-0.5, 0.4), "severity": Part(0.5, 0.2), "trend": Part(2.0, 0.0)}
FIRST = Ranked(Theme.SAFETY, 1, False, 0.91, score=0.5, low=-0.1, high=1.2, parts=PARTS, excess=3.0)
SECOND = replace(FIRST, theme=Theme.REPAIRS, rank=2, tied=True, first=0.05, score=-0.8, low=-2.0, high=0.1, parts={})
RANKING = Ranking(
    (FIRST, SECOND), "Safety comes first.", VoiceAndRecord(None, None, "Residents have said nothing."), ()
)
LEVEL = Level(12, 0.6, 1.1, 0.8, 1.4)
REPORTING = Reporting(LEVEL, LEVEL, 0.25, 0.1, False, "1.10 times the district's reports per home.")
COUNTS = {
    "A": {str(theme): (1, 2, 3) for theme in THEMES},
    "B": {str(theme): (5, 0, 0) for theme in THEMES},
}
SOURCES = (Source("asb", date(2026, 5, 1), 100, 97), Source("repairs", None, 0, 0), Source("survey", None, 10, 8))


def panel(tmp_path: Path, own: dict[str, Any] | None = None, **changed: Any) -> PrioritiesPanel:
    """What is told of estate A, with 10 of 40 homes."""
    of = replace(Priorities("A", RANKING, "", REPORTING), **(own or {}))
    found = Prioritised(
        weights(tmp_path).changes[-1], SOURCES, Series(date(2026, 3, 1), COUNTS), synthetic=True, homes=40, estates={}
    )
    return PrioritiesPanel("Alder", "f00d", replace(found, **changed), of, homes=10)


def test_themes_are_in_order_with_how_sure_it_is(tmp_path: Path) -> None:
    """Each says how many times the usual it is, and how often it comes first."""
    rows = panel(tmp_path).rows
    assert [row.ranked.theme for row in rows] == [Theme.SAFETY, Theme.REPAIRS]
    assert rows[0].place == "1.4 times the usual (likely 0.9 to 2.3); first in 91 of 100"


def test_the_parts_lie_side_by_side_and_end_at_the_score(tmp_path: Path) -> None:
    """What raises it to the right of the usual, what lowers it to the left; what weighs nothing is not drawn."""
    (row, _) = panel(tmp_path).rows
    voice, record, severity = row.bars
    assert [bar.part for bar in row.bars] == ["voice", "record", "severity"]
    assert voice.x + voice.width == pytest.approx(row.usual, abs=0.11) and record.x == row.usual
    assert severity.x == pytest.approx(record.x + record.width, abs=0.11)
    assert row.scale.x(0.5) == pytest.approx(row.usual + record.width + severity.width - voice.width, abs=0.2)
    assert (record.times, record.factor) == ("2.8", "×1.5")


def test_a_number_is_written_only_where_there_is_room(tmp_path: Path) -> None:
    """All are in the line below the picture."""
    row = panel(tmp_path).rows[0]
    small = Row(replace(FIRST, parts={"voice": Part(0.01, 1.0)}), row.scale, None, "")
    assert [bar.factor for bar in small.bars] == [""] and small.bars[0].times == "1.0"


def test_all_themes_have_one_scale_that_holds_everything(tmp_path: Path) -> None:
    """The likely ranges and the parts of each, within the picture."""
    rows = panel(tmp_path).rows
    assert rows[0].scale == rows[1].scale
    for row in rows:
        assert all(0 <= x <= WIDTH for x in (*row.likely, row.usual))
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in row.bars)
        assert list(row.likely) == sorted(row.likely)


def test_what_was_recorded_stands_beside_the_districts_for_as_many_homes(tmp_path: Path) -> None:
    """Of the 11 cases of all 40 homes, a quarter."""
    told = panel(tmp_path)
    row = told.rows[0]
    assert row.months and row.months.counts == (1, 2, 3) and list(row.months.district) == [1.5, 0.5, 0.75]
    assert row.recorded == "6 recorded in 3 months, 3 usual for as many homes"
    assert told.months == "March 2026 to May 2026"
    without = panel(tmp_path, series=None)
    assert without.rows[0].months is None and without.months == ""


def test_every_source_says_until_when_it_is_complete(tmp_path: Path) -> None:
    """And how much of it is located; where that is too little, a notice says so."""
    told = panel(tmp_path)
    assert told.sources == [
        "Anti-social behaviour to May 2026, 97 of 100 located",
        "Repairs: nothing is loaded of which a month is complete",
        "Survey: nothing is loaded of which a month is complete",
    ]
    assert told.few_located == ["Survey"]


def test_who_reports_is_told(tmp_path: Path) -> None:
    """How many of the reports come from few homes, and how many answered."""
    told = panel(tmp_path)
    assert told.voices == (
        "25% of the reports whose address is known come from homes with 3 or more; "
        "10% as many answered the survey as there are homes."
    )
    quiet = replace(REPORTING, quiet=True, repeat=None, response=None)
    assert panel(tmp_path, {"reporting": quiet}).quiet and panel(tmp_path, {"reporting": quiet}).voices == ""
    assert panel(tmp_path, {"reporting": None}).reporting == ""


def test_an_estate_that_cannot_be_ranked_says_why(tmp_path: Path) -> None:
    """And shows no theme and no figure."""
    told = panel(tmp_path, {"ranking": None, "refusal": "Too little to rank."})
    assert (told.sentence, told.voice_and_record, told.rows, told.steadiness, told.key) == (
        "Too little to rank.",
        "",
        (),
        [],
        {},
    )


@pytest.mark.parametrize("own", [{}, {"ranking": None, "refusal": "Too little to rank."}, {"reporting": None}])
def test_a_page_can_be_made_of_it(tmp_path: Path, own: dict[str, Any]) -> None:
    """Whatever is not known, nothing is missing and nothing is not a number."""

    class View:
        priorities = panel(tmp_path, own)

    page = render("officer_priorities.html", view=View)
    assert (
        "What comes first in Alder" in page
        and not re.search(r"\bnan\b", page, re.IGNORECASE)
        and "Synthetic evidence" in page
    )
    assert ("Too little to rank." in page) is bool(own.get("refusal"))
    assert 'class="priorities"' in render("officer_priorities.html", view={"priorities": None})
