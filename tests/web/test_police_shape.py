from datetime import date
from typing import Any

from web.estate_report import EstateReport, Priority
from web.police_shape import police_priorities

DONE = {"id": 1, "theme": "safety", "did": "Lamps <b>", "since": date(2026, 6, 30)}


def estate_report(**changed: Any) -> EstateReport:
    """An estate with two priorities."""
    order = (Priority(1, False, True, "safety", "About 35 cases & more."), Priority(2, False, False, "repairs", "Few."))
    about = {"sources": {"asb": "2026-05-01", "repairs": "2026-04-01"}}
    own = {"priorities": order, "lines": (), "measures": (), "replies": (DONE,), "about": about}
    return EstateReport("E01", "Alder", "Oak", 20, **(own | changed))


def test_priorities_have_the_shape_of_the_polices() -> None:
    """Four keys each, texts as HTML in which nothing of ours is markup, times without a zone."""
    assert police_priorities(estate_report()) == [
        {
            "issue": "<p>Safety: About 35 cases &amp; more.</p>",
            "issue-date": "2026-05-01T00:00:00",
            "action": "<p>Lamps &lt;b&gt;</p>",
            "action-date": "2026-06-30T00:00:00",
        },
        {
            "issue": "<p>Repairs: Few.</p>",
            "issue-date": "2026-05-01T00:00:00",
            "action": None,
            "action-date": None,
        },
    ]


def test_without_priorities_the_list_is_empty() -> None:
    """And no error before anything was published."""
    assert police_priorities(estate_report(priorities=(), about=None)) == []
