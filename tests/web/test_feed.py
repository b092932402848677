from collections.abc import Callable
from datetime import UTC, date, datetime

import feedparser

from web.feed import feed
from web.project_view import Project

HOST, NOW = "https://priorities.example", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_a_feed_reader_reads_the_projects(project_of: Callable[..., Project]) -> None:
    """The newest first, with what Atom (RFC 4287) asks of each entry, whatever people wrote."""
    odd = project_of(
        reference="a/b", title='<b>&"\0\x07 🏡 مرحبا', summary="]]> & <script>", completed=date(2025, 9, 1)
    )
    complete = project_of(reference="P2", status="complete", completed=date(2025, 12, 1))
    read = feedparser.parse(feed([odd, complete], "Projects", HOST, "/projects.atom", NOW))
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert (read.feed.id, read.feed.title, read.feed.updated) == (
        f"{HOST}/projects.atom",
        "Projects",
        "2025-12-01T00:00:00+00:00",
    )
    assert read.feed.author and {each.rel for each in read.feed.links} == {"self", "alternate"}
    assert [each.id for each in read.entries] == [f"{HOST}/projects/P2", f"{HOST}/projects/a%2Fb"]
    assert all(each.title and each.updated and each.link for each in read.entries)
    assert "🏡 مرحبا" in read.entries[1].title


def test_a_feed_without_projects_is_a_feed() -> None:
    """It was updated now."""
    read = feedparser.parse(feed([], "Projects", HOST, "/projects.atom", NOW))
    assert (read.bozo, read.entries, read.feed.updated) == (False, [], NOW.isoformat())


def test_a_feed_has_the_newest_fifty(project_of: Callable[..., Project]) -> None:
    """More would be read by nobody."""
    many = [project_of(reference=f"P{number}", proposed=date(2025, 1 + number % 12, 1)) for number in range(80)]
    read = feedparser.parse(feed(many, "Projects", HOST, "/projects.atom", NOW))
    assert len(read.entries) == 50
    assert [each.updated for each in read.entries] == sorted((each.updated for each in read.entries), reverse=True)
