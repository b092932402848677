import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import PUBLIC, Database, Selection, items, published_figures
from layers._registry import LAYERS
from plans.publication import publish
from web.open_data import DATASETS, _safe

SHOWN = {"projects", "police"}


@pytest.fixture
def public(filled: Database, application_of: Callable[[Database], FastAPI], tmp_path: Path) -> TestClient:
    """A stranger to the world full of evidence, which has been published."""
    publish(filled, tmp_path, today=date(2026, 6, 30))
    return TestClient(application_of(filled))


def test_every_published_table_is_listed(public: TestClient) -> None:
    """With its files, the rule, the date and the licence."""
    page = public.get("/open-data").text
    for name in DATASETS:
        for kind in ("csv", "geojson", "csv-metadata.json"):
            assert f'href="/open-data/{name}.{kind}"' in page
    assert "Counts below 10 are withheld, 0 among them, and others rounded to the nearest 5" in page
    assert "Open Government Licence v3.0" in page and "Published on" in page
    assert {name.removeprefix("figures-") for name in DATASETS} >= {*LAYERS}


@pytest.mark.parametrize("name", DATASETS)
def test_a_table_is_the_same_as_csv_and_geojson(public: TestClient, name: str) -> None:
    """Row by row; both say whether it is synthetic, and from when and by which rule it is."""
    answer = public.get(f"/open-data/{name}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    listed = public.get(f"/open-data/{name}.geojson").json()
    assert len(rows) == len(listed["features"]) and (len(rows) > 0) is (name not in ("priorities", "replies"))
    about = public.get(f"/open-data/{name}.csv-metadata.json").json()
    assert about["url"] == f"{name}.csv" and about["dc:license"] and about["dc:issued"]
    assert {key: listed[key] for key in ("rule", "synthetic", "dc:license")} == {
        key: about[key] for key in ("rule", "synthetic", "dc:license")
    }


def test_figures_are_those_published(public: TestClient, filled: Database) -> None:
    """No more columns and no more rows; areas are those of the estates."""
    rows = list(csv.DictReader(io.StringIO(public.get("/open-data/figures-asb.csv").content.decode("utf-8-sig"))))
    published = published_figures(filled, PUBLIC, LAYERS["asb"])
    assert [row["area"] for row in rows] == [each["area"] for each in published]
    frame = gpd.read_file(io.BytesIO(public.get("/open-data/figures-asb.geojson").content))
    assert set(frame[frame["level"] == "estate"].geometry.geom_type) == {"MultiPolygon"}


def test_what_a_spreadsheet_would_run_is_text() -> None:
    """In whatever column it stands."""
    assert _safe({"a": "=1+1", "b": "-x", "c": -1, "d": "x=1", "e": None}) == {
        **{"a": "'=1+1", "b": "'-x"},
        **{"c": -1, "d": "x=1", "e": None},
    }


@pytest.mark.parametrize("path", ["nothing.csv", "asb.csv", "feedback.geojson", "../key.csv"])
def test_what_is_not_published_is_no_table(public: TestClient, path: str) -> None:
    """Least of all the records of a layer that is counted."""
    assert public.get(f"/open-data/{path}").status_code == 404


@pytest.mark.parametrize("block", [1, 7, 10_000])
def test_a_table_read_in_blocks_is_whole(
    public: TestClient, filled: Database, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """However many rows are in memory at a time, the files have every one, once."""
    monkeypatch.setattr("web.open_data._BLOCK", block)
    rows = list(csv.DictReader(io.StringIO(public.get("/open-data/projects.csv").content.decode("utf-8-sig"))))
    known = [row["reference"] for row in items(filled, PUBLIC, LAYERS["projects"], Selection()).rows]
    assert [row["reference"] for row in rows] == known != []
    features = public.get("/open-data/projects.geojson").json()["features"]
    assert [each["properties"]["reference"] for each in features] == known


def test_what_is_published_anew_while_it_is_read_is_cut_off(
    public: TestClient, filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets a mixture of two publications; the publication does not wait for who reads."""
    monkeypatch.setattr("web.open_data._BLOCK", 1)
    blocks = iter(DATASETS["projects"].rows(filled))
    assert len(next(blocks)) == 1
    publish(filled, tmp_path, today=date(2026, 6, 30))
    with pytest.raises(RuntimeError, match="published anew"):
        next(blocks)
