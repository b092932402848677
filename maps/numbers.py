"""How figures and lists of words are written."""

from collections.abc import Sequence


def figure(value: float) -> str:
    """A rate as people read it: whole from 10 upwards, one decimal below, "under 0.1" rather than a false zero."""
    if 0 < value < 0.1:
        return "under 0.1"
    # Rounded first: 9.96 is "10", not "10.0".
    tenths = round(value, 1)
    return f"{round(value):,}" if tenths >= 10 or tenths == 0 else f"{tenths:.1f}"


def join_words(words: Sequence[str]) -> str:
    """One word or several as a sentence has them: "one, two and three"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
