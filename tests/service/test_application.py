import html
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Route

from evidence import PUBLIC, visible
from layers._layer import Layer
from layers._registry import LAYERS
from web.assets import assets

HTML = {"Accept": "text/html,application/xhtml+xml"}
SHOWN = visible(PUBLIC)
COUNTED = [layer for layer in LAYERS.values() if layer not in SHOWN]

ATTACKS = [
    "<script>alert(1)</script>",
    "' OR 1=1; DROP SCHEMA evidence CASCADE --",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "x" * 10_000,
    "9" * 5_000,
    "-1",
    "1e400",
    "{{7*7}}{0}%s",
    "../../../../etc/passwd",
]
PARAMETERS = [
    *("theme", "category", "estate", "first", "last", "bbox", "datetime", "limit", "offset"),
    *("layer", "open", "sort", "type", "status", "next", "v", "nonsense"),
]


def routes(inside: Any) -> Iterator[Route]:
    """Every route, at any depth."""
    for each in inside.routes:
        included = getattr(each, "original_router", None)
        if included is not None:
            yield from routes(included)
        else:
            assert isinstance(each, Route)
            yield each


def addresses(route: Route, layer: Layer, reference: str) -> list[str]:
    """A route's addresses for a layer and a record of it; a parameter that is not known here has to be thought of."""
    values = {"layer": layer.id, "reference": quote(reference), "code": "E01", "z": "8", "y": "84", "x": "127"}
    values |= {"version": assets().version, "number": "1", "name": "site.css", "identifier": "0123456789abcdef"}
    path = route.path
    for name in route.param_convertors:
        path = re.sub(rf"{{{name}(:\w+)?}}", values[name].replace("\\", r"\\"), path)
    queries = ["", f"?layer={layer.id}", "?estate=E01&limit=10000", f"?category={quote(layer.categories[0])}"]
    return [path + query for query in queries]


NONCE = re.compile(r"nonce[-=]\W?[\w-]+")


def everything_told(client: TestClient, application: FastAPI, layer: Layer, reference: str) -> Iterator[str]:
    """Everything that is told about a layer anywhere, to a program and to a person."""
    for route in routes(application):
        for path in addresses(route, layer, reference):
            for method in route.methods or ():
                if "sign-" in route.path and method == "POST":
                    continue
                for headers in ({}, HTML) if route.path.startswith("/api") else (HTML,):
                    answer = client.request(method, path, headers=headers)
                    assert answer.status_code < 500, path
                    # A nonce is drawn by chance, and may by chance spell whatever is looked for.
                    yield NONCE.sub("", html.unescape(answer.text) + str(answer.headers))


@pytest.mark.parametrize("layer", COUNTED, ids=[layer.id for layer in COUNTED])
def test_no_address_tells_a_stranger_of_what_is_counted(
    application: FastAPI, stranger: TestClient, planted: Callable[[Layer], list[dict[str, Any]]], layer: Layer
) -> None:
    """No reference, no text of any record, at any address there is, with or without filters."""
    reference = planted(layer)[3]["reference"]
    for text in everything_told(stranger, application, layer, reference):
        # The reference that was asked for may come back in "there is no such record", or as what follows signing in.
        for spelled in (reference, quote(reference), quote_plus(quote(reference, safe=" "))):
            text = text.replace(spelled, "")
        assert f"{layer.id}-canary" not in text
        assert f"{layer.id} canary" not in text


@pytest.mark.parametrize("layer", COUNTED, ids=[layer.id for layer in COUNTED])
def test_the_same_addresses_tell_an_officer(
    application: FastAPI, officer: TestClient, planted: Callable[[Layer], list[dict[str, Any]]], layer: Layer
) -> None:
    """What the test for strangers looks for is there to be found."""
    everything = "".join(everything_told(officer, application, layer, planted(layer)[3]["reference"]))
    for row in planted(layer):
        assert row["reference"].partition(" ")[0] in everything
    assert f"{layer.id} canary" in everything


