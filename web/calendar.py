"""A project's days as a calendar file (RFC 5545)."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from geo.council import COUNCIL
from web.project_view import Project

MEDIA_TYPE = "text/calendar"


def calendar(project: Project, host: str, now: datetime) -> bytes:
    """The days of a project as an event of whole days, from its first to its last.

    Parameters
    ----------
    host
        Where the service is, as in "https://priorities.example".
    now
        When the file was made, with its time zone.

    Raises
    ------
    ValueError
        The project has no days.
    """
    if project.days is None:
        raise ValueError(f"{project.reference} has no days")
    first, last = project.days
    event = Event()
    event.add("uid", host + project.address)
    event.add("dtstamp", now)
    event.add("dtstart", first)
    # The end is the first day that is no longer part of it.
    event.add("dtend", last + timedelta(days=1))
    event.add("summary", project.title)
    event.add("url", host + project.address)
    event.add("description", "\n\n".join(filter(None, (project.summary, project.help, host + project.address))))
    if project.estate:
        event.add("location", f"{project.estate}, {COUNCIL.place}")
    if project.longitude is not None and project.latitude is not None:
        event.add("geo", (project.latitude, project.longitude))
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//Neighbourhood priorities//Projects//EN")
    made.add_component(event)
    written: bytes = made.to_ical()
    return written
