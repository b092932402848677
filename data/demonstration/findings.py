"""What an analysis of the finished evidence should find, counted and expected."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.demonstration import plants
from data.demonstration.evidence import Evidence
from data.demonstration.plants import Hotspot
from data.demonstration.scene import QUIET
from data.demonstration.truth import Plant

Flags = NDArray[np.bool_]

_DENSE_RADIUS = 150.0


def planted(evidence: Evidence) -> list[Plant]:
    """List the plants of a layer."""
    scene, layer = evidence.scene, evidence.layer
    spots = [spot for spot in scene.hotspots if spot.wish.layer == layer]
    traps = range(len(plants.TRAPS)) if layer == plants.TRAP_LAYER else ()
    return [
        *(_hotspot(evidence, number, spot) for number, spot in enumerate(spots, 1)),
        *(_dense(evidence, number, estate) for number, estate in enumerate(scene.roles.dense, 1)),
        *(_quiet(evidence, number, estate) for number, estate in enumerate(scene.roles.quiet, 1)),
        *(_trap(evidence, number) for number in traps),
    ]


def _hotspot(evidence: Evidence, number: int, spot: Hotspot) -> Plant:
    wish, days = spot.wish, evidence.scene.days
    first, last = plants.months(wish, days)
    name = f"{wish.course}-{evidence.layer}-{number}"
    return replace(
        _plant(evidence, name, wish.course, spot.inside, wish.theme, days.window(first, last)),
        categories=dict(wish.mix),
        easting=spot.easting,
        northing=spot.northing,
        radius_m=wish.radius,
        first_month=str(first),
        last_month=str(last),
        relative_risk=wish.relative_risk,
    )


def _dense(evidence: Evidence, number: int, estate: int) -> Plant:
    homes = evidence.scene.homes
    flats = (homes.estate == estate) & (homes.kind == "Flat")
    x, y = round(float(homes.easting[flats].mean())), round(float(homes.northing[flats].mean()))
    found = _plant(evidence, f"many-homes-{evidence.layer}-{number}", "many homes", homes.within(x, y, _DENSE_RADIUS))
    return replace(found, easting=x, northing=y, radius_m=_DENSE_RADIUS)


def _quiet(evidence: Evidence, number: int, estate: int) -> Plant:
    inside, share = evidence.scene.homes.estate == estate, QUIET[evidence.layer]
    usual = evidence.usual
    outspoken = replace(usual, prompted=np.where(inside, usual.prompted / share, usual.prompted))
    made = replace(evidence, usual=outspoken)
    return replace(_plant(made, f"quiet-{evidence.layer}-{number}", "quiet", inside), reporting=share)


def _trap(evidence: Evidence, number: int) -> Plant:
    trap, estate = plants.TRAPS[number], evidence.scene.roles.traps[number]
    shown = evidence.cases.trap == number
    if number == plants.LONE_HATE:
        shown &= evidence.hate
    found = _plant(evidence, f"trap-{number + 1}", trap.kind, evidence.scene.homes.estate == estate)
    return replace(found, expected=float(trap.cases), references=evidence.references[shown].tolist())


def _plant(
    evidence: Evidence, name: str, kind: str, inside: Flags, theme: str | None = None, window: Flags | None = None
) -> Plant:
    """A plant at these homes, on the days of the window (all if None), of usual risk and reporting."""
    scene, usual, cases = evidence.scene, evidence.usual, evidence.cases
    window = np.ones(len(scene.days.dates), bool) if window is None else window
    there = inside[cases.home] & usual.of_theme(theme)[cases.category] & window[cases.day]
    return Plant(
        id=name,
        kind=kind,
        layer=evidence.layer,
        theme=theme,
        categories={},
        easting=round(float(scene.homes.easting[inside].mean())),
        northing=round(float(scene.homes.northing[inside].mean())),
        radius_m=None,
        estates=scene.codes[np.unique(scene.homes.estate[inside])].tolist(),
        homes=int(inside.sum()),
        first_month=str(scene.days.months[0]),
        last_month=str(scene.days.months[-1]),
        relative_risk=1.0,
        reporting=1.0,
        expected=round(usual.expected(theme, inside, window) * evidence.background, 1),
        actual=int(there.sum()),
        actual_exact=int((there & evidence.places.exact()).sum()),
        references=[],
    )
