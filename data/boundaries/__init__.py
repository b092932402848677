"""The boundaries that are shipped: the indicative estates, the district and the grid roads of Milton Keynes."""

from pathlib import Path

FACTS = Path(__file__).parent / "facts"
ESTATES = Path(__file__).parent / "estates.geojson"
DISTRICT = Path(__file__).parent / "district.geojson"
GRID_ROADS = Path(__file__).parent / "grid_roads.geojson"
