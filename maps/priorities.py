"""The priorities of the estate that is opened: in order, with what each is made of and how sure the order is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from analysis.findings import parts, place, steadiness
from analysis.priorities import Priorities, Prioritised
from analysis.ranking import Ranked, Ranking
from analysis.reporting import MANY
from analysis.weights import WORDS
from evidence import add_months
from layers._registry import LAYERS
from maps.period import month_in_words, period_in_words
from maps.sentence import ENOUGH_LOCATED
from maps.sparkline import Sparkline

WIDTH = 320.0
"""Of the picture of a score; its height is 30."""

_LEGIBLE = 26.0
"""So wide must a part be for its number to be written on it."""


@dataclass(frozen=True)
class Bar:
    """What a part adds to the score, or takes from it."""

    part: str
    times: str
    """How many times the usual it is by itself, as in "2.1"."""
    factor: str
    """By how much it multiplies the score, for its weight, as in "×1.3"; empty where there is no room for it."""
    x: float
    width: float


@dataclass(frozen=True)
class Scale:
    """From scores (logarithms, base 2) to places in the picture."""

    low: float
    high: float

    def x(self, score: float) -> float:
        """Where a score lies, 0 to WIDTH."""
        return round(WIDTH * (score - self.low) / (self.high - self.low), 1)


@dataclass(frozen=True)
class Row:
    """A theme in its place."""

    ranked: Ranked
    scale: Scale
    months: Sparkline | None
    """What was recorded; None where that is not complete for two years."""
    recorded: str
    """The same in words."""

    @property
    def place(self) -> str:
        """How many times the usual it is, how surely, and how often it comes first."""
        return place(self.ranked)

    @property
    def parts(self) -> str:
        """What its score is made of, in a sentence."""
        told = "; ".join(parts(self.ranked))
        return f"{told[:1].upper()}{told[1:]}."

    @property
    def usual(self) -> float:
        """Where the usual lies."""
        return self.scale.x(0)

    @property
    def likely(self) -> tuple[float, float, float]:
        """Where the lower end, the score and the upper end lie."""
        low, middle, high = (self.scale.x(each) for each in (self.ranked.low, self.ranked.score, self.ranked.high))
        return low, middle, high

    @property
    def bars(self) -> list[Bar]:
        """The parts side by side: what raises the score to the right of the usual, what lowers it to the left."""
        ends = {True: 0.0, False: 0.0}
        made = []
        for part, share in _shares(self.ranked).items():
            start = ends[share >= 0]
            ends[share >= 0] += share
            left, right = sorted((self.scale.x(start), self.scale.x(start + share)))
            factor = f"×{2**share:.1f}" if right - left >= _LEGIBLE else ""
            times = f"{2 ** self.ranked.parts[part].value:.1f}"
            made.append(Bar(part, times, factor, left, round(right - left, 1)))
        return made


@dataclass(frozen=True)
class PrioritiesPanel:
    """What is told of the estate that is opened."""

    name: str
    run: str
    """Identifier of the run that found it."""
    found: Prioritised
    own: Priorities
    homes: int

    @property
    def sentence(self) -> str:
        """What comes first, in a sentence, or why nothing can be said to."""
        return self.own.ranking.sentence if self.own.ranking else self.own.refusal

    @property
    def voice_and_record(self) -> str:
        """What residents put first beside what the records do; empty without a ranking."""
        return self.own.ranking.voice_and_record.sentence if self.own.ranking else ""

    @property
    def reporting(self) -> str:
        """Who reports; empty without homes."""
        return self.own.reporting.sentence if self.own.reporting else ""

    @property
    def voices(self) -> str:
        """How many reports come from few, and how many answered the survey; empty where neither is known."""
        told, who = [], self.own.reporting
        if who and who.repeat is not None:
            told.append(f"{who.repeat:.0%} of the reports whose address is known come from homes with {MANY} or more")
        if who and who.response is not None:
            told.append(f"{who.response:.0%} as many answered the survey as there are homes")
        return f"{'; '.join(told)}." if told else ""

    @property
    def quiet(self) -> bool:
        """Quiet rather than calm."""
        return bool(self.own.reporting and self.own.reporting.quiet)

    @property
    def steadiness(self) -> list[str]:
        """What other weights would change."""
        return list(steadiness(self.own.ranking)) if self.own.ranking else []

    @property
    def weights(self) -> str:
        """Who set the weights, when and why."""
        change = self.found.weighed
        return f"Weights of {change.when:%-d %B %Y} by {change.who}: {change.why}"

    @property
    def sources(self) -> list[str]:
        """Until when each source is complete, and how much of it is located."""
        return [
            f"{source_title(each.id)} to {month_in_words(each.last)}, {each.located:,} of {each.total:,} located"
            + (f" ({each.lacking})" if each.lacking else "")
            if each.last
            else f"{source_title(each.id)}: nothing is loaded of which a month is complete"
            for each in self.found.sources
        ]

    @property
    def few_located(self) -> list[str]:
        """Sources of which too few rows could be placed to trust the order."""
        return [source_title(each.id) for each in self.found.sources if each.located < ENOUGH_LOCATED * each.total]

    @property
    def key(self) -> dict[str, str]:
        """The parts that the scores have, in words."""
        known = {part for row in self.rows for part in row.ranked.parts}
        return {part: words for part, words in WORDS.items() if part in known}

    @property
    def months(self) -> str:
        """The months of the small pictures, in words; empty without them."""
        series = self.found.series
        if series is None:
            return ""
        number = len(next(iter(series.counts[self.own.code].values())))
        return period_in_words(series.first, add_months(series.first, number - 1))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The themes in order; none without a ranking."""
        if self.own.ranking is None:
            return ()
        scale = _scale(self.own.ranking)
        return tuple(Row(each, scale, *self._recorded(str(each.theme))) for each in self.own.ranking.themes)

    def _recorded(self, theme: str) -> tuple[Sparkline | None, str]:
        series = self.found.series
        if series is None:
            return None, ""
        own = series.counts[self.own.code][theme]
        by_month = zip(*(of[theme] for of in series.counts.values()), strict=True)
        share = self.homes / max(self.found.homes, 1)
        beside = [None if None in month else share * sum(filter(None, month)) for month in by_month]
        known = [count for count in own if count is not None]
        usual = f"{sum(filter(None, beside)):,.0f} usual for as many homes"
        told = f"{sum(known):,} recorded in {len(known)} months, {usual}"
        return Sparkline(own, beside), told


def source_title(source: str) -> str:
    """What a source of the priorities is called: a layer, or the survey."""
    return LAYERS[source].title if source in LAYERS else source.capitalize()


def _shares(ranked: Ranked) -> Mapping[str, float]:
    """What each part adds to the score, in the order of the weights."""
    there = ranked.parts
    return {part: there[part].value * there[part].weight for part in WORDS if part in there and there[part].weight}


def _scale(ranking: Ranking) -> Scale:
    """One for all themes, so that they can be compared: as wide as what there is, and never narrower than 1."""
    ends = list(_ends(ranking))
    return Scale(min(ends) - 0.1, max(ends) + 0.1)


def _ends(ranking: Ranking) -> Iterator[float]:
    yield from (-0.5, 0.5)
    for each in ranking.themes:
        shares = _shares(each).values()
        yield from (each.low, each.high)
        yield sum(share for share in shares if share > 0)
        yield sum(share for share in shares if share < 0)
