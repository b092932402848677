"""What was heard, as the public sees it: an estate's priorities in order, with why, its figures, and its measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.scoring import THEMES
from evidence import PUBLIC, Database, published_figures
from geo.council import COUNCIL
from layers._layer import Counted, Layer, Theme
from layers._registry import LAYERS
from maps.numbers import figure, join_words
from maps.period import period_in_words
from maps.priorities import source_title
from plans.publication import MEASURE, PRIORITY, REPLY, RUN, published

COUNTED: tuple[Layer, ...] = tuple(layer for layer in LAYERS.values() if isinstance(layer.disclosure, Counted))
"""The layers of which figures are published."""


@dataclass(frozen=True)
class PublishedFigure:
    """One published figure."""

    count: int | None
    rate: float | None
    """Per 1,000 homes."""
    withheld: str
    """Why there is no count; empty if there is one."""
    period: str

    @property
    def text(self) -> str:
        """As a table says it: "about 40", "withheld"."""
        return "withheld" if self.count is None else f"about {self.count:,}"

    @property
    def per_home(self) -> str:
        """The rate as a table says it; a dash where there is none."""
        return "–" if self.rate is None else figure(self.rate)


@dataclass(frozen=True)
class ThemeRow:
    """A theme, with its figure in every counted layer that has it; beside them the district's."""

    theme: str
    own: Mapping[str, PublishedFigure]
    """By layer id."""
    district: Mapping[str, PublishedFigure]


@dataclass(frozen=True)
class Priority:
    """A theme in its place."""

    rank: int
    tied: bool
    sure: bool
    theme: str
    why: str


@dataclass(frozen=True)
class EstateReport:
    """What was heard about an estate, or the whole district."""

    code: str
    name: str
    parish: str
    homes: int | None
    """Rounded; None where there are too few to say."""
    priorities: tuple[Priority, ...]
    lines: tuple[ThemeRow, ...]
    measures: tuple[Mapping[str, Any], ...]
    replies: tuple[Mapping[str, Any], ...]
    """What residents said and what is done about it, the newest first."""
    about: Mapping[str, Any] | None
    """What the priorities were made from; None before they were published."""

    @property
    def sentence(self) -> str:
        """What comes first, in a sentence."""
        if not self.priorities:
            return "Too little has been reported here to say what comes first."
        first = [each.theme for each in self.priorities if each.rank == 1]
        if len(first) == 1:
            surely = "surely comes" if self.priorities[0].sure else "comes"
            return f"{first[0].capitalize()} {surely} first here."
        if len(first) == len(self.priorities):
            return "No theme stands out here: they cannot be told apart."
        return f"{join_words(first).capitalize()} come first here; which of them, cannot be told."

    @property
    def withheld(self) -> list[str]:
        """Why figures are withheld, each reason once."""
        cells = [cell for line in self.lines for cell in line.own.values()]
        return list(dict.fromkeys(cell.withheld for cell in cells if cell.withheld))

    @property
    def periods(self) -> list[str]:
        """The months of the figures, layer by layer, each once."""
        told: dict[str, str] = {}
        for line in self.lines:
            for layer, cell in line.own.items():
                told.setdefault(layer, f"{LAYERS[layer].title}: {cell.period}")
        return list(told.values())

    @property
    def weighed(self) -> str:
        """Until when each source was complete that the order was made from."""
        sources = self.about["sources"] if self.about else {}
        return ", ".join(
            f"{source_title(name).lower()} to {date.fromisoformat(last):%B %Y}" for name, last in sources.items()
        )


def estate_report(database: Database, area: Mapping[str, str]) -> EstateReport:
    """What was heard about an estate, as anybody may see it.

    Parameters
    ----------
    area : code, name and parish
    """
    own = [each for layer in COUNTED for each in published_figures(database, PUBLIC, layer, "estate", area["code"])]
    lines = _theme_rows(
        own, [each for layer in COUNTED for each in published_figures(database, PUBLIC, layer, "district")]
    )
    order = published(database, PRIORITY, estate=area["code"])
    return EstateReport(
        area["code"],
        area["name"],
        area["parish"],
        own[0]["homes"] if own else None,
        tuple(_priority(each, lines) for each in sorted(order, key=lambda each: (each["rank"], each["theme"]))),
        lines,
        _measures(database, area["code"]),
        tuple(_newest(published(database, REPLY, estate=area["code"]))),
        next(iter(published(database, RUN)), None),
    )


def district_report(database: Database) -> EstateReport:
    """What was heard about the whole district."""
    figures = [each for layer in COUNTED for each in published_figures(database, PUBLIC, layer, "district")]
    lines = _theme_rows(figures, figures)
    return EstateReport(
        "",
        COUNCIL.place,
        "",
        figures[0]["homes"] if figures else None,
        (),
        lines,
        _measures(database, ""),
        tuple(_newest(published(database, REPLY))),
        next(iter(published(database, RUN)), None),
    )


def first_themes(database: Database) -> dict[str, tuple[str, ...]]:
    """What comes first in every estate that is ranked, by code; several where they cannot be told apart."""
    found: dict[str, tuple[str, ...]] = {}
    for each in published(database, PRIORITY):
        if each["rank"] == 1:
            found[each["estate"]] = (*found.get(each["estate"], ()), each["theme"])
    return found


def for_district_only(
    first: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """For every theme the estates, by name and code, in which it alone comes first."""
    return [
        (str(theme), sorted((names[code], code) for code, of in first.items() if [*of] == [theme] and code in names))
        for theme in THEMES
    ]


def _theme_rows(own: Sequence[Mapping[str, Any]], district: Sequence[Mapping[str, Any]]) -> tuple[ThemeRow, ...]:
    told = [str(theme) for theme in Theme if any(each["subject"] == theme for each in own)]
    return tuple(ThemeRow(theme, _published_figures(own, theme), _published_figures(district, theme)) for theme in told)


def _published_figures(figures: Iterable[Mapping[str, Any]], theme: str) -> dict[str, PublishedFigure]:
    return {
        each["layer"]: PublishedFigure(
            each["count"], each["rate"], each["withheld"], period_in_words(each["first"], each["last"])
        )
        for each in figures
        if each["subject"] == theme
    }


def _priority(row: Mapping[str, Any], lines: Iterable[ThemeRow]) -> Priority:
    line = next((line for line in lines if line.theme == row["theme"]), None)
    said = [_why(LAYERS[layer], cell, line.district.get(layer)) for layer, cell in line.own.items()] if line else []
    why = "; ".join(each for each in said if each)
    told = f"{why[:1].upper()}{why[1:]}." if why else "The numbers are too small to be published."
    return Priority(row["rank"], row["tied"], row["sure"], row["theme"], told)


def _why(layer: Layer, cell: PublishedFigure, district: PublishedFigure | None) -> str:
    if cell.count is None or cell.rate is None:
        return ""
    beside = f" ({figure(district.rate)} in all of {COUNCIL.place})" if district and district.rate else ""
    return f"about {cell.count:,} {layer.noun[1]}, {figure(cell.rate)} per 1,000 homes{beside}"


def _measures(database: Database, estate: str) -> tuple[Mapping[str, Any], ...]:
    """What tenants say before what is counted."""
    rows = published(database, MEASURE, estate=estate)
    return tuple(sorted(rows, key=lambda each: (not each["code"].startswith("TP"), each["code"])))


def _newest(replies: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(replies, key=lambda each: (each["since"], each["id"]), reverse=True)
