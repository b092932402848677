import json
from pathlib import Path

import numpy as np

from data.demonstration import street_names


def test_names_are_all_different() -> None:
    """Seven hundred streets and a hundred and fifty blocks share no name."""
    rng = np.random.default_rng(1)
    names = street_names.streets(700, rng) + street_names.blocks(150, rng)
    assert len(set(names)) == 850


def test_names_are_of_no_street_in_milton_keynes(shared_data: Path) -> None:
    """Nobody's real street can stand in a synthetic address."""
    streets = json.loads((shared_data / "mk_streets_osm2016.geojson").read_text())["features"]
    real = {str(street["properties"]["street"]).casefold() for street in streets}
    rng = np.random.default_rng(1)
    made = {name.casefold() for name in street_names.streets(800, rng) + street_names.blocks(200, rng)}
    assert len(real) > 3000
    assert made & real == set()
