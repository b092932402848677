"""`priorities satisfaction`: the Tenant Satisfaction Measures as a table."""

import csv
import sys
from datetime import date
from typing import Annotated

import typer

from geo.errors import Refused
from service.commands.terminal import evidence, step, table


def satisfaction(
    year: Annotated[
        int | None,
        typer.Option(
            min=2000,
            max=2100,
            help="The financial year that ends in March of this year; the last 12 complete months if not given.",
        ),
    ] = None,
    estate: Annotated[str | None, typer.Option(help="Code of an estate; all of the landlord if not given.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write the table as CSV.")] = False,
) -> None:
    """The Tenant Satisfaction Measures of twelve months, as the regulator has them published."""
    from analysis.satisfaction import COLUMNS, published
    from analysis.satisfaction import satisfaction as measured
    from evidence import Viewer

    with evidence() as database:
        found = measured(database, Viewer("officer"), today=date.today(), year=year)
    if estate is not None and estate not in found.estates:
        raise Refused(f"There is no estate {estate}: the estates are {', '.join(found.estates)}.")
    rows = published(found.landlord if estate is None else found.estates[estate])
    made_up = " Synthetic evidence, made up to show the service." if found.synthetic else ""
    # Beside the table, not in it: a CSV file is rows alone.
    step(f"{found.first:%B %Y} to {found.last:%B %Y}.{made_up}")
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *rows])
    else:
        table(COLUMNS, rows)