@pytest.mark.parametrize("layer", SHOWN, ids=[layer.id for layer in SHOWN])
def test_of_what_is_shown_a_stranger_sees_the_fields_shown(
    application: FastAPI, stranger: TestClient, planted: Callable[[Layer], list[dict[str, Any]]], layer: Layer
) -> None:
    """The home and the postcode by which a record was located are not among them."""
    everything = "".join(everything_told(stranger, application, layer, planted(layer)[0]["reference"]))
    assert f"{layer.id}-canary" in everything
    for kept_back in ("10000000003", "MK1 1AB", "uprn", '"postcode":', "source_row", "import_id", "located_by"):
        assert kept_back not in everything


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/officer/map",
        "/sign-in",
        "/api/collections/police/items",
        "/api/collections/estates/items",
        "/tiles/police/8/84/127.mvt",
    ],
)
@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_whatever_is_in_a_parameter_nothing_breaks(officer: TestClient, path: str, attack: str) -> None:
    """No error of ours, no markup of a stranger's in a page, and all the evidence is still there."""
    for name in PARAMETERS:
        value = attack if attack.startswith("%") else quote(attack)
        answer = officer.get(f"{path}?{name}={value}", headers=HTML)
        assert answer.status_code in (200, 400, 404), name
        assert "<script>alert" not in answer.text
    for layer in LAYERS:
        assert officer.get(f"/api/collections/{layer}/items?limit=1").json()["numberMatched"] == 30


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_whatever_is_in_a_path_nothing_breaks(officer: TestClient, attack: str) -> None:
    """A piece of an address that is nonsense is not found."""
    value = attack if attack.startswith("%") else quote(attack, safe="")
    for path in (
        "/{}",
        "/api/{}",
        "/api/collections/{}",
        "/api/collections/police/items/{}",
        "/tiles/{}/8/1/1.mvt",
        "/assets/x/{}",
    ):
        answer = officer.get(path.format(value), headers=HTML)
        assert answer.status_code in (400, 404), path
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/plain", "image/png;q=0.5", "x" * 10_000, "\xff"]
)
def test_a_program_is_told_what_is_wrong_as_rfc_9457_has_it(stranger: TestClient, accept: str) -> None:
    """Unless it asks for a page."""
    answer = stranger.get("/api/collections/police/items?limit=0", headers={b"Accept": accept.encode("latin-1")})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "The address is not right",
        "status": 400,
        "detail": "The address is not right in limit: input should be greater than or equal to 1.",
    }


def test_a_person_is_told_what_is_wrong_on_a_page(stranger: TestClient) -> None:
    """With the same words."""
    answer = stranger.get("/api/collections/police/items?limit=0", headers=HTML)
    assert answer.status_code == 400
    assert "in limit: input should be greater than or equal to 1." in answer.text


@pytest.mark.parametrize("path", ["/", "/api", "/api/collections", "/estates.geojson", "/tiles/police/8/84/127.mvt"])
def test_a_head_is_answered_as_the_get_without_the_body(stranger: TestClient, path: str) -> None:
    """As those who watch over a service ask."""
    # How well a page can be compressed depends on its nonce.
    got, head = (stranger.request(method, path, headers={"Accept-Encoding": "identity"}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


def test_a_head_leaves_its_connection_in_order(
    application: FastAPI, serving: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """A body that were sent after all would be taken for the next answer."""
    with serving(application) as address, httpx2.Client(base_url=address, trust_env=False) as client:
        assert client.head("/api").status_code == 200
        assert client.get("/api/conformance").json()["conformsTo"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("path", ["/", "/officer/map", "/api/collections/police/items", "/tiles/police/8/84/127.mvt"])
def test_what_is_only_read_cannot_be_asked_for_in_another_way(stranger: TestClient, method: str, path: str) -> None:
    """405 in a sentence, with the ways that there are."""
    answer = stranger.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["detail"].endswith(".")


def test_an_address_with_a_stroke_at_its_end_leads_to_the_one_without(stranger: TestClient) -> None:
    """People type it."""
    assert stranger.get("/api/", follow_redirects=True).json() == stranger.get("/api").json()
