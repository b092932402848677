"""What the accessibility statement says is held to what is found here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from web.statement_facts import statement

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visits = Callable[..., Any]
MODULES = Path(__file__).parents[3] / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {
    "narrow": {"width": 320, "height": 640},
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1280, "height": 900},
}
"""320 pixels is what 1,280 are at 400 % zoom."""

FILLED = {
    "#title": "Project, number 3",
    "#what": "مرحبا 🏡 " + "word" * 100,
    "#words": "By the shops",
    "#name": "Ann",
    "#email": "ann@example.com",
}


def propose(page: "Page") -> None:
    """Fill the form in and have it checked; there is a project with the same title."""
    page.get_by_label("Clean-up day", exact=True).check()
    for field, text in FILLED.items():
        page.fill(field, text)
    page.click("text=Check your answers")


def send(page: "Page") -> None:
    """Propose, and send it, as slowly as a person."""
    propose(page)
    page.wait_for_timeout(3100)
    page.click("#send")


def err(page: "Page") -> None:
    """Send an empty form."""
    page.click("text=Check your answers")


STATES: "dict[str, tuple[str, Callable[[Page], None] | None]]" = {
    "projects": ("/", None),
    "filtered": ("/?type=noticeboard&status=idea&estate=MK-001", None),
    "near": ("/?near=Beanhill", None),
    "empty": ("/?status=funded", None),
    "near nowhere": ("/?near=Nowhere", None),
    "project": ("/projects/P3", None),
    "propose": ("/propose", None),
    "propose, errors": ("/propose", err),
    "propose, check": ("/propose", propose),
    "propose, sent": ("/propose", send),
    "help": ("/projects/P3/help", None),
    "help, errors": ("/projects/P3/help", err),
    "estates": ("/estates", None),
    "estate": ("/estates/MK-001", None),
    "estate without figures": ("/estates/MK-122", None),
    "compare": ("/estates/compare?one=MK-001&other=MK-002", None),
    "compare, errors": ("/estates/compare?one=MK-001&other=MK-001", None),
    "heard": ("/heard", None),
    "open data": ("/open-data", None),
    "accessibility": ("/accessibility", None),
    "privacy": ("/privacy", None),
    "cookies": ("/cookies", None),
    "data sources": ("/data-sources", None),
    "not found": ("/nothing", None),
    "sign in": ("/sign-in", None),
}


def findings(page: "Page") -> list[tuple[str, list[str]]]:
    """What axe finds, by rule."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def small_targets(page: "Page") -> list[str]:
    """Buttons, fields and links outside sentences that are smaller than 24 pixels (WCAG 2.5.8)."""
    shown: list[str] = page.evaluate(
        """() => {
          const kinds = "button, input:not([type=hidden]), select, summary, nav a, .project__title a";
          const target = (each) => (each.matches("[type=checkbox], [type=radio]") ? each.labels[0] : each);
          return [...document.querySelectorAll(kinds)]
            .filter((each) => each.checkVisibility() && !each.closest(".unseen"))
            .filter((each) => target(each).getBoundingClientRect().height < 23.9)
            .map((each) => each.outerHTML.slice(0, 120));
        }"""
    )
    return shown


@pytest.mark.parametrize("state", STATES)
def test_every_page_and_state_passes_what_a_machine_can_check(visit: Visits, state: str) -> None:
    """At 320, 390 and 1,280 pixels nothing is found, nothing is wider than the window, and targets are large enough."""
    assert statement().findings == ()
    path, act = STATES[state]
    made = visit(signed_in=False, extra_http_headers={"Accept": "text/html"}, reduced_motion="reduce")
    page = made.open(path)
    if act:
        act(page)
        page.wait_for_load_state("networkidle")
    for name, size in WIDTHS.items():
        page.set_viewport_size(size)
        assert findings(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"], name
        beyond = "document.documentElement.scrollHeight - Math.max(document.body.scrollHeight, innerHeight)"
        assert page.evaluate(beyond) < 2, "the window scrolls beyond the page"
        assert small_targets(page) == [], name


def test_the_officers_forms_pass_too(visit: Visits) -> None:
    """The list of proposals, one with its forms and an error, and what was said and done."""
    made = visit()
    page = made.open("/propose")
    send(page)
    page.goto(f"{made.address}/officer/proposals")
    for act in (lambda: None, lambda: page.locator("main th a").first.click(), lambda: page.click("#declined")):
        act()
        page.wait_for_load_state("networkidle")
        for size in WIDTHS.values():
            page.set_viewport_size(size)
            assert findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert "Error: " in page.title()
    page.goto(f"{made.address}/officer/replies")
    for act in (lambda: None, lambda: page.click("text=Keep it for the next publication")):
        act()
        page.wait_for_load_state("networkidle")
        for size in WIDTHS.values():
            page.set_viewport_size(size)
            assert findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert "Error: " in page.title()


@pytest.mark.parametrize("path", ["/", "/propose", "/projects/P3", "/estates/MK-001"])
def test_forced_colours_take_nothing_away(visit: Visits, path: str) -> None:
    """Names, states and borders are still there where a person has chosen the colours."""
    made = visit(signed_in=False, forced_colors="active", reduced_motion="reduce")
    page = made.open(path)
    assert findings(page) == []
    for tag in page.locator(".tag").all()[:3]:
        assert tag.evaluate("each => getComputedStyle(each).borderTopStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_nothing_moves_for_those_who_do_not_want_it(visit: Visits) -> None:
    """The map jumps where it would glide, and no style is animated."""
    made = visit(signed_in=False, reduced_motion="reduce")
    page = made.open("/")
    made.until("priorities.map")
    page.click("[data-move=in]")
    assert page.evaluate("document.getAnimations().filter((each) => each.playState === 'running').length") == 0


def test_the_statement_names_the_tools_that_were_used() -> None:
    """With the version of axe that is installed, and the widths tested here."""
    version = json.loads((MODULES / "axe-core" / "package.json").read_text())["version"].rpartition(".")[0]
    told = " ".join(statement().tools)
    assert f"axe-core {version} " in told
    assert all(f"{size['width']:,}" in told for size in WIDTHS.values())
