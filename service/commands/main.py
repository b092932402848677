"""The command line: `priorities`. Errors are sentences; it exits with 1 if something is refused, 2 for a wrong call."""

import logging
import signal
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from geo.errors import Refused
from service.commands.analysis import analyse
from service.commands.boundaries import boundaries, print_sets
from service.commands.explain import explain
from service.commands.months import months
from service.commands.public import forget, postcodes
from service.commands.publication import publications, publish
from service.commands.satisfaction import satisfaction
from service.commands.terminal import SAY, changing, evidence, sentence, step, table
from service.commands.users import key, log, user

if TYPE_CHECKING:
    from evidence import Report, Target

application = typer.Typer(
    help="Neighbourhood priorities: evidence on estate maps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
homes = typer.Typer(help="The landlord's property list, the denominator of every rate.", no_args_is_help=True)
survey = typer.Typer(help="The tenants' perception survey, TP01 to TP12.", no_args_is_help=True)
application.add_typer(boundaries, name="boundaries")
application.add_typer(homes, name="homes")
application.add_typer(survey, name="survey")
application.add_typer(postcodes, name="postcodes")
application.add_typer(months, name="months")
application.add_typer(user, name="user")
application.add_typer(key, name="key")
application.command()(satisfaction)
application.command()(analyse)
application.command()(explain)
application.command()(publish)
application.command()(publications)
application.command()(log)
application.command()(forget)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and load nothing.")]
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
        SAY.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        SAY.print(sentence(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


# What follows imports late, so that --help and a wrong call answer at once.


@application.command()
def run() -> None:
    """Serve the maps and the API. The first start makes the database and the demonstration evidence.

    PORT sets the port (8000). PRIORITIES_HOME is the folder of the private database (var/).
    PRIORITIES_DATABASE_URL uses a PostGIS that is already there.
    """
    from api.settings import settings
    from service.serve import serve

    serve(settings(), step)


def _layer_names() -> list[str]:
    # By their files: importing them takes longer than a person waits for --help.
    return sorted(file.stem for file in (Path(__file__).parents[1] / "layers").glob("[!_]*.py"))


@application.command()
def ingest(
    layer: Annotated[str, typer.Argument(help=f"One of {', '.join(_layer_names())}.")],
    files: Annotated[list[Path], typer.Argument(help="CSV, Excel, GeoJSON, GeoPackage or Parquet.", metavar="FILE")],
    columns: ColumnOf = None,
    max_refused: MaxRefused = 5.0,
    dry_run: DryRun = False,
) -> None:
    """Load files into a layer. Loading a file again changes nothing; a corrected row is updated.

    Rows that are refused are kept in FILE.rejects.csv with the reason, and the rest is loaded.
    """
    from evidence import layer_target
    from layers._registry import LAYERS

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
    from evidence import HOMES_TARGET

    _load(HOMES_TARGET, [file], columns, max_refused, dry_run)


@survey.command("import")
def import_survey(
    file: Annotated[Path, typer.Argument(help="One row a respondent: reference, date, weight, mode, TP01 to TP12.")],
    columns: ColumnOf = None,
    max_refused: MaxRefused = 5.0,
    dry_run: DryRun = False,
) -> None:
    """Load answers to the survey. Respondents that are there stay; a corrected answer is updated."""
    from evidence import SURVEY_TARGET

    _load(SURVEY_TARGET, [file], columns, max_refused, dry_run)


def _load(target: "Target", files: list[Path], columns: list[str] | None, max_refused: float, dry_run: bool) -> None:
    from evidence import ingest

    given = _pairs(columns or [])
    with evidence() if dry_run else changing() as database:
        for file in files:
            # As Text, here and in tables: brackets in a file's name are no markup.
            with SAY.status(Text(f"{file.name} …")) as status:
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
            changed = report.change.added + report.change.changed + report.change.removed
            if changed and not dry_run and (target.layer or target.replaces_all):
                step("The public site shows it after: priorities publish")


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
    # At once, because the analysis that follows takes a while.
    print(
        f"{report.file.name}: {report.rows:,} rows; {would}{told}; {report.located:,} of {kept:,} located.", flush=True
    )
    if report.rejects:
        print(f"The rows refused, with reasons, are in {report.rejects}.")


@application.command()
def demo(seed: Annotated[int, typer.Option(help="Another seed makes other evidence.")] = 2026) -> None:
    """Make five years of synthetic evidence and load it. Every page that shows it says so."""
    from api.settings import settings
    from plans.publication import publish as publish_all
    from service.start import demonstrate

    with changing() as database:
        demonstrate(database, settings().home, step, seed=seed)
    with evidence() as database:
        step("Publishing what the public may see …")
        publish_all(database, settings().home, today=date.today())


@application.command()
def status() -> None:
    """What is loaded: layers, homes, boundary sets and the latest imports."""
    from evidence import homes, ledger, standing

    with evidence() as database:
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
        table(("layer", "rows", "located", "first", "last", ""), layers)
        print(f"\n{homes(database):,} homes on the property list.\n")
        print_sets(database)
    print()
    table(("import", "into", "file", "outcome", "rows", "added", "changed", "refused", "who"), imports)
