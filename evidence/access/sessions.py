"""Sessions: who is signed in. The browser holds a random token, the database what it hashes to."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from evidence import Database, Viewer, log_access, private_evidence
from evidence.access.accounts import Account, find_account
from evidence.access.tables import SESSIONS, digest

IDLE = timedelta(minutes=30)
"""After so long without a request one signs in again."""

LONGEST = timedelta(hours=8)
"""After a working day one does in any case."""


def begin_session(database: Database, account: Account, way: str, now: datetime) -> str | None:
    """Sign somebody in: a new token, which is not kept. None for the demonstration's, where evidence is real.

    Parameters
    ----------
    way
        How the person has shown who it is; it is noted.
    """
    if not _welcome(database, account):
        return None
    token = secrets.token_urlsafe(32)
    values = {"digest": digest(token), "account": account.name, "began": now, "seen": now}
    with database.owner.begin() as connection:
        connection.execute(delete(SESSIONS).where((SESSIONS.c.seen < now - IDLE) | (SESSIONS.c.began < now - LONGEST)))
        connection.execute(insert(SESSIONS).values(values))
    log_access(database, account.viewer(now.date()), "signed in", {"by": way})
    return token


def viewer_of_session(database: Database, token: str, now: datetime) -> Viewer | None:
    """Who is signed in with a token, which counts as its use; None if it is none, has ended or is too old."""
    alive = (SESSIONS.c.digest == digest(token), SESSIONS.c.seen > now - IDLE, SESSIONS.c.began > now - LONGEST)
    with database.owner.begin() as connection:
        name = connection.scalar(update(SESSIONS).where(*alive).values(seen=now).returning(SESSIONS.c.account))
    account = find_account(database, name) if name else None
    return account.viewer(now.date()) if account and _welcome(database, account) else None


def end_session(database: Database, token: str, now: datetime) -> None:
    """Sign somebody out. A token that is none is no error."""
    gone = delete(SESSIONS).where(SESSIONS.c.digest == digest(token)).returning(SESSIONS.c.account)
    with database.owner.begin() as connection:
        name = connection.scalar(gone)
    account = find_account(database, name) if name else None
    if account:
        log_access(database, account.viewer(now.date()), "signed out", {})


def _welcome(database: Database, account: Account) -> bool:
    # The demonstration's password is printed at every start.
    return not (account.demonstration and private_evidence(database))
