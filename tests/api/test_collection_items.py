import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.listing import MOST
from evidence import PUBLIC, Database, Report, visible
from layers._layer import Layer
from layers._registry import LAYERS

ALL = list(LAYERS.values())
SHOWN = visible(PUBLIC)
Items = list[dict[str, Any]]
Serving = Callable[[FastAPI], AbstractContextManager[str]]
of_every_layer = pytest.mark.parametrize("layer", ALL, ids=[layer.id for layer in ALL])


def items(client: TestClient, layer: Layer, query: str = "") -> Items:
    """The records of a layer for a query, all on one page."""
    answer = client.get(f"/api/collections/{layer.id}/items?limit=10000&{query}")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert listed["numberMatched"] == listed["numberReturned"] == len(listed["features"])
    found: Items = listed["features"]
    return found


def links(document: dict[str, Any]) -> dict[str, str]:
    """The addresses that a document names, by relation."""
    return {link["rel"]: link["href"] for link in document["links"]}


def following(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    """A page and those that its links lead to."""
    while address:
        page = client.get(address).json()
        yield page
        address = links(page).get("next", "")


WINDOWS = [
    "-0.75,52.01,-0.73,52.03",
    "-0.744,52.02,-0.7,52.03",
    "-1.5,52.02,0,53",
    "-180,-90,180,90",
    "-9,49,2.5,61",
    "-0.74,51,-0.74,53",
    "10,50,11,51",
    " -0.75 , 52.01 , -0.7 , 52.1",
]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_lets_through_what_lies_in_it(stranger: TestClient, officer: TestClient, window: str) -> None:
    """Small, large, without width, off the land: as counted one by one; with heights in it the same."""
    west, south, east, north = (float(part) for part in window.split(","))
    for client, layer in ((stranger, SHOWN[0]), (officer, ALL[0])):
        expected = [
            each
            for each in items(client, layer)
            if each["geometry"]
            and west <= each["geometry"]["coordinates"][0] <= east
            and south <= each["geometry"]["coordinates"][1] <= north
        ]
        assert items(client, layer, f"bbox={window}") == expected
        assert items(client, layer, f"bbox={west},{south},-10,{east},{north},10") == expected


@pytest.mark.parametrize(
    "query",
    [
        *("bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=1,2,3,4,5,6,7", "bbox=a,b,c,d", "bbox=,,,", "bbox=1;2;3;4"),
        *("bbox=1,52,0,53", "bbox=0,53,1,52", "bbox=nan,nan,nan,nan", "bbox=-inf,0,inf,1", "bbox=0,0,181,1"),
        *("limit=0", "limit=-1", "limit=1.5", "limit=ten", "limit=", "offset=-1", "offset=x", f"offset={10**30}"),
        *("datetime=soon", "datetime=2026-02-30", "datetime=2026-01-01/x", "datetime=2026-02-01/2026-01-01"),
        *(
            "datetime=2026-01-01/2026-01-02/2026-01-03",
            "datetime=2026-01-01and",
            "datetime=2026-01-01/2026-02-01T25:00:00Z",
        ),
        *("colour=red", "Limit=1", "filter=reference%3D1", "category=zebra", "theme=zebra", "first=2026", "estate=%00"),
    ],
)
@pytest.mark.parametrize("collection", ["police", "estates"])
def test_what_cannot_be_read_is_told_in_a_sentence(stranger: TestClient, collection: str, query: str) -> None:
    """400 and problem details; nothing is left out in silence."""
    answer = stranger.get(f"/api/collections/{collection}/items?{query}")
    if collection == "estates" and re.match("category|offset=1|estate", query):
        # They have no categories, and nothing of theirs is asked of the database.
        assert answer.status_code in (200, 400)
        return
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    detail = answer.json()["detail"]
    assert detail[0].isalpha() and detail.endswith(".")


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        ("2025-03-02", "2025-03-02", "2025-03-02"),
        ("2025-03-02T09:30:00Z", "2025-03-02", "2025-03-02"),
        ("2025-02-01/2025-04-01", "2025-02-01", "2025-04-01"),
        ("2025-02-01T00:00:00Z/2025-04-01T23:59:59.5Z", "2025-02-01", "2025-04-01"),
        ("2025-12-27/..", "2025-12-27", "9999-12-31"),
        ("../2025-02-15", "0001-01-01", "2025-02-15"),
        ("2025-12-27/", "2025-12-27", "9999-12-31"),
        ("/2025-02-15", "0001-01-01", "2025-02-15"),
        ("../..", "0001-01-01", "9999-12-31"),
        ("0001-01-01/9999-12-31", "0001-01-01", "9999-12-31"),
    ],
)
@of_every_layer
def test_an_interval_includes_both_its_days(
    officer: TestClient, layer: Layer, interval: str, first: str, last: str
) -> None:
    """A day, an interval, one open at either end; and times of day change nothing."""
    expected = [each for each in items(officer, layer) if first <= each["properties"][layer.happened] <= last]
    assert items(officer, layer, f"datetime={interval}") == expected


