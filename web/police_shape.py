"""Priorities in the shape of data.police.uk's, so that who reads those can read these."""

from datetime import date, datetime, time
from typing import Any

from markupsafe import Markup

from web.estate_report import EstateReport


def police_priorities(found: EstateReport) -> list[dict[str, Any]]:
    """The priorities of an estate: issue, issue-date, action, action-date; each issue with its latest action.

    The date of an issue is the last month that its sources are complete for. Texts are HTML, as theirs are; without an
    action, it and its date are null.
    """
    sources = found.about["sources"].values() if found.about else ()
    since = max(map(date.fromisoformat, sources), default=None)
    return [
        {
            "issue": Markup("<p>{}: {}</p>").format(each.theme.capitalize(), each.why),
            "issue-date": _time(since),
            **_action(found, each.theme),
        }
        for each in found.priorities
    ]


def _action(found: EstateReport, theme: str) -> dict[str, Any]:
    latest = next((reply for reply in found.replies if reply["theme"] == theme), None)
    if latest is None:
        return {"action": None, "action-date": None}
    return {"action": Markup("<p>{}</p>").format(latest["did"]), "action-date": _time(latest["since"])}


def _time(day: date | None) -> str | None:
    return datetime.combine(day, time()).isoformat() if day else None
