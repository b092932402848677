"""Whoever is a stranger stays one, whatever a request says of itself."""

import pytest
from fastapi.testclient import TestClient

from evidence import PUBLIC, visible
from layers._registry import LAYERS

COUNTED = [layer for layer in LAYERS.values() if layer not in visible(PUBLIC)]
HTML = {"Accept": "text/html"}

TAMPERED = [
    {"X-Forwarded-User": "administrator"},
    {"X-Remote-User": "administrator", "Remote-User": "administrator"},
    {"X-Original-URL": "/officer/map", "X-Rewrite-URL": "/api/collections/asb/items"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "//evil.example"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1"},
    {"X-HTTP-Method-Override": "PUT"},
    {"Cookie": "role=administrator; estates=*; priorities.estates=*"},
    {"X-Role": "administrator", "X-Estates": "*"},
    {"Authorization": "Basic YWRtaW5pc3RyYXRvcjo="},
]


@pytest.mark.parametrize("headers", TAMPERED, ids=range(len(TAMPERED)))
def test_no_header_makes_anybody_somebody_else(stranger: TestClient, headers: dict[str, str]) -> None:
    """Nor leads to another host: answers hold no name that a request gives us but in links of the API itself."""
    assert stranger.get("/officer/map", headers=headers).status_code == 401
    for layer in COUNTED:
        assert stranger.get(f"/api/collections/{layer.id}/items", headers=headers).status_code == 404
        assert stranger.get(f"/tiles/{layer.id}/8/84/127.mvt", headers=headers).status_code == 404
    led = stranger.get("/officer/map", headers={**headers, **HTML})
    assert led.status_code == 303 and led.headers["location"].startswith("/sign-in?next=")
    assert "evil.example" not in stranger.get("/", headers={**headers, **HTML}).text
