"""What every measurement is: two things timed by turns, a ratio, and the least it should be."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

RUNS = 5


@dataclass(frozen=True)
class Measurement:
    """A line of the table; `ratio` says how many times better we are, and is at least `at_least` or we failed."""

    name: str
    ours: float
    theirs: float
    ratio: float
    at_least: float
    n: int
    unit: str

    def as_dict(self) -> dict[str, Any]:
        """The line as it is written to the file, figures to four digits."""
        return {
            key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in asdict(self).items()
        }


def seconds(work: Callable[[], Any]) -> float:
    """How long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def faster(
    name: str, n: int, at_least: float, ours: Callable[[], float], theirs: Callable[[], float], runs: int = RUNS
) -> Measurement:
    """Compare two ways to do the same by the medians of their seconds, taken by turns so that noise hits both."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    mine, other = (statistics.median(part) for part in zip(*pairs, strict=True))
    return Measurement(name, mine, other, other / mine, at_least, n, "s")