@of_every_layer
def test_filters_narrow_down(officer: TestClient, layer: Layer) -> None:
    """Theme, category, estate and months, alone and together, as counted one by one."""
    every = [each["properties"] | {"id": each["id"]} for each in items(officer, layer)]
    one, two = layer.categories[0], layer.categories[-1]
    theme = layer.theme(one)
    month = every[0][layer.happened][:7]
    queries: dict[str, Callable[[dict[str, Any]], bool]] = {
        f"category={quote(one)}&category={quote(two)}": lambda each: each[layer.category] in (one, two),
        f"theme={quote(theme)}": lambda each: layer.theme(each[layer.category]) == theme,
        "estate=E01&estate=E02": lambda each: each["estate"] in ("E01", "E02"),
        f"first={month}&last={month}": lambda each: each[layer.happened][:7] == month,
        f"theme={quote(theme)}&estate=E01&last=2025-12": lambda each: (
            layer.theme(each[layer.category]) == theme and each["estate"] == "E01" and each[layer.happened] < "2026"
        ),
    }
    for query, wanted in queries.items():
        expected = [each["id"] for each in every if wanted(each)]
        assert [each["id"] for each in items(officer, layer, query)] == expected, query
        assert 0 < len(expected) < len(every) or len(layer.categories) < 3


@of_every_layer
def test_the_next_pages_bring_every_record_once(officer: TestClient, layer: Layer) -> None:
    """The filters go along, each page says how many there are, and the last one has no next."""
    everything = [each["id"] for each in items(officer, layer, "first=2025-02&bbox=-1,52,0,53&datetime=../2026-02-01")]
    start = f"/api/collections/{layer.id}/items?limit=7&first=2025-02&bbox=-1,52,0,53&datetime=../2026-02-01"
    pages = list(following(officer, start))
    assert [each["id"] for page in pages for each in page["features"]] == everything
    assert {page["numberMatched"] for page in pages} == {len(everything)}
    assert [page["numberReturned"] for page in pages[:-1]] == [7] * (len(pages) - 1)
    for page in pages:
        assert officer.get(links(page)["self"]).json() == page


def test_nobody_gets_more_than_so_many_on_a_page(
    world: Database, application_of: Callable[[Database], FastAPI], bring: Callable[..., Report]
) -> None:
    """10,000; who asks for more gets these, and the rest on the next page."""
    layer = next(layer for layer in SHOWN if layer.repeats)
    row = {"month": "2025-03", "crime": "drugs", "longitude": -0.745, "latitude": 52.02}
    bring(world, layer, [row] * (MOST + 5))
    client = TestClient(application_of(world))
    pages = list(following(client, f"/api/collections/{layer.id}/items?limit=1000000"))
    assert [page["numberReturned"] for page in pages] == [MOST, 5]
    assert {page["numberMatched"] for page in pages} == {MOST + 5}
    assert len({each["id"] for page in pages for each in page["features"]}) == MOST + 5
    beyond = client.get(f"/api/collections/{layer.id}/items?offset={2**62}").json()
    assert (beyond["numberMatched"], beyond["numberReturned"], "next" in links(beyond)) == (MOST + 5, 0, False)


def test_a_record_is_found_by_any_reference(application: FastAPI, stranger: TestClient, serving: Serving) -> None:
    """Strokes, spaces, percent signs, quotation marks and letters of any alphabet, over a real connection."""
    with serving(application) as address, httpx2.Client(trust_env=False) as client:
        for layer in SHOWN:
            for each in items(stranger, layer)[:10]:
                path = f"{address}/api/collections/{layer.id}/items/{quote(each['id'], safe='')}"
                found = client.get(path).json()
                assert {name: found[name] for name in each} == each
                assert client.get(links(found)["self"]).json() == found
                assert client.get(links(found)["collection"]).json()["id"] == layer.id
