from collections.abc import Callable
from typing import Any

import pytest

Visits = Callable[..., Any]
BEFORE, WITH_MAP = 100_000, 500_000
"""Bytes as they are transferred, compressed."""

TRANSFERRED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  return [page, ...performance.getEntriesByType("resource")]
    .map((each) => [each.name, each.transferSize, each.startTime < page.loadEventStart]);
}"""


@pytest.mark.parametrize("path", ["/", "/propose", "/projects/P3"])
def test_a_page_is_read_before_its_map_is_there(visit: Visits, path: str) -> None:
    """In less than 100 kB it is complete, without the scripts of the map; in less than 500 kB with them."""
    made = visit(signed_in=False)
    page = made.open(path)
    has_map = page.locator("#picture").count() == 1
    if has_map:
        page.locator("#picture").scroll_into_view_if_needed()
        page.wait_for_selector(".leaflet-container")
        page.wait_for_load_state("networkidle")
    parts = page.evaluate(TRANSFERRED)
    before = {name: size for name, size, early in parts if early}
    assert all(size > 0 for size in before.values())
    assert 10_000 < sum(before.values()) < BEFORE
    assert not [name for name in before if "map" in name or "geojson" in name]
    assert sum(size for _, size, _ in parts) < WITH_MAP
    assert any("-map.js" in name for name, _, _ in parts) == has_map


def test_a_map_that_cannot_be_loaded_leaves_the_page_as_it_is(visit: Visits) -> None:
    """It says so where the map would be, and the list is there."""
    made = visit(signed_in=False)
    made.page.route("**/public-map.js", lambda route: route.abort())
    page = made.open("/")
    assert "could not be loaded" in page.inner_text("#waiting")
    assert page.locator(".project").count() == 41
