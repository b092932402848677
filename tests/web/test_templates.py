import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import maps
from web.templates import _environment, render

FOLDER = Path(next(iter(maps.__path__))) / "templates"
COMMON = {"asset": lambda name: f"/assets/{name}", "nonce": "n0nce", "here": "/", "who": "", "styles": ""}


def test_values_are_escaped() -> None:
    """What a person typed comes back as words."""
    page = render(
        "sign_in.html", **COMMON, next="/", name='"><script>alert(1)</script>', error="", council_accounts=True
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_value_that_is_missing_is_an_error() -> None:
    """Rather than a hole in the page."""
    with pytest.raises(UndefinedError):
        render("sign_in.html", **COMMON)


def test_every_page_says_its_language_and_lets_people_zoom() -> None:
    """In the one frame that all pages share, which also has a title and a way past the header."""
    typed = {"next": "/", "name": '"><script>alert(1)</script>', "error": ""}
    page = render("sign_in.html", **COMMON, **typed, council_accounts=True)
    assert '<html class="govuk-template" lang="en-GB">' in page
    assert "<title>Sign in – Neighbourhood priorities</title>" in page
    assert "user-scalable" not in page
    assert "maximum-scale" not in page
    assert 'href="#main"' in page


@pytest.mark.parametrize("template", sorted(path.name for path in FOLDER.glob("*.html")))
def test_templates_have_nothing_that_the_policy_would_refuse(template: str) -> None:
    """No style attribute, no script without the nonce, no handler in an attribute, no other host."""
    text = (FOLDER / template).read_text()
    assert " style=" not in text
    assert "javascript:" not in text
    assert "http://" not in text
    # A link that a person may follow asks nothing of anybody.
    assert "https://" not in re.sub(r'<a class="govuk-link" href="https://[^"]+">', "", text)
    assert not any(f" on{event}=" in text for event in ("click", "change", "submit", "load", "error"))
    for script in text.split("<script")[1:]:
        opening = script.split(">")[0]
        assert "nonce=" in opening or "src=" in opening or "application/json" in opening


def test_json_keeps_its_order_and_cannot_end_its_element() -> None:
    """Jinja sorts keys unless told not to; the first estate of the ranking must stay the first."""
    made = _environment().from_string("{{ value|tojson }}").render(value={"b": "</script>", "a": 1})
    assert made.index("b") < made.index("a")
    assert "</script>" not in made


def test_a_sentence_begins_with_a_capital_and_changes_nothing_else() -> None:
    """Jinja's own filter would write "Mk6"."""
    assert _environment().from_string("{{ 'walk to MK6'|sentence }}").render() == "Walk to MK6"
