"""Months as a small picture: a bar for each, and the district as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 40


@dataclass(frozen=True)
class Sparkline:
    """Counts by month, oldest first."""

    counts: Sequence[float | None]
    """None of a month that is not known, which has no bar."""
    district: Sequence[float | None] = ()
    """The district's, for as many homes; empty where there is nothing to compare with."""

    @property
    def bars(self) -> list[tuple[float, float, float, float]]:
        """A bar for each month: x, y, width, height."""
        wide = WIDTH / len(self.counts)
        return [
            (
                round(at * wide + wide * 0.1, 2),
                round(self._y(count), 2),
                round(wide * 0.8, 2),
                round(HEIGHT - self._y(count), 2),
            )
            for at, count in enumerate(self.counts)
            if count is not None
        ]

    @property
    def lines(self) -> list[str]:
        """The points of the district's line, of each part where months follow one another; none without it."""
        wide = WIDTH / len(self.counts)
        parts: list[list[str]] = [[]]
        for at, each in enumerate(self.district):
            if each is None:
                parts.append([])
            else:
                parts[-1].append(f"{(at + 0.5) * wide:.2f},{self._y(each):.2f}")
        return [" ".join(part) for part in parts if part]

    def _y(self, count: float) -> float:
        return HEIGHT * (1 - count / max(1, *(each for each in (*self.counts, *self.district) if each is not None)))
