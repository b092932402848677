"""The course of one estate: its rate allowing for how few homes it has, and its months as a small picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from layers import Layer, later, months
from maps.numbers import figure
from maps.period import month_in_words, period_in_words
from plans.analysis import EVERYTHING
from plans.hotspot_areas import HotspotAreas

SHOWN = 24
"""Months: two years, so that each has its like."""

WIDTH, HEIGHT = 240, 40


@dataclass(frozen=True)
class EstateCourse:
    """What the analysis says of an estate."""

    layer: Layer
    theme: str
    period: str
    """The months of the rates, in words."""
    own: Mapping[str, Any]
    """The estate's figures, as `plans.estates` gives them."""
    months: tuple[date, ...]
    counts: tuple[int, ...]
    """By month, as many as there are months."""
    district: tuple[float, ...]
    """The district's, as many as there would be for this estate's homes; empty without homes."""

    @property
    def rates(self) -> str:
        """The plain rate, and beside it the one that few homes cannot exaggerate, with its likely range."""
        if not self.own["homes"]:
            return "no homes are listed, so there is no rate."
        rate, about, low, high = (figure(self.own[name]) for name in ("rate", "shrunken", "low", "high"))
        return f"{rate} per 1,000 homes; allowing for chance, about {about} (likely between {low} and {high})."

    @property
    def said(self) -> str:
        """Its course in a sentence."""
        return str(self.own["said"])

    @property
    def words(self) -> str:
        """The picture in words."""
        most = max(self.counts)
        told = f"most in {month_in_words(self.months[self.counts.index(most)])}, {most:,}" if most else "none at all"
        if self.district:
            told += f"; the district, for as many homes, has {figure(fmean(self.district))} a month"
        return f"{self._what} by month, {period_in_words(self.months[0], self.months[-1])}: {told}."

    @property
    def key(self) -> tuple[str, str, str]:
        """What is written below the picture: first month, how high it reaches, last month."""
        beside = "; line: the district" if self.district else ""
        return f"{self.months[0]:%b %Y}", f"up to {max(self.counts):,} a month{beside}", f"{self.months[-1]:%b %Y}"

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
        """The points of the district's line; empty without homes."""
        wide = WIDTH / len(self.counts)
        return " ".join(f"{(at + 0.5) * wide:.2f},{self._y(each):.2f}" for at, each in enumerate(self.district))

    @property
    def _what(self) -> str:
        several = self.layer.noun[1]
        return (several[:1].upper() + several[1:]) + ("" if self.theme == EVERYTHING else f" ({self.theme})")

    def _y(self, count: float) -> float:
        return HEIGHT * (1 - count / max(*self.counts, *self.district, 1))


def estate_course(found: HotspotAreas, theme: str, code: str) -> EstateCourse | None:
    """What the analysis says of an estate for a theme; None where it says nothing of it."""
    every = found.themes[theme]["estates"] if found.themes else []
    own = next((each for each in every if each["code"] == code), None)
    if own is None or found.period is None:
        return None
    last = found.period[1]
    counts = own["months"][-SHOWN:]
    return EstateCourse(
        found.layer,
        theme,
        period_in_words(*found.period),
        own,
        months(later(last, 1 - len(counts)), last),
        tuple(counts),
        tuple(_district(every, own["homes"], len(counts))),
    )


def _district(every: Sequence[Mapping[str, Any]], homes: int, number: int) -> Iterator[float]:
    """The district's last months, for as many homes as an estate has; none if it has none."""
    lived = [each for each in every if each["homes"]]
    share = homes / sum(each["homes"] for each in lived) if homes else 0
    for month in zip(*(each["months"][-number:] for each in lived), strict=True) if homes else ():
        yield share * sum(month)
