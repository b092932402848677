"""What people come for, by keyboard alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import evidence

Visits = Callable[..., Any]

SEEN = """() => {
  const each = document.activeElement;
  const style = getComputedStyle(each);
  const { top, bottom, left, right } = each.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, Math.min(Math.max((top + bottom) / 2, 1), innerHeight - 1));
  const shown = each.contains(at) || at?.contains(each) || each.matches("[type=radio], [type=checkbox]");
  return (style.outlineStyle !== "none" || style.boxShadow !== "none") && bottom > 0 && top < innerHeight && shown;
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; wherever it goes on the way, it can be seen and is not covered."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement !== document.body"):
            assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.fixture
def postcodes(city: evidence.Database, tmp_path: Path) -> None:
    """A postcode in Beanhill."""
    file = tmp_path / "codes.csv"
    file.write_text("MK6 4LU,10,487000,236300")
    evidence.import_postcodes(city, file)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_project_near_a_postcode_is_found_by_keyboard(visit: Visits, postcodes: None, scripts: bool) -> None:
    """Skip to the content, type the postcode, open the nearest, and ask for its poster."""
    made = visit(signed_in=False, java_script_enabled=scripts)
    page = made.open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, "#near")
    page.keyboard.type("mk6 4lu")
    page.keyboard.press("Enter")
    expect(page.locator(".message__located")).to_contain_text("nearest to MK6 4LU first")
    if not scripts:
        tab_to(page, "#near")
    nearest = page.locator(".project__title a").first.inner_text()
    away = page.locator(".project__away").all_inner_texts()
    assert away == sorted(away, key=lambda told: float(told.split()[0]) * (1 if "metres" in told else 1000)) and away
    tab_to(page, ".project__title a")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(nearest)
    tab_to(page, "a[href$='poster.pdf']")
    assert made.wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_estates_priorities_are_read_by_keyboard(visit: Visits, scripts: bool) -> None:
    """From the first page by its name in the list; and from there the comparison with another."""
    made = visit(signed_in=False, java_script_enabled=scripts)
    page = made.open("/")
    tab_to(page, "a[href='/estates']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/estates")
    tab_to(page, "a[href='#letter-B']")
    page.keyboard.press("Enter")
    tab_to(page, "a[href='/estates/MK-004']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Beanhill")
    expect(page.locator("#priorities")).to_be_visible()
    tab_to(page, "a[href='/estates/compare?one=MK-004']")
    page.keyboard.press("Enter")
    expect(page.locator("#one")).to_have_value("MK-004")
    tab_to(page, "#other")
    page.keyboard.type("Ashland")
    tab_to(page, "form.compare button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Beanhill and Ashland")
    assert made.wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_project_is_proposed_by_keyboard(visit: Visits, scripts: bool) -> None:
    """With an error on the way, which has the focus; with scripts the place is chosen on the map, without in words."""
    made = visit(signed_in=False, java_script_enabled=scripts)
    page = made.open("/")
    tab_to(page, "a[href='/propose']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/propose")
    tab_to(page, "input[name=type]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    for name, text in {"title": "A board", "what": "For news"}.items():
        tab_to(page, f"#{name}")
        page.keyboard.type(text)
    if scripts:
        page.wait_for_selector(".folium-map")
        page.locator("#picture").scroll_into_view_if_needed()
        page.wait_for_selector("#point-tools:not([hidden])")
        tab_to(page, "[data-move=in]")
        page.keyboard.press("Enter")
        tab_to(page, "#point-here")
        page.keyboard.press("Enter")
        expect(page.locator("#point-said")).to_have_text("A place is chosen on the map.")
    else:
        page.keyboard.press("Shift+Tab")
        tab_to(page, "#words")
        page.keyboard.type("By the shops")
    tab_to(page, "#name")
    page.keyboard.type("Ann")
    tab_to(page, "button[value=check]")
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    tab_to(page, "#error-summary a")
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_be_focused()
    assert page.input_value("#title") == "A board"
    page.keyboard.type("ann@example.com")
    page.wait_for_timeout(3100)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Check your answers")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Proposal sent")
    assert [each for each in made.wrong if "400" not in each] == []
    assert page.context.cookies() == []


def test_the_way_back_after_sending_loses_nothing_and_sends_nothing_twice(visit: Visits) -> None:
    """The form still has what was typed; sending it again gives the same reference."""
    made = visit(signed_in=False)
    page = made.open("/propose")
    page.get_by_label("Noticeboard", exact=True).check()
    for name, text in {
        "title": "A b",
        "what": "News",
        "words": "Here",
        "name": "Ann",
        "email": "ann@example.com",
    }.items():
        page.fill(f"#{name}", text)
    page.click("text=Check your answers")
    page.wait_for_timeout(3100)
    page.click("#send")
    reference = page.inner_text(".govuk-panel__body strong")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Check your answers")
    page.click("#send")
    expect(page.locator(".govuk-panel__body strong")).to_have_text(reference)
    page.go_back()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Propose a project")
    assert page.input_value("#title") == "A b"


def test_the_map_is_a_named_region_that_lets_the_keyboard_out(visit: Visits) -> None:
    """Its markers have names, and whatever they lead to is in the list, too."""
    made = visit(signed_in=False)
    page = made.open("/")
    region = page.get_by_role("region", name="Map of residents’ projects")
    assert region.count() == 1
    region.focus()
    tab_to(page, "[data-move=in]")
    tab_to(page, ".project__title a")
    drawn = {each["id"] for each in page.evaluate("priorities.view.projects")}
    assert drawn <= set(page.eval_on_selector_all("[data-project]", "all => all.map((each) => each.dataset.project)"))
