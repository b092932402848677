import pytest
from fastapi.testclient import TestClient

READS = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/", "/estates.geojson", "/api/collections/projects/items?limit=1000"])
def test_what_anybody_may_see_is_compressed(stranger: TestClient, path: str) -> None:
    """If the browser can read it, and a cache knows that it depends on that."""
    answer = stranger.get(path, headers=READS)
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "content-encoding" not in stranger.get(path, headers={"Accept-Encoding": "identity"}).headers


@pytest.mark.parametrize("path", ["/", "/officer/map", "/api/collections/asb/items"])
def test_what_somebody_signed_in_sees_is_not(officer: TestClient, path: str) -> None:
    """The length of a compressed page can tell what is in it."""
    answer = officer.get(path, headers=READS)
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


def test_tiles_scripts_and_small_answers_are_left_as_they_are(stranger: TestClient) -> None:
    """Tiles are asked for in a hurry; scripts are compressed once and kept."""
    assert "content-encoding" not in stranger.get("/tiles/projects/9/169/255.mvt", headers=READS).headers
    assert "content-encoding" not in stranger.get("/nothing", headers=READS).headers
