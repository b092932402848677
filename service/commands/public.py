"""`priorities postcodes` and `priorities forget`: what the public site needs of a data officer."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from service.commands.terminal import evidence

postcodes = typer.Typer(help="Where postcodes are, for residents who look for projects nearby.", no_args_is_help=True)


@postcodes.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Code-Point Open (CSV), or columns postcode, easting, northing.")],
) -> None:
    """Load postcodes in place of those that are there. Code-Point Open is free at osdatahub.os.uk."""
    from evidence import import_postcodes

    with evidence() as database:
        print(f"{file.name}: {import_postcodes(database, file):,} postcodes.")


def forget() -> None:
    """Delete names, e-mail addresses and telephone numbers of residents that have been kept for long enough."""
    from plans.proposals import forget

    with evidence() as database:
        print(f"{forget(database, date.today()):,} contacts deleted.")
