"""A map's message in one sentence with its numbers, written from the data."""

from collections.abc import Sequence

from evidence import Figures
from maps.estates import Estate
from maps.numbers import figure

ENOUGH_LOCATED = 0.9
"""Of the rows: with fewer on the map, a place may look quiet because its rows name none."""


def sentence(figures: Figures, ranked: Sequence[Estate], opened: Estate | None, period: str) -> str:
    """What the map says: of the estate opened, or else of the one that stands out most.

    Parameters
    ----------
    figures
        The figures on the map.
    ranked
        The same figures by estate, the most surely high first.
    opened
        The estate that somebody opened.
    period
        In words; empty where the layer has no data.
    """
    several = figures.layer.noun[1]
    if not period:
        return f"There are no {several} yet."
    if not figures.total:
        return f"No {several} match these filters, {period}."
    if opened:
        return _estate_sentence(opened, figures, period)
    return _of_all(figures, ranked, period)


def _of_all(figures: Figures, ranked: Sequence[Estate], period: str) -> str:
    several, district = figures.layer.noun[1], figures.district
    if not district:
        return f"{_count_phrase(figures.total, figures)}, {period}; without a list of homes there is no rate."
    if (ranked[0].low or 0.0) <= district:
        return f"No estate stands out from the district’s {figure(district)} {several} per 1,000 homes, {period}."
    return _estate_sentence(ranked[0], figures, period)


def _estate_sentence(estate: Estate, figures: Figures, period: str) -> str:
    if estate.rate is None:
        return (
            f"{estate.name} has {_count_phrase(estate.count, figures)}, {period}; it has no homes listed, so no rate."
        )
    said = f"{estate.name} has {figure(estate.rate)} {figures.layer.noun[1]} per 1,000 homes"
    likely = f"likely between {figure(estate.low or 0)} and {figure(estate.high or 0)}"
    return f"{said} ({likely}){_beside(estate, figures)}, {period}."


def _beside(estate: Estate, figures: Figures) -> str:
    if not figures.district or estate.rate is None or estate.low is None or estate.high is None:
        return ""
    district = f"the district’s {figure(figures.district)}"
    if estate.low <= figures.district <= estate.high:
        return f", not clearly different from {district}"
    if estate.high > _WIDE * estate.low:
        return f", clearly {'above' if estate.rate > figures.district else 'below'} {district}"
    return f", {times(estate.rate / figures.district)} {district}"


_WIDE = 3.0
"""How many times its lower end the upper end of a likely range may be, for a ratio to be said of its middle."""

_TIMES = (
    (0.4, "less than half"),
    (0.6, "about half"),
    (0.9, "below"),
    (1.1, "close to"),
    (1.35, "above"),
    (1.75, "about one and a half times"),
    (2.25, "about twice"),
    (2.75, "about two and a half times"),
)
"""Below which ratio it is said how."""


def times(ratio: float) -> str:
    """How a ratio is said before what it is compared with: "about twice", "below"."""
    return next((words for limit, words in _TIMES if ratio < limit), f"about {round(ratio):,} times")


def _count_phrase(count: int, figures: Figures) -> str:
    return f"{count:,} {figures.layer.noun[0] if count == 1 else figures.layer.noun[1]}"


def located(figures: Figures) -> str:
    """How many rows the map could place, out of how many: as in "11,204 of 12,000 are on the map"."""
    outside = f", {figures.outside:,} of them outside every estate" if figures.outside else ""
    if figures.located == figures.total:
        return f"All {figures.total:,} are on the map{outside}."
    return f"{figures.located:,} of {figures.total:,} are on the map{outside}; the others name no place."
