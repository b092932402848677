import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.settings import Settings
from evidence import Database, Viewer, access_log
from evidence.access.accounts import add_account, find_account
from service.application import create_application

pytestmark = pytest.mark.service

BACK = "http://testserver/sign-in/council/back"
ANN, BOB, LOCAL = "ann@council.example", "bob@council.example", "local@council.example"
BY = Viewer("administrator", "it")
HTML = {"Accept": "text/html"}
WRONG = [
    "another key",
    "another name",
    "not signed",
    "signed with the secret",
    "another nonce",
    "no nonce",
    "another issuer",
    "another audience",
    "expired",
    "no token",
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The issuer of a provider that runs beside the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("oidc_provider.mjs")
    command = ["node", script.name, str(port), BACK]
    with subprocess.Popen(command, cwd=script.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def served(provider: str, filled: Database, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application of a council with that provider, two council accounts and one with a password."""
    for name, role, password in (
        (ANN, "officer", None),
        (BOB, "administrator", None),
        (LOCAL, "officer", "a long password"),
    ):
        if find_account(filled, name) is None:
            add_account(filled, BY, name, role, None, password)  # type: ignore[arg-type]
    settings = Settings(
        home=tmp_path_factory.mktemp("council"),
        oidc_issuer=provider,
        oidc_client_id="priorities",
        oidc_client_secret="a secret of the tests, long enough for HS256",
    )
    return create_application(filled, settings)


@pytest.fixture
def client(served: FastAPI) -> TestClient:
    """Somebody's browser, at our service."""
    return TestClient(served, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def tamper(provider: str) -> Iterator[Callable[[str], Any]]:
    """Tell the provider to send tokens that are wrong in some way, until the test ends."""
    ask = httpx2.Client(trust_env=False)
    yield lambda how: ask.get(f"{provider}/tamper", params={"how": how}).raise_for_status()
    ask.get(f"{provider}/tamper")


def at_the_provider(address: str, login: str) -> str:
    """Sign in at the provider as a person does, and give the address to which it leads back."""
    with httpx2.Client(trust_env=False) as browser:
        answer = browser.get(address)
        forms = [{"prompt": "login", "login": login, "password": "any"}, {"prompt": "consent"}]
        while not answer.headers.get("location", "").startswith(BACK):
            if answer.has_redirect_location:
                answer = browser.get(httpx2.URL(address).join(answer.headers["location"]))
            else:
                found = re.search(r'action="([^"]+)"', answer.text)
                assert answer.status_code == 200 and found, answer.text
                answer = browser.post(httpx2.URL(address).join(found[1]), data=forms.pop(0))
        return str(answer.headers["location"])


def left(client: TestClient, next: str = "/officer/map?layer=asb") -> str:
    """The address at the provider to which our service leads."""
    answer = client.get("/sign-in/council", params={"next": next})
    assert answer.status_code == 302
    return str(answer.headers["location"])


def refused(client: TestClient, answer: httpx2.Response, status: int, said: str) -> None:
    """See that an answer lets nobody in, says why, and offers the form again."""
    assert answer.status_code == status
    assert said in answer.text and "Sign in with your council account" in answer.text
    assert not any(name.endswith("priorities") for name in client.cookies)
    assert client.get("/officer/map").status_code == 401


def test_who_has_a_council_account_and_one_here_gets_in(client: TestClient, filled: Database) -> None:
    """To where one wanted to go, as what the administrator has said, whatever capitals the provider writes."""
    answer = client.get(at_the_provider(left(client), ANN.upper()))
    assert (answer.status_code, answer.headers["location"]) == (303, "/officer/map?layer=asb")
    page = client.get("/officer/map", headers=HTML)
    assert page.status_code == 200 and ANN in page.text
    assert access_log(filled, who=ANN)[0].about == {"by": "council account"}
    assert client.post("/sign-out").status_code == 303
    assert client.get("/officer/map").status_code == 401


def test_what_is_asked_of_the_provider_cannot_be_used_by_others(client: TestClient) -> None:
    """A challenge, a state and a nonce, another each time, and neither verifier nor secret."""
    asked = [parse_qs(urlsplit(left(client)).query) for _ in range(2)]
    for name in ("code_challenge", "state", "nonce"):
        assert len({each[name][0] for each in asked}) == 2
    assert asked[0]["code_challenge_method"] == ["S256"] and asked[0]["response_type"] == ["code"]
    assert asked[0]["redirect_uri"] == [BACK]
    assert not {"code_verifier", "client_secret"} & set(asked[0])


@pytest.mark.parametrize("login", ["eve@council.example", LOCAL, "unverified:" + ANN, "somebody", "' OR true --"])
def test_nobody_else_gets_in(client: TestClient, filled: Database, login: str) -> None:
    """Neither who has no account, nor who has one with a password, nor who has written another's e-mail."""
    refused(client, client.get(at_the_provider(left(client), login)), 403, "have no account here")
    assert access_log(filled, limit=1)[0].event == "failed to sign in"


def test_an_email_that_the_provider_has_verified_will_do(client: TestClient) -> None:
    """Where it has no other name for its people."""
    assert client.get(at_the_provider(left(client), "verified:" + ANN)).status_code == 303


@pytest.mark.parametrize("how", WRONG)
def test_a_token_that_is_wrong_lets_nobody_in(
    client: TestClient, filled: Database, tamper: Callable[[str], Any], how: str
) -> None:
    """Forged, for another, of another, too old, or none: the same sentence, and an entry in the log."""
    address = at_the_provider(left(client), ANN)
    tamper(how)
    answer = client.get(address)
    if how == "no token":
        refused(client, answer, 403, "have no account here")
    else:
        refused(client, answer, 401, "did not work this time")
    assert access_log(filled, limit=1)[0].event == "failed to sign in"


def test_a_code_is_good_once_and_for_a_while(client: TestClient, served: FastAPI) -> None:
    """Neither a second time nor late, nor in another browser than the one that left."""
    address = at_the_provider(left(client), ANN)
    other = TestClient(served, raise_server_exceptions=False, follow_redirects=False)
    refused(other, other.get(address), 401, "did not work this time")
    kept = client.cookies["priorities-council"]
    assert client.get(address).status_code == 303
    other.cookies.set("priorities-council", kept, path="/sign-in/council")
    refused(other, other.get(address), 401, "did not work this time")
    late = at_the_provider(left(other), ANN)
    time.sleep(6)
    refused(other, other.get(late), 401, "did not work this time")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"state": ""},
        {"code": "another"},
        {"code": ""},
        {"error": "access_denied", "error_description": "<script>alert(1)</script>"},
    ],
)
def test_an_answer_that_was_changed_lets_nobody_in(client: TestClient, change: dict[str, str]) -> None:
    """Nor does what the provider is made to say get into the page."""
    address = at_the_provider(left(client), ANN)
    query = {**{name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}, **change}
    answer = client.get("/sign-in/council/back", params=query)
    refused(client, answer, 401, "did not work this time")
    assert "<script>alert" not in answer.text


def test_a_state_of_ones_own_is_no_state(client: TestClient, served: FastAPI) -> None:
    """What is remembered is signed: nobody can slip a browser another's."""
    address = at_the_provider(left(client), ANN)
    for forged in ("", "x", "e30.e30.e30", client.cookies["priorities-council"][:-2]):
        other = TestClient(served, raise_server_exceptions=False, follow_redirects=False)
        other.cookies.set("priorities-council", forged, path="/sign-in/council")
        refused(other, other.get(address), 401, "did not work this time")


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_signing_in_leads_to_nowhere_else(client: TestClient, away: str) -> None:
    """As with a password."""
    assert client.get(at_the_provider(left(client, away), ANN)).headers["location"] == "/officer/map"


def test_a_provider_that_does_not_answer_is_told(filled: Database, tmp_path: Path) -> None:
    """In a sentence, on the form."""
    settings = Settings(
        home=tmp_path, oidc_issuer="http://127.0.0.1:1", oidc_client_id="priorities", oidc_client_secret="secret"
    )
    client = TestClient(create_application(filled, settings), raise_server_exceptions=False, follow_redirects=False)
    refused(client, client.get("/sign-in/council"), 503, "does not answer. Try again in a minute.")


def test_without_a_provider_there_is_no_such_address(stranger: TestClient) -> None:
    """And no link to it."""
    assert stranger.get("/sign-in/council").status_code == 404
    assert "council account" not in stranger.get("/sign-in").text
