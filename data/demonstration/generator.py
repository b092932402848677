"""Makes the demonstration: every file, and the truth about them."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from data.boundaries import ESTATES
from data.demonstration import asb, feedback, findings, homes, projects, repairs, scene, survey
from data.demonstration.evidence import Evidence
from data.demonstration.scene import Scene
from data.demonstration.truth import Truth

TRUTH = "truth.json"

FILES = {
    "homes": homes.FILES,
    "feedback": feedback.FILES,
    "repairs": repairs.FILES,
    "asb": asb.FILES,
    "projects": projects.FILES,
    "survey": survey.FILES,
}
"""File names by layer, and of the survey; homes come first, because the others are located by them."""


def generate(folder: Path, *, estates: Path = ESTATES, seed: int = 2026, until: date) -> Truth:
    """Write five years of synthetic evidence into a folder, and the truth about it as `truth.json`.

    Parameters
    ----------
    folder
        Made if it is not there; files of the same names are replaced.
    estates
        Estates with `code`, `name` and `council_homes_2021`, in any coordinate reference system.
    until
        The last day of the evidence. No event lies after it; days by which work is due may.

    Raises
    ------
    Refused
        There are too few estates with homes, or no file of them.

    The same seed, estates and last day give the same bytes. Files and their layers are `Truth.files`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage = scene.build(estates, seed, until)
    homes.write(stage.homes, stage.names, folder)
    layers = [layer.write(stage, folder) for layer in (feedback, repairs, asb)]
    projects.write(stage, folder)
    survey.write(stage, folder)
    truth = _truth(stage, layers)
    truth.write(folder / TRUTH)
    return truth


def _truth(stage: Scene, layers: list[Evidence]) -> Truth:
    rows = {layer.layer: len(layer.cases) for layer in layers}
    return Truth(
        seed=stage.seed,
        since=str(stage.days.dates[0]),
        until=str(stage.days.dates[-1]),
        files=FILES,
        rows={"homes": len(stage.homes.estate), **rows, "projects": projects.ROWS, "survey": survey.ROWS},
        precision={layer.layer: layer.precision() for layer in layers},
        estates=_estates(stage, layers),
        parameters=scene.parameters(stage) | {"survey": survey.parameters()},
        plants=[plant for layer in layers for plant in findings.planted(layer)],
        canaries=[canary for layer in layers for canary in layer.canaries],
    )


def _estates(stage: Scene, layers: list[Evidence]) -> list[dict[str, Any]]:
    cases = {layer.layer: layer.by_estate() for layer in layers}
    counts = np.bincount(stage.homes.estate, minlength=len(stage.estates))
    return [
        {
            "code": code,
            "homes": int(counts[at]),
            "level": {layer: round(float(stage.level[layer][at]), 4) for layer in cases},
            "reporting": {layer: round(float(stage.reporting[layer][at]), 4) for layer in cases},
            "cases": {layer: int(cases[layer][at]) for layer in cases},
        }
        for at, code in enumerate(stage.codes)
    ]
