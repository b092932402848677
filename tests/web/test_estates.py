import re
from collections.abc import Callable
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from evidence import Database, Viewer
from layers._layer import Theme
from plans.publication import publish
from plans.replies import Reply, write

PAGES = ["/estates", "/estates/E01", "/estates/E06", "/estates/compare", "/estates/compare?one=E01&other=E02", "/heard"]


@pytest.fixture(scope="module")
def public(
    analysed: Database, application_of: Callable[[Database], FastAPI], tmp_path_factory: pytest.TempPathFactory
) -> TestClient:
    """A stranger to a small world with priorities, which have been published with a reply."""
    reply = Reply("E01", Theme.CLEANLINESS, "There is rubbish <i>.", "It is gone.", "done")
    write(analysed, Viewer("administrator", "Ann"), reply, date(2026, 6, 30))
    publish(analysed, tmp_path_factory.mktemp("published"), today=date(2026, 7, 15))
    return TestClient(application_of(analysed), headers={"accept": "text/html"})


def visible_words(page: str) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize("path", PAGES)
def test_everybody_sees_what_was_heard(public: TestClient, path: str) -> None:
    """Without signing in, without a cookie, and it says that it is synthetic and indicative."""
    answer = public.get(path)
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    assert "Synthetic:" in answer.text and "Indicative:" in answer.text
    assert not re.search(r"\b(nan|None)\b", visible_words(answer.text))


def test_an_estate_says_what_comes_first_why_and_what_is_done(public: TestClient) -> None:
    """Its themes in order, figures, the reply; what somebody wrote is no markup."""
    page = public.get("/estates/E01").text
    told = visible_words(page)
    assert "You said, cleanliness: There is rubbish &lt;i&gt;." in told and "We did, 30 June 2026: It is gone." in told
    assert re.search(r"first here|No theme stands out here", told) and "Counts are rounded to the nearest 5" in told
    assert 'href="/made-from"' in page and re.search(
        r"Order of priorities Run \w{16}: .* Weights of priorities .* Set by",
        visible_words(public.get("/made-from").text),
    )
    assert 'href="/estates/compare?one=E01"' in page and 'href="/estates/E01/projects.atom"' not in page


def test_every_estate_is_in_the_list(public: TestClient) -> None:
    """By name, each with its page."""
    page = public.get("/estates").text
    names = re.findall(r'<a class="govuk-link" href="/estates/(E\d\d)">(\w+)</a>', page)
    assert [name for _, name in names] == ["Alder", "Beech", "Cedar", "Damson", "Elm", "Fir"]
    assert all(public.get(f"/estates/{code}").status_code == 200 for code, _ in names)


def test_two_estates_stand_side_by_side(public: TestClient) -> None:
    """In one table beside the district; without two that differ, the form says what to choose."""
    told = visible_words(public.get("/estates/compare?one=E01&other=E02").text)
    assert "Alder and Beech" in told and told.count("Per 1,000 homes") == 2
    assert "Choose another estate than the first" in public.get("/estates/compare?one=E01&other=E01").text
    assert "Choose an estate" in public.get("/estates/compare?one=E99&other=E01").text
    assert "There is a problem" not in public.get("/estates/compare?one=E01").text


def test_an_estate_that_is_not_there_is_not_found(public: TestClient) -> None:
    """A page says so."""
    for path in ("/estates/E99", "/estates/E99/priorities.json", "/estates/%00"):
        assert public.get(path).status_code in (400, 404), path


def test_priorities_come_in_the_polices_shape(public: TestClient) -> None:
    """As many as the page has."""
    found = public.get("/estates/E01/priorities.json").json()
    assert found and all(set(each) == {"issue", "issue-date", "action", "action-date"} for each in found)
    (clean,) = [each for each in found if each["issue"].startswith("<p>Cleanliness")]
    assert clean["action"] == "<p>It is gone.</p>"


def test_an_officer_sees_the_same(public: TestClient, sign_in: Callable[[FastAPI], TestClient]) -> None:
    """What is published, not what is kept back."""
    officer = sign_in(public.app)  # type: ignore[arg-type]
    officer.headers["accept"] = "text/html"
    told = visible_words(officer.get("/estates/E01").text)
    assert (
        told.partition("All estates")[2] == visible_words(public.get("/estates/E01").text).partition("All estates")[2]
    )
