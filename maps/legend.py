"""Classes of a shaded map: where they break, what colour they take, how many estates are in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from branca.colormap import LinearColormap, linear

FloatArray = npt.NDArray[np.float64]

CLASSES = 5

_LIGHTEST, _DARKEST = 0.22, 0.92
"""The part of a ramp that is used: its lightest colours cannot be told from the paper."""


_PALEST = 0.28
"""How much of a hue its palest tint has: less cannot be told from the paper."""


@dataclass(frozen=True)
class Class:
    """One step of the ramp: rates from `low` up to, but not including, `high`; None is without limit."""

    low: float | None
    high: float | None
    colour: str
    estates: int

    @property
    def label(self) -> str:
        """As in "under 12", "12 up to 18", "31 and over", "all"."""
        if self.low is None:
            return "all" if self.high is None else f"under {_exactly(self.high)}"
        if self.high is None:
            return f"{_exactly(self.low)} and over"
        return f"{_exactly(self.low)} up to {_exactly(self.high)}"


@dataclass(frozen=True)
class Legend:
    """The classes, and those estates that are in none."""

    classes: tuple[Class, ...]
    none: int
    """Estates with homes where nothing was recorded: a rate of 0."""
    no_homes: int
    """Estates without a listed home: no rate."""

    def place(self, rate: float | None) -> int | None:
        """The number of the class a rate is in, from 0; None for no rate and for a rate of 0."""
        if not rate:
            return None
        return sum(each.high is not None and rate >= each.high for each in self.classes)


def _exactly(limit: float) -> str:
    # Not `figure`: a class that began at 0.35 would say 0.3.
    return f"{limit:,.12g}"


def legend(rates: Sequence[float | None], ramp_name: str) -> Legend:
    """The legend of the rates of all estates.

    Parameters
    ----------
    rates
        One for each estate; None where there are no homes.
    ramp_name
        A sequential scheme of ColorBrewer.
    """
    known = np.array([rate for rate in rates if rate is not None])
    positive = known[known > 0]
    limits = breaks(positive)
    edges: list[float | None] = [None, *limits, None]
    counts = np.bincount(np.searchsorted(limits, positive, side="right"), minlength=len(limits) + 1)
    steps = zip(edges, edges[1:], ramp(ramp_name, len(limits) + 1), counts.tolist(), strict=False)
    classes = tuple(Class(*step) for step in steps) if positive.size else ()
    return Legend(classes, int(known.size - positive.size), len(rates) - int(known.size))


def breaks(values: npt.ArrayLike, classes: int = CLASSES) -> tuple[float, ...]:
    """Where classes with about equally many values meet, at numbers that can be read.

    A value equal to a break belongs to the upper class. There are fewer breaks where there are fewer than
    `classes` different values, or where so many are equal that a class would be empty; none for no values.
    """
    ordered = np.sort(np.asarray(values, float))
    distinct = np.unique(ordered)
    if distinct.size <= classes:
        wanted = (distinct[1:] + distinct[:-1]) / 2
    else:
        wanted = np.unique(np.quantile(ordered, np.arange(1, classes) / classes))
    rounded = _readable(wanted, distinct)
    # Each break must have values of its own below it, and some above.
    below, first = np.unique(np.searchsorted(ordered, rounded), return_index=True)
    used = (below > 0) & (below < ordered.size)
    return tuple(rounded[first[used]].tolist())


def _readable(limits: FloatArray, distinct: FloatArray) -> FloatArray:
    """Round each limit to a step of 1, 2 or 5 times a power of ten that keeps it apart from its neighbours."""
    if limits.size == 0:
        return limits
    all_around = np.concatenate([distinct[:1], limits, distinct[-1:]])
    gaps = np.diff(all_around)
    room = np.minimum(gaps[:-1], gaps[1:])
    room = np.where(room > 0, room, np.maximum(gaps[:-1], gaps[1:])) / 2
    steps = [_step(each) for each in room.tolist()]
    # Through text: 3 * 0.1 is not 0.3.
    return np.array([float(f"{round(limit / step) * step:.12g}") for limit, step in zip(limits, steps, strict=True)])


def _step(room: float) -> float:
    if room <= 0:
        return 0.001
    magnitude = 10.0 ** np.floor(np.log10(room))
    return float(magnitude * max(step for step in (1, 2, 5) if step * magnitude <= room * (1 + 1e-9)))


def ramp(name: str, number: int) -> tuple[str, ...]:
    """That many colours of a sequential scheme as "#rrggbb", light to dark, the lightest still visible on paper."""
    low, high = (_LIGHTEST, _DARKEST) if number > 1 else ((_LIGHTEST + _DARKEST) / 2,) * 2
    return tuple(map(scheme(name, 9).rgb_hex_str, np.linspace(low, high, number).tolist()))


def scheme(name: str, classes: int) -> LinearColormap:
    """The scheme of ColorBrewer for so many classes, with the colours between them, from 0 to 1."""
    colours: LinearColormap = getattr(linear, f"{name}_{classes:02}")
    return colours


def tints(hue: str, number: int) -> tuple[str, ...]:
    """That many tints of one hue as "#rrggbb", light to dark; the last is the hue itself."""
    return tuple(map(LinearColormap(["white", hue]).rgb_hex_str, np.linspace(_PALEST, 1, number).tolist()))
