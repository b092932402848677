"""`make calibrate`: how often each method calls a hotspot where there is none, and finds one where there is.

On the demonstration's homes, on homes spread over real postcodes where those are there, and the product's own grid.
Writes docs/calibration.md, the same bytes for the same code and data.
"""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from analysis.hotspots import clearest_apart
from bench.calibration_worlds import (
    SEED,
    VARY,
    WORLDS,
    Counts,
    Flags,
    Plant,
    World,
    circle,
    edge,
    shared_data,
    street,
)
from geo.excess import FALSE_DISCOVERIES, excess

MAPS = 500
WHOLE, THEME = 0.22, 0.04
"""Cases per home and year: as anti-social behaviour has in the demonstration, and at a real landlord or in a theme."""

_OUT = Path(__file__).parents[1] / "docs" / "calibration.md"

Places = list[Flags]
"""What is told on a map, each as the cells that it is made of."""


@dataclass(frozen=True)
class Line:
    """A line of the table: so many maps of one kind."""

    world: str
    rate: float
    vary: str
    plant: Plant | None = None
    methods: int = 1
    """How many of METHODS are tried."""


_HUNDRED = Plant(2, "200 m around", 100, partial(circle, 200))
_LINES = (
    *(Line("demonstration", WHOLE, vary, methods=3 if vary == "chance alone" else 1) for vary in VARY),
    *(Line("demonstration", THEME, vary) for vary in VARY),
    Line("demonstration", WHOLE, "homes differ", _HUNDRED, methods=3),
    Line("demonstration", WHOLE, "homes differ", Plant(3, "200 m around", 100, partial(circle, 200)), methods=3),
    Line("demonstration", WHOLE, "homes differ", Plant(1.5, "450 m around", 300, partial(circle, 450))),
    Line("demonstration", WHOLE, "places differ", _HUNDRED),
    Line("demonstration", WHOLE, "neighbourhoods differ", _HUNDRED),
    Line("demonstration", WHOLE, "homes differ", Plant(3, "a block, 40 m around", 20, partial(circle, 40))),
    Line("demonstration", WHOLE, "homes differ", Plant(3, "a street of 500 m", 40, street)),
    Line("demonstration", WHOLE, "homes differ", Plant(2, "half of 200 m around", 60, edge)),
    Line("demonstration", THEME, "homes differ", _HUNDRED),
    Line("demonstration", THEME, "homes differ", Plant(4, "200 m around", 100, partial(circle, 200))),
)
_OF_CENSUS = (
    *(Line("census", WHOLE, vary) for vary in VARY),
    Line("census", WHOLE, "homes differ", _HUNDRED),
    Line("census", THEME, "homes differ", Plant(4, "200 m around", 100, partial(circle, 200))),
)


def ours(world: World, counts: Counts, seed: int) -> Places:
    """What the product tells of one map."""
    windows = world.on.windows
    found = excess(counts, windows)
    over = windows.over[clearest_apart(windows.over, found.corrected, found.corrected, np.zeros(windows.size.size))]
    return list(over.toarray() > 0)


def esda_default(world: World, counts: Counts, seed: int) -> Places:
    """PySAL's Gi* of the counts as a notebook has it: 999 permutations, p of at most 0.05."""
    from esda.getisord import G_Local

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = _weights(world.name)
        found = G_Local(counts, weights, transform="B", star=True, permutations=999, n_jobs=1, seed=seed)
    return _cells_as_places(np.asarray((found.p_sim <= 0.05) & (found.Zs > 0)))


@cache
def _weights(name: str) -> object:
    from libpysal.weights import WSP, WSP2W

    world = next(made for make in WORLDS.values() if (made := make()).name == name)
    windows = world.on.around.tocsr().copy()
    windows.setdiag(0)
    windows.eliminate_zeros()
    return WSP2W(WSP(windows), silence_warnings=True)


def plain_counts(world: World, counts: Counts, seed: int) -> Places:
    """Cells with many cases: more than two standard deviations above the mean, as a heatmap suggests."""
    return _cells_as_places(np.asarray(counts > counts.mean() + 2 * counts.std()))


