"""The audit of a publication: what a reader who takes all published figures together can work out.

The reader is assumed to know the rules and every publication so far, and that counts are whole and never negative. To
that reader each figure is a linear fact over *atoms*: the rows of one subject on one piece of land (which no two
boundary sets cut) in one elementary period (which no two published periods cut).

- A figure published as r says that the count lies from r - 2 to r + 2, where counts are rounded to 5, and is not below
  the fewest that are published: 10 says 10, 11 or 12.
- A figure withheld says nothing, for the public copy does not tell why: because it is below 10, or because it would
  give another away. If it did, a count that falls from 10 to below 10 as a year rolls on would say that the month that
  left had a case, and nothing could be withheld against that. Nobody can tell, but anybody can guess.

*The rule's width.* "Below 10" leaves ten values open, 0 to 9. Therefore

- for each count that is withheld as below 10, all of 0 to 9 must stay in reach: whoever guesses the reason learns no
  more than the rule says;
- no other count that is kept back may be narrowed to fewer than ten values, unless all of them are 10 or more, for such
  a count would have been published; in areas and pieces with fewer homes than the rules ask for, not even then;
- a count that is published, or withheld for another's sake, is 10 or more and no secret in itself: what could be made
  of it is what is audited.

*What is kept back*, and therefore bounded (`secrets`): every withheld figure, every atom, for every two published
figures that overlap what they share and what either has alone (a month between two rolling years, an estate by which
two boundary sets differ), and of every published figure what those within it leave over. That is not every sum that
one could think of: three figures and more, each rounded, leave ten values open between them unless several are at
their narrowest, and only where the atoms are wide could their sum still be narrow.

*How it is bounded.* Two tables of whole numbers that agree with all that is published and differ by the width in a
count show that it is safe. Linear programmes (HiGHS) that push many counts at once give such pairs for many of them,
and only what is left is bounded on its own: by a linear programme, which can only err towards too wide, and where its
answer is not whole, by integer programming. What cannot be shown to be safe is a finding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Matrix = Any
"""A sparse array of 0 and 1 in float64, a row for each sum and a column for each atom that it may add."""

_NEARLY = 1e-6
_PATIENCE = 20.0
"""Seconds for one integer programme."""
_FRUITLESS = 4
_FEW = 8
"""So few counts are bounded one by one at once."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is published: sums of atoms, and from what to what each lies; whole numbers, both included."""

    of: Matrix
    low: Floats
    high: Floats

    def take(self, which: NDArray[Any]) -> "Known":
        """Some of the figures."""
        return Known(self.of[which], self.low[which], self.high[which])


@dataclass(frozen=True, eq=False)
class Secrets:
    """Counts that must not be narrowed, and what must stay open of each.

    `width` is the highest less the lowest value that must stay possible. Values above `ceiling` do not count towards
    it: 9 for a figure withheld as below 10. A count that can only be `floor` or more is none of the secrets.
    """

    of: Matrix
    width: int
    ceiling: Floats
    floor: Floats

    def take(self, which: NDArray[Any]) -> "Secrets":
        """Some of the secrets."""
        return Secrets(self.of[which], self.width, self.ceiling[which], self.floor[which])


@dataclass(frozen=True)
class Finding:
    """A secret that a reader can narrow: which, from what to what, and by which of the published figures."""

    secret: int
    low: float
    high: float
    figures: tuple[int, ...]


def sums(rows: Sequence[Any], atoms: int) -> Matrix:
    """The matrix with a row for each list of positions of atoms."""
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.empty(0, np.int64), *rows]).astype(np.int64)
    return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(rows), atoms))


