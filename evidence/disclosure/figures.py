"""The figures of one subject of a counted layer: which there are, what they count, and what is withheld."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evidence.disclosure.audit import Finding, Known, Matrix, Secrets, Whole, audit, secrets, sums
from evidence.disclosure.rules import Rules
from evidence.disclosure.suppression import suppress
from evidence.months import add_months, length, month_number, month_of_number

Level = Literal["district", "estate", "ward"]
Reason = Literal["", "below fewest", "would give another away", "too few homes"]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Figure:
    """A count of rows in an area and a period; the count is None where it is withheld, and not rounded nowhere."""

    layer: str
    subject: str
    """A theme, or a field and a value that are counted for the whole district only."""
    level: Level
    area_set: str
    """Which areas: the mark of a version of a boundary set; empty for the district."""
    area: str
    name: str
    first: date
    last: date
    """First days of the first and the last month."""
    homes: int | None
    """To the nearest multiple that counts are rounded to; None where there are too few."""
    count: int | None = None
    reason: Reason = ""
    """Why it is withheld. The public is told about homes alone: see `_audit`."""
    low: int | None = None
    high: int | None = None
    """Between what the count lies, as everybody knows who sees it published."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Where rows can be: land that no boundary set cuts, by the position of its area in each set (-1: in none)."""

    sets: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    """Of each set the codes of its areas."""
    areas: Ints
    """A row for each piece, a column for each set."""
    homes: Ints

    def inside(self, figure: Figure) -> NDArray[np.intp]:
        """The pieces that a figure counts."""
        if figure.level == "district":
            return np.arange(len(self.areas))
        at = self.sets.index(figure.area_set)
        return np.flatnonzero(self.areas[:, at] == self.codes[at].index(figure.area))


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one subject: of each its piece and its month (its first day as months since year 0)."""

    pieces: Pieces
    piece: Ints
    month: Ints


@dataclass(frozen=True)
class Outcome:
    """The figures of a subject as they may be published, and what a reader can work out nevertheless."""

    figures: tuple[Figure, ...]
    findings: tuple[str, ...]


def nearest(count: int, to: int) -> int:
    """The multiple of `to` that is nearest to a count; halves go up."""
    return to * ((2 * count + to) // (2 * to))


def control(table: Table, wanted: Sequence[Figure], earlier: Sequence[Figure], rules: Rules) -> Outcome:
    """Count, round and withhold the figures wanted, so that together with earlier ones they give nothing away.

    Earlier figures that are no longer true, because rows were corrected since, are left aside: nothing that is true
    today can be worked out by them.
    """
    if not wanted:
        return Outcome((), ())
    every = [*wanted, *earlier]
    atoms = _Atoms(table, every)
    counts = atoms.of @ atoms.counts
    made = [_rounded(figure, int(count), rules) for figure, count in zip(wanted, counts, strict=False)]
    known_before = [_agrees(each, count) for each, count in zip(earlier, counts[len(made) :], strict=True)]
    ruled = [*made, *earlier]
    shown = np.array([each.count is not None for each in made] + known_before, bool)
    known = Known(atoms.of[shown], *_intervals([each for each, use in zip(ruled, shown, strict=True) if use]))
    hidden = np.flatnonzero([each.count is None and each.reason != "would give another away" for each in ruled])
    kept = _secrets(known, atoms, hidden, counts, ruled, rules)
    new = np.flatnonzero(shown) < len(made)
    outcome = suppress(known, kept, atoms.counts, new)
    for position in np.flatnonzero(shown)[list(outcome.withheld)].tolist():
        made[position] = _withheld(made[position], "would give another away")
    left = _new_findings(known.take(~new), kept, atoms.counts, outcome.findings)
    sources = [each for each, use in zip(ruled, shown, strict=True) if use]
    return Outcome(tuple(made), tuple(_sentence(each, kept, atoms, sources, ruled) for each in left))


def _new_findings(before: Known, kept: Secrets, counts: Whole, found: Sequence[Finding]) -> list[Finding]:
    """Those that the earlier figures alone do not tell already: what is known cannot be taken back by silence."""
    are_published = audit(before, kept.take(np.array([each.secret for each in found], int)), counts) if found else []
    known = {(found[each.secret].secret, each.low, each.high) for each in are_published}
    return [each for each in found if (each.secret, each.low, each.high) not in known]


def _secrets(
    known: Known, atoms: "_Atoms", hidden: NDArray[np.intp], counts: Whole, figures: Sequence[Figure], rules: Rules
) -> Secrets:
    by_rule = np.array([figures[each].reason == "below fewest" for each in hidden], bool)
    below = by_rule & (counts[hidden] < rules.fewest)
    return secrets(known, atoms.of[hidden], atoms.small(rules.fewest_homes), below=below, fewest=rules.fewest)


def _rounded(figure: Figure, count: int, rules: Rules) -> Figure:
    if figure.level != "district" and figure.homes is None:
        return _withheld(figure, "too few homes")
    if count < rules.fewest:
        return _withheld(figure, "below fewest")
    to, rounded = rules.round_to, nearest(count, rules.round_to)
    # Half of an even multiple is rounded up, so that the highest is one nearer than the lowest.
    low, high = rounded - to // 2, rounded + (to - 1) // 2
    return replace(figure, count=rounded, low=max(low, rules.fewest), high=high)


def _withheld(figure: Figure, reason: Reason) -> Figure:
    return replace(figure, count=None, reason=reason, low=None, high=None)


def _agrees(figure: Figure, count: int) -> bool:
    return figure.low is not None and figure.high is not None and figure.low <= count <= figure.high


def _intervals(figures: Sequence[Figure]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = ([getattr(each, end) for each in figures] for end in ("low", "high"))
    return np.array(low, float), np.array(high, float)


class _Atoms:
    """The atoms that figures are sums of: pieces by elementary periods, piece after piece."""

    def __init__(self, table: Table, figures: Sequence[Figure]) -> None:
        self.pieces = table.pieces
        start, end = min(month_number(each.first) for each in figures), max(month_number(each.last) for each in figures)
        windows = {(month_number(each.first), month_number(each.last)) for each in figures}
        month = np.arange(start, end + 1)
        cut = np.array([(month >= first) & (month <= last) for first, last in sorted(windows)])
        # Months that every window treats alike are one period; months in no window are in none.
        _, self.period = np.unique(cut, axis=1, return_inverse=True)
        self.period = np.where(cut.any(axis=0), self.period, -1)
        self.start, self.periods = start, int(self.period.max()) + 1
        self.counts = self._count_atoms(table, end)
        self.of = sums([self._atoms_of(each) for each in figures], len(self.counts))

    def _count_atoms(self, table: Table, end: int) -> Whole:
        inside = (table.month >= self.start) & (table.month <= end)
        period = self.period[table.month[inside] - self.start]
        atom = table.piece[inside] * self.periods + period
        return np.bincount(atom[period >= 0], minlength=len(table.pieces.areas) * self.periods).astype(np.int64)

    def _atoms_of(self, figure: Figure) -> NDArray[np.int64]:
        first = month_number(figure.first) - self.start
        periods = np.unique(self.period[first : first + length(figure.first, figure.last)])
        return (self.pieces.inside(figure)[:, None] * self.periods + periods).ravel()

    def small(self, fewest: int) -> Callable[[Matrix], NDArray[np.bool_]]:
        """What tells of sums whether they count in pieces that have too few homes together."""

        def are_published(of: Matrix) -> NDArray[np.bool_]:
            piece = np.zeros((of.shape[1], len(self.pieces.areas)))
            piece[np.arange(of.shape[1]), np.arange(of.shape[1]) // self.periods] = 1
            there = np.asarray(of @ piece) > 0
            land = (self.pieces.areas >= 0).any(axis=1)
            return np.asarray(
                (there @ self.pieces.homes < fewest) & there[:, land].any(axis=1) & ~there[:, ~land].any(axis=1)
            )

        return are_published

    def places_and_months(self, atoms: NDArray[np.intp], names: dict[tuple[int, int], str]) -> str:
        """Where and when atoms are, in words."""
        pieces, periods = np.unique(atoms // self.periods), np.unique(atoms % self.periods)
        when = self.start + np.flatnonzero(np.isin(self.period, periods))
        return (
            f"{_places(self.pieces, pieces, names)}, {_span(month_of_number(when.min()), month_of_number(when.max()))}"
        )


def _places(pieces: Pieces, chosen: NDArray[np.intp], names: dict[tuple[int, int], str]) -> str:
    if len(chosen) == len(pieces.areas):
        return "the district"
    if len(chosen) > 3:
        return f"{len(chosen)} pieces of land"
    places_and_months = []
    for row in pieces.areas[chosen]:
        known = [names.get((at, int(area)), "") for at, area in enumerate(row) if area >= 0]
        places_and_months.append(" within ".join(filter(None, dict.fromkeys(known))) or "outside all areas")
    return " and ".join(dict.fromkeys(places_and_months))


def _span(first: date, last: date) -> str:
    return " to ".join(dict.fromkeys(f"{month:%B %Y}" for month in (first, last)))


def _sentence(
    finding: Finding, kept: Secrets, atoms: _Atoms, sources: Sequence[Figure], every: Sequence[Figure]
) -> str:
    names = {
        (at, atoms.pieces.codes[at].index(each.area)): each.name
        for each in every
        if each.level != "district"
        for at in [atoms.pieces.sets.index(each.area_set)]
    }
    where = atoms.places_and_months(kept.of[[finding.secret]].indices, names)
    used = [sources[each] for each in finding.figures[:4]]
    sums = "; ".join(f"{each.name}, {_span(each.first, each.last)}: {each.count}" for each in used)
    more = f" and {len(finding.figures) - 4} more" if len(finding.figures) > 4 else ""
    between = f"{finding.low:.0f} to {finding.high:.0f}" if isfinite(finding.high) else f"{finding.low:.0f} or more"
    one = sources[0]
    return f"{one.layer}, {one.subject}, {where}: it can be worked out that the count is {between}, from {sums}{more}"


def periods(last: date, rules: Rules) -> tuple[tuple[date, date], list[tuple[date, date]]]:
    """The rolling period to the last complete month, and the four last quarters that are complete by then."""
    ended = add_months(last, 1)
    quarter = add_months(ended, -((ended.month - 1) % 3))
    return (add_months(last, 1 - rules.months), last), [
        (add_months(quarter, -3 * n), add_months(quarter, 2 - 3 * n)) for n in (4, 3, 2, 1)
    ]
