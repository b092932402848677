from collections.abc import Callable

import pytest

from evidence import Figures
from maps.estates import estates
from maps.legend import legend
from maps.sentence import located, sentence, times

FiguresOf = Callable[..., Figures]
PERIOD = "2025"


def sentence_about(figures: Figures, opened: str = "", period: str = PERIOD) -> str:
    """The sentence about figures, with an estate opened by name."""
    ranked = estates(figures, legend([each.rate for each in figures.areas], figures.layer.ramp))
    return sentence(figures, ranked, next((each for each in ranked if each.name == opened), None), period)


def test_the_estate_that_stands_out_is_told_with_all_that_belongs_to_its_figure(figures_of: FiguresOf) -> None:
    """Rate, noun, denominator, range, comparison, period."""
    figures = figures_of(("Beanhill", 82, 2000), ("Elsewhere", 118, 8000))
    assert sentence_about(figures) == (
        "Beanhill has 41 cases of anti-social behaviour per 1,000 homes (likely between 33 and 51), "
        "about twice the district’s 20, 2025."
    )


def test_the_estate_that_is_opened_is_told_instead(figures_of: FiguresOf) -> None:
    """Also when it does not differ from the district."""
    figures = figures_of(("Beanhill", 82, 2000), ("Elsewhere", 118, 8000), ("Alike", 20, 1000))
    assert "Alike has 20 cases" in sentence_about(figures, "Alike")
    assert "not clearly different from the district’s 20" in sentence_about(figures, "Alike")


def test_a_few_cases_make_no_ratio(figures_of: FiguresOf) -> None:
    """Where the range is wide, it is said to be above, not how many times."""
    figures = figures_of(("Tiny", 5, 8), ("Elsewhere", 195, 9992))
    assert "clearly above the district’s 20" in sentence_about(figures, "Tiny")
    assert "times" not in sentence_about(figures, "Tiny")


def test_no_estate_is_named_where_none_stands_out(figures_of: FiguresOf) -> None:
    """The highest of equals is chance."""
    figures = figures_of(("One", 21, 1000), ("Other", 19, 1000))
    assert (
        sentence_about(figures)
        == "No estate stands out from the district’s 20 cases of anti-social behaviour per 1,000 homes, 2025."
    )


def test_what_is_missing_is_said(figures_of: FiguresOf) -> None:
    """No data, no match and no homes are three different things."""
    assert (
        sentence_about(figures_of(("One", 0, 10), first=None, last=None), period="")
        == "There are no cases of anti-social behaviour yet."
    )
    assert sentence_about(figures_of(("One", 0, 10))) == "No cases of anti-social behaviour match these filters, 2025."
    assert sentence_about(figures_of(("One", 1200, 0))) == (
        "1,200 cases of anti-social behaviour, 2025; without a list of homes there is no rate."
    )
    assert sentence_about(figures_of(("One", 1, 0), ("Other", 3, 10)), "One") == (
        "One has 1 case of anti-social behaviour, 2025; it has no homes listed, so no rate."
    )


def test_an_estate_without_cases_has_zero(figures_of: FiguresOf) -> None:
    """Clearly below, as many homes without a case are."""
    words = sentence_about(figures_of(("Quiet", 0, 2000), ("Elsewhere", 200, 8000)), "Quiet")
    assert words.startswith("Quiet has 0 cases of anti-social behaviour per 1,000 homes (likely between 0 and 1.8)")
    assert "clearly below the district’s 20" in words


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.2, "less than half"),
        (0.5, "about half"),
        (0.8, "below"),
        (1.0, "close to"),
        (1.2, "above"),
        (1.5, "about one and a half times"),
        (2.0, "about twice"),
        (2.5, "about two and a half times"),
        (3.2, "about 3 times"),
        (1234.0, "about 1,234 times"),
    ],
)
def test_ratios_are_said_in_words(ratio: float, words: str) -> None:
    """As people say them, before what is compared with."""
    assert times(ratio) == words


def test_every_count_says_how_much_of_it_is_on_the_map(figures_of: FiguresOf) -> None:
    """Located of total, and how many are in no estate."""
    assert located(figures_of(("One", 12, 10))) == "All 12 are on the map."
    assert located(figures_of(("One", 12, 10), located=9, outside=2)) == (
        "9 of 12 are on the map, 2 of them outside every estate; the others name no place."
    )
