import re
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete

from analysis.refresh import refresh
from analysis.weights import weights
from evidence import Database
from evidence.published_tables import PUBLICATION


def test_the_figures_of_a_page_lead_to_what_they_are_made_from(
    application: FastAPI, officer: TestClient, stranger: TestClient
) -> None:
    """By links on the officers' map; nobody else sees it, and another number is not found."""
    refresh(application.state.database, weights(application.state.settings.home))
    page = officer.get("/officer/map", params={"layer": "asb", "open": "E01"}).text
    links = set(re.findall(r'href="(/officer/runs/\w+)"', page))
    assert len(links) == 2
    for link in links:
        told = officer.get(link).text
        assert "Seed of what is drawn by chance" in told and "Versions" in told
        assert stranger.get(link).status_code == 401
    assert officer.get("/officer/runs/nothing").status_code == 404


def test_published_figures_lead_to_what_they_are_made_from(stranger: TestClient) -> None:
    """From an estate, from everything heard and from the open data: publication, rules, boundaries, layers, order."""
    for path in ("/estates/E01", "/heard", "/open-data"):
        assert 'href="/made-from"' in stranger.get(path).text, path
    told = stranger.get("/made-from")
    assert told.status_code == 200
    for name in ("Published on", "Rules of disclosure", "Boundaries", "Projects", "Order of priorities"):
        assert f">{name}</dt>" in told.text, name
    assert ">none has been published</dd>" in told.text


def test_nothing_is_made_from_anything_before_the_first_publication(
    world: Database, application_of: Callable[[Database], FastAPI]
) -> None:
    """A sentence, not an empty page."""
    with world.owner.begin() as connection:
        connection.execute(delete(PUBLICATION))
    told = TestClient(application_of(world)).get("/made-from")
    assert told.status_code == 404
    assert "No figures have been published yet." in told.text
