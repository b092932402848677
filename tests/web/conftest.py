"""A project, made by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from web.project_view import Project


@pytest.fixture
def project_of() -> Callable[..., Project]:
    """Make a project, of which only what matters is said."""

    def make(**changes: Any) -> Project:
        given: dict[str, Any] = {
            **dict.fromkeys(Project.__dataclass_fields__),
            "reference": "P1",
            "title": "Beans for Beech",
            "type": "community garden",
            "status": "idea",
            "proposed": date(2025, 1, 10),
            "estate": "Beech",
        }
        return Project(**{**given, **changes})

    return make
