from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from analysis.refresh import refresh
from analysis.weights import weights
from evidence import Database
from layers._registry import LAYERS


def test_officers_see_which_months_of_each_source_are_there(
    application: FastAPI, officer: TestClient, stranger: TestClient
) -> None:
    """Each source with its sentence, and a table of its years; nobody else sees it."""
    refresh(application.state.database, weights(application.state.settings.home))
    told = officer.get("/officer/sources").text
    for layer in LAYERS.values():
        assert f">{layer.title}</h2>" in told
    assert "Complete from " in told and 'aria-label="Months of anti-social behaviour"' in told
    assert stranger.get("/officer/sources").status_code == 401


def test_a_source_of_which_nothing_is_loaded_says_what_to_do(
    world: Database, application_of: Callable[[Database], FastAPI], sign_in: Callable[[FastAPI], Any], tmp_path: Path
) -> None:
    """Before its first analysis and after; without a table."""
    client = sign_in(application_of(world))
    assert client.get("/officer/sources").text.count("have not been analysed yet") == len(LAYERS)
    refresh(world, weights(tmp_path))
    told = client.get("/officer/sources").text
    assert told.count("yet: load a file, as in priorities ingest") == len(LAYERS) and "<table" not in told
