"""Projects as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from xml.etree.ElementTree import Element, SubElement, tostring

from geo.council import COUNCIL
from web.project_view import Project

MEDIA_TYPE = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEWEST = 50


def feed(projects: Sequence[Project], title: str, host: str, path: str, now: datetime) -> bytes:
    """The newest projects as a feed.

    Parameters
    ----------
    host
        Where the service is, as in "https://priorities.example".
    path
        The feed's own address there.
    now
        When the feed was updated, if it has no projects.
    """
    newest = sorted(projects, key=lambda each: (each.day, each.reference), reverse=True)[:_NEWEST]
    root = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en-GB"})
    _add(root, "id", host + path)
    _add(root, "title", title)
    _add(root, "updated", _moment(newest[0].day) if newest else now.isoformat())
    _add(_add(root, "author"), "name", f"Neighbourhood priorities for {COUNCIL.place}")
    SubElement(root, "link", rel="self", type=MEDIA_TYPE, href=host + path)
    SubElement(root, "link", rel="alternate", type="text/html", href=host + "/")
    for each in newest:
        _entry(root, each, host)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(root: Element, project: Project, host: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", host + project.address)
    _add(entry, "title", project.title)
    _add(entry, "updated", _moment(project.day))
    _add(entry, "published", _moment(project.proposed))
    SubElement(entry, "link", rel="alternate", type="text/html", href=host + project.address)
    SubElement(entry, "category", term=project.type)
    about = f"{project.type.capitalize()}{f' in {project.estate}' if project.estate else ''}, {project.when}."
    _add(entry, "summary", " ".join(filter(None, (about, project.summary, project.help))))


def _add(parent: Element, name: str, words: str | None = None) -> Element:
    made = SubElement(parent, name)
    made.text = words and _legal(words)
    return made


def _legal(words: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(each for each in words if (each >= " " and each not in "\ufffe\uffff") or each in "\t\n\r")


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
