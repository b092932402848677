"""The course of one estate: its rate allowing for how few homes it has, and its months as a small picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from analysis.hotspot_areas import HotspotAreas
from analysis.layers import EVERYTHING
from evidence import add_months, months
from layers._layer import Layer
from maps.numbers import figure
from maps.period import month_in_words, period_in_words
from maps.sparkline import Sparkline

SHOWN = 24
"""Months: two years, so that each has its like."""


@dataclass(frozen=True)
class EstateTrend:
    """What the analysis says of an estate."""

    layer: Layer
    theme: str
    period: str
    """The months of the rates, in words."""
    own: Mapping[str, Any]
    """The estate's figures, as `analysis.estates` gives them."""
    months: tuple[date, ...]
    counts: tuple[int | None, ...]
    """By month, as many as there are months; None of one that is not loaded whole."""
    district: tuple[float | None, ...]
    """The district's, as many as there would be for this estate's homes; empty without homes."""

    @property
    def rates(self) -> str:
        """The plain rate, and beside it the one that few homes cannot exaggerate, with its likely range."""
        if not self.own["homes"]:
            return "no homes are listed, so there is no rate."
        rate, about, low, high = (figure(self.own[name]) for name in ("rate", "shrunken", "low", "high"))
        return f"{rate} per 1,000 homes; allowing for chance, about {about} (likely between {low} and {high})."

    @property
    def chance(self) -> str:
        """The rate beside what chance alone makes of the district's for so many homes; empty without homes."""
        low, high, rate = (self.own[name] for name in ("chance_low", "chance_high", "rate_without_repeats"))
        if not self.own["homes"] or low is None or high is None:
            return ""
        beside = "above" if rate > high else "below" if rate < low else "within"
        homes = f"{self.own['homes']:,} home{'s' * (self.own['homes'] != 1)}"
        usual = f"{figure(low)} to {figure(high)}"
        return f"That is {beside} what chance alone makes of the district’s rate for {homes}: {usual}."

    @property
    def sentence(self) -> str:
        """Its course in a sentence."""
        return str(self.own["said"])

    @property
    def description(self) -> str:
        """The picture in words."""
        most = self._most
        told = f"most in {month_in_words(self.months[self.counts.index(most)])}, {most:,}" if most else "none at all"
        if known := [each for each in self.district if each is not None]:
            told += f"; the district, for as many homes, has {figure(fmean(known))} a month"
        if absent := self.counts.count(None):
            told += f"; {absent} {'month is' if absent == 1 else 'months are'} not loaded"
        return f"{self._subject} by month, {period_in_words(self.months[0], self.months[-1])}: {told}."

    @property
    def key(self) -> tuple[str, str, str]:
        """What is written below the picture: first month, how high it reaches, last month."""
        beside = "; line: the district" if self.district else ""
        return f"{self.months[0]:%b %Y}", f"up to {self._most:,} a month{beside}", f"{self.months[-1]:%b %Y}"

    @property
    def picture(self) -> Sparkline:
        """The months and the district beside them."""
        return Sparkline(self.counts, self.district)

    @property
    def _most(self) -> int:
        return max((count for count in self.counts if count is not None), default=0)

    @property
    def _subject(self) -> str:
        several = self.layer.noun[1]
        return (several[:1].upper() + several[1:]) + ("" if self.theme == EVERYTHING else f" ({self.theme})")


def estate_trend(found: HotspotAreas, theme: str, code: str) -> EstateTrend | None:
    """What the analysis says of an estate for a theme; None where it says nothing of it."""
    every = found.themes[theme]["estates"] if found.themes else []
    own = next((each for each in every if each["code"] == code), None)
    if own is None or found.period is None:
        return None
    last = found.period[1]
    counts = own["months"][-SHOWN:]
    return EstateTrend(
        found.layer,
        theme,
        period_in_words(*found.period),
        own,
        months(add_months(last, 1 - len(counts)), last),
        tuple(counts),
        tuple(_district(every, own["homes"], len(counts))),
    )


def _district(every: Sequence[Mapping[str, Any]], homes: int, number: int) -> Iterator[float | None]:
    """The district's last months, for as many homes as an estate has; none if it has none."""
    lived = [each for each in every if each["homes"]]
    share = homes / sum(each["homes"] for each in lived) if homes else 0
    for month in zip(*(each["months"][-number:] for each in lived), strict=True) if homes else ():
        yield None if None in month else share * sum(filter(None, month))
