import re

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize("path", ["/", "/propose", "/privacy"])
def test_public_pages_may_be_gone_back_to_and_others_may_not(
    stranger: TestClient, officer: TestClient, path: str
) -> None:
    """So that a browser still has what was typed; of an officer's nothing stays."""
    assert stranger.get(path).headers["cache-control"] == "private, no-cache"
    assert officer.get(path).headers["cache-control"] == "no-store"


def test_the_pages_are_named_at_the_head(stranger: TestClient, officer: TestClient) -> None:
    """The public's for the public, with the one that is shown; an officer's for an officer."""
    page = stranger.get("/propose").text
    assert '<a href="/propose" aria-current="page">Propose a project</a>' in page
    assert "Officers’ map</a>" not in page and "Sign out" not in page
    assert '<a href="/officer/proposals">Proposals</a>' in officer.get("/").text


def test_the_map_is_the_same_on_every_page_that_has_one(stranger: TestClient) -> None:
    """Its parts come from us, and wait until they are wanted."""
    for path in ("/", "/propose"):
        page = stranger.get(path).text
        assert re.search(r'import \{ start \} from "/assets/\w+/start\.js";', page)
        assert "<script src=" not in page and "modulepreload" not in page
        assert "-map.js" in page


def test_a_page_that_a_stranger_opens_brings_its_styles(stranger: TestClient, officer: TestClient) -> None:
    """One way to the server less; not for scripts of ours, nor for who is signed in and has the sheet already."""
    opened = stranger.get("/", headers={"Sec-Fetch-Dest": "document"})
    nonce = re.search(r"style-src 'self' 'nonce-([^']+)'", opened.headers["content-security-policy"])
    assert nonce and f'<style nonce="{nonce[1]}">' in opened.text and 'rel="stylesheet"' not in opened.text
    assert re.search(r'url\("/assets/\w+/atkinson\.woff2"\)', opened.text)
    for answer in (stranger.get("/"), officer.get("/", headers={"Sec-Fetch-Dest": "document"})):
        assert "<style" not in answer.text and 'rel="stylesheet"' in answer.text
