from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evidence import PUBLIC, Database, areas, ingest, layer_target, publish
from layers.projects import LAYER
from web.near import near
from web.project_view import letter
from web.projects_view import MARKED, STATUSES, TYPES, ProjectsAsked, ProjectsView, projects_view

ROWS = """reference,title,type,status,proposed,started,completed,group,funding,summary,easting,northing,public_place
P1,Beans for Beech,community garden,under way,2025-01-10,2025-03-01,,Beech Growers,500,Beans.,486500,236500,yes
P2,News for Elm,noticeboard,idea,2025-06-01,,,,,,486500,237500,yes
P3,Great clean,clean-up day,complete,2024-01-01,2024-02-01,2024-03-01,,,,485500,236500,yes
P4,Somewhere nice,other,idea,2025-05-01,,,,,,,,yes
P5,Tubs at Alder,shared planter,complete,2023-01-01,,,,,,485510,236510,yes"""


@pytest.fixture
def projects(world: Database, tmp_path: Path) -> Database:
    """Five projects, one of them nowhere."""
    file = tmp_path / "projects.csv"
    file.write_text(ROWS)
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1), synthetic=True)
    publish(world, tmp_path)
    return world


def view(
    database: Database, types: set[str] | None = None, statuses: set[str] | None = None, **more: Any
) -> ProjectsView:
    """What the public is told."""
    asked = ProjectsAsked(frozenset(types or ()), frozenset(statuses or ()), **more)
    return projects_view(database, PUBLIC, areas(database, PUBLIC), asked)


def test_list_and_map_have_the_same_projects(projects: Database) -> None:
    """The map those that have a place; how many that are is said."""
    made = view(projects)
    placed = [each.reference for each in made.projects if each.longitude is not None]
    assert [each["id"] for each in made.data["projects"]] == placed
    assert {each.reference for each in made.projects} == {"P1", "P2", "P3", "P4", "P5"}
    assert made.located == "4 of 5 are on the map; the others have no place yet."


def test_the_newest_come_first_with_the_date_that_tells_most(projects: Database) -> None:
    """When an idea was proposed, a project under way started, a complete one completed, if that is known."""
    assert [(each.reference, each.when) for each in view(projects).projects] == [
        ("P2", "proposed June 2025"),
        ("P4", "proposed May 2025"),
        ("P1", "started March 2025"),
        ("P3", "completed March 2024"),
        ("P5", "proposed January 2023"),
    ]


@pytest.mark.parametrize(
    ("types", "statuses", "found"),
    [
        ({"noticeboard", "other"}, set(), {"P2", "P4"}),
        (set(), {"complete"}, {"P3", "P5"}),
        ({"clean-up day", "noticeboard"}, {"complete"}, {"P3"}),
        ({"noticeboard"}, {"complete"}, set()),
    ],
)
def test_filters_narrow_list_and_map_together(
    projects: Database, types: set[str], statuses: set[str], found: set[str]
) -> None:
    """By type, by status, or by both."""
    made = view(projects, types, statuses)
    assert {each.reference for each in made.projects} == found
    assert {each["id"] for each in made.data["projects"]} == found - {"P4"}


def test_the_sentence_counts_what_is_shown(projects: Database) -> None:
    """By status, in the order of the statuses; nothing and no match are two things."""
    assert view(projects).sentence == "5 projects by residents: 2 ideas, 1 under way and 2 complete."
    assert view(projects, {"noticeboard"}).sentence == "1 project by residents: 1 idea."
    assert view(projects, {"noticeboard"}, {"complete"}).sentence == "No projects match these filters."
    assert view(projects, {"noticeboard"}).located == "All of them are on the map."


def test_without_projects_the_page_says_so(world: Database) -> None:
    """There are none yet."""
    made = view(world)
    assert (made.sentence, made.projects, made.synthetic) == ("There are no projects yet.", (), False)


def test_an_estate_narrows_list_and_map(projects: Database) -> None:
    """To the projects inside it."""
    made = view(projects, estate="E01")
    assert {each.reference for each in made.projects} == {"P3", "P5"}
    assert made.asked.narrowed


def test_the_nearest_come_first_with_their_distance(projects: Database) -> None:
    """Those without a place come last; the map looks at the nearest."""
    made = view(projects, near=near(projects, PUBLIC, areas(projects, PUBLIC), "Beech"), typed="Beech")
    assert [(each.reference, each.away) for each in made.projects] == [
        ("P1", ""),
        ("P5", "500 metres away"),
        ("P2", "500 metres away"),
        ("P3", "500 metres away"),
        ("P4", ""),
    ]
    assert made.ordered == "1 project in Beech first, then the nearest to it."
    assert made.data["near"]
    assert view(projects).data["near"] is None


def test_many_projects_are_listed_page_by_page(world: Database, tmp_path: Path) -> None:
    """61 take four pages of 20 that have each once, in the order of the whole; 60 are one page. The map has all."""
    rows = [f"Q{number:02d},Project {number},other,idea,2025-01-01,485500,236500" for number in range(61)]
    file = tmp_path / "projects.csv"
    file.write_text("\n".join(["reference,title,type,status,proposed,easting,northing", *rows[:60]]))
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1))
    publish(world, tmp_path)
    assert (view(world).pages, len(view(world).on_page)) == (1, 60)
    file.write_text("\n".join(["reference,title,type,status,proposed,easting,northing", *rows]))
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1))
    publish(world, tmp_path)
    pages = [view(world, page=number) for number in (1, 2, 3, 4)]
    assert [len(each.on_page) for each in pages] == [20, 20, 20, 1]
    assert [each for page in pages for each in page.on_page] == list(pages[0].projects)
    assert {each["id"] for each in pages[3].data["projects"]} == {f"Q{number:02d}" for number in range(61)}
    assert pages[1].range == "21 to 40 of 61"
    assert view(world, page=9).page == 4


def test_an_address_keeps_what_was_asked() -> None:
    """Of another page, or of the first."""
    asked = ProjectsAsked(frozenset({"other", "noticeboard"}), frozenset({"idea"}), "E01", "a & b")
    assert asked.address(2) == "/?near=a+%26+b&type=noticeboard&type=other&status=idea&estate=E01&page=2"
    assert ProjectsAsked().address() == "/"


def test_no_two_types_share_a_letter() -> None:
    """A marker's letter tells its type."""
    assert len({letter(kind) for kind in TYPES}) == len(TYPES)
    assert dict(MARKED)["shared planter"] == "P"
    assert STATUSES == ("idea", "funded", "under way", "complete")
