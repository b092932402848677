"""Months as a small picture: a bar for each, and the district as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 40


@dataclass(frozen=True)
class Sparkline:
    """Counts by month, oldest first."""

    counts: Sequence[float]
    district: Sequence[float] = ()
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
        ]

    @property
    def line(self) -> str:
        """The points of the district's line; empty without it."""
        wide = WIDTH / len(self.counts)
        return " ".join(f"{(at + 0.5) * wide:.2f},{self._y(each):.2f}" for at, each in enumerate(self.district))

    def _y(self, count: float) -> float:
        return HEIGHT * (1 - count / max(*self.counts, *self.district, 1))
