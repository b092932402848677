"""`priorities explain`: what a figure was made from."""

from typing import Annotated

import typer

from geo.errors import Refused
from service.commands.terminal import evidence, table


def explain(run: Annotated[str, typer.Argument(help="Its number, as pages, the API and the log give it.")]) -> None:
    """What a run was made from: data, layers, weights, parameters, seed and versions."""
    from analysis.explanation import explanation
    from analysis.runs import find_run
    from evidence import Viewer

    with evidence() as database:
        found = find_run(database, Viewer("administrator"), run)
        if found is None:
            raise Refused(f"There is no run {run}: priorities analyse says the numbers of the latest.")
        table(("", ""), list(explanation(*found)))
