import pytest
from fastapi.testclient import TestClient

from api.credentials import COOKIE
from api.version import VERSION
from layers._registry import LAYERS
from web.statement_facts import statement

PAGES = ["/accessibility", "/privacy", "/cookies", "/data-sources"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_what_the_service_says_about_itself(stranger: TestClient, path: str) -> None:
    """At its foot; and each of these pages answers."""
    assert f'href="{path}"' in stranger.get("/").text
    page = stranger.get(path)
    assert page.status_code == 200
    assert f'href="{path}" aria-current="page"' in page.text


def test_the_accessibility_statement_is_made_of_the_facts(stranger: TestClient) -> None:
    """Every page, tool and finding that the tests hold it to."""
    page = stranger.get("/accessibility").text
    facts = statement()
    for told in (*facts.pages, *facts.tools, *facts.findings):
        assert told in page
    assert f"{facts.tested:%-d %B %Y}" in page


def test_the_notices_say_what_the_code_does(stranger: TestClient) -> None:
    """How long, how much, and which cookie."""
    assert "deleted 6 months after we have answered you, and 12 months" in stranger.get("/privacy").text
    assert "no more than 10 in an hour" in stranger.get("/privacy").text
    assert f">{COOKIE}<" in stranger.get("/cookies").text


def test_visitors_get_no_cookie(stranger: TestClient) -> None:
    """On no page."""
    for path in (*PAGES, "/", "/propose", "/projects.atom", "/nothing"):
        assert "set-cookie" not in stranger.get(path).headers


def test_every_page_says_the_version(stranger: TestClient, officer: TestClient) -> None:
    """In its foot; and the description of the API has it."""
    for page in (stranger.get("/"), stranger.get("/data-sources"), officer.get("/officer/proposals")):
        assert f", version {VERSION}</p>" in page.text
    assert stranger.get("/api/openapi.json").json()["info"]["version"] == VERSION


def test_every_layer_is_named_with_its_source(stranger: TestClient) -> None:
    """Publisher and licence, and the boundary set with its note."""
    page = stranger.get("/data-sources").text
    for layer in LAYERS.values():
        assert f"{layer.publisher}. {layer.licence}." in page
    assert "Boundary set “estates”" in page and "Indicative:" in page
