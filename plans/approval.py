"""An approved proposal becomes a project, by the way that every row of evidence comes in."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import get_args

from evidence import Database, Viewer, ingest_rows, layer_target, standing
from geo.errors import Refused
from layers.projects import LAYER, Status
from plans.proposals import StoredSubmission, record_answer
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


def approve(
    database: Database,
    viewer: Viewer,
    stored: StoredSubmission,
    wording: Wording,
    *,
    reason: str,
    reply: str,
    now: datetime,
) -> None:
    """Answer a proposal and bring it into the layer of projects, under its own reference: both, or neither.

    In a layer that holds the demonstration it counts as synthetic, too: real rows would take the demonstration out.

    Raises
    ------
    NotVisible
        The viewer is not an officer.
    Refused
        It is no proposal, somebody has answered it before, or the layer does not take it, with the reason.
    """
    if not isinstance(stored.submission, Proposal):
        raise Refused(f"{stored.reference} is an offer of help, not a proposal.")
    synthetic = projects_are_synthetic(database)
    with database.owner.begin() as connection:
        # First: it waits for another officer who is about to answer, and then finds that there is an answer.
        record_answer(connection, viewer, stored.reference, "approved", reason=reason, reply=reply, now=now)
        try:
            ingest_rows(
                connection,
                layer_target(LAYER),
                [_project(stored, stored.submission, wording)],
                name=f"proposal {stored.reference}",
                who=viewer.name,
                today=now.date(),
                synthetic=synthetic,
            )
        except Refused as error:
            raise Refused(f"The proposal cannot become a project: {error}") from error


def projects_are_synthetic(database: Database) -> bool:
    """Whether any project is made up, so that one more is marked as the others are."""
    return any(each.synthetic for each in standing(database) if each.layer is LAYER)


def _project(stored: StoredSubmission, proposal: Proposal, wording: Wording) -> dict[str, object]:
    longitude, latitude = place_of(proposal) or (None, None)
    return {
        "reference": stored.reference,
        "type": proposal.type,
        "status": _FIRST_STATUS,
        "proposed": stored.received.date().isoformat(),
        "longitude": longitude,
        "latitude": latitude,
        "postcode": proposal.postcode,
        **asdict(wording),
    }
