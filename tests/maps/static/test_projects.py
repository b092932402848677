from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Visits = Callable[..., Any]
COUNT = """(() => [...document.querySelectorAll('.cluster')].map((each) => Number(each.textContent))
  .reduce((sum, each) => sum + each, document.querySelectorAll('.place').length))()"""


def test_projects_on_the_map_are_those_in_the_list(visit: Visits) -> None:
    """Clusters and markers add up to those with a place; a filter narrows both; the list opens the marker."""
    made = visit(signed_in=False)
    page = made.open("/")
    made.until("priorities.map !== undefined")
    page.evaluate("priorities.map.setZoom(9, { animate: false })")
    made.until(f"{COUNT} === 40")
    assert page.locator(".project").count() == 41
    assert all(
        page.locator(".cluster").nth(n).get_attribute("aria-label") for n in range(page.locator(".cluster").count())
    )
    page.click("#filters-summary")
    page.get_by_label("Noticeboard", exact=True).check()
    made.until(f"{COUNT} === 8")
    assert page.locator(".project").count() == 8
    page.locator("[data-show]").first.click()
    title = page.locator(".project__title").first.inner_text()
    expect(page.locator(".leaflet-popup h3")).to_have_text(title)
    expect(page.locator(".project").first).to_have_class("project opened")
    assert made.wrong == []
