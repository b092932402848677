import html
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database, Selection, Viewer, connect, figures, prepare
from layers._layer import Layer
from layers._registry import LAYERS

OFFICER = Viewer("officer", "officer")
MAP = "/officer/map"
PAGES = [
    "/",
    "/projects/projects-canary-00%20a%2Fb%20c",
    "/cookies",
    "/propose",
    MAP,
    "/sign-in",
    "/officer/map?layer=repairs&open=E02&sort=name",
    "/?type=noticeboard&status=idea",
]


def view(page: str) -> dict[str, Any]:
    """What the scripts of a page draw from."""
    found = re.search(r'<script type="application/json" id="view" data-swap>(.*?)</script>', page, re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def heading(page: str) -> str:
    """The words of the first heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def listed_estates(page: str, kind: str) -> list[str]:
    """The estates in the list or the table, by their codes."""
    return re.findall(rf'id="{kind}-([^"]+)"', page)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_another_host(officer: TestClient, path: str) -> None:
    """Scripts, styles, pictures and maps come from ourselves; each address of an asset answers."""
    page = officer.get(path).text
    named = set(re.findall(r'(?:src|href|action)="([^"]*)"', page))
    assert not {address for address in named if re.match(r"\w+:|//", address)} - {"data:,"}
    assets = {address for address in named if address.startswith("/assets/")}
    assert len(assets) >= 2
    assert {officer.get(address).status_code for address in assets} == {200}


@pytest.mark.parametrize("path", PAGES)
def test_every_script_in_a_page_has_the_nonce_of_its_policy(officer: TestClient, path: str) -> None:
    """Another one each time."""
    answers = [officer.get(path) for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"]) for answer in answers]
    assert nonces[0] and nonces[1] and nonces[0][1] != nonces[1][1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert nonce
        inline = re.findall(r"<script(?![^>]*(?:src=|application/json))([^>]*)>", answer.text)
        assert inline
        assert {attributes.removeprefix(' type="module"').strip() for attributes in inline} == {f'nonce="{nonce[1]}"'}
        assert " style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_no_two_elements_share_an_id(officer: TestClient, path: str) -> None:
    """What is swapped, focused and linked to is found by its id."""
    ids = Counter(re.findall(r'\sid="([^"]+)"', officer.get(path).text))
    assert [name for name, times in ids.items() if times > 1] == []


def test_pages_of_evidence_are_not_kept(officer: TestClient) -> None:
    """On a computer that others use, too."""
    assert officer.get(MAP).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_the_officers_map_tells_the_same_everywhere(officer: TestClient, filled: Database, layer: Layer) -> None:
    """List, table and map have every estate, and the figures are those of the front door, for every layer."""
    page = officer.get(MAP, params={"layer": layer.id}).text
    drawn = view(page)
    assert listed_estates(page, "list") == list(drawn["estates"])
    assert set(listed_estates(page, "row")) == set(drawn["estates"]) == {"E01", "E02", "E03", "E04", "E05", "E06"}
    assert drawn["layer"]["id"] == layer.id
    first, last = (re.search(rf"{end}=(\d+-\d+)", drawn["items"]) for end in ("first", "last"))
    assert first
    assert last
    chosen = Selection(first=date.fromisoformat(f"{first[1]}-01"), last=date.fromisoformat(f"{last[1]}-01"))
    counted = {area.code: area.count for area in figures(filled, OFFICER, layer, chosen).areas}
    rows = re.findall(r'id="row-([^"]+)".*?class="number">([\d,]+)</td>', page, re.DOTALL)
    assert {code: int(count.replace(",", "")) for code, count in rows} == counted


def test_filters_change_figures_tiles_and_items_together(officer: TestClient) -> None:
    """And the form says what is chosen."""
    page = officer.get(MAP, params={"layer": "asb", "category": "noise", "first": "2025-03", "last": "2025-11"}).text
    drawn = view(page)
    words = "category=noise&first=2025-03&last=2025-11"
    assert drawn["items"].endswith(words)
    assert drawn["tiles"].endswith(words)
    assert 'value="noise" checked' in page
    assert page.count(" checked") == 1
    assert '<option value="2025-03" selected>' in page
    assert "March 2025 to November 2025" in heading(page)


def told_beside(page: str, field: str) -> str:
    """What is told of a field, in its place in the form."""
    found = re.search(rf'id="{field}-error">(.*?)</p>', page)
    return html.unescape(re.sub("<[^>]*>", "", found[1])) if found else ""


def test_categories_of_another_layer_are_told(officer: TestClient) -> None:
    """Without scripts, the form is sent with those of the layer that was shown before."""
    answer = officer.get(MAP, params={"layer": "repairs", "category": ["noise", "plumbing"]})
    assert answer.status_code == 200
    assert "category=plumbing&" in view(answer.text)["items"]
    assert told_beside(answer.text, "category").startswith("Error: Repairs has no category noise: it has ")


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"theme": "weather"}, "theme", "There is no theme weather: choose safety, "),
        ({"first": "yesterday"}, "first", "yesterday: it must be a month, as in 2026-01."),
        ({"first": "2025-11", "last": "2025-03"}, "last", "the months end (2025-03) before they begin (2025-11)."),
        ({"first": "2031-01"}, "first", "and none from January 2031 on."),
        ({"last": "1999-01"}, "last", "and none up to January 1999."),
        ({"first": "1999-01"}, "first", "has no data before January 2025, where this begins."),
        ({"estate": "E99"}, "estate", "There is no estate E99: give its code, as in E01."),
        ({"open": "E99"}, "open", "There is no estate E99, so none is opened."),
    ],
)
def test_what_is_not_understood_is_told_beside_the_field(
    officer: TestClient, query: dict[str, str], field: str, sentence: str
) -> None:
    """And the rest is shown."""
    page = officer.get(MAP, params={"layer": "asb", **query}).text
    assert sentence in told_beside(page, field)
    assert page.count('-error"><span') == 1
    assert view(page)["layer"]["id"] == "asb"


def test_what_is_empty_filters_nothing_and_says_nothing(officer: TestClient) -> None:
    """A form sends its empty fields too."""
    query = {"layer": "asb", "theme": "", "category": "", "estate": "", "first": "", "last": "", "open": ""}
    page = officer.get(MAP, params=query).text
    assert "-error" not in page and heading(page) == heading(officer.get(MAP, params={"layer": "asb"}).text)


def test_an_estate_is_a_filter_as_everywhere(officer: TestClient) -> None:
    """One is opened, too; what is counted, listed, drawn and fetched is of the estates chosen."""
    page = officer.get(MAP, params={"layer": "asb", "estate": "E02"}).text
    assert heading(page).startswith("Beech has ")
    assert listed_estates(page, "list") == listed_estates(page, "row") == ["E02"]
    assert "estate=E02&" in view(page)["items"] and "estate=E02&" in view(page)["tiles"]
    assert '<input type="hidden" name="estate" value="E02">' in page
    both = officer.get(MAP, params={"layer": "asb", "estate": ["E01", "E02"]}).text
    assert sorted(listed_estates(both, "row")) == ["E01", "E02"] and view(both)["open"] is None


def test_an_estate_is_opened_in_sentence_list_table_and_map(officer: TestClient) -> None:
    """By a link that each of them has."""
    page = officer.get(MAP, params={"layer": "asb", "open": "E02"}).text
    assert heading(page).startswith("Beech has")
    assert view(page)["open"] == "E02"
    assert page.count('aria-current="true"') == 2
    assert re.search(r'id="list-E02"[^>]*aria-current="true"', page)


def test_an_estate_without_homes_is_hatched_and_explained(officer: TestClient) -> None:
    """It has no rate, and that is not a zero."""
    page = officer.get(MAP, params={"layer": "asb"}).text
    assert "No homes listed, so no rate" in page
    assert view(page)["estates"]["E06"]["step"] is None
    assert view(page)["estates"]["E06"]["homes"] == 0


@pytest.mark.parametrize("sort", ["name", "parish", "count", "homes", "rate"])
def test_the_table_says_what_it_is_sorted_by(officer: TestClient, sort: str) -> None:
    """In the heading of that column alone."""
    page = officer.get(MAP, params={"sort": sort}).text
    sorted_columns = re.findall(r'aria-sort="\w+"><a id="sort-(\w+)"', page)
    assert sorted_columns == [sort]


def test_synthetic_and_indicative_are_said_once_in_words(officer: TestClient, stranger: TestClient) -> None:
    """Under the sentence; not of real evidence."""
    made_up = officer.get(MAP, params={"layer": "asb"}).text
    real = officer.get(MAP, params={"layer": "police"}).text
    public = stranger.get("/").text
    assert [page.count("Synthetic:") for page in (made_up, real, public)] == [1, 0, 0]
    assert [page.count("Indicative:") for page in (made_up, real, public)] == [1, 1, 1]


@pytest.mark.parametrize("query", [{"layer": "nothing"}, {"sort": "luck"}, {"colour": "red"}])
def test_an_address_that_is_not_right_is_answered_with_what_to_do(officer: TestClient, query: dict[str, str]) -> None:
    """A page with a sentence, and not the page for another question."""
    answer = officer.get(MAP, params=query, headers={"Accept": "text/html"})
    assert answer.status_code in (400, 404)
    assert "What you can do next" in answer.text
    assert 'id="view"' not in answer.text


def test_a_service_with_nothing_in_it_has_its_pages(
    database_url: str,
    application_of: Callable[[Database], FastAPI],
    sign_in: Callable[[FastAPI], TestClient],
    tmp_path: Path,
) -> None:
    """No estates, no evidence, no projects: each page says what is missing and what to do."""
    database = connect(database_url, tmp_path)
    prepare(database, tmp_path)
    client = sign_in(application_of(database))
    for layer in LAYERS.values():
        page = client.get(MAP, params={"layer": layer.id}).text
        assert heading(page) == f"There are no {layer.noun[1]} yet."
        assert f"priorities ingest {layer.id} FILE" in page
        assert "priorities boundaries import FILE" in page
    assert heading(client.get("/").text) == "There are no projects yet."
    database.close()


def test_a_wrong_password_is_told_where_it_was_typed(stranger: TestClient) -> None:
    """In a summary that links to the field, and beside the field; the name is kept, the password is not."""
    page = stranger.post("/sign-in", data={"name": "<officer>", "password": "wrong", "next": "/officer/map"}).text
    assert "There is a problem" in page
    assert page.count("is not right") == 2
    assert 'value="&lt;officer&gt;"' in page
    assert "wrong" not in page
    assert "<title>Error: Sign in" in page


def test_a_problem_is_told_in_a_sentence_and_escaped(stranger: TestClient) -> None:
    """With ways on."""
    answer = stranger.get("/nothing/<b>", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<b>" not in answer.text
    assert 'href="/officer/map"' in answer.text
