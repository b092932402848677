"""An approved proposal becomes a project, by the way that every row of evidence comes in."""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from evidence import Database, ingest, layer_target, standing
from geo.errors import Refused
from layers.projects import LAYER, Status
from plans.proposals import StoredSubmission
from plans.submission import Proposal, place_of

_FIRST_STATUS = get_args(get_args(Status)[0])[0]


@dataclass(frozen=True)
class Wording:
    """What the public will read, as an officer has edited it."""

    title: str
    summary: str
    help: str
    contact: str
    public_place: bool = False
    """Whether it may be shown at its own place; else it is shown at its estate's label point."""


def approve(database: Database, stored: StoredSubmission, wording: Wording, today: date) -> None:
    """Bring a proposal into the layer of projects, under its own reference; once more changes nothing.

    In a layer that holds the demonstration it counts as synthetic, too: real rows would take the demonstration out.

    Raises
    ------
    Refused
        It is no proposal, or not one that the layer takes, with the reason.
    """
    if not isinstance(stored.submission, Proposal):
        raise Refused(f"{stored.reference} is an offer of help, not a proposal.")
    longitude, latitude = place_of(stored.submission) or ("", "")
    row = {
        "reference": stored.reference,
        "type": stored.submission.type,
        "status": _FIRST_STATUS,
        "proposed": stored.received.date().isoformat(),
        "longitude": longitude,
        "latitude": latitude,
        "postcode": stored.submission.postcode,
        **asdict(wording),
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"proposal {stored.reference}.csv"
        _write(file, row)
        try:
            ingest(database, layer_target(LAYER), file, today=today, synthetic=projects_are_synthetic(database))
        except Refused as error:
            raise Refused(_reason(file) or str(error)) from error


def projects_are_synthetic(database: Database) -> bool:
    """Whether any project is made up, so that one more is marked as the others are."""
    return any(each.synthetic for each in standing(database) if each.layer is LAYER)


def _write(file: Path, row: dict[str, object]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(row))
        writer.writeheader()
        writer.writerow(row)


def _reason(file: Path) -> str:
    """Why the row was refused, without the file that nobody will find."""
    rejects = file.with_name(f"{file.name}.rejects.csv")
    if not rejects.exists():
        return ""
    with rejects.open(encoding="utf-8", newline="") as opened:
        first = next(csv.DictReader(opened))
    return f"The proposal cannot become a project: {first['field']}: {first['reason']}."
