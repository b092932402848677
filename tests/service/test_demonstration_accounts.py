import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from evidence import Database, Report, Viewer
from evidence.access.accounts import accounts, add_account
from evidence.access.passwords import check_password
from layers._layer import Layer
from layers._registry import LAYERS
from service.demonstration_accounts import demonstration_password, save_demonstration_accounts


@pytest.fixture
def made_up(world: Database, bring: Callable[..., Report], planted: Callable[[Layer], list[Any]]) -> Database:
    """The small world with ASB cases, of which none is real, and homes that are not either."""
    bring(world, LAYERS["asb"], planted(LAYERS["asb"]), synthetic=True)
    with world.owner.begin() as connection:
        connection.execute(text("UPDATE evidence.import SET synthetic = true"))
    return world


def test_a_demonstration_has_one_sign_in_of_each_kind(made_up: Database, tmp_path: Path) -> None:
    """Officers with every estate and with some, a planner, an administrator; made anew at each start."""
    for _ in range(2):
        patches = save_demonstration_accounts(made_up, tmp_path)
        found = {each.name: each for each in accounts(made_up)}
        assert {name: each.estates for name, each in found.items()} == patches
        assert {name: each.role for name, each in found.items()} == {
            "officer": "officer",
            "patch-officer": "officer",
            "planner": "planner",
            "administrator": "administrator",
        }
        assert patches["officer"] is None
        assert patches["patch-officer"] == frozenset({"E01", "E02", "E03", "E04", "E05"})
        assert all(each.demonstration for each in found.values())
        password = (tmp_path / "demonstration-password").read_text()
        found_by = check_password(made_up, "Planner", password, "here", datetime.now(UTC))
        assert found_by == found["planner"]


def test_they_go_when_evidence_is_real(made_up: Database, tmp_path: Path) -> None:
    """At the next start, and nobody else's account does; a name that somebody took stays theirs."""
    add_account(made_up, Viewer("administrator"), "planner", "planner", frozenset(), None)
    save_demonstration_accounts(made_up, tmp_path)
    assert [each.demonstration for each in accounts(made_up) if each.name == "planner"] == [False]
    with made_up.owner.begin() as connection:
        connection.execute(text("UPDATE evidence.import SET synthetic = false"))
    assert save_demonstration_accounts(made_up, tmp_path) == {}
    assert [each.name for each in accounts(made_up)] == ["planner"]


def test_without_evidence_there_are_none(world: Database, tmp_path: Path) -> None:
    """Nothing is made up there, so nobody has a printed password."""
    assert save_demonstration_accounts(world, tmp_path) == {}
    assert accounts(world) == []
    assert list(tmp_path.glob("demonstration-password")) == []


def test_the_password_is_made_once_and_is_the_owners(tmp_path: Path) -> None:
    """Long enough that nobody guesses it, another in each home, and readable by its owner alone."""
    first = demonstration_password(tmp_path)
    assert len(first) >= 12
    assert demonstration_password(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "demonstration-password").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert demonstration_password(tmp_path / "other") != first


def test_a_password_file_left_empty_opens_nothing(tmp_path: Path) -> None:
    """A start that was killed while it wrote the file must not leave a service without a password."""
    (tmp_path / "demonstration-password").touch()
    assert len(demonstration_password(tmp_path)) >= 12
