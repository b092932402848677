import html
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import pypdf
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from icalendar import Calendar

from evidence import PUBLIC, Database, Selection, import_postcodes, items
from layers._registry import LAYERS

LAYER = LAYERS["projects"]


def view(page: str) -> dict[str, Any]:
    """What the scripts of a page draw from."""
    found = re.search(r'<script type="application/json" id="view" data-swap>(.*?)</script>', page, re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def listed_references(page: str) -> list[str]:
    """The references of the projects in the list."""
    return [html.unescape(each) for each in re.findall(r'data-project="([^"]*)"', page)]


@pytest.mark.parametrize("query", [{}, {"type": "noticeboard"}, {"status": ["idea", "funded"]}, {"estate": "E02"}])
def test_list_map_and_geojson_have_the_same_projects(
    stranger: TestClient, filled: Database, query: dict[str, Any]
) -> None:
    """Whatever is asked for; the map those that have a place, and how many that are is said."""
    page = stranger.get("/", params=query).text
    every = stranger.get("/api/collections/projects/items", params={"limit": 1000}).json()["features"]
    features = [
        each for each in every if all((each["properties"][name] or "-") in value for name, value in query.items())
    ]
    assert sorted(listed_references(page)) == sorted(each["id"] for each in features)
    placed = {each["id"]: each["title"] for each in view(page)["projects"]}
    assert set(placed) == {each["id"] for each in features if each["geometry"]}
    assert len(listed_references(page)) > 0 < len(placed)


def test_the_public_sees_projects_without_signing_in_and_nothing_else(stranger: TestClient) -> None:
    """No reference of any other layer is in any of the pages."""
    page = stranger.get("/").text
    for address in (
        "/",
        "/projects.atom",
        *(each["address"] for each in view(page)["projects"][:5] if "%25" not in each["address"]),
    ):
        told = stranger.get(address)
        assert told.status_code == 200, address
        assert set(re.findall(r"(\w+)-canary", told.text)) <= {"projects"}


def test_every_project_has_its_page_file_and_poster(stranger: TestClient, filled: Database) -> None:
    """Whatever is in its reference; words are escaped."""
    # The client of the tests undoes percent signs twice, as no server does.
    for row in [
        each for each in items(filled, PUBLIC, LAYER, Selection(), limit=9).rows if "%" not in each["reference"]
    ]:
        address = f"/projects/{quote(row['reference'], safe='')}"
        page = stranger.get(address)
        assert page.status_code == 200, address
        assert html.escape(row["title"]) in page.text
        assert "<i>&" not in page.text
        assert ('role="img"' in page.text) == (row["longitude"] is not None)
        (event,) = Calendar.from_ical(stranger.get(f"{address}.ics").content).walk("VEVENT")
        assert event.decoded("dtstart") == row["started"]
    poster = stranger.get(f"{address}/poster.pdf")
    assert poster.headers["content-type"] == "application/pdf"
    assert len(pypdf.PdfReader(BytesIO(poster.content)).pages) == 1


@pytest.mark.parametrize("end", ["", ".ics", "/poster.pdf", "/help"])
def test_a_project_that_is_not_there_is_not_found(stranger: TestClient, end: str) -> None:
    """Nor is what would be beside it."""
    assert stranger.get(f"/projects/nothing{end}").status_code == 404


def test_projects_are_filtered_without_scripts(stranger: TestClient) -> None:
    """By type, status and estate, with what was chosen still chosen; what is no such thing is left out and told."""
    query = {"type": ["noticeboard", "nonsense"], "status": ["idea", "funded"], "estate": "E02"}
    page = stranger.get("/", params=query).text
    about = re.findall(r"(\w[\w -]+) in \w+\. <strong class=\"tag tag--([\w-]+)\"", page)
    assert {kind for kind, _ in about} <= {"Noticeboard"}
    assert {status for _, status in about} <= {"idea", "funded"}
    assert page.count(" checked") == 3
    assert '<option value="E02" selected>' in page
    assert "There is no type of project called nonsense, so it is left out." in page
    other = stranger.get("/", params={"estate": "E99", "page": "1000"}).text
    assert "There is no estate E99, so it is left out." in other and "There is no page 1000: this is the last." in other


def test_near_a_place_says_how_far(stranger: TestClient) -> None:
    """Where no postcodes are loaded the field says so, and takes estates' names."""
    page = stranger.get("/", params={"near": "beech"}).text
    assert "Postcodes are not loaded here" in page
    assert re.search(r"\d+ projects in Beech first, then the nearest to it\.", page)
    assert 'value="beech"' in page


@pytest.mark.parametrize("typed", ["MK6 3AB", "<b>&", "'; DROP TABLE--", "مرحبا 🏡", "\0"])
def test_a_place_that_is_not_known_is_told_where_it_was_typed(stranger: TestClient, typed: str) -> None:
    """In a summary that links to the field and beside the field; what was typed is kept, and projects are shown."""
    page = stranger.get("/", params={"near": typed}).text
    assert "<title>Error: " in page
    assert page.count("Enter the name of an estate, like Beanhill") == 2
    assert f'value="{html.escape(typed, quote=True)}"' in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert len(listed_references(page)) == 30


def test_a_postcode_leads_to_what_is_near_it(
    world: Database, application_of: Callable[[Database], FastAPI], bring: Any, planted: Any, tmp_path: Path
) -> None:
    """Once the council has loaded them."""
    bring(world, LAYER, planted(LAYER))
    file = tmp_path / "codes.csv"
    file.write_text("MK6 3AB,10,486500,236500")
    import_postcodes(world, file)
    page = TestClient(application_of(world)).get("/", params={"near": "mk6 3ab"}).text
    assert "Like MK6 3AB or Beanhill" in page
    away = re.findall(r'project__away">([^<]+)<', page)
    assert len(away) > 20
    assert "The nearest to MK6 3AB first" in page


def test_feeds_have_the_projects_of_everywhere_and_of_an_estate(stranger: TestClient, filled: Database) -> None:
    """Their links lead to pages."""
    every = feedparser.parse(stranger.get("/projects.atom").content)
    assert len(every.entries) == 30
    answer = stranger.get("/estates/E02/projects.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    beech = feedparser.parse(answer.content)
    rows = items(filled, PUBLIC, LAYER, Selection(estates=frozenset({"E02"}))).rows
    assert len(beech.entries) == len(rows) > 0
    assert beech.feed.title == "Residents’ projects in Beech"
    assert stranger.get(beech.entries[0].link).status_code == 200
    assert stranger.get("/estates/E99/projects.atom").status_code == 404


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"what": "else"}, {"near": "x" * 201}])
def test_an_address_that_is_not_right_is_answered_with_what_to_do(stranger: TestClient, query: dict[str, str]) -> None:
    """A page with a sentence."""
    answer = stranger.get("/", params=query, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "What you can do next" in answer.text
