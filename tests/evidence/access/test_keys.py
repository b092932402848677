from datetime import date

import pytest
from sqlalchemy import text

from evidence import Database, Viewer, access_log
from evidence.access.keys import Key, add_key, keys, revoke_key, viewer_of_key
from geo.errors import Refused

BY = Viewer("administrator", "it")
TODAY = date(2026, 11, 26)
PLANNING = Key("planning", "planner", frozenset(), frozenset({"asb"}), date(2026, 12, 1))
ROUND = Key("walkabouts", "officer", frozenset({"E01"}), None, None)


def test_a_key_says_who_is_looking_and_at_what(world: Database) -> None:
    """Role, patch and layers are those it was made for."""
    planning, walkabouts = add_key(world, BY, PLANNING), add_key(world, BY, ROUND)
    assert viewer_of_key(world, planning, TODAY) == Viewer(
        "planner", "key planning", frozenset(), frozenset({"asb"}), by_key=True
    )
    assert viewer_of_key(world, walkabouts, TODAY) == Viewer(
        "officer", "key walkabouts", frozenset({"E01"}), None, by_key=True
    )
    assert keys(world) == [PLANNING, ROUND]


def test_a_key_is_random_and_is_not_kept(world: Database) -> None:
    """Nobody who reads the table or the log can use it."""
    token = add_key(world, BY, PLANNING)
    assert token.startswith("priorities_") and len(token) == 54
    with world.owner.connect() as connection:
        kept = connection.scalar(text("SELECT digest FROM plans.key"))
    assert kept != token and viewer_of_key(world, f"{kept}", TODAY) is None
    assert token not in f"{access_log(world)}"


def test_a_key_works_until_the_day_it_expires(world: Database) -> None:
    """On that day it does not any more."""
    token = add_key(world, BY, PLANNING)
    assert viewer_of_key(world, token, date(2026, 11, 30))
    assert viewer_of_key(world, token, date(2026, 12, 1)) is None


def test_a_key_that_is_revoked_is_none(world: Database) -> None:
    """And its name is free again, for another."""
    token = add_key(world, BY, PLANNING)
    revoke_key(world, BY, "planning")
    assert viewer_of_key(world, token, TODAY) is None
    with pytest.raises(Refused, match="There is no key planning"):
        revoke_key(world, BY, "planning")
    assert add_key(world, BY, PLANNING) != token
    assert viewer_of_key(world, token, TODAY) is None
    assert [set(entry.about) & {"added key", "revoked key"} for entry in access_log(world)] == [
        {"added key"},
        {"revoked key"},
        {"added key"},
    ]


@pytest.mark.parametrize("token", ["", "x", "priorities_", "é"])
def test_what_is_no_key_is_nobody(world: Database, token: str) -> None:
    """Whatever it looks like."""
    add_key(world, BY, PLANNING)
    assert viewer_of_key(world, token, TODAY) is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (PLANNING, "There is a key planning already"),
        (Key("a", "planner", frozenset(), frozenset({"zebra"}), None), "There is no layer zebra: the layers are"),
        (Key("a", "officer", frozenset({"E99"}), None, None), "There is no estate E99"),
        (Key(" ", "planner", frozenset(), None, None), "Give the key a name"),
    ],
)
def test_a_key_that_cannot_be_is_refused(world: Database, key: Key, said: str) -> None:
    """With a sentence."""
    add_key(world, BY, PLANNING)
    with pytest.raises(Refused, match=said):
        add_key(world, BY, key)
    assert keys(world) == [PLANNING]
