from datetime import date
from pathlib import Path

import pytest

from layers import PUBLIC, Database, areas, ingest, layer_target
from layers.projects import LAYER
from maps.projects import MARKED, STATUSES, TYPES, ProjectsView, letter, projects_view

ROWS = """reference,title,type,status,proposed,started,completed,group,funding,summary,easting,northing
P1,Beans for Beech,community garden,under way,2025-01-10,2025-03-01,,Beech Growers,500,Beans.,486500,236500
P2,News for Elm,noticeboard,idea,2025-06-01,,,,,,486500,237500
P3,Great clean,clean-up day,complete,2024-01-01,2024-02-01,2024-03-01,,,,485500,236500
P4,Somewhere nice,other,idea,2025-05-01,,,,,,,
P5,Tubs at Alder,shared planter,complete,2023-01-01,,,,,,485510,236510"""


@pytest.fixture
def projects(world: Database, tmp_path: Path) -> Database:
    """Five projects, one of them nowhere."""
    file = tmp_path / "projects.csv"
    file.write_text(ROWS)
    ingest(world, layer_target(LAYER), file, today=date(2026, 1, 1), synthetic=True)
    return world


def view(database: Database, types: set[str] | None = None, statuses: set[str] | None = None) -> ProjectsView:
    """What the public is told."""
    found = areas(database, PUBLIC)
    return projects_view(database, PUBLIC, found, frozenset(types or ()), frozenset(statuses or ()))


def test_list_and_map_have_the_same_projects(projects: Database) -> None:
    """The map those that have a place; how many that are is said."""
    made = view(projects)
    placed = [each.reference for each in made.projects if each.longitude is not None]
    assert [each["id"] for each in made.data["projects"]] == placed
    assert {each.reference for each in made.projects} == {"P1", "P2", "P3", "P4", "P5"}
    assert made.located == "4 of 5 are on the map; the others have no place yet."
    assert [each["item"] for each in made.data["projects"]] == [
        f"project-{number}" for number, each in enumerate(made.projects, 1) if each.longitude is not None
    ]


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
        ({"nonsense"}, {"nonsense"}, {"P1", "P2", "P3", "P4", "P5"}),
    ],
)
def test_filters_narrow_list_and_map_together(
    projects: Database, types: set[str], statuses: set[str], found: set[str]
) -> None:
    """By type, by status, by both; a word that is neither is left out."""
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


def test_a_project_is_told_with_its_estate_and_a_name_for_its_marker(projects: Database) -> None:
    """Type, title and status: what a person who cannot see the marker needs."""
    beans = next(each for each in view(projects).projects if each.reference == "P1")
    assert (beans.estate, beans.letter) == ("Beech", "G")
    assert beans.label == "Community garden: Beans for Beech, under way"
    assert view(projects).synthetic


def test_no_two_types_share_a_letter() -> None:
    """A marker's letter tells its type."""
    assert len({letter(kind) for kind in TYPES}) == len(TYPES)
    assert dict(MARKED)["shared planter"] == "P"
    assert STATUSES == ("idea", "funded", "under way", "complete")
