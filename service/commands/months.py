"""`priorities months`: which months of each source are loaded, and what somebody knows of one that looks odd."""

from datetime import date
from typing import Annotated, Literal

import typer

from geo.errors import Refused
from service.commands.terminal import changing, day, evidence, step, table

months = typer.Typer(help="Which months of each source are loaded.", no_args_is_help=True)


@months.command("list")
def list_months() -> None:
    """Every source with the months that are loaded whole, and those that are not."""
    from evidence import Viewer, source_calendar
    from layers._registry import LAYERS

    with evidence() as database:
        calendars = {layer: source_calendar(database, Viewer("officer"), layer) for layer in LAYERS.values()}
    table(("source", "months"), [(layer.title, loaded.sentence) for layer, loaded in calendars.items()])


@months.command("note")
def note(
    layer: Annotated[str, typer.Argument(help="The layer's id, as in asb.")],
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month.")],
    says: Annotated[
        Literal["empty", "changed", "withdrawn"],
        typer.Argument(
            help="empty: nothing happened in it, though it looks as if it had not been loaded. "
            "changed: from it on the source counts something else, so nothing before is compared with it. "
            "withdrawn: what was said of it before no longer holds."
        ),
    ],
    why: Annotated[str, typer.Option(help="How you know.")],
) -> None:
    """Say what is known of a month, with your name and the reason; what was found from it is found anew."""
    from evidence import note_month, user
    from layers._registry import LAYERS

    if layer not in LAYERS:
        raise Refused(f"There is no layer {layer}: there are {', '.join(LAYERS)}.")
    if not why.strip():
        raise Refused("Say how you know: whoever doubts a figure will ask.")
    first = _month(month)
    with changing() as database:
        note_month(database, LAYERS[layer], first, says, who=user(), why=why.strip(), today=date.today())
    step(f"Noted of {LAYERS[layer].title.lower()}, {first:%B %Y}: {says}.")


def _month(text: str) -> date:
    try:
        return day(f"{text}-01") or date.min
    except Refused:
        raise Refused(f"{text} is not a month: write it as in 2026-03.") from None
