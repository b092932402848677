import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from analysis.refresh import refresh
from analysis.weights import weights


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
