from collections.abc import Callable
from typing import Any

import pytest

Visits = Callable[..., Any]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WRITTEN = """(which) => [...document.querySelectorAll('.names text')].map((each) => each[which]())
  .map(({ x, y, width, height }) => [x, y, width, height])"""


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_names_neither_collide_nor_are_cut_off(visit: Visits, viewport: dict[str, int]) -> None:
    """At any zoom, every name and number lies in the map, over no other."""
    page = visit(viewport=viewport).open("/officer/map")
    page.wait_for_selector(".names text >> nth=7", state="attached")
    frame = page.locator(".folium-map").bounding_box()
    for zoom in (11, 12, 13, 14.5):
        page.evaluate("zoom => priorities.map.setZoom(zoom, { animate: false })", zoom)
        placed = page.evaluate(WRITTEN, "getBoundingClientRect")
        assert len(placed) >= 8
        for x, y, width, height in placed:
            assert frame["x"] - 1 <= x <= x + width <= frame["x"] + frame["width"] + 1
            assert frame["y"] - 2 <= y <= y + height <= frame["y"] + frame["height"] + 2
        _are_apart(page.evaluate(WRITTEN, "getBBox"))


def _are_apart(boxes: list[tuple[float, float, float, float]]) -> None:
    for number, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[:number]:
            cell_width, down = min(x + width, left + wide) - max(x, left), min(y + height, top + high) - max(y, top)
            # Lines of text have room above and below their letters.
            assert cell_width <= 0 or down <= 0.35 * min(height, high)


def test_figures_are_with_the_names_while_the_map_is_shaded_by_them(visit: Visits) -> None:
    """Beside the heat surface they would have no legend."""
    made = visit()
    page = made.open("/officer/map")
    page.wait_for_selector(".names__figure >> nth=20")
    figures = page.evaluate("Object.values(priorities.view.estates).map((each) => each.figure)")
    told = page.locator(".names text:not(.names__road) .names__figure").all_text_contents()
    assert told
    assert set(told) <= set(figures)
    made.heat()
    made.until("!document.querySelector('.names text:not(.names__road) .names__figure')")
