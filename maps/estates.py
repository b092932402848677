"""The figures of every estate, ready to be told: rank, likely range, place in the legend."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from evidence import AreaFigure, Figures
from geo.rates import exact_limits
from maps.legend import Legend
from maps.numbers import figure

Column = Literal["name", "parish", "count", "homes", "rate"]
"""What the table can be sorted by."""


@dataclass(frozen=True)
class Estate:
    """One estate's figures; rates are per 1,000 homes, and None where no homes are listed."""

    code: str
    name: str
    parish: str
    count: int
    homes: int
    rate: float | None
    low: float | None
    high: float | None
    step: int | None
    """Its class in the legend, from 0; None where nothing was recorded or no homes are listed."""

    @property
    def figure(self) -> str:
        """The rate in words: "41", or "no homes listed"."""
        return "no homes listed" if self.rate is None else figure(self.rate)

    @property
    def range(self) -> str:
        """The likely range in words: "33 to 50"; empty without a rate."""
        return "" if self.low is None or self.high is None else f"{figure(self.low)} to {figure(self.high)}"


def estates(figures: Figures, legend: Legend) -> tuple[Estate, ...]:
    """Every estate of the figures, those first whose rate is surely high; without a rate last.

    They are ordered by the lower end of the likely range: by the rate, one case among three homes would lead.
    """
    lows, highs = exact_limits([each.count for each in figures.areas], [each.homes for each in figures.areas])
    told = map(_estate, figures.areas, lows.tolist(), highs.tolist(), (legend,) * len(figures.areas))
    return tuple(sorted(told, key=_how_surely_high, reverse=True))


def _estate(area: AreaFigure, low: float, high: float, legend: Legend) -> Estate:
    known = area.rate is not None
    limits = (low if known else None, high if known else None)
    return Estate(
        area.code, area.name, area.parish, area.count, area.homes, area.rate, *limits, step=legend.place(area.rate)
    )


def _how_surely_high(estate: Estate) -> tuple[float, float, int]:
    # Where nothing was recorded the lower end says nothing: the more homes, the surer that the rate is low.
    none = -1.0 if estate.low is None else estate.low
    return none, 0.0 if estate.high is None else -estate.high, estate.count


def sorted_by(column: Column, of: Iterable[Estate]) -> list[Estate]:
    """Sort by a column of the table: words from A, figures from the highest, missing figures last."""
    if column in ("name", "parish"):
        return sorted(of, key=attrgetter(column, "name"))
    return sorted(of, key=lambda each: (getattr(each, column) is None, -(getattr(each, column) or 0), each.name))
