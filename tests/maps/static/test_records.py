from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Visits = Callable[..., Any]
MAP = "/officer/map"


def test_single_records_are_told_when_zoomed_in(visit: Visits) -> None:
    """Each is a button with a name; Enter tells its fields by their names; filters and zoom take them away."""
    made = visit()
    page = made.open(MAP)
    assert page.locator(".place").count() == 0
    page.evaluate(
        """async () => {
          const found = await (await fetch(priorities.view.items + "&limit=1")).json();
          const [lon, lat] = found.features[0].geometry.coordinates;
          priorities.map.setView([lat, lon], 17, { animate: false });
        }"""
    )
    place = page.locator(".place").first
    place.wait_for()
    assert place.get_attribute("role") == "button"
    assert place.get_attribute("aria-label")
    place.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup dt").first).to_have_text("Case reference")
    assert "Date the case was opened" in page.inner_text(".leaflet-popup")
    page.select_option("#layer", "police")
    made.until("priorities.view.layer.id === 'police'")
    expect(page.locator(".place")).to_have_count(0)
    page.select_option("#layer", "asb")
    expect(page.locator(".place").first).to_be_visible()
    page.evaluate("priorities.map.setZoom(15, { animate: false })")
    expect(page.locator(".place")).to_have_count(0)
    assert made.wrong == []


def test_a_planner_is_shown_heat_and_no_records_close_up(visit: Visits) -> None:
    """None is asked for, heat stays as coarse as may be seen, and the legend says whose records are not shown."""
    made = visit(signed_in=False)
    answer = made.page.context.request.post(f"{made.address}/sign-in", form={"name": "planner", "password": "password"})
    assert answer.ok
    page = made.open(MAP)
    assert "are for the officers of an estate." in (page.text_content("[data-legend=heat]") or "")
    page.evaluate("priorities.map.setZoom(16, { animate: false })")
    made.heat()
    page.wait_for_load_state("networkidle")
    tiles = [each.split("/tiles/")[1].split("/")[1] for each in made.asked if "/tiles/" in each]
    assert tiles and {int(zoom) for zoom in tiles} == {11}
    assert not any("/items" in each for each in made.asked)
    expect(page.locator(".place")).to_have_count(0)
    assert made.wrong == []
