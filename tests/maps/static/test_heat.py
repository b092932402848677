import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

Visits = Callable[..., Any]
MAP = "/officer/map"


def test_the_surface_is_asked_for_with_the_filters_of_the_page(visit: Visits) -> None:
    """Its tiles before and after a filter; its legend stays in place of the other."""
    made = visit()
    page = made.open(MAP)
    assert not any("/tiles/" in each or "maplibre" in each for each in made.asked)
    made.heat()
    assert page.locator('[data-legend="heat"]').is_visible()
    assert not page.locator('[data-legend="rate"]').is_visible()
    page.click("#category-boxes summary")
    with page.expect_response(lambda answer: "/tiles/" in answer.url and "category=violence" in answer.url):
        page.get_by_label("Violence", exact=True).check()
    page.wait_for_load_state("networkidle")
    filters = [parse_qs(urlsplit(each).query) for each in made.asked if "/tiles/" in each]
    fresh = filters[next(number for number, each in enumerate(filters) if "category" in each) :]
    assert all(each["category"] == ["violence"] for each in fresh)
    assert {each["first"][0] for each in filters} == {"2025-06"}
    assert page.locator('[data-legend="heat"]').is_visible()
    assert made.wrong == []


def test_the_surface_is_drawn_inside_the_district_only(visit: Visits) -> None:
    """By a path of many corners, that is another after a zoom."""
    made = visit()
    page = made.open(MAP)
    made.heat()
    made.until("document.querySelector('.leaflet-heat-pane').style.clipPath.length > 2000")
    before = page.evaluate("document.querySelector('.leaflet-heat-pane').style.clipPath")
    page.evaluate("priorities.map.setZoom(14, { animate: false })")
    assert page.evaluate("document.querySelector('.leaflet-heat-pane').style.clipPath") != before


def test_the_legend_says_how_wide_the_kernel_is_at_this_zoom(visit: Visits) -> None:
    """300 m on the ground from Leaflet's zoom 12 on; further out twice as much for each zoom."""
    made = visit()
    page = made.open(MAP)
    made.heat()
    told = {}
    for zoom in (10, 11, 12):
        page.evaluate("zoom => priorities.map.setZoom(zoom, { animate: false })", zoom)
        told[zoom] = page.inner_text("[data-kernel]")
    assert told == {10: "1.2 km", 11: "600 m", 12: "300 m"}
    assert re.search(r"per hectare", page.inner_text('[data-legend="heat"]'))


def test_a_surface_that_cannot_be_drawn_says_so(visit: Visits) -> None:
    """Without WebGL the rates are still there."""
    made = visit()
    page = made.open(MAP)
    page.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    page.click("#layers summary")
    page.click("text=Heat surface")
    page.wait_for_selector("#status.status--seen")
    assert "could not be drawn" in page.inner_text("#status")
