from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

Visits = Callable[..., Any]
MAP = "/officer/map?layer=asb&theme=cleanliness"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CELLS = ".leaflet-hotspots-pane path.leaflet-interactive"


def test_the_hotspots_of_the_theme_are_on_the_map_in_the_legend_and_in_the_list(visit: Visits) -> None:
    """The same letters and places; another theme has others, and everything follows."""
    made = visit()
    page = made.open(MAP)
    letters = page.locator(".hotspot-mark").all_inner_texts()
    assert letters == page.locator("#places .hotspot").all_text_contents() == ["N"]
    assert page.locator(CELLS).count() == page.evaluate("priorities.view.hotspots.cells.length") > 0
    assert "Hotspots of cleanliness" in page.inner_text('[data-legend="hotspots"]')
    assert "chance alone would make at most 1 in 20" in page.inner_text("#legend")
    page.click("#filters-clear")
    expect(page.locator("#places-summary")).to_contain_text("Hotspots of all themes")
    assert page.locator(".hotspot-mark").all_inner_texts() == page.locator("#places .hotspot").all_text_contents()
    assert page.locator(CELLS).count() == page.evaluate("priorities.view.hotspots.cells.length")
    assert made.wrong == []


def test_a_place_is_pointed_at_in_list_and_map_at_once(visit: Visits) -> None:
    """Focus in the list thickens its cells; focus on its letter marks the row; both have the sentence."""
    made = visit()
    page = made.open(MAP)
    row, mark = page.locator("#places a[data-place]").first, page.locator(".hotspot-mark").first
    row.focus()
    assert set(page.locator(CELLS).evaluate_all("all => all.map((each) => each.getAttribute('stroke-width'))")) == {
        "4.5"
    }
    mark.focus()
    expect(row).to_have_class("pointed")
    expect(page.locator(".card")).to_contain_text("35 cases of anti-social behaviour from 20 homes in 12 months")
    sentence = row.locator("span").inner_text()
    assert sentence == page.inner_text(".card") == mark.get_attribute("aria-label")
    page.focus("#layer")
    expect(page.locator(".card")).to_have_count(0)
    expect(row).not_to_have_class("pointed")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_row_of_the_list_shows_its_place(visit: Visits, viewport: dict[str, int]) -> None:
    """The map is seen, and near enough to tell the cells apart, each with its letter and its figures on a card."""
    made = visit(viewport=viewport)
    page = made.open(MAP)
    page.locator("#places a[data-place]").first.press("Enter")
    made.until("priorities.map.getZoom() === 15")
    expect(page.locator(".folium-map")).to_be_in_viewport(ratio=0.5)
    cells = page.evaluate("priorities.view.hotspots.cells")
    assert page.locator(".hotspot-mark").all_inner_texts() == [each["letter"] for each in cells]
    page.locator(".hotspot-mark").first.focus()
    card = page.locator(".card")
    expect(card).to_contain_text(cells[0]["title"])
    expect(card).to_contain_text("after correction")
    box, frame = card.bounding_box(), page.locator(".folium-map").bounding_box()
    assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert page.url.endswith(MAP)
    assert made.wrong == []


def test_a_cell_tells_its_card_when_hovered_and_does_not_open_an_estate(visit: Visits) -> None:
    """A click leaves the card, too."""
    made = visit()
    page = made.open(MAP)
    page.locator("#places a[data-place]").first.click()
    made.until("priorities.map.getZoom() === 15")
    box = page.locator(CELLS).first.bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.9)
    page.mouse.move(*at)
    expect(page.locator(".card")).to_contain_text("In this cell ")
    page.mouse.click(*at)
    expect(page.locator(".card")).to_contain_text("In this cell ")
    assert page.evaluate("priorities.view.open") is None


def test_hotspots_can_be_taken_off_the_map(visit: Visits) -> None:
    """With their legend; the list stays, and its rows then lead to the map as they do without scripts."""
    made = visit()
    page = made.open(MAP)
    page.click("#layers summary")
    page.get_by_label("Hotspots", exact=True).uncheck()
    assert page.locator(".hotspot-mark").count() == page.locator(CELLS).count() == 0
    assert not page.locator('[data-legend="hotspots"]').is_visible()
    page.select_option("#last", "2026-03")
    expect(page.locator("#filters-summary")).to_contain_text("March 2026")
    assert page.locator("#places a[data-place]").count() == 1
    assert not page.locator('[data-legend="hotspots"]').is_visible()
    page.get_by_label("Hotspots", exact=True).check()
    assert page.locator(".hotspot-mark").count() == 1
    assert "in the last complete months" in page.inner_text('[data-legend="hotspots"]')
    assert made.wrong == []


def test_names_keep_clear_of_letters(visit: Visits) -> None:
    """No name or number is drawn under one."""
    page = visit().open("/officer/map?layer=asb")
    page.wait_for_selector(".names text >> nth=7", state="attached")
    where = (
        "all => all.map((each) => each.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])"
    )
    names = page.locator(".names text").evaluate_all(where)
    for x, y, width, height in page.locator(".hotspot-mark").evaluate_all(where):
        for left, top, wide, high in names:
            across, down = min(x + width, left + wide) - max(x, left), min(y + height, top + high) - max(y, top)
            assert across <= 0 or down <= 0.35 * high


def test_an_estate_that_is_opened_tells_its_course(visit: Visits) -> None:
    """The rate that allows for chance, the course in a sentence, and a picture with a text alternative."""
    made = visit()
    page = made.open(MAP)
    code = page.evaluate("priorities.view.hotspots.cells[0].estates[0]")
    page.click(f"#list-{code}")
    made.until("code => priorities.view.open === code", code)
    told = page.inner_text(".course")
    assert "May 2025 to April 2026, cleanliness:" in told and "allowing for chance, about" in told
    assert "in the last 12 months, " in told
    picture = page.get_by_role("img", name="(cleanliness) by month, May 2024 to April 2026: most in")
    assert picture.locator("rect").count() == 24
    assert made.wrong == []


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("asb&theme=safety", "No place stands out beyond chance."),
        ("repairs", "There are no repairs yet: load a file"),
    ],
)
def test_nothing_to_show_is_said(visit: Visits, layer: str, words: str) -> None:
    """In the list and in the legend; and the page is whole."""
    made = visit()
    page = made.open(f"/officer/map?layer={layer}")
    assert words in page.inner_text("#places") and words in page.inner_text('[data-legend="hotspots"]')
    assert page.locator(".hotspot-mark").count() == 0
    assert made.wrong == []


def test_all_of_it_is_told_without_scripts(visit: Visits) -> None:
    """List, legend, course and picture are the server's."""
    page = visit(java_script_enabled=False).open(f"{MAP}&open=MK-001")
    assert page.locator("#places a[data-place]").count() == 1 and page.locator(".course svg").is_visible()
    assert "chance alone would make at most 1 in 20" in page.inner_text("#legend")
    page.locator("#places a[data-place]").first.click()
    assert page.url.endswith("#picture")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("near", [False, True], ids=["far", "near"])
def test_hotspots_pass_the_accessibility_rules_that_a_machine_can_check(
    visit: Visits, near: bool, viewport: dict[str, int]
) -> None:
    """WCAG 2.2 A and AA and axe's best practices, with a card open, and nothing is wider than the window."""
    made = visit(viewport=viewport)
    page = made.open(f"{MAP}&open=MK-001")
    if near:
        page.locator("#places a[data-place]").first.click()
        made.until("priorities.map.getZoom() === 15")
    page.locator(".hotspot-mark").first.focus()
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
