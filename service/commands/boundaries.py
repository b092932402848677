"""`priorities boundaries`: the estates' boundaries."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.terminal import changing, day, evidence, step, table

if TYPE_CHECKING:
    from evidence import Database

boundaries = typer.Typer(help="The estates' boundaries: import, build, list, use.", no_args_is_help=True)

ValidFrom = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="The day from which the boundaries hold; today if not given."),
]


@boundaries.command("import")
def import_boundaries(
    file: Annotated[Path, typer.Argument(help="Anything GDAL reads: GeoPackage, Shapefile, GeoJSON, MapInfo ...")],
    name: Annotated[str, typer.Option("--set", help="Name of the boundary set.")],
    code_column: Annotated[str, typer.Option("--code", help="Column with the areas' codes.")],
    name_column: Annotated[str, typer.Option("--name", help="Column with the areas' names.")],
    valid_from: ValidFrom = None,
) -> None:
    """Keep a boundary set beside those that are there. What overlaps or leaves gaps is reported."""
    from service.commands.boundary_files import import_file

    with evidence() as database:
        for line in import_file(database, file, name, code_column, name_column, day(valid_from) or date.today()):
            print(line)


@boundaries.command("build")
def build_boundaries(
    from_homes: Annotated[Path, typer.Option(help="Property list: UPRN, easting, northing, estate.")],
    to: Annotated[Path, typer.Option(help="The GeoPackage to write.")] = Path("estates.gpkg"),
    distance: Annotated[float, typer.Option(help="How far from a home an estate reaches, metres.")] = 150.0,
) -> None:
    """Make estates from homes: the land nearest to each home, up to a distance, joined by estate."""
    from service.commands.boundary_files import build_file

    print(build_file(from_homes, to, distance))


@boundaries.command("list")
def list_boundaries() -> None:
    """The boundary sets, and which one is in use."""
    with evidence() as database:
        print_sets(database)


def print_sets(database: "Database") -> None:
    """Print every version of every set."""
    from evidence import boundary_sets

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
    table(("set", "valid from", "areas", "", ""), rows)


@boundaries.command("use")
def use_boundaries(name: Annotated[str, typer.Argument(help="Name of the set.")], valid_from: ValidFrom = None) -> None:
    """Count everything on this set from now on."""
    from evidence import use_boundaries

    with changing() as database:
        use_boundaries(database, name, day(valid_from))
        print(f"Everything is now counted on {name}.", flush=True)
        step("The public site shows it after: priorities publish")
