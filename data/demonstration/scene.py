"""The stage on which everything happens: days, estates, homes, what is planted where, who reports how much."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from data.demonstration import homes as houses
from data.demonstration import plants
from data.demonstration.days import Days, Floats, Whole, five_years
from data.demonstration.events import Cases, Usual, draw, reserve, usual
from data.demonstration.homes import Homes, Names
from data.demonstration.plants import Hotspot, Roles
from data.demonstration.profiles import EVENTS, Profile

LEVEL_SHAPE = 400.0
PROPENSITY_SHAPE = 200.0
QUIET = {"feedback": 0.35, "asb": 0.4, "repairs": 0.5}
"""The share that residents of quiet estates report of what residents elsewhere would."""


@dataclass(frozen=True)
class Scene:
    """What all layers share."""

    seed: int
    days: Days
    estates: gpd.GeoDataFrame
    homes: Homes
    roles: Roles
    hotspots: list[Hotspot]
    level: dict[str, Floats]
    """How much happens per home in each estate, by layer; 1 is usual."""
    reporting: dict[str, Floats]
    """How much of it residents report in each estate, by layer; 1 is usual."""

    @property
    def codes(self) -> Names:
        """Codes of the estates."""
        return np.asarray(self.estates["code"], object)

    @property
    def names(self) -> Names:
        """Names of the estates."""
        return np.asarray(self.estates["name"], object)

    @property
    def last(self) -> date:
        """The last day."""
        return date.fromisoformat(str(self.days.dates[-1]))

    def stream(self, purpose: str) -> np.random.Generator:
        """Random numbers for one purpose, which a change elsewhere leaves as they are."""
        return stream(self.seed, purpose)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Random numbers for one purpose."""
    return np.random.default_rng([seed, *purpose.encode()])


def build(path: Path, seed: int, until: date) -> Scene:
    """Build homes on a set of estates and give every plant its place."""
    days = five_years(until)
    estates = houses.read_estates(path)
    roles = plants.cast(estates["homes"].to_numpy())
    homes = houses.build(estates, set(roles.dense), stream(seed, "homes"))
    hotspots = plants.place(homes, roles, days)
    hot = np.unique(np.concatenate([homes.estate[spot.inside] for spot in hotspots]))
    level, reporting = _levels(len(estates), roles, hot, seed)
    return Scene(seed, days, estates, homes, roles, hotspots, level, reporting)


def draw_cases(scene: Scene, profile: Profile) -> tuple[Usual, Cases, int]:
    """Draw the cases of a layer: what is usual in it, the cases, and how many of them are that and no plant."""
    layer, rng = profile.layer, scene.stream(f"cases of {profile.layer}")
    source = usual(profile, scene.days, scene.homes, scene.level[layer], scene.reporting[layer], rng)
    traps = [(at, trap.cases) for at, trap in zip(scene.roles.traps, plants.TRAPS, strict=True)]
    reserved = reserve(scene.homes, traps if layer == plants.TRAP_LAYER else [], source, rng)
    spots = [spot for spot in scene.hotspots if spot.wish.layer == layer]
    return source, *draw(source, profile.rows, spots, reserved, rng)


def parameters(scene: Scene) -> dict[str, Any]:
    """The numbers behind the background, for the truth file."""
    return {
        "level": {"distribution": "gamma, by estate and layer", "mean": 1, "shape": LEVEL_SHAPE},
        "reporting": {"distribution": "gamma, by estate", "mean": 1, "shape": PROPENSITY_SHAPE},
        "homes": {"distribution": "gamma, by home and layer", "mean": 1,
                  "shape": {profile.layer: profile.unevenness for profile in EVENTS}},
        "growth_per_year": {profile.layer: profile.growth for profile in EVENTS},
        "quiet": QUIET,
        "estates_with_a_plant": "level and reporting 1 but for the plant itself",
        "quiet_leaves_alone": "immediate and emergency repairs, feedback from walkabouts",
        "seed": scene.seed,
    }  # fmt: skip


def _levels(count: int, roles: Roles, hot: Whole, seed: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
    rng = stream(seed, "levels")
    # Nothing but the plant sets an estate with a plant apart.
    special = [*roles.dense, *roles.quiet, *hot]
    propensity = rng.gamma(PROPENSITY_SHAPE, 1 / PROPENSITY_SHAPE, count)
    propensity[special] = 1.0
    level, reporting = {}, {}
    for profile in EVENTS:
        level[profile.layer] = rng.gamma(LEVEL_SHAPE, 1 / LEVEL_SHAPE, count)
        level[profile.layer][special] = 1.0
        reporting[profile.layer] = propensity.copy()
        reporting[profile.layer][list(roles.quiet)] = QUIET[profile.layer]
    # Nothing happens at the traps but what is put there.
    level[plants.TRAP_LAYER][list(roles.traps)] = 0.0
    return level, reporting
