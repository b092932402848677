"""API keys: how planners' programs and scripts show who they are."""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from evidence import Database, Role, Viewer, log_access
from evidence.access.accounts import check_estates
from evidence.access.tables import KEYS, digest, list_of, set_of
from geo.errors import Refused
from layers._registry import LAYERS


@dataclass(frozen=True)
class Key:
    """What a key is for."""

    name: str
    role: Role
    estates: frozenset[str] | None
    """The patch of an officer's key; None is every estate."""
    layers: frozenset[str] | None
    """The layers it is for; None is every layer."""
    expires: date | None
    """First day on which it does not work any more."""


def add_key(database: Database, by: Viewer, key: Key) -> str:
    """Make a key. It is given back once; what is kept is its hash.

    Raises
    ------
    Refused
        The name is taken or empty, or there is no such layer or estate.
    """
    check_estates(database, key.estates)
    unknown = (key.layers or frozenset()) - set(LAYERS)
    if unknown:
        raise Refused(f"There is no layer {', '.join(sorted(unknown))}: the layers are {', '.join(LAYERS)}.")
    if not key.name.strip():
        raise Refused("Give the key a name.")
    # The beginning tells whoever finds it in a file what it is.
    token = f"priorities_{secrets.token_urlsafe(32)}"
    about = {"role": key.role, "estates": list_of(key.estates), "layers": list_of(key.layers)}
    values = {"name": key.name, "digest": digest(token), "expires": key.expires, **about}
    with database.owner.begin() as connection:
        statement = insert(KEYS).values(values).on_conflict_do_nothing()
        if connection.scalar(statement.returning(KEYS.c.name)) is None:
            raise Refused(f"There is a key {key.name} already: revoke it first, or take another name.")
    until = {"expires": key.expires and f"{key.expires}"}
    log_access(database, by, "changed access", {"added key": key.name, **about, **until})
    return token


def revoke_key(database: Database, by: Viewer, name: str) -> None:
    """Let a key work no more, within a minute.

    Raises
    ------
    Refused
        There is no such key.
    """
    with database.owner.begin() as connection:
        if not connection.execute(delete(KEYS).where(KEYS.c.name == name)).rowcount:
            raise Refused(f"There is no key {name}.")
    log_access(database, by, "changed access", {"revoked key": name})


def keys(database: Database) -> list[Key]:
    """Every key, by name."""
    fields = (KEYS.c.name, KEYS.c.role, KEYS.c.estates, KEYS.c.layers, KEYS.c.expires)
    with database.owner.connect() as connection:
        rows = connection.execute(select(*fields).order_by(KEYS.c.name)).all()
    return [Key(row.name, row.role, set_of(row.estates), set_of(row.layers), row.expires) for row in rows]


def viewer_of_key(database: Database, token: str, today: date) -> Viewer | None:
    """Who looks with a key; None if it is none, is revoked, or has expired."""
    with database.owner.connect() as connection:
        row = connection.execute(select(KEYS).where(KEYS.c.digest == digest(token))).first()
    if row is None or (row.expires is not None and row.expires <= today):
        return None
    return Viewer(row.role, f"key {row.name}", set_of(row.estates), set_of(row.layers), by_key=True)
