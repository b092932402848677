"""`priorities publish` and `priorities publications`: what the public may see."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.terminal import SAY, evidence, table

if TYPE_CHECKING:
    from evidence import Difference


def publish(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and publish nothing.")] = False,
) -> None:
    """Publish what the disclosure rules allow of what is loaded now, after an audit of what can be worked out.

    The rules are in disclosure.toml, of the service's folder if it has one. If anything that they keep back could be
    worked out, nothing is published, and it is said what and from which figures.
    """
    from api.settings import settings
    from plans.publication import publish

    with evidence() as database, SAY.status("Counting …") as status:
        found = publish(database, settings().home, today=date.today(), dry_run=dry_run, step=status.update)
    print("Would be published:" if dry_run else "Published:")
    table(("layer", "figures", "new", "changed", "withheld", "to protect others"), list(map(_row, found)))


def _row(found: "Difference") -> tuple[str, ...]:
    counts = (found.figures, found.new, found.changed, found.withheld, found.complementary)
    return (found.layer.id, *(f"{count:,}" for count in counts))


def publications() -> None:
    """Every publication: when, by whom, with which rules and data, and how much was withheld."""
    from evidence import publications

    with evidence() as database:
        rows = [
            (
                str(each.id),
                f"{each.at:%Y-%m-%d %H:%M}",
                each.who,
                each.boundary_set,
                f"{each.rules['who']}, {each.rules['when']}",
                " ".join(f"{layer} {version}" for layer, version in sorted(each.versions.items())),
                f"{each.figures:,}",
                f"{each.withheld:,}",
            )
            for each in publications(database)
        ]
    table(("", "when", "who", "boundaries", "rules", "data versions", "figures", "withheld"), rows)
