from sqlalchemy import delete

from evidence import Database
from evidence.tables import VERSIONS
from evidence.versions import renew, versions
from layers._registry import LAYERS


def test_a_version_is_another_at_every_change(world: Database) -> None:
    """Of the layer that changed, and of no other."""
    first, second = list(LAYERS.values())[:2]
    seen = []
    for _ in range(20):
        with world.owner.begin() as connection:
            renew(connection, first.id)
            seen.append(versions(connection))
    assert len({each[first.id] for each in seen}) == 20
    assert len({each.get(second.id) for each in seen}) == 1


def test_a_version_is_another_within_one_transaction_too(world: Database) -> None:
    """The clock goes on where the transaction's own time stands still."""
    layer = next(iter(LAYERS.values()))
    seen = set()
    with world.owner.begin() as connection:
        for _ in range(3):
            renew(connection, layer.id)
            seen.add(versions(connection)[layer.id])
    assert len(seen) == 3


def test_a_version_never_comes_back(world: Database) -> None:
    """A database made anew does not repeat what browsers may have kept of the old one."""
    layer = next(iter(LAYERS.values()))
    with world.owner.begin() as connection:
        renew(connection, layer.id)
        old = versions(connection)[layer.id]
        connection.execute(delete(VERSIONS))
        assert layer.id not in versions(connection)
        renew(connection, layer.id)
        assert versions(connection)[layer.id] > old
