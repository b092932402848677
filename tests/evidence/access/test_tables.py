from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evidence import Database
from evidence.access.tables import digest, list_of, set_of


def test_what_is_kept_of_a_token_does_not_give_it_back() -> None:
    """SHA-256 of it, as FIPS 180-4's example has it."""
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_every_estate_and_none_stay_two_things() -> None:
    """In the database an empty column is everything, an empty list nothing."""
    for values in (None, frozenset(), frozenset({"b", "a"})):
        assert set_of(list_of(values)) == values
    assert list_of(frozenset({"b", "a"})) == ["a", "b"]


def test_no_reading_role_sees_who_may_come_in(world: Database) -> None:
    """Accounts, cover, sessions, keys and the log are the owner's; analyses are for whoever counts."""
    for engine in (world.public, world.officer, world.analyst):
        for name in ("account", "cover", "session", "key", "access_log"):
            with engine.connect() as connection:
                try:
                    connection.execute(text(f"SELECT * FROM plans.{name}"))
                except DBAPIError as error:
                    assert "permission denied" in str(error)
                else:
                    raise AssertionError(f"{engine.url.username} reads {name}")
    with world.analyst.connect() as connection:
        assert connection.execute(text("SELECT * FROM plans.run")).all() == []
