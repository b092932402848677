"""Runs again what would be found from something else than before, and keeps it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from analysis import layers as analysis
from analysis import priorities
from analysis.runs import Run, identifier, latest_run, save_run
from analysis.weights import Weights
from evidence import Database, Viewer
from layers._registry import LAYERS

_ANALYST = Viewer("officer", "analysis")


def refresh(
    database: Database, weights: Weights, as_of: date | None = None, say: Callable[[str], None] = lambda said: None
) -> list[Run]:
    """Analyse every layer, and then weigh the priorities, where anything has changed since: the runs made anew."""
    steps: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[], Run]]] = {
        layer.title.lower(): (
            partial(analysis.record_of, database, _ANALYST, layer, as_of),
            partial(analysis.analyse, database, _ANALYST, layer, as_of),
        )
        for layer in LAYERS.values()
    }
    steps["the priorities"] = (
        partial(priorities.record_of, database, _ANALYST, weights, as_of),
        partial(priorities.prioritise, database, _ANALYST, weights, as_of),
    )
    made = []
    for name, (record_of, run) in steps.items():
        wanted = record_of()
        known = latest_run(database, _ANALYST, wanted["subject"], as_of)
        if known is None or known[0] != identifier(wanted):
            say(f"Analysing {name} …")
            made.append(run())
            save_run(database, made[-1])
    return made
