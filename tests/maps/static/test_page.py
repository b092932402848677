from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

Visits = Callable[..., Any]
MAP = "/officer/map"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "password"
PARTS = ("#message", "#filters-summary", "#legend", "#ranking", "#figures")
"""What is told of the selection, one way or another."""
AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("path", [MAP, "/"])
def test_nothing_is_refused_by_the_policy_and_nobody_else_is_asked(visit: Visits, path: str) -> None:
    """No error in the console, no request to another host, with every layer shown that there is."""
    made = visit()
    page = made.open(path)
    if path == MAP:
        made.heat()
        page.evaluate("priorities.map.setZoom(16)")
        page.wait_for_load_state("networkidle")
    assert made.wrong == []
    assert made.hosts() == set()


def test_a_filter_changes_everything_at_once_and_back_again(visit: Visits) -> None:
    """Sentence, legend, list, table, map and address; the way back leads to what was before."""
    made = visit()
    page = made.open(MAP)
    before, told = made.headline(), {part: page.inner_text(part) for part in PARTS}
    page.click("#category-boxes summary")
    page.get_by_label("Violence", exact=True).check()
    expect(page.locator("h1")).not_to_have_text(before)
    assert "category=violence" in page.url
    assert "category=violence" in page.evaluate("priorities.view.items")
    assert all(page.inner_text(part) != words for part, words in told.items())
    assert page.inner_text("#status") == made.headline()
    assert page.locator("#category-boxes").get_attribute("open") is not None
    page.go_back()
    expect(page.locator("h1")).to_have_text(before)
    assert {part: page.inner_text(part) for part in PARTS} == told
    assert made.wrong == []


def test_a_broken_connection_leaves_the_page_as_it_was(visit: Visits) -> None:
    """It says what happened, and the form shows what the page shows."""
    made = visit()
    page = made.open(MAP)
    before = made.headline()
    page.context.set_offline(True)
    page.select_option("#layer", "repairs")
    expect(page.locator("#status")).to_contain_text("Check the connection")
    assert made.headline() == before
    assert page.input_value("#layer") == "asb"
    page.context.set_offline(False)
    page.select_option("#layer", "repairs")
    expect(page.locator("h1")).to_have_text("There are no repairs yet.")


def test_who_was_signed_out_is_asked_to_sign_in(visit: Visits) -> None:
    """Not left with half a page."""
    made = visit()
    page = made.open(MAP)
    page.context.clear_cookies()
    page.select_option("#layer", "repairs")
    page.wait_for_url("**/sign-in?**")
    page.fill("#name", "officer")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/officer/map?**layer=repairs**")


@pytest.mark.parametrize("path", [MAP, "/"])
def test_everything_is_told_without_scripts(visit: Visits, path: str) -> None:
    """List, table, form and links work; the map says where to look instead."""
    made = visit(java_script_enabled=False)
    page = made.open(path)
    assert page.locator("noscript p").is_visible()
    assert not page.locator(".buttons").is_visible()
    if path == MAP:
        page.click("#category-boxes summary")
        page.check("#category-1")
        page.click(".filters__apply")
        assert "category=noise" in page.url
        assert "match these filters" not in made.headline()
        name = page.locator("#ranking a .ranking__name").nth(1).inner_text()
        page.locator("#ranking a").nth(1).click()
        assert made.headline().startswith(f"{name} has ")
    else:
        page.click("#filters-summary")
        page.get_by_label("Noticeboard", exact=True).check()
        page.click(".filters__apply")
        assert page.locator(".project").count() == 8


@pytest.mark.parametrize(
    "path", [MAP, f"{MAP}?open=MK-005&category=noise", "/officer/sources", "/", "/sign-in", "/nothing"]
)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_pass_the_accessibility_rules_that_a_machine_can_check(
    visit: Visits, path: str, viewport: dict[str, int]
) -> None:
    """WCAG 2.2 A and AA and axe's best practices, and nothing is wider than the window."""
    made = visit(viewport=viewport, extra_http_headers={"Accept": "text/html"})
    page = made.open(path)
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_what_was_not_understood_is_seen_on_a_phone_too(visit: Visits) -> None:
    """There the filters are folded away, but not where one of them needs to be put right."""
    page = visit(viewport=PHONE).open(f"{MAP}?theme=weather")
    expect(page.locator("#theme-error")).to_be_visible()
    page = visit(viewport=PHONE).open(f"{MAP}?theme=safety")
    expect(page.locator("#filters-form")).to_be_hidden()
