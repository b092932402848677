from collections.abc import Callable

import pytest

from evidence import Figures
from maps.estates import Column, Estate, estates, sorted_by
from maps.legend import legend

FiguresOf = Callable[..., Figures]


def estates_and_legend(figures: Figures) -> tuple[Estate, ...]:
    """The estates of figures, with the legend of their rates."""
    return estates(figures, legend([each.rate for each in figures.areas], figures.layer.ramp))


def test_one_case_among_three_homes_does_not_lead(figures_of: FiguresOf) -> None:
    """The list goes by the lower end of the likely range: many cases in many homes come first."""
    ranked = estates_and_legend(figures_of(("Tiny", 1, 3), ("Large", 90, 300), ("Quiet", 20, 300)))
    assert [each.name for each in ranked] == ["Large", "Quiet", "Tiny"]
    assert max(ranked, key=lambda each: each.rate or 0).name == "Tiny"


def test_estates_without_homes_come_last_and_have_no_rate(figures_of: FiguresOf) -> None:
    """Not even a zero: after those where nothing was recorded, of which the largest is surest to be quiet."""
    ranked = estates_and_legend(figures_of(("Empty", 4, 0), ("Small", 0, 10), ("Wide", 0, 500), ("Busy", 9, 100)))
    assert [each.name for each in ranked] == ["Busy", "Wide", "Small", "Empty"]
    last = ranked[-1]
    assert (last.rate, last.low, last.high, last.step) == (None, None, None, None)
    assert (last.figure, last.range) == ("no homes listed", "")


def test_figures_and_ranges_are_in_words(figures_of: FiguresOf) -> None:
    """Ten cases in a thousand homes: 10, likely 4.8 to 18."""
    (only,) = estates_and_legend(figures_of(("Beanhill", 10, 1000)))
    assert (only.figure, only.range, only.step) == ("10", "4.8 to 18", 0)


def test_an_estate_with_no_case_is_in_no_class(figures_of: FiguresOf) -> None:
    """Zero looks different from the lowest class."""
    none, some = sorted(estates_and_legend(figures_of(("None", 0, 100), ("Some", 3, 100))), key=lambda each: each.count)
    assert (none.step, some.step) == (None, 0)
    assert none.figure == "0"


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name", ["Ash", "Birch", "Cedar"]),
        ("parish", ["Ash", "Birch", "Cedar"]),
        ("count", ["Cedar", "Ash", "Birch"]),
        ("homes", ["Ash", "Birch", "Cedar"]),
        ("rate", ["Ash", "Birch", "Cedar"]),
    ],
)
def test_the_table_is_sorted_by_any_column(figures_of: FiguresOf, column: Column, names: list[str]) -> None:
    """Words from A, figures from the highest, what is missing last, equals by name."""
    made = estates_and_legend(figures_of(("Cedar", 8, 0), ("Birch", 2, 100), ("Ash", 2, 100)))
    assert [each.name for each in sorted_by(column, made)] == names