def _cells_as_places(hot: Flags) -> Places:
    """Every hot cell as a place of its own."""
    return [np.arange(hot.size) == cell for cell in np.flatnonzero(hot)]


METHODS: dict[str, Callable[[World, Counts, int], Places]] = {
    "this service": ours,
    "esda G_Local, its defaults, counts": esda_default,
    "plain counts, 2 standard deviations": plain_counts,
}


def methods_of(line: Line) -> list[str]:
    """The methods that are tried on a line."""
    return list(METHODS)[: line.methods]


def one_map(job: tuple[Line, int]) -> list[tuple[int, int]]:
    """Of each method: how many places it tells that reach the plant, and how many that do not."""
    line, number = job
    world = WORLDS[line.world]()
    random = np.random.default_rng([SEED, list(VARY).index(line.vary), int(100 * line.rate), number])
    risk, inside = VARY[line.vary](world, random), np.zeros(world.cell.size, dtype=np.bool_)
    if line.plant:
        inside = line.plant.where(world, random)
        risk = risk * np.where(inside, line.plant.relative_risk, 1.0)
    counts, planted = world.of_cells(random.poisson(line.rate * risk)), world.of_cells(inside) > 0
    told = [METHODS[name](world, counts, number) for name in methods_of(line)]
    right = [sum(bool((place & planted).any()) for place in places) for places in told]
    return [(each, len(places) - each) for each, places in zip(right, told, strict=True)]


def main() -> None:
    """Simulate, print the table and write it."""
    table = [
        "| homes | cases a home | cases vary by | planted | method | maps with a false place | found | false of told |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for line in (*_LINES, *(_OF_CENSUS if shared_data() else ())):
            maps = list(pool.map(one_map, [(line, number) for number in range(MAPS)], chunksize=10))
            for at, name in enumerate(methods_of(line)):
                table.append(_row(line, name, [each[at] for each in maps]))
                print(table[-1], flush=True)
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(_PAGE.format(**_facts(), table="\n".join(table)))


def _row(line: Line, method: str, maps: Sequence[tuple[int, int]]) -> str:
    right, false = np.asarray(maps, dtype=np.float64).T
    plant = line.plant
    planted = f"{plant.relative_risk:g} times, {plant.shape}, {plant.homes} homes or more" if plant else "nothing"
    found = f"{(right > 0).mean():.1%}" if plant else ""
    of_told = f"{false.sum() / max(right.sum() + false.sum(), 1):.1%}" if plant else ""
    cells = (line.world, f"{line.rate:g}", line.vary, planted, method, f"{(false > 0).mean():.1%}", found, of_told)
    return f"| {' | '.join(cells)} |"


_PAGE = """# How far hotspots can be trusted

Written by `make calibrate`: {maps} simulated maps a line, seed {seed}, on {homes}, in cells of 150 m.
*Cases a home* are those of one year: {whole:g} as all anti-social behaviour has in the demonstration, {theme:g} as it
has at a real landlord, or one theme of it. *A false place* lies nowhere on what was planted; *found* is the share of
maps on which a place does; *false of told* is the share of places. Other methods tell cells, each counted as a place.

Where nothing is planted at most {level:.0%} of the maps may show a place (Monte Carlo error of {maps} maps:
{margin:.1%}). What is found seldom here cannot be found: with so few cases nothing can tell such a place from chance.
{versions}.

{table}
"""


def _facts() -> dict[str, object]:
    worlds = list(_worlds())
    return {
        "maps": MAPS,
        "seed": SEED,
        "homes": " and on ".join(f"{w.cell.size:,} homes ({w.name}) in {w.on.cells.size:,} cells" for w in worlds),
        "whole": WHOLE,
        "theme": THEME,
        "level": FALSE_DISCOVERIES,
        "margin": 1.96 * np.sqrt(FALSE_DISCOVERIES * (1 - FALSE_DISCOVERIES) / MAPS),
        "versions": ", ".join(f"{name} {version(name)}" for name in ("esda", "numpy", "scipy")),
    }


def _worlds() -> Iterator[World]:
    yield WORLDS["demonstration"]()
    if shared_data():
        yield WORLDS["census"]()


if __name__ == "__main__":
    main()
