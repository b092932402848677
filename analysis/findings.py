"""What was found, in sentences with their numbers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from analysis.hotspots import SURELY
from analysis.layers import EVERYTHING
from analysis.ranking import Ranked, Ranking, of_100
from analysis.weights import WORDS
from evidence import YEAR
from geo.trend import TrendClass, is_steady
from layers._layer import Layer

_COURSES = {
    TrendClass.NEW: "A new {}",
    TrendClass.INTENSIFYING: "A growing {}",
    TrendClass.PERSISTENT: "A lasting {}",
    TrendClass.UNSURE: "A {} (whether it was one before cannot be told)",
    TrendClass.ONE_OFF: "A {} by one month alone",
    TrendClass.FADING: "A fading {}",
    TrendClass.TOO_SHORT: "A {} (since when cannot be told yet)",
}


_SURELY = 0.01
"""Of chance in a scan: smaller than usual, since every theme of every layer is scanned."""


def findings(layer: Layer, result: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """Say what was found in a layer, a sentence each; why nothing can be said where that is so.

    Parameters
    ----------
    result : of `analysis.layers.analyse`
    names : of estates, by code
    """
    if result.get("refusal"):
        yield str(result["refusal"])
        return
    for theme, found in result["themes"].items():
        for place in found["hotspots"]["places"]:
            yield hotspot(layer, theme, place, names, result["months"], result["compared"])
        if found["starting"] and found["starting"]["p"] <= _SURELY:
            yield _starting(layer, theme, found["starting"])


def hotspot(
    layer: Layer, theme: str, place: Mapping[str, Any], names: Mapping[str, str], months: int, compared: int
) -> str:
    """A hotspot in a sentence: as in "A new hotspot of cleanliness in Beanhill: 51 cases ..."."""
    where = ", ".join(names.get(code, code) for code in place["estates"] or ()) or "no estate"
    opening = f"{_COURSES[TrendClass(place['course'])].format(kind(place))}{_theme_phrase(theme)} in {where}"
    return f"{opening}: {place_figures(layer, place, months, compared)}"


def kind(place: Mapping[Any, Any]) -> str:
    """What a place is called: a hotspot stands out, or did; another has a rate that surely is high, as others have."""
    rate = place["surely_more"] is not None and place["surely_more"] >= SURELY
    return "high rate" if rate and not place["stands_out"] else "hotspot"


def place_figures(layer: Layer, place: Mapping[Any, Any], months: int, compared: int) -> str:
    """The figures of a place: how many, how many are usual, before, since when, and the answers to both questions."""
    usual = f"where {_number(place['expected'])} are usual for {place['homes']:,} {layer.exposure}"
    told = f"{cases_phrase(layer, place, months)} {usual}"
    before = "" if place["course"] == TrendClass.TOO_SHORT else f"; {before_phrase(place, months, compared)}"
    since = f" {said}" if (said := since_phrase(place)) else ""
    return f"{told}{before}.{since} {standing(place)}"


def standing(place: Mapping[Any, Any]) -> str:
    """Whether a place stands out among how places here differ, and whether it surely has half as much again."""
    stands = "It stands out among the places here" if place["stands_out"] else "It does not stand out now"
    if place["surely_more"] is None:
        return f"{stands}."
    surely = f"at least half as high again as the district’s in {of_100(place['surely_more'])}"
    if kind(place) == "high rate":
        return f"Its rate is surely high, {surely}, but places here differ so much that it does not stand out."
    return f"{stands}; its rate is {surely}." if place["stands_out"] else f"{stands}."


def since_phrase(place: Mapping[Any, Any]) -> str:
    """Since when a place is as it is, or which month alone made it high; empty where that cannot be told."""
    if place.get("month"):
        return f"{place['month_count']:,} of them were in {_month(place['month'])} alone."
    if not place.get("since"):
        return ""
    first, last = _month(place["since_earliest"]), _month(place["since_latest"])
    likely = f" (likely between {first} and {last})" if first != last else ""
    course = "Lower" if place["course"] == TrendClass.FADING else "So high"
    return f"{course} since {_month(place['since'])}{likely}."


def _month(day: str) -> str:
    return f"{date.fromisoformat(day):%B %Y}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.5 else f"{value:.1f}"


def cases_phrase(layer: Layer, place: Mapping[Any, Any], months: int) -> str:
    """How many cases there were, from how many homes, and how many of them count where some homes are repeats."""
    cases = _count_phrase(layer, int(place["cases"]))
    reporting = int(place["reporting"])
    whose = "" if layer.anonymised_points else f" from {reporting:,} home{'s' * (reporting != 1)}"
    told = f"{cases}{whose} in {months} months"
    if place["cases"] == place["observed"]:
        return told
    return f"{told} ({place['observed']:,.0f} leaving out repeats from the same homes)"


def before_phrase(place: Mapping[Any, Any], months: int, compared: int) -> str:
    """How many there were a year before: all, or those of the months that both years have; and what the district did.

    Where the district changed little, nothing is said of it.
    """
    beside = "" if is_steady(place["district"]) else f" (elsewhere {place['district']:.1f} times as many as then)"
    if compared == months == YEAR:
        return f"{place['before']:,.0f} in the {months} before{beside}"
    if compared == months:
        return f"{place['before']:,.0f} in the same months of the year before{beside}"
    both = f"{place['compared']:,.0f}, after {place['before']:,.0f}"
    return f"in the {compared} months that are there in both years {both}{beside}"


def _starting(layer: Layer, theme: str, found: Mapping[str, Any]) -> str:
    lately = "the last month" if found["periods"] == 1 else f"the last {found['periods']} months"
    near = f"within {found['radius']:.0f} m of {found['easting']:.0f}, {found['northing']:.0f}"
    told = f"{_count_phrase(layer, found['observed'])} in {lately} where {found['expected']:.0f} are usual"
    return f"Something{_theme_phrase(theme)} may be starting {near}: {told}."


def _theme_phrase(theme: str) -> str:
    return "" if theme == EVERYTHING else f" of {theme}"


def _count_phrase(layer: Layer, count: int) -> str:
    return f"{count:,} {layer.noun[count != 1]}"


def place(ranked: Ranked) -> str:
    """A theme in its place: "1.8 times the usual (likely 1.2 to 2.6); first in 94 of 100"."""
    low, middle, high = (2**each for each in (ranked.low, ranked.score, ranked.high))
    return f"{middle:.1f} times the usual (likely {low:.1f} to {high:.1f}); first in {of_100(ranked.first)}"


def parts(ranked: Ranked) -> Iterator[str]:
    """What a score is made of: "what residents say is 2.1 times the usual and counts 29%"."""
    for name, words in WORDS.items():
        if name in ranked.parts:
            part = ranked.parts[name]
            yield f"{words} is {2**part.value:.1f} times the usual and counts {part.weight:.0%}"


def steadiness(ranking: Ranking) -> Iterator[str]:
    """What the order owes to the weights: what each, a fifth higher or lower, would change."""
    for shift in ranking.shifts:
        change = "more" if shift.factor > 1 else "less"
        swaps = " and ".join(f"{behind} before {ahead}" for ahead, behind in shift.swaps)
        yield f"A fifth {change} weight on {WORDS[shift.part]} would put {swaps}."
    if not ranking.shifts:
        yield "No weight that is a fifth higher or lower changes the order."
