"""`make calibrate`: how often each method calls a hotspot where there is none, and finds one where there is.

On the demonstration's homes and the product's own grid. Writes docs/calibration.md, the same bytes for the same code.
"""

import os
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.hotspots import FEWEST_HOMES, Grid, grid
from data.demonstration import FILES, generate
from geo.excess import FALSE_DISCOVERIES, excess

MAPS = 500
SEED = 2026
RATE = 0.22
"""Cases per home and year, as anti-social behaviour has in the demonstration."""
RADIUS = 200.0
FEWEST_HOMES_PLANTED = 100

_OUT = Path(__file__).parents[1] / "docs" / "calibration.md"

Counts = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """The homes of the demonstration, and the cells that they are in."""

    on: Grid
    cell: NDArray[np.intp]
    """Position of the cell of each home."""
    easting: Counts
    northing: Counts


@cache
def world() -> World:
    """The demonstration's homes, made with its seed."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), seed=SEED, until=date(2026, 10, 31))
        homes = pl.read_csv(Path(folder) / FILES["homes"][0], infer_schema_length=None)
    places = homes.select(pl.col("^(?i)easting$").alias("easting"), pl.col("^(?i)northing$").alias("northing"))
    places = places.cast(pl.Float64)
    on = grid(places, places.clear(), 150.0)
    return World(on, on.at(places), places["easting"].to_numpy(), places["northing"].to_numpy())


def by_chance(random: np.random.Generator, risk: Counts) -> Counts:
    """Cases that fall on homes by chance alone."""
    return _dealt(random.poisson(RATE * risk))


def by_home(random: np.random.Generator, risk: Counts) -> Counts:
    """Some homes report again and again: gamma by home, shape 2, as in the demonstration."""
    return _dealt(random.poisson(RATE * risk * random.gamma(2, 1 / 2, risk.size)))


def by_place(random: np.random.Generator, risk: Counts) -> Counts:
    """Some cells report more than others: gamma by cell, shape 4."""
    level = random.gamma(4, 1 / 4, world().on.cells.size)[world().cell]
    return _dealt(random.poisson(RATE * risk * level))


def _dealt(cases: NDArray[np.int64]) -> Counts:
    return np.bincount(world().cell, weights=cases, minlength=world().on.cells.size).astype(np.float64)


def ours(counts: Counts, seed: int) -> Flags:
    """What the product calls hot."""
    return excess(counts, world().on.homes, world().on.windows, FEWEST_HOMES).hot


def esda_default(counts: Counts, seed: int) -> Flags:
    """PySAL's Gi* of the counts as a notebook has it: 999 permutations, p of at most 0.05."""
    from esda.getisord import G_Local

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = G_Local(counts, _weights(), transform="B", star=True, permutations=999, n_jobs=1, seed=seed)
    return np.asarray((found.p_sim <= 0.05) & (found.Zs > 0))


@cache
def _weights() -> object:
    from libpysal.weights import WSP, WSP2W

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        windows = world().on.windows.tocsr().copy()
        windows.setdiag(0)
        windows.eliminate_zeros()
        return WSP2W(WSP(windows), silence_warnings=True)


def plain_counts(counts: Counts, seed: int) -> Flags:
    """Cells with many cases: more than two standard deviations above the mean, as a heatmap suggests."""
    return np.asarray(counts > counts.mean() + 2 * counts.std())


METHODS: dict[str, Callable[[Counts, int], Flags]] = {
    "this service": ours,
    "esda G_Local, its defaults, counts": esda_default,
    "plain counts, 2 standard deviations": plain_counts,
}
WORLDS = {"chance alone": by_chance, "homes differ": by_home, "places differ": by_place}


def one_map(job: tuple[str, float, int]) -> dict[str, tuple[bool, bool, float]]:
    """Of each method: whether it calls anything outside the plant hot, finds the plant; what share of cells is hot."""
    kind, relative_risk, number = job
    random = np.random.default_rng([SEED, list(WORLDS).index(kind), int(10 * relative_risk), number])
    here = world()
    inside = _planted(random) if relative_risk > 1 else np.zeros(here.easting.size, dtype=np.bool_)
    counts = WORLDS[kind](random, np.where(inside, relative_risk, 1.0))
    # A window reaches one cell further than the plant.
    touched = here.on.windows @ np.bincount(here.cell, weights=inside, minlength=here.on.cells.size) > 0
    return {
        name: (bool((hot & ~touched).any()), bool((hot & touched).any()), float(hot.mean()))
        for name, method in METHODS.items()
        for hot in [method(counts, number)]
    }


def _planted(random: np.random.Generator) -> Flags:
    """The homes within the radius of one of them, of which there are enough for a hotspot."""
    here = world()
    while True:
        middle = int(random.integers(here.easting.size))
        away = np.hypot(here.easting - here.easting[middle], here.northing - here.northing[middle])
        if (away <= RADIUS).sum() >= FEWEST_HOMES_PLANTED:
            return np.asarray(away <= RADIUS)


def main() -> None:
    """Simulate, print the table and write it."""
    lines = [
        "| maps | cases vary by | method | false hotspots | found | cells called hot |",
        "|---|---|---|---|---|---|",
    ]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for risk in (1.0, 2.0, 3.0):
            for kind in WORLDS if risk == 1 else ["homes differ"]:
                told = list(pool.map(one_map, [(kind, risk, number) for number in range(MAPS)], chunksize=10))
                lines += [_line(kind, risk, name, [each[name] for each in told]) for name in METHODS]
                print("\n".join(lines[-len(METHODS) :]), flush=True)
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(_page(lines))


def _line(kind: str, risk: float, name: str, told: list[tuple[bool, bool, float]]) -> str:
    wrong, found, share = np.asarray(told, dtype=np.float64).mean(axis=0)
    planted = "no hotspot" if risk == 1 else f"one, {risk:g} times the usual"
    return f"| {planted} | {kind} | {name} | {wrong:.1%} | {'' if risk == 1 else f'{found:.1%}'} | {share:.1%} |"


_PAGE = """# How far hotspots can be trusted

Written by `make calibrate`: {maps} simulated maps a line, seed {seed}, on the {homes:,} synthetic homes of the
demonstration in {cells} cells of 150 m, {rate:g} cases per home and year. *False hotspots* is the share of maps on
which anything is called hot where nothing was planted (nor beside it); *found* the share on which something of the
plant is: a circle of {radius:g} m with at least {fewest} homes.

Without any hotspot at most {level:.0%} of the maps may have one (Monte Carlo error of {maps} maps: {margin:.1%}). With
one, {level:.0%} of the cells called hot may be false. {versions}.

{table}
"""


def _page(lines: list[str]) -> str:
    return _PAGE.format(
        maps=MAPS,
        seed=SEED,
        homes=world().easting.size,
        cells=world().on.cells.size,
        rate=RATE,
        radius=RADIUS,
        fewest=FEWEST_HOMES_PLANTED,
        level=FALSE_DISCOVERIES,
        margin=1.96 * np.sqrt(FALSE_DISCOVERIES * (1 - FALSE_DISCOVERIES) / MAPS),
        versions=", ".join(f"{name} {version(name)}" for name in ("esda", "numpy", "scipy")),
        table="\n".join(lines),
    )


if __name__ == "__main__":
    main()
