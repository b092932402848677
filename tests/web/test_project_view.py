from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evidence import PUBLIC, Database, areas, ingest, layer_target, publish
from layers.projects import LAYER
from web.project_view import Project, project

Make = Callable[..., Project]


@pytest.mark.parametrize(
    ("status", "dates", "when"),
    [
        ("idea", {}, "proposed January 2025"),
        ("funded", {"started": date(2027, 1, 1)}, "proposed January 2025"),
        ("under way", {"started": date(2025, 3, 1)}, "started March 2025"),
        ("under way", {}, "proposed January 2025"),
        ("complete", {"completed": date(2025, 5, 1)}, "completed May 2025"),
    ],
)
def test_the_date_that_tells_most_is_told(project_of: Make, status: str, dates: dict[str, date], when: str) -> None:
    """Of what is under way when it started, of what is complete when it was, if that is known."""
    assert project_of(status=status, **dates).when == when


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (None, ""),
        (0.0, ""),
        (1.0, "50 metres away"),
        (26.0, "50 metres away"),
        (312.0, "300 metres away"),
        (974.0, "950 metres away"),
        (976.0, "1.0 km away"),
        (12_345.0, "12.3 km away"),
    ],
)
def test_a_distance_is_said_as_people_say_it(project_of: Make, metres: float | None, words: str) -> None:
    """Rounded to 50 metres, and from a kilometre on to a tenth of one."""
    assert project_of(distance=metres).away == words


def test_days_are_from_the_first_to_the_last_that_is_known(project_of: Make) -> None:
    """What was done comes before what was planned; without an end it is one day, without a start none."""
    start, end, planned = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)
    assert project_of(started=start, completed=end, ends=planned).days == (start, end)
    assert project_of(started=start, ends=planned).days == (start, planned)
    assert project_of(started=start).days == (start, start)
    assert project_of(ends=planned).days is None


def test_money_says_how_much_and_from_whom(project_of: Make) -> None:
    """Either may be missing."""
    assert project_of(funding=1200.0, funder="Parish council").money == "£1,200, Parish council"
    assert project_of(funder="Parish council").money == "Parish council"
    assert project_of().money == ""


def test_a_project_is_told_with_its_estate_and_a_name_for_its_marker(world: Database, tmp_path: Path) -> None:
    """As the public reads it; a reference with odd characters is one part of its address."""
    rows = "reference,title,type,status,proposed,how to help,contact,easting,northing"
    file = tmp_path / "projects.csv"
    file.write_text(f"{rows}\na/b?c,Beans,garden,proposed,2025-01-01,Dig,The chair,486500,236500\n")
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1))
    publish(world, tmp_path)
    found = project(world, PUBLIC, areas(world, PUBLIC), "a/b?c")
    assert found
    assert (found.estate, found.estate_code, found.letter) == ("Beech", "E02", "G")
    assert (found.help, found.contact) == ("Dig", "The chair")
    assert found.label == "Community garden: Beans, idea"
    assert found.address == "/projects/a%2Fb%3Fc"
    assert project(world, PUBLIC, areas(world, PUBLIC), "nothing") is None
