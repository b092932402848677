import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from evidence import Database, Viewer, access_log
from evidence.access.accounts import add_account
from evidence.access.passwords import MOST_BY_NAME, MOST_FROM_ADDRESS, WAIT, TooManyAttempts, check_password

PASSWORD = "three random words"


@pytest.fixture
def guarded(world: Database) -> Database:
    """The world with two accounts: one with a password, one without."""
    for name, password in (("ann", PASSWORD), ("bob", None)):
        add_account(world, Viewer("administrator"), name, "officer", None, password)
    return world


def attempt(database: Database, name: str, password: str, address: str = "10.0.0.1", **later: int) -> str | None:
    """The name of the account that an attempt opens."""
    found = check_password(database, name, password, address, datetime.now(UTC) + timedelta(**later))
    return found.name if found else None


def test_the_right_password_opens_the_account_and_no_other_does(guarded: Database) -> None:
    """An account without a password has none that is right."""
    assert attempt(guarded, " Ann ", PASSWORD) == "ann"
    for name, password in (("ann", PASSWORD + " "), ("bob", PASSWORD), ("bob", ""), ("eve", PASSWORD), ("", "")):
        assert attempt(guarded, name, password) is None
    assert [(entry.who, entry.event) for entry in access_log(guarded)][-1] != ("ann", "failed to sign in")
    assert access_log(guarded)[0].about == {"address": "10.0.0.1"}


def test_after_some_failures_a_name_waits(guarded: Database) -> None:
    """From whatever address, also with the right password, and whether or not there is such an account."""
    for name in ("ann", "nobody"):
        for number in range(MOST_BY_NAME):
            assert attempt(guarded, name, "wrong", f"10.0.0.{number}") is None
        with pytest.raises(TooManyAttempts, match=r"Wait 15 minutes, then try again\.") as raised:
            attempt(guarded, name.upper(), PASSWORD, "10.0.1.1")
        assert raised.value.headers == {"Retry-After": "900"}
    assert len(access_log(guarded, who="ann")) == MOST_BY_NAME
    assert attempt(guarded, "ann", PASSWORD, seconds=int(WAIT.total_seconds()) + 5) == "ann"


def test_after_more_failures_an_address_waits(guarded: Database) -> None:
    """Whoever tries one password on many names; another address does not wait."""
    for number in range(MOST_FROM_ADDRESS):
        assert attempt(guarded, f"name {number}", "wrong") is None
    with pytest.raises(TooManyAttempts):
        attempt(guarded, "ann", PASSWORD)
    assert attempt(guarded, "ann", PASSWORD, "10.0.0.2") == "ann"


def test_guesses_sent_at_once_do_not_overtake_the_count(guarded: Database) -> None:
    """Of twenty together, five are looked at."""

    def guess(_: int) -> bool:
        try:
            attempt(guarded, "ann", "wrong")
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(guess, range(20))) == MOST_BY_NAME


def test_a_name_that_is_not_there_takes_as_long(guarded: Database) -> None:
    """So that nobody finds out by the clock who may sign in."""
    attempt(guarded, "warm", "up")

    def took(name: str, number: int) -> float:
        start = time.perf_counter()
        attempt(guarded, name, "wrong", f"10.0.{number}.{name}", hours=number)
        return time.perf_counter() - start

    known, unknown, empty = ([took(name, number) for number in range(7)] for name in ("ann", "eve", "bob"))
    assert 0.5 < median(unknown) / median(known) < 2
    assert 0.5 < median(empty) / median(known) < 2


@pytest.mark.parametrize("name", ["\0", "a\0b", "x" * 100_000, "' OR 1=1 --", "\ud7ff", "‮"])
def test_whatever_is_typed_nobody_gets_in(guarded: Database, name: str) -> None:
    """It is noted as text, cut to what a name can be."""
    assert attempt(guarded, name, "\0") is None
    assert len(access_log(guarded)[0].who) <= 100
