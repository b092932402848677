from datetime import date

import pytest
from sqlalchemy import text

from evidence import Database, Viewer, access_log
from evidence.access.accounts import (
    Cover,
    accounts,
    add_account,
    check_estates,
    cover_estate,
    find_account,
    remove_account,
    spelled,
)
from geo.errors import Refused

BY = Viewer("administrator", "it")
PASSWORD = "three random words"
PATCH = frozenset({"E01", "E02"})
TODAY = date(2026, 11, 26)


def test_an_account_is_what_was_added(world: Database) -> None:
    """Name in small letters, role, patch; the patch of every estate and an empty one are two things."""
    add_account(world, BY, " Ann@Council.example ", "officer", PATCH, PASSWORD)
    add_account(world, BY, "bob", "officer", None, None)
    add_account(world, BY, "pat", "planner", frozenset(), PASSWORD)
    ann, bob, pat = accounts(world)
    assert (ann.name, ann.role, ann.estates, ann.by_provider) == ("ann@council.example", "officer", PATCH, False)
    assert (bob.estates, bob.by_provider) == (None, True)
    assert pat.viewer(TODAY) == Viewer("planner", "pat", frozenset())
    assert find_account(world, "ANN@council.EXAMPLE") == ann
    assert find_account(world, "eve") is None
    assert spelled(" ÄNN ") == "änn"


def test_a_password_is_not_kept(world: Database) -> None:
    """But what Argon2id makes of it, another each time."""
    for name in ("ann", "bob"):
        add_account(world, BY, name, "planner", frozenset(), PASSWORD)
    with world.owner.connect() as connection:
        kept = set(connection.scalars(text("SELECT password FROM plans.account")))
    assert len(kept) == 2 and all(each.startswith("$argon2id$v=19$m=65536,t=3,") for each in kept)
    assert not any(PASSWORD in f"{entry}" for entry in access_log(world))


@pytest.mark.parametrize(
    ("name", "estates", "password", "said"),
    [
        ("ann", PATCH, PASSWORD, "There is an account ann already"),
        ("ANN ", PATCH, PASSWORD, "There is an account ann already"),
        ("eve", PATCH, "eleven char", "at least 12 characters"),
        ("eve", PATCH, "", "at least 12 characters"),
        ("eve", frozenset({"E01", "E99"}), PASSWORD, "There is no estate E99: give codes"),
        (" ", PATCH, PASSWORD, "Give the account a name."),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    world: Database, name: str, estates: frozenset[str], password: str, said: str
) -> None:
    """With a sentence, and without a trace."""
    add_account(world, BY, "ann", "officer", None, PASSWORD)
    before = accounts(world), access_log(world)
    with pytest.raises(Refused, match=said):
        add_account(world, BY, name, "officer", estates, password)
    assert (accounts(world), access_log(world)) == before


def test_cover_adds_to_the_patch_from_its_first_day_to_its_last(world: Database) -> None:
    """And not a day before or after; whoever has every estate gains nothing."""
    for name, estates in (("ann", PATCH), ("bob", None)):
        add_account(world, BY, name, "officer", estates, PASSWORD)
        cover_estate(world, BY, name, Cover("E05", date(2026, 12, 1), date(2026, 12, 14)))
    ann, bob = accounts(world)
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 14), date(2026, 12, 15)]
    assert [ann.viewer(day).patch for day in days] == [PATCH, PATCH | {"E05"}, PATCH | {"E05"}, PATCH]
    assert bob.viewer(days[1]).patch is None
    assert find_account(world, "ann") == ann


@pytest.mark.parametrize(
    ("name", "estate", "last", "said"),
    [
        ("eve", "E05", 14, "There is no officer eve."),
        ("pat", "E05", 14, "There is no officer pat."),
        ("ann", "E99", 14, "There is no estate E99"),
        ("ann", "E05", 1, "before it begins"),
    ],
)
def test_cover_that_cannot_be_is_refused(world: Database, name: str, estate: str, last: int, said: str) -> None:
    """A planner sees no single records, so there is nothing to cover."""
    add_account(world, BY, "ann", "officer", PATCH, None)
    add_account(world, BY, "pat", "planner", frozenset(), None)
    with pytest.raises(Refused, match=said):
        cover_estate(world, BY, name, Cover(estate, date(2026, 12, 2), date(2026, 12, last)))
    assert all(each.cover == () for each in accounts(world))


def test_who_is_removed_is_gone_with_everything(world: Database) -> None:
    """An account of the same name added later covers nothing."""
    add_account(world, BY, "ann", "officer", PATCH, None)
    cover_estate(world, BY, "ann", Cover("E05", TODAY, TODAY))
    remove_account(world, BY, "Ann")
    with pytest.raises(Refused, match="There is no account ann"):
        remove_account(world, BY, "ann")
    add_account(world, BY, "ann", "officer", PATCH, None)
    assert [each.viewer(TODAY).patch for each in accounts(world)] == [PATCH]


def test_every_change_of_access_is_noted(world: Database) -> None:
    """Who changed what."""
    add_account(world, BY, "ann", "officer", PATCH, None)
    cover_estate(world, BY, "ann", Cover("E05", TODAY, TODAY))
    remove_account(world, BY, "ann")
    entries = access_log(world)[::-1]
    assert {(entry.who, entry.event) for entry in entries} == {("it", "changed access")}
    assert entries[0].about == {"added": "ann", "role": "officer", "estates": ["E01", "E02"]}
    assert entries[1].about == {"covers": "ann", "from": "2026-11-26", "to": "2026-11-26"}
    assert entries[1].estates == ["E05"]
    assert entries[2].about == {"removed": "ann"}


def test_every_estate_is_no_estate_to_look_for(world: Database) -> None:
    """Nor is none."""
    for estates in (None, frozenset[str](), PATCH):
        check_estates(world, estates)
