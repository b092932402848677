"""The tables of who may come in: accounts, what they cover, sessions and API keys. Only the owner's role reads them."""

from hashlib import sha256

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY

from evidence.database import PLANS


def _name_of_account() -> Column[str]:
    return Column("account", ForeignKey("plans.account.name", ondelete="CASCADE"), nullable=False, index=True)


ACCOUNTS = Table(
    "account",
    PLANS,
    Column("name", Text, primary_key=True, comment="In small letters; e-mail of whoever signs in with a provider"),
    Column("role", Text, nullable=False),
    CheckConstraint(named("role").in_(("planner", "officer", "administrator"))),
    Column("estates", ARRAY(Text), comment="Patch of an officer; empty is every estate"),
    Column("password", Text, comment="Argon2 hash; empty for whoever signs in with a provider"),
    Column("demonstration", Boolean, nullable=False, server_default="false"),
    Column("added", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Who may sign in",
)

COVER = Table(
    "cover",
    PLANS,
    Column("id", Integer, Identity(), primary_key=True),
    _name_of_account(),
    Column("estate", Text, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    CheckConstraint(named("first") <= named("last")),
    comment="Estates that officers look after for others, from a day to a day, both included",
)

SESSIONS = Table(
    "session",
    PLANS,
    Column("digest", Text, primary_key=True, comment="SHA-256 of what the cookie holds"),
    _name_of_account(),
    Column("began", DateTime(timezone=True), nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False, comment="Last use, to a minute"),
    comment="Who is signed in",
)

KEYS = Table(
    "key",
    PLANS,
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True, comment="SHA-256 of the key"),
    Column("role", Text, nullable=False),
    CheckConstraint(named("role").in_(("planner", "officer"))),
    Column("estates", ARRAY(Text), comment="Patch of an officer's key; empty is every estate"),
    Column("layers", ARRAY(Text), comment="The layers it is for; empty is every layer"),
    Column("expires", Date, comment="First day on which it does not work any more"),
    Column("added", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Keys of programs",
)


def digest(token: str) -> str:
    """What is kept of a token. It is random and long, so nothing slower than SHA-256 is needed."""
    return sha256(token.encode()).hexdigest()


def set_of(values: list[str] | None) -> frozenset[str] | None:
    """A column of several values as a viewer has it."""
    return None if values is None else frozenset(values)


def list_of(values: frozenset[str] | None) -> list[str] | None:
    """What a viewer has as a column of several values."""
    return None if values is None else sorted(values)
