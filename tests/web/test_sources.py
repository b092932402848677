from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database
from layers._registry import LAYERS


def test_officers_see_which_months_of_each_source_are_there(officer: TestClient, stranger: TestClient) -> None:
    """Each source with its sentence, and a table of its years; nobody else sees it."""
    told = officer.get("/officer/sources").text
    for layer in LAYERS.values():
        assert f">{layer.title}</h2>" in told
    assert "Complete from " in told and 'aria-label="Months of anti-social behaviour"' in told
    assert stranger.get("/officer/sources").status_code == 401


def test_a_source_of_which_nothing_is_loaded_says_so(
    world: Database, application_of: Callable[[Database], FastAPI], sign_in: Callable[[FastAPI], Any]
) -> None:
    """In a sentence, and without a table."""
    told = sign_in(application_of(world)).get("/officer/sources").text
    assert told.count("Nothing is loaded.") == len(LAYERS) and "<table" not in told
