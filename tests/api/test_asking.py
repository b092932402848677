from fastapi import FastAPI
from fastapi.testclient import TestClient

from layers._registry import LAYERS

ALL = tuple(LAYERS.values())


def test_layers_that_may_not_be_seen_are_as_if_they_were_not(application: FastAPI, stranger: TestClient) -> None:
    """The answer for a layer that is counted is that for one that does not exist, but for its name."""
    assert application.state.database
    shown = {each["id"] for each in stranger.get("/api/collections").json()["collections"]}
    hidden = [layer.id for layer in ALL if layer.id not in shown]
    assert hidden
    for path in (
        "/api/collections/{}",
        "/api/collections/{}/items",
        "/api/collections/{}/items/1",
        "/tiles/{}/8/84/127.mvt",
    ):
        for name in hidden:
            answer, nothing = stranger.get(path.format(name)), stranger.get(path.format("zebra"))
            assert answer.status_code == nothing.status_code == 404
            assert answer.text == nothing.text.replace("zebra", name)


def test_the_officer_sees_every_layer(officer: TestClient) -> None:
    """Signed in, each layer has its collection."""
    assert {layer.id for layer in ALL} < {each["id"] for each in officer.get("/api/collections").json()["collections"]}
