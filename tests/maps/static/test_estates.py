from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Visits = Callable[..., Any]
MAP = "/officer/map"


@pytest.mark.parametrize("where", ["list", "table", "map"])
def test_selecting_in_one_selects_in_all_three(visit: Visits, where: str) -> None:
    """The estate of the row or the shape is in the sentence, the list, the table and drawn on the map."""
    made = visit()
    page = made.open(MAP)
    code, name = page.evaluate("(([code, { name }]) => [code, name])(Object.entries(priorities.view.estates)[3])")
    if where == "map":
        x, y = page.evaluate(
            """async (code) => {
              const file = await (await fetch("/estates.geojson")).json();
              const [lon, lat] = file.features.find((each) => each.id === code).properties.at;
              const { left, top } = priorities.map.getContainer().getBoundingClientRect();
              priorities.map.setView([lat, lon], 14, { animate: false });
              const point = priorities.map.latLngToContainerPoint([lat, lon]);
              return [left + point.x, top + point.y];
            }""",
            code,
        )
        page.mouse.click(x, y)
    else:
        page.click(f"#{'list' if where == 'list' else 'row'}-{code}")
    made.until("code => priorities.view.open === code", code)
    assert made.headline().startswith(f"{name} has ")
    assert page.locator(f"#list-{code}").get_attribute("aria-current") == "true"
    assert page.locator(f"#row-{code}").get_attribute("aria-current") == "true"
    assert page.locator(".leaflet-opened-pane path").count() == 2
    page.click("#close")
    made.until("priorities.view.open === null")
    assert page.locator(".leaflet-opened-pane path").count() == 0
    assert made.wrong == []


def test_the_keyboard_reaches_every_estate_and_a_card_shows_it(visit: Visits) -> None:
    """Focus in the list shows the card on the map, Enter opens, focus stays; Escape takes the card away."""
    made = visit()
    page = made.open(MAP)
    row = page.locator("#ranking a").nth(2)
    row.focus()
    expect(page.locator(".card")).to_be_visible()
    assert row.locator(".ranking__name").inner_text() in page.inner_text(".card")
    assert page.evaluate("priorities.view.open") is None
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_have_count(0)
    page.keyboard.press("Enter")
    made.until("priorities.view.open !== null")
    assert page.evaluate("document.activeElement.id") == row.get_attribute("id")
