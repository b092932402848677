from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Visits = Callable[..., Any]
MAP = "/officer/map"
PHONE = {"width": 390, "height": 844}


def test_on_a_phone_the_page_scrolls_over_the_map_and_filters_are_one_line(visit: Visits) -> None:
    """One finger moves the page; the map has more than half of the height; buttons are as large as a finger."""
    made = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    page = made.open(MAP)
    assert page.evaluate("getComputedStyle(document.querySelector('.folium-map')).touchAction") == "pan-x pan-y"
    assert not page.evaluate("priorities.map.dragging.enabled()")
    assert not page.locator("#filters-form").is_visible()
    summary = page.locator("#filters-summary").bounding_box()
    drawn = page.locator(".folium-map").bounding_box()
    assert summary and drawn
    assert summary["height"] < 70
    assert drawn["height"] == pytest.approx(0.55 * PHONE["height"], abs=1)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.buttons button')].map((each) => [each.offsetWidth, each.offsetHeight])"
    )
    assert min(map(min, sizes)) >= 44


def test_the_wheel_scrolls_the_page_unless_ctrl_is_held(visit: Visits) -> None:
    """Over the map, too; and it says how to zoom."""
    made = visit()
    page = made.open(MAP)
    zoom = page.evaluate("priorities.map.getZoom()")
    page.mouse.move(900, 500)
    page.mouse.wheel(0, 300)
    expect(page.locator("#hint")).to_be_visible()
    made.until("scrollY > 200")
    assert page.evaluate("priorities.map.getZoom()") == zoom


def test_plus_and_minus_are_letters_unless_the_map_has_the_focus(visit: Visits) -> None:
    """WCAG 2.1.4: a single key does something only where the focus is."""
    made = visit()
    page = made.open(MAP)
    zoom = page.evaluate("priorities.map.getZoom()")
    page.focus("#layer")
    page.keyboard.press("+")
    page.wait_for_timeout(400)
    assert page.evaluate("priorities.map.getZoom()") == zoom
    page.focus(".folium-map")
    page.keyboard.press("+")
    made.until("zoom => priorities.map.getZoom() > zoom", zoom)


def test_whatever_can_be_dragged_can_be_clicked(visit: Visits) -> None:
    """WCAG 2.5.7: buttons move and zoom the map, and bring it back."""
    made = visit()
    page = made.open(MAP)
    centre = "(({ lat, lng }) => [lat, lng])(priorities.map.getCenter())"
    at = page.evaluate(centre)
    page.click("[data-move=right]")
    made.until(f"lng => {centre}[1] > lng + 0.01", at[1])
    page.click("[data-move=up]")
    made.until(f"lat => {centre}[0] > lat + 0.01", at[0])
    zoom = page.evaluate("priorities.map.getZoom()")
    page.click("[data-move=in]")
    made.until("zoom => priorities.map.getZoom() > zoom", zoom)
