"""What the accessibility statement says: facts that the tests find, kept in a file that they hold to."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("accessibility.toml")


@dataclass(frozen=True)
class Statement:
    """When what was tested, with what, and what was found."""

    tested: date
    """The day of the last test that found what is told here."""
    pages: tuple[str, ...]
    tools: tuple[str, ...]
    findings: tuple[str, ...]
    """What does not meet WCAG 2.2 AA; none if empty."""


def statement() -> Statement:
    """The facts as they are kept."""
    facts: dict[str, Any] = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    return Statement(facts["tested"], *(tuple(facts[name]) for name in ("pages", "tools", "findings")))
