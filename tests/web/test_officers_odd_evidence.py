import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from shapely import box
from sqlalchemy import delete

from analysis.refresh import refresh
from analysis.weights import weights
from evidence import HOMES_TARGET, Database, Viewer, areas, save_boundaries, use_boundaries
from layers._registry import LAYERS

NO_FIGURE = re.compile(r"\b(nan|NaN|inf|Infinity|None)\b")
Bring = Callable[..., Any]
TWO_YEARS = [date(2024, 6, 30) + timedelta(days=3 * day) for day in range(244)]


def cases(days: list[date], place: tuple[float, float] = (485500, 236500)) -> list[dict[str, Any]]:
    """Cases of noise at one place."""
    row = {"category": "noise", "hate": "no", "easting": place[0], "northing": place[1]}
    return [{"case id": number, "opened": day, **row} for number, day in enumerate(days)]


def no_evidence(database: Database, bring: Bring) -> None:
    """Nothing is loaded."""


def a_single_case(database: Database, bring: Bring) -> None:
    """Of one day no month is known to be complete."""
    bring(database, LAYERS["asb"], cases([date(2026, 6, 10)]))


def all_cases_in_one_cell(database: Database, bring: Bring) -> None:
    """Two years of them at one home."""
    bring(database, LAYERS["asb"], cases(TWO_YEARS))


def one_estate(database: Database, bring: Bring) -> None:
    """It is the whole district, and is compared with itself."""
    whole = {"code": ["X"], "name": ["All"], "geometry": [box(481000, 232000, 491000, 242000)]}
    save_boundaries(database, "one", gpd.GeoDataFrame(whole, crs=27700), valid_from=date(2026, 1, 1))
    use_boundaries(database, "one")
    bring(database, LAYERS["asb"], cases(TWO_YEARS))


def no_homes(database: Database, bring: Bring) -> None:
    """Cases, but nothing to divide them by."""
    bring(database, LAYERS["asb"], cases(TWO_YEARS))
    with database.owner.begin() as connection:
        connection.execute(delete(HOMES_TARGET.table))


def no_complete_month(database: Database, bring: Bring) -> None:
    """A fortnight of cases."""
    bring(database, LAYERS["asb"], cases([date(2026, 6, day) for day in range(2, 16)]))


def nothing_located(database: Database, bring: Bring) -> None:
    """Two years of cases outside every estate."""
    bring(database, LAYERS["asb"], cases(TWO_YEARS, (481500, 232500)))


def months_missing(database: Database, bring: Bring) -> None:
    """A quarter that no file brought."""
    bring(database, LAYERS["asb"], cases([day for day in DAILY if not date(2026, 1, 1) <= day < date(2026, 4, 1)]))


def all_months_missing_but_two(database: Database, bring: Bring) -> None:
    """A year apart."""
    bring(database, LAYERS["asb"], cases([day for day in DAILY if day.month == 5]))


def every_month_loaded_twice(database: Database, bring: Bring) -> None:
    """Two files with the same cases under other references: no month can be counted."""
    bring(database, LAYERS["asb"], cases(DAILY))
    bring(database, LAYERS["asb"], [row | {"case id": f"again {row['case id']}"} for row in cases(DAILY)])


def a_stray_case_of_long_ago(database: Database, bring: Bring) -> None:
    """Thirty-five years before all others."""
    bring(database, LAYERS["asb"], cases([date(1990, 1, 2), *DAILY]))


DAILY = [date(2024, 7, 1) + timedelta(days=day) for day in range(730)]
ODD = [
    *(no_evidence, a_single_case, all_cases_in_one_cell, one_estate, no_homes, no_complete_month, nothing_located),
    *(months_missing, all_months_missing_but_two, every_month_loaded_twice, a_stray_case_of_long_ago),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda each: each.__name__.replace("_", " "))
def test_nothing_that_is_odd_breaks_a_page_or_makes_a_false_figure(
    world: Database,
    bring: Bring,
    application_of: Callable[[Database], FastAPI],
    sign_in: Callable[[FastAPI], TestClient],
    tmp_path: Path,
    odd: Callable[[Database, Bring], None],
) -> None:
    """Every officer page with an estate opened, every hotspot and every priority: an answer, and no figure is none."""
    odd(world, bring)
    refresh(world, weights(tmp_path))
    client = sign_in(application_of(world))
    collections = [each["id"] for each in client.get("/api/collections").json()["collections"]]
    pages = [
        f"/officer/map?layer={layer}&open={code}"
        for layer in LAYERS
        for code in areas(world, Viewer("officer"))["code"]
    ]
    pages.append("/officer/sources")
    for address in pages + [f"/api/collections/{each}{part}" for each in collections for part in ("", "/items")]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not re.search(r"\bNaN\b|\bInfinity\b", answer.text), address
        words = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)
        assert not NO_FIGURE.search(words), (address, NO_FIGURE.search(words))
