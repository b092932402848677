from pathlib import Path

from evidence import PUBLIC, Database, latest_publication, publications, publish, published_figures
from layers._registry import LAYERS


def test_the_latest_publication_is_told_to_anybody(world: Database, tmp_path: Path) -> None:
    """Its number, time and rules; the same as the ledger has."""
    publish(world, tmp_path, who="Ann")
    found = latest_publication(world)
    first = publications(world)[0]
    assert found == {"id": first.id, "at": first.at, "rules": first.rules}
    assert found["rules"]["rules"]["fewest"] == 10


def test_figures_of_one_area_are_those_of_all(world: Database, tmp_path: Path) -> None:
    """Narrowed down."""
    publish(world, tmp_path)
    for layer in LAYERS.values():
        every = published_figures(world, PUBLIC, layer)
        some = published_figures(world, PUBLIC, layer, "estate", "E01")
        assert some == [each for each in every if each["level"] == "estate" and each["area"] == "E01"]
