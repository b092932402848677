import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evidence import (
    PUBLIC,
    Database,
    NotVisible,
    Selection,
    Viewer,
    access_log,
    is_logged,
    item,
    items,
    log_access,
    prepare,
    sign_in_failures,
)
from layers._registry import LAYERS

ANN = Viewer("officer", "Ann", frozenset({"E01", "E02"}))
BOB = Viewer("administrator", "Bob")
ASB, PROJECTS = LAYERS["asb"], LAYERS["projects"]


@pytest.fixture
def looked_at(world: Database, evidence_of: Any, bring: Any) -> Database:
    """The world with records, of which none has been looked at."""
    for layer in (ASB, PROJECTS):
        bring(world, layer, evidence_of(layer, 80))
    return world


def test_a_list_of_records_is_one_entry_that_names_them_all(looked_at: Database) -> None:
    """With what was asked for, the estates, and who."""
    before = datetime.now(UTC)
    asked = Selection(categories=frozenset({"noise", "rubbish"}), first=date(2024, 2, 1))
    found = items(looked_at, ANN, ASB, asked, bbox=(-1.0, 51.0, 0.0, 53.0), limit=1000)
    (entry,) = access_log(looked_at)
    assert (entry.who, entry.role, entry.event, entry.layer) == ("Ann", "officer", "saw", "asb")
    assert entry.records == [row["reference"] for row in found.rows] != []
    assert entry.estates == sorted({row["estate"] for row in found.rows}) != []
    assert entry.about["category"] == ["noise", "rubbish"] and entry.about["first"] == "2024-02"
    assert entry.about["bbox"] == [-1.0, 51.0, 0.0, 53.0] and entry.about["limit"] == 1000
    assert before <= entry.at <= datetime.now(UTC)


def test_what_a_program_takes_is_exported(looked_at: Database) -> None:
    """A key takes data away: the log tells it from a look."""
    items(looked_at, ANN, ASB, Selection(), limit=3)
    items(looked_at, replace(ANN, name="key walkabouts", by_key=True), ASB, Selection(), limit=3)
    assert [(entry.who, entry.event) for entry in access_log(looked_at)] == [
        ("key walkabouts", "exported"),
        ("Ann", "saw"),
    ]


def test_who_saw_a_record_can_be_answered(looked_at: Database) -> None:
    """In a list or singly; and not who asked for it in vain."""
    mine = items(looked_at, ANN, ASB, Selection(), limit=1000).rows
    theirs = next(row for row in items(looked_at, BOB, ASB, Selection(), limit=1000).rows if row["estate"] == "E03")
    assert item(looked_at, ANN, ASB, mine[0]["reference"])
    assert item(looked_at, ANN, ASB, theirs["reference"]) is None
    assert [entry.who for entry in access_log(looked_at, record=mine[0]["reference"])] == ["Ann", "Bob", "Ann"]
    assert [entry.who for entry in access_log(looked_at, record=theirs["reference"])] == ["Bob"]
    assert {entry.who for entry in access_log(looked_at, estate="E03")} == {"Bob"}
    assert len(access_log(looked_at, who="Ann")) == 2
    assert access_log(looked_at, who="Ann", estate="E03") == []
    assert access_log(looked_at, since=date.today() + timedelta(days=2)) == []
    assert len(access_log(looked_at, limit=1)) == 1


def test_what_is_public_and_what_is_not_seen_is_not_noted(looked_at: Database) -> None:
    """A log full of what everybody sees would hide what matters."""
    assert items(looked_at, PUBLIC, PROJECTS, Selection()).rows
    assert items(looked_at, ANN, PROJECTS, Selection()).rows
    assert items(looked_at, ANN, ASB, Selection(estates=frozenset({"E03"}))).matched == 0
    with pytest.raises(NotVisible):
        items(looked_at, Viewer("planner", "Pat"), ASB, Selection())
    assert access_log(looked_at) == []


def test_nothing_is_shown_that_could_not_be_noted(looked_at: Database) -> None:
    """Without its log the service shows no record."""
    with looked_at.owner.begin() as connection:
        connection.execute(text("ALTER TABLE plans.access_log RENAME TO gone"))
    for ask in (lambda: items(looked_at, ANN, ASB, Selection()), lambda: item(looked_at, BOB, ASB, "1/00000")):
        with pytest.raises(DBAPIError, match=re.escape('"plans.access_log" does not exist')):
            ask()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plans.access_log SET who = 'somebody else'",
        "DELETE FROM plans.access_log",
        "TRUNCATE plans.access_log",
        "UPDATE plans.access_log SET who = 'somebody else' WHERE false",
        "INSERT INTO plans.access_log TABLE plans.access_log ON CONFLICT (id) DO UPDATE SET who = 'somebody else'",
    ],
)
@pytest.mark.parametrize("around", ["", "SET session_replication_role = replica"])
def test_nobody_changes_the_log(world: Database, change: str, around: str) -> None:
    """Not even the owner of the database, who is a superuser here, nor with triggers put off."""
    log_access(world, ANN, "signed in", {})
    with world.owner.connect() as connection:
        if around:
            connection.exec_driver_sql(around)
        with pytest.raises(DBAPIError, match=r"only added to|cannot insert a non-DEFAULT value"):
            connection.exec_driver_sql(change)
    assert [entry.who for entry in access_log(world)] == ["Ann"]


def test_the_log_outlives_a_start(world: Database, tmp_path: Any) -> None:
    """Also one that makes the tables anew."""
    log_access(world, BOB, "published", {"rules": "2026"})
    with world.owner.begin() as connection:
        connection.exec_driver_sql("COMMENT ON SCHEMA evidence IS 'before'")
    prepare(world, tmp_path / "home")
    assert [entry.about for entry in access_log(world)] == [{"rules": "2026"}]


def test_a_deed_that_is_none_is_refused(world: Database) -> None:
    """By the database: the words of the log are few and known."""
    unknown: Any = "thought of"
    with pytest.raises(DBAPIError, match="violates check constraint"):
        log_access(world, ANN, unknown, {})


def test_what_was_noted_is_known(world: Database) -> None:
    """An event of a record, and no other of either."""
    log_access(world, ANN, "changed weights", {}, records=["a", "b"])
    assert is_logged(world, "changed weights", "a") and is_logged(world, "changed weights", "b")
    assert not is_logged(world, "changed weights", "c") and not is_logged(world, "published", "a")


def test_failures_are_counted_by_name_and_by_address(world: Database) -> None:
    """Since a time; other deeds are none."""
    start = datetime.now(UTC)
    for name, address in (("Ann", "1"), ("Ann", "2"), ("Bob", "1"), ("Ann", "1")):
        log_access(world, Viewer("public", name), "failed to sign in", {"address": address})
    log_access(world, ANN, "signed in", {"address": "1"})
    assert sign_in_failures(world, start, name="Ann", address="1") == (3, 3)
    assert sign_in_failures(world, start, name="Bob", address="2") == (1, 1)
    assert sign_in_failures(world, start, name="Eve", address="3") == (0, 0)
    assert sign_in_failures(world, datetime.now(UTC) + timedelta(seconds=1), name="Ann", address="1") == (0, 0)


def test_ten_thousand_records_are_noted_quickly(world: Database) -> None:
    """The largest list the API gives: one entry, and each of its records finds it."""
    references = [f"ASB-2026-{number:06d}" for number in range(10_000)]
    log_access(world, ANN, "saw", {}, of_layer="asb", records=references)
    assert len(access_log(world)) == 1
    assert access_log(world, record=references[-1])[0].records == references
