from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from evidence import HOMES_TARGET, Database, Viewer, access_log, layer_target
from evidence.access.accounts import Account, Cover, add_account, cover_estate, find_account, remove_account
from evidence.access.sessions import IDLE, LONGEST, begin_session, end_session, viewer_of_session
from layers._registry import LAYERS

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PATCH = frozenset({"E01", "E02"})
BY = Viewer("administrator", "it")
MOMENT = timedelta(seconds=1)


@pytest.fixture
def ann(world: Database) -> Account:
    """An officer of two estates."""
    add_account(world, BY, "ann", "officer", PATCH, None)
    found = find_account(world, "ann")
    assert found
    return found


def begun(database: Database, account: Account, now: datetime = NOW) -> str:
    """The token of a new session."""
    token = begin_session(database, account, "password", now)
    assert token
    return token


def test_a_session_says_who_is_looking(world: Database, ann: Account) -> None:
    """With the patch of today, cover included."""
    token = begun(world, ann)
    assert viewer_of_session(world, token, NOW) == Viewer("officer", "ann", PATCH)
    cover_estate(world, BY, "ann", Cover("E05", date(2026, 11, 26), date(2026, 11, 26)))
    assert viewer_of_session(world, token, NOW) == Viewer("officer", "ann", PATCH | {"E05"})


def test_a_token_is_random_and_is_not_kept(world: Database, ann: Account) -> None:
    """Whoever reads the table can sign in as nobody."""
    tokens = [begun(world, ann) for _ in range(20)]
    assert len(set(tokens)) == 20 and all(len(token) == 43 for token in tokens)
    with world.owner.connect() as connection:
        kept = list(connection.scalars(text("SELECT digest FROM plans.session")))
    assert len(kept) == 20 and not set(kept) & set(tokens)
    assert all(viewer_of_session(world, digest, NOW) is None for digest in kept)


def test_idleness_ends_a_session(world: Database, ann: Account) -> None:
    """Half an hour after the last use, and each use counts."""
    token, now = begun(world, ann), NOW
    for _ in range(4):
        now += IDLE - MOMENT
        assert viewer_of_session(world, token, now)
    assert viewer_of_session(world, token, now + IDLE) is None
    assert viewer_of_session(world, token, now + MOMENT)


def test_a_working_day_ends_a_session_in_any_case(world: Database, ann: Account) -> None:
    """Also one that was never idle."""
    token, now = begun(world, ann), NOW
    while now + IDLE / 2 < NOW + LONGEST:
        now += IDLE / 2
        assert viewer_of_session(world, token, now)
    assert viewer_of_session(world, token, NOW + LONGEST) is None


def test_signing_out_ends_the_session_and_no_other(world: Database, ann: Account) -> None:
    """A token that was copied before is dead; another browser's lives."""
    here, there = begun(world, ann), begun(world, ann)
    end_session(world, here, NOW)
    end_session(world, "nonsense", NOW)
    end_session(world, here, NOW)
    assert viewer_of_session(world, here, NOW) is None
    assert viewer_of_session(world, there, NOW)
    assert [entry.event for entry in access_log(world, who="ann")] == ["signed out", "signed in", "signed in"]
    assert access_log(world, who="ann")[1].about == {"by": "password"}


def test_who_is_removed_is_signed_out(world: Database, ann: Account) -> None:
    """And is not signed in again by another account of that name."""
    token = begun(world, ann)
    remove_account(world, BY, "ann")
    assert viewer_of_session(world, token, NOW) is None
    add_account(world, BY, "ann", "officer", None, None)
    assert viewer_of_session(world, token, NOW) is None


def test_sessions_that_are_over_are_cleared_away(world: Database, ann: Account) -> None:
    """By the next that begins."""
    for hours in range(3):
        begun(world, ann, NOW + timedelta(hours=hours))
    with world.owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM plans.session")) == 1


@pytest.mark.parametrize("token", ["", "x", "é", "\u2028", "' OR '1'='1"])
def test_what_is_no_token_is_nobody(world: Database, ann: Account, token: str) -> None:
    """Whatever it looks like."""
    begun(world, ann)
    assert viewer_of_session(world, token, NOW) is None


def test_real_evidence_ends_the_demonstrations_sessions(world: Database, bring_to_world: Any) -> None:
    """Left over or new: the password was printed. What is public anyway, as police records are, is nothing to hide."""
    with world.owner.begin() as connection:
        # The small world's homes are a council's own; here they are made up.
        connection.execute(text("UPDATE evidence.import SET synthetic = true"))
        connection.execute(
            text("INSERT INTO plans.account (name, role, demonstration) VALUES ('demo', 'officer', true)")
        )
    demo = find_account(world, "demo")
    assert demo
    token = begun(world, demo)
    bring_to_world(layer_target(LAYERS["police"]), {"month": "2026-01", "crime": "drugs"}, synthetic=False)
    assert viewer_of_session(world, token, NOW)
    bring_to_world(HOMES_TARGET, {"uprn": "1", "easting": 485500, "northing": 236500}, synthetic=False)
    assert viewer_of_session(world, token, NOW) is None
    assert begin_session(world, demo, "password", NOW) is None
