"""Signing in with a name and a password: as slow for a name that is not there, and not for ever."""

from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from evidence import Database, Viewer, log_access, sign_in_failures
from evidence.access.accounts import HASHER, Account, find_account, spelled
from evidence.access.tables import ACCOUNTS

WAIT = timedelta(minutes=15)
MOST_BY_NAME, MOST_FROM_ADDRESS = 5, 30
"""Attempts that may fail within `WAIT`: enough for a person who mistypes, and for an office behind one address.

They are counted in the log, where they are kept anyway: a restart forgets none, and several processes share them.
"""

_ONE_AT_A_TIME = Lock()
"""So that guesses sent at once do not overtake the count, nor each take the 64 MiB of a hash."""

_LONGEST = 100
"""Characters of a name that are noted."""


class TooManyAttempts(Exception):
    """Signing in has failed too often by this name or from this address; nobody looks at the password."""

    def __init__(self) -> None:
        super().__init__("There were too many attempts. Wait 15 minutes, then try again.")
        self.headers = {"Retry-After": str(int(WAIT.total_seconds()))}


def check_password(database: Database, name: str, password: str, address: str, now: datetime) -> Account | None:
    """The account of whoever has given its name and password; None, and noted, if they do not belong together.

    Parameters
    ----------
    address
        Where the attempt comes from, as text.

    Raises
    ------
    TooManyAttempts
        Wait before the next.
    """
    # A NUL is in no name, and PostgreSQL takes none.
    name = spelled(name).replace("\0", "")[:_LONGEST]
    if not name:
        return None
    with _ONE_AT_A_TIME:
        by_name, from_address = sign_in_failures(database, now - WAIT, name=name, address=address)
        if by_name >= MOST_BY_NAME or from_address >= MOST_FROM_ADDRESS:
            raise TooManyAttempts
        if _right(database, name, password):
            return find_account(database, name)
        log_access(database, Viewer("public", name), "failed to sign in", {"address": address})
        return None


def _right(database: Database, name: str, password: str) -> bool:
    with database.owner.connect() as connection:
        kept = connection.scalar(select(ACCOUNTS.c.password).where(ACCOUNTS.c.name == name))
    try:
        # Of nobody's, where there is none: the answer takes as long.
        HASHER.verify(kept or _nobodys(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody")
