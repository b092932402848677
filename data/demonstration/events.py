"""Cases of a layer: at which home, on which day, of which category. What is usual, plus what is planted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demonstration.days import Days, Floats, Whole
from data.demonstration.homes import Homes
from data.demonstration.plants import Hotspot
from data.demonstration.profiles import Profile


@dataclass(frozen=True)
class Usual:
    """What is usual in a layer, as probabilities that each sum to 1."""

    profile: Profile
    timing: Floats
    """Of the days for each category, shape (categories, days)."""
    prompted: Floats
    """Of the homes, for cases that come to light when a resident reports them."""
    unprompted: Floats
    """Of the homes, for the others."""

    def expected(self, theme: str | None, inside: NDArray[np.bool_], height: NDArray[Any]) -> float:
        """The share of the layer's cases that falls on these homes, each day weighted by a height.

        `theme` limits it to the categories of one theme.
        """
        told = self.profile.unprompted
        near = told * self.unprompted[inside].sum() + (1 - told) * self.prompted[inside].sum()
        return float((self.of_theme(theme) * self.profile.shares * near * (self.timing @ height)).sum())

    def of_theme(self, theme: str | None) -> NDArray[np.bool_]:
        """Whether each category is of the theme."""
        return np.array([theme in (None, category.theme) for category in self.profile.categories])


@dataclass(frozen=True)
class Cases:
    """Cases by column: positions of home, day and category, and which trap each belongs to (-1: none)."""

    home: Whole
    day: Whole
    category: Whole
    unprompted: NDArray[np.bool_]
    trap: Whole

    def __len__(self) -> int:
        return len(self.home)


def usual(
    profile: Profile, days: Days, homes: Homes, level: Floats, reporting: Floats, rng: np.random.Generator
) -> Usual:
    """Weigh homes for a layer.

    Parameters
    ----------
    level, reporting
        For each estate, how much happens per home, and the share of it that residents report, relative to others.
    """
    gamma = rng.gamma(profile.unevenness, 1 / profile.unevenness, len(homes.estate))
    weight = gamma * level[homes.estate]
    reported = weight * reporting[homes.estate]
    return Usual(profile, profile.timing(days), reported / reported.sum(), weight / weight.sum())


def draw(
    source: Usual, rows: int, hotspots: list[Hotspot], reserved: Cases, rng: np.random.Generator
) -> tuple[Cases, int]:
    """Draw exactly so many cases, hotspots and reserved ones included, in the order of their days.

    Returns
    -------
    The cases, and how many of them are background: what is usual without any plant.
    """
    more = [source.expected(spot.wish.theme, spot.inside, spot.excess) for spot in hotspots]
    planted = rng.poisson(np.multiply(more, (rows - len(reserved)) / (1 + sum(more))))
    background = rows - len(reserved) - int(planted.sum())
    parts = [_background(source, background, rng), reserved]
    parts += [_planted(source, spot, int(count), rng) for spot, count in zip(hotspots, planted, strict=True)]
    columns = [np.concatenate(column) for column in zip(*(vars(part).values() for part in parts), strict=True)]
    order = np.argsort(columns[1], kind="stable")
    return Cases(*(column[order] for column in columns)), background


def reserve(homes: Homes, wanted: list[tuple[int, int]], source: Usual, rng: np.random.Generator) -> Cases:
    """Cases of the traps: so many in each estate, anywhere in the five years. Traps are numbered as given."""
    trap = np.repeat(np.arange(len(wanted)), [count for _, count in wanted])
    home = np.array([rng.choice(np.flatnonzero(homes.estate == wanted[at][0])) for at in trap], np.int64)
    category = _pick(source.profile.shares, len(trap), rng)
    day = rng.integers(0, source.timing.shape[1], len(trap))
    return Cases(home, day, category, np.zeros(len(trap), bool), trap)


def _background(source: Usual, count: int, rng: np.random.Generator) -> Cases:
    category = _pick(source.profile.shares, count, rng)
    unprompted = rng.random(count) < source.profile.unprompted[category]
    home = np.where(unprompted, _pick(source.unprompted, count, rng), _pick(source.prompted, count, rng))
    return Cases(home, _days(source.timing, category, rng), category, unprompted, np.full(count, -1))


def _planted(source: Usual, spot: Hotspot, count: int, rng: np.random.Generator) -> Cases:
    names = [category.name for category in source.profile.categories]
    category = _pick(np.array([spot.wish.mix.get(name, 0.0) for name in names]), count, rng)
    unprompted = rng.random(count) < source.profile.unprompted[category]
    home = _pick(np.where(spot.inside, source.prompted, 0.0), count, rng)
    return Cases(home, _days(source.timing * spot.excess, category, rng), category, unprompted, np.full(count, -1))


def _days(timing: Floats, category: Whole, rng: np.random.Generator) -> Whole:
    day = np.empty(len(category), np.int64)
    for at in range(len(timing)):
        chosen = category == at
        day[chosen] = _pick(timing[at], int(chosen.sum()), rng)
    return day


def _pick(weight: Floats, count: int, rng: np.random.Generator) -> Whole:
    """Positions drawn with these weights; quicker than `Generator.choice`, which checks and copies them."""
    edges = np.cumsum(weight)
    return np.asarray(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"))
