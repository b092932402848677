"""The command line: `priorities`. Errors are sentences; it exits with 1 if something is refused, 2 for a wrong call."""

import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.errors import Refused

if TYPE_CHECKING:
    from layers import Database, Report, Target

application = typer.Typer(
    help="Neighbourhood priorities: evidence on estate maps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
boundaries = typer.Typer(help="The estates' boundaries: import, build, list, use.", no_args_is_help=True)
homes = typer.Typer(help="The landlord's property list, the denominator of every rate.", no_args_is_help=True)
application.add_typer(boundaries, name="boundaries")
application.add_typer(homes, name="homes")

_SAY = Console(stderr=True, highlight=False, emoji=False)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
MaxRefused = Annotated[
    float, typer.Option(min=0, max=100, help="Load nothing if more than this share of rows (per cent) is refused.")
]
ColumnOf = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="The column that holds a field, where its name is not recognised.",
    ),
]
ValidFrom = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="The day from which the boundaries hold; today if not given."),
]


def main() -> None:
    """Run the command line; the entry point of the package."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("api").setLevel(logging.INFO)
    # So that a service that is told to end, or whose terminal is closed, leaves the database as Ctrl-C does.
    for told in (signal.SIGTERM, signal.SIGHUP):
        # Not where somebody wants it ignored, as nohup does.
        if signal.getsignal(told) is not signal.SIG_IGN:
            signal.signal(told, lambda number, _: sys.exit(128 + number))
    try:
        application()
    except Refused as error:
        _SAY.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


# What follows imports late, so that --help and a wrong call answer at once.


@contextmanager
def _evidence() -> Iterator["Database"]:
    from api.ground import evidence
    from api.settings import settings

    with evidence(settings()) as database:
        yield database


@application.command()
def run() -> None:
    """Serve the maps and the API. The first start makes the database and the demonstration evidence.

    PORT sets the port (8000). PRIORITIES_HOME is the folder of the private database (var/).
    PRIORITIES_DATABASE_URL uses a PostGIS that is already there.
    """
    from api.serve import serve
    from api.settings import settings

    serve(settings(), _step)


@application.command()
def ingest(
    layer: Annotated[str, typer.Argument(help="feedback, repairs, asb, projects, police, or another file in layers/.")],
    files: Annotated[list[Path], typer.Argument(help="CSV, Excel, GeoJSON, GeoPackage or Parquet.", metavar="FILE")],
    columns: ColumnOf = None,
    max_refused: MaxRefused = 5.0,
    dry_run: DryRun = False,
) -> None:
    """Load files into a layer. Loading a file again changes nothing; a corrected row is updated.

    Rows that are refused are kept in FILE.rejects.csv with the reason, and the rest is loaded.
    """
    from layers import LAYERS, layer_target

    if layer not in LAYERS:
        raise Refused(f"There is no layer {layer}: the layers are {', '.join(LAYERS)}.")
    _load(layer_target(LAYERS[layer]), files, columns, max_refused, dry_run)


@homes.command("import")
def import_homes(
    file: Annotated[Path, typer.Argument(help="One row a home: UPRN and easting, northing; postcode if known.")],
    columns: ColumnOf = None,
    max_refused: MaxRefused = 5.0,
    dry_run: DryRun = False,
) -> None:
    """Load the property list: all homes, each with its UPRN. Homes that are no longer on it are removed."""
    from layers import HOMES_TARGET

    _load(HOMES_TARGET, [file], columns, max_refused, dry_run)


def _load(target: "Target", files: list[Path], columns: list[str] | None, max_refused: float, dry_run: bool) -> None:
    from layers import ingest

    given = _pairs(columns or [])
    with _evidence() as database:
        for file in files:
            # As Text, here and in tables: brackets in a file's name are no markup.
            with _SAY.status(Text(f"{file.name} …")) as status:
                report = ingest(
                    database,
                    target,
                    file,
                    today=date.today(),
                    given=given,
                    max_refused=max_refused,
                    dry_run=dry_run,
                    progress=lambda rows, file=file: status.update(Text(f"{file.name}: {rows:,} rows")),  # type: ignore[misc]
                )
            _say(report, dry_run)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    wrong = [name for name, equals, column in pairs if not (name and equals and column)]
    if wrong:
        raise Refused(f"--map takes FIELD=COLUMN, as in --map reference='Job no'; {wrong[0]} is not of that form.")
    return {name: column for name, _, column in pairs}


def _say(report: "Report", dry_run: bool) -> None:
    change = report.change
    counts = {name: getattr(change, name) for name in ("added", "changed", "unchanged", "removed")}
    told = ", ".join(
        f"{count:,} {name}" for name, count in {**counts, "refused": report.refused}.items() if count or name == "added"
    )
    would = "would be: " if dry_run else ""
    kept = report.rows - report.refused
    print(f"{report.file.name}: {report.rows:,} rows; {would}{told}; {report.located:,} of {kept:,} located.")
    if report.rejects:
        print(f"The rows refused, with reasons, are in {report.rejects}.")


@boundaries.command("import")
def import_boundaries(
    file: Annotated[Path, typer.Argument(help="Anything GDAL reads: GeoPackage, Shapefile, GeoJSON, MapInfo ...")],
    name: Annotated[str, typer.Option("--set", help="Name of the boundary set.")],
    code_column: Annotated[str, typer.Option("--code", help="Column with the areas' codes.")],
    name_column: Annotated[str, typer.Option("--name", help="Column with the areas' names.")],
    valid_from: ValidFrom = None,
) -> None:
    """Keep a boundary set beside those that are there. What overlaps or leaves gaps is reported."""
    from api.boundary_files import import_file

    with _evidence() as database:
        for line in import_file(database, file, name, code_column, name_column, _day(valid_from)):
            print(line)


@boundaries.command("build")
def build_boundaries(
    from_homes: Annotated[Path, typer.Option(help="Property list: UPRN, easting, northing, estate.")],
    to: Annotated[Path, typer.Option(help="The GeoPackage to write.")] = Path("estates.gpkg"),
    distance: Annotated[float, typer.Option(help="How far from a home an estate reaches, metres.")] = 150.0,
) -> None:
    """Make estates from homes: the land nearest to each home, up to a distance, joined by estate."""
    from api.boundary_files import build_file

    print(build_file(from_homes, to, distance))


@boundaries.command("list")
def list_boundaries() -> None:
    """The boundary sets, and which one is in use."""
    with _evidence() as database:
        _print_sets(database)


def _print_sets(database: "Database") -> None:
    from layers import boundary_sets

    rows = [
        (
            each.name,
            f"{each.valid_from}",
            f"{each.areas:,}",
            "indicative" if each.indicative else "",
            "in use" if each.in_use else "",
        )
        for each in boundary_sets(database)
    ]
    _table(("set", "valid from", "areas", "", ""), rows)


@boundaries.command("use")
def use_boundaries(name: Annotated[str, typer.Argument(help="Name of the set.")], valid_from: ValidFrom = None) -> None:
    """Count everything on this set from now on."""
    from layers import use_boundaries

    with _evidence() as database:
        use_boundaries(database, name, _day(valid_from) if valid_from else None)
    print(f"Everything is now counted on {name}.")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise Refused(f"{text} is not a day: write it as in 2026-04-01.") from error


@application.command()
def demo(seed: Annotated[int, typer.Option(help="Another seed makes other evidence.")] = 2026) -> None:
    """Make five years of synthetic evidence and load it. Every page that shows it says so."""
    from api.ground import demonstrate
    from api.settings import settings

    with _evidence() as database:
        demonstrate(database, settings().home, _step, seed=seed)


@application.command()
def status() -> None:
    """What is loaded: layers, homes, boundary sets and the latest imports."""
    from layers import homes, ledger, standing

    with _evidence() as database:
        layers = [
            (
                each.layer.id,
                f"{each.rows:,}",
                f"{each.located:,}",
                f"{each.first or '–'}",
                f"{each.last or '–'}",
                "synthetic" if each.synthetic else "",
            )
            for each in standing(database)
        ]
        imports = [
            (
                f"{each.at:%Y-%m-%d %H:%M}",
                each.what,
                each.file,
                each.outcome,
                f"{each.rows:,}",
                f"{each.added:,}",
                f"{each.changed:,}",
                f"{each.refused:,}",
                each.who,
            )
            for each in ledger(database)
        ]
        _table(("layer", "rows", "located", "first", "last", ""), layers)
        print(f"\n{homes(database):,} homes on the property list.\n")
        _print_sets(database)
    print()
    _table(("import", "into", "file", "outcome", "rows", "added", "changed", "refused", "who"), imports)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def _step(said: str) -> None:
    _SAY.print(said, markup=False, soft_wrap=True)