def secrets(known: Known, withheld: Matrix, small: Any, *, below: NDArray[np.bool_], fewest: int) -> Secrets:
    """What must not be narrowed: the withheld figures, in their order, and then what the published ones imply.

    Parameters
    ----------
    withheld
        Sums of atoms that are not published.
    small
        Tells of a matrix of sums which of them count in an area with too few homes.
    below
        Which of the withheld are so because they are below `fewest`.
    """
    own = withheld.shape[0]
    every = sparse.vstack([withheld, *_implied(known, fewest)], format="csr")
    # A sum of random numbers, one for each atom, is another for every other set of atoms.
    mark = np.round(every @ np.random.default_rng(0).random(every.shape[1]), 9)
    _, first = np.unique(mark, return_index=True)
    chosen = np.zeros(every.shape[0], bool)
    chosen[first] = True
    published = known.of @ np.random.default_rng(0).random(every.shape[1])
    chosen &= ~np.isin(mark, np.round(published, 9)) & (np.diff(every.indptr) > 0)
    chosen[:own] = True
    of = every[chosen]
    ceiling = np.full(of.shape[0], np.inf)
    ceiling[:own][below] = fewest - 1
    return Secrets(of, fewest - 1, ceiling, np.where(small(of), np.inf, fewest))


def _implied(known: Known, fewest: int) -> Iterator[Matrix]:
    """Atoms; what each two figures share; what each has alone, if that can be below `fewest`; what is left over."""
    of = known.of
    yield sparse.eye_array(of.shape[1], format="csr")
    one, other = (of @ of.T).nonzero()
    once = one < other
    yield sparse.csr_array(of[one[once]].multiply(of[other[once]]))
    alone = (one != other) & (known.low[one] - known.high[other] < fewest)
    one, other = one[alone], other[alone]
    yield _without(of[one], of[one].multiply(of[other]))
    yield _without(of, of.multiply(_within(of) @ of) > 0)


def _without(these: Matrix, those: Matrix) -> Matrix:
    left = sparse.csr_array(these - those.astype(float))
    left.eliminate_zeros()
    return left


def _within(of: Matrix) -> Matrix:
    """For each sum those that are a part of it."""
    sizes = np.diff(of.indptr)
    shared = sparse.coo_array(of @ of.T)
    outer, inner = shared.coords
    part = (shared.data == sizes[inner]) & (sizes[inner] < sizes[outer])
    return sparse.csr_array((np.ones(part.sum()), (outer[part], inner[part])), shape=shared.shape)


def audit(known: Known, secrets: Secrets, counts: Whole, *, seed: int = 0) -> list[Finding]:
    """Find the secrets that a reader can narrow.

    Parameters
    ----------
    counts
        Of every atom a count such that all agree with what is published: the true ones.

    Raises
    ------
    ValueError
        The counts do not agree with what is published.
    """
    witnesses = Witnesses(known, secrets, counts)
    witnesses.push(np.random.default_rng(seed))
    findings = map(witnesses.bound, witnesses.unsettled().tolist())
    return [finding for finding in findings if finding]


