import pytest

from maps.numbers import figure


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.04, "under 0.1"), (0.1, "0.1"), (7.26, "7.3"), (9.96, "10"), (41.4, "41"), (12644.2, "12,644")],
)
def test_figures_are_as_exact_as_they_are_read(value: float, words: str) -> None:
    """Whole from ten upwards, one decimal below, and never a zero for what is none."""
    assert figure(value) == words
