from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from web.calendar import calendar
from web.project_view import Project

HOST, NOW = "https://priorities.example", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_the_days_are_an_event_of_whole_days(project_of: Callable[..., Project]) -> None:
    """The end is the day after the last one (RFC 5545, 3.6.1); words are escaped, lines folded at 75 octets."""
    made = project_of(
        title="Tea; cake, \\ and\nlitter 🏡" * 5,
        started=date(2026, 5, 2),
        ends=date(2026, 5, 3),
        help="Come at 10.",
        longitude=-0.74,
        latitude=52.03,
    )
    body = calendar(made, HOST, NOW)
    assert max(map(len, body.split(b"\r\n"))) <= 75
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 5, 2), date(2026, 5, 4))
    assert event["summary"] == made.title
    assert event["uid"] == event["url"] == f"{HOST}/projects/P1"
    assert event["location"] == "Beech, Milton Keynes"
    assert "Come at 10." in str(event["description"])
    assert event.decoded("dtstamp") == NOW


def test_a_project_without_days_has_no_calendar(project_of: Callable[..., Project]) -> None:
    """It is asked for nowhere."""
    with pytest.raises(ValueError, match="no days"):
        calendar(project_of(), HOST, NOW)