class Witnesses:
    """Whole tables that agree with what is published, and how far each secret moves between them.

    Atoms that are in the same published figures are one here: what is counted in the one may as well have been in the
    other, so a sum that has only some of them can be anything from nothing to all of what they hold together.
    """

    def __init__(self, known: Known, secrets: Secrets, counts: Whole) -> None:
        mark = np.random.default_rng(0).random(known.of.shape[0]) @ known.of
        _, first, group = np.unique(np.round(mark, 9), return_index=True, return_inverse=True)
        joined = sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), group)))
        touched = sparse.csr_array(secrets.of @ joined)
        self.outer, self.inner = touched.copy(), touched.copy()
        self.outer.data[:] = 1.0
        self.inner.data = (touched.data == joined.sum(axis=0)[touched.indices]).astype(float)
        self.inner.eliminate_zeros()
        known = Known(sparse.csr_array(known.of[:, first]), known.low, known.high)
        counts = np.asarray(counts @ joined).astype(np.int64)
        self.known, self.secrets, self.counts = known, secrets, counts
        self.rows = sparse.vstack([known.of, -known.of], format="csr")
        self.limits = np.concatenate([known.high, -known.low])
        if counts.min(initial=0) < 0 or not self._agrees(counts):
            raise ValueError("the counts do not agree with what is published of them")
        self.least = np.asarray(self.inner @ counts, float)
        self.most = np.asarray(self.outer @ counts, float)

    def _agrees(self, table: NDArray[Any]) -> bool:
        return bool((self.rows @ table <= self.limits).all())

    def unsettled(self) -> NDArray[np.intp]:
        """The secrets of which no two witnesses are far enough apart."""
        return np.flatnonzero(np.minimum(self.most, self.secrets.ceiling) - self.least < self.secrets.width)

    def push(self, random: np.random.Generator) -> None:
        """Push many secrets up and down at once, as long as that settles some."""
        fruitless = 0
        while fruitless < _FRUITLESS and len(left := self.unsettled()) > _FEW:
            apart = self._apart(left, random)
            down, up = (np.asarray(of[apart].sum(axis=0), np.float64).ravel() for of in (self.inner, self.outer))
            # No further than it takes, for there is only so much to be shared out.
            most = np.where(up, self.counts + self.secrets.width, np.inf)
            for objective in (down, -up):
                self._solve(objective, most)
            fruitless = 0 if len(self.unsettled()) < 0.99 * len(left) else fruitless + 1

    def _apart(self, left: NDArray[np.intp], random: np.random.Generator) -> NDArray[np.intp]:
        """Some of the secrets that have no atom in common, so that none is pushed at another's cost."""
        # Who draws the highest number of all that share an atom is in (Luby, 1986).
        rows = self.outer[left]
        rows.data = np.repeat(random.random(len(left)) + 1, np.diff(rows.indptr))
        highest = rows.max(axis=0).toarray().ravel()
        beaten = np.repeat(np.arange(len(left)), np.diff(rows.indptr))[rows.data < highest[rows.indices]]
        return np.delete(left, np.unique(beaten))

    def _solve(self, objective: Floats, most: Floats | float = np.inf) -> Any:
        """The table that makes the objective smallest, noted as a witness if it is whole."""
        bounds: Any = np.column_stack([np.zeros(len(objective)), np.broadcast_to(most, objective.shape)])
        found = linprog(objective, self.rows, self.limits, bounds=bounds, method="highs")
        if found.x is not None:
            self._note(found.x)
        return found

    def _note(self, table: Floats) -> bool:
        whole = np.round(table)
        if np.abs(table - whole).max() > _NEARLY or not self._agrees(whole):
            return False
        self.least = np.minimum(self.least, self.inner @ whole)
        self.most = np.maximum(self.most, self.outer @ whole)
        return True

    def bound(self, secret: int) -> Finding | None:
        """The finding that a secret is; None if it is safe."""
        down, up = (of[[secret]].toarray().ravel() for of in (self.inner, self.outer))
        (low, below), (high, above) = self._end(down), self._end(-up)
        if high == -np.inf:
            self.most[secret] = np.inf
        if low >= self.secrets.floor[secret] or secret not in self.unsettled():
            return None
        return Finding(secret, low, -high, tuple(sorted({*below, *above})))

    def _end(self, objective: Floats) -> tuple[float, list[int]]:
        """What no whole table makes an objective smaller than, and the figures that keep it from being smaller."""
        found = self._solve(objective)
        if found.x is None:
            return -np.inf, []
        binding = np.flatnonzero(np.abs(found.ineqlin.marginals) > _NEARLY) % len(self.known.low)
        end = float(np.ceil(found.fun - _NEARLY))
        if np.abs(found.x - np.round(found.x)).max() > _NEARLY:
            end = max(end, self._whole_end(objective))
        return end, binding.tolist()

    def _whole_end(self, objective: Floats) -> float:
        """As `_end`, by integer programming; as far as it is proved when that takes too long."""
        agree = LinearConstraint(self.known.of, self.known.low, self.known.high)
        whole = np.ones(len(objective), np.int64)
        found = milp(objective, integrality=whole, constraints=agree, options={"time_limit": _PATIENCE})
        if found.x is not None:
            self._note(found.x)
        proved = found.get("mip_dual_bound")
        return -np.inf if proved is None else float(np.ceil(proved - _NEARLY))
