"""Complementary suppression: which further figures to withhold so that none of the withheld can be worked out.

Finding the fewest is a hard problem (Fischetti and Salazar, 2001). Here figures are withheld one by one, each time the
one that keeps most of the counts found narrow, and at the end every one that has become needless is published again:
none of those that stay withheld can be spared alone. `tests/layers/test_suppression.py` compares it with the fewest.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.disclosure.audit import Finding, Known, Secrets, Whole, audit


@dataclass(frozen=True)
class Suppression:
    """The figures to withhold, by their position among the known, and what is narrow whatever is withheld."""

    withheld: tuple[int, ...]
    findings: tuple[Finding, ...]


def suppress(known: Known, secrets: Secrets, counts: Whole, may: NDArray[np.bool_]) -> Suppression:
    """Withhold figures until no secret can be narrowed.

    Parameters
    ----------
    counts
        The true count of every atom.
    may
        Which of the figures may be withheld: those of the new publication, for what was published once is known.

    Returns
    -------
    Findings are left only where what may not be withheld gives a secret away; their figures are those known.
    """
    found = audit(known, secrets, counts)
    # What is safe with every figure published is safe with fewer, so only these have to be looked at again.
    narrow = secrets.take(np.array([finding.secret for finding in found], int))
    left = [Finding(at, each.low, each.high, each.figures) for at, each in enumerate(found)]
    withheld: list[int] = []
    while candidates := _candidates(known, narrow, left, may, withheld):
        withheld.append(min(candidates, key=lambda figure: (-candidates[figure], known.low[figure], figure)))
        left = _left(known, narrow, counts, withheld)
    given_away = {finding.secret for finding in left}
    for figure in sorted(withheld, key=lambda figure: -known.low[figure]):
        fewer = [each for each in withheld if each != figure]
        if {finding.secret for finding in _left(known, narrow, counts, fewer)} == given_away:
            withheld = fewer
    findings = (Finding(found[each.secret].secret, each.low, each.high, each.figures) for each in left)
    return Suppression(tuple(sorted(withheld)), tuple(findings))


def _candidates(
    known: Known, narrow: Secrets, left: list[Finding], may: NDArray[np.bool_], withheld: list[int]
) -> Counter[int]:
    """How many of the findings each figure that may still be withheld has a part in."""
    can = may.copy()
    can[withheld] = False
    counted: Counter[int] = Counter()
    for finding in left:
        parts = [figure for figure in finding.figures if can[figure]]
        # Bounds of whole numbers can be narrower than any linear programme tells the reason of.
        touching = np.flatnonzero(can & (known.of @ narrow.of[[finding.secret]].toarray().ravel() > 0)).tolist()
        counted.update(parts or touching)
    return counted


def _left(known: Known, narrow: Secrets, counts: Whole, withheld: list[int]) -> list[Finding]:
    shown = np.delete(np.arange(len(known.low)), withheld)
    found = audit(known.take(shown), narrow, counts)
    return [Finding(each.secret, each.low, each.high, tuple(shown[list(each.figures)].tolist())) for each in found]
