from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest

from data.boundaries import ESTATES
from data.demonstration import FILES, TRUTH, Truth, generate
from evidence import (
    HOMES_TARGET,
    SURVEY_TARGET,
    connect,
    ingest,
    layer_target,
    prepare,
    save_boundaries,
    use_boundaries,
)
from geo.crs import grid_frame
from geo.errors import Refused
from layers._registry import LAYERS

UNTIL = date(2025, 11, 23)


@pytest.mark.simulation
def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Every file of a second run is the first's, to the last byte."""
    generate(tmp_path, seed=2026, until=UNTIL)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {TRUTH, *(name for files in FILES.values() for name in files)}
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.simulation
def test_another_seed_gives_other_cases(truth: Truth, tmp_path: Path) -> None:
    """The numbers of rows are the same, the plants' counts are not."""
    other = generate(tmp_path / "made" / "for it", seed=7, until=date(2024, 2, 29))
    assert other.rows == truth.rows
    assert [plant.actual for plant in other.plants] != [plant.actual for plant in truth.plants]
    assert [other.since, other.until] == ["2019-02-28", "2024-02-29"]


def test_every_row_loads_and_is_located_as_the_truth_says(
    truth: Truth, folder: Path, database_url: str, tmp_path: Path
) -> None:
    """Through the product's own ingest no row is refused, and exactly those without a place are not located."""
    database = connect(database_url, tmp_path)
    prepare(database, tmp_path)
    estates = grid_frame(gpd.read_file(ESTATES))
    save_boundaries(database, "estates", estates, valid_from=date(2021, 3, 21), indicative=True)
    use_boundaries(database, "estates")
    others, found = {"homes": HOMES_TARGET, "survey": SURVEY_TARGET}, {}
    for layer, files in truth.files.items():
        target = others.get(layer) or layer_target(LAYERS[layer])
        reports = [ingest(database, target, folder / name, today=UNTIL, synthetic=True) for name in files]
        assert sum(report.refused for report in reports) == 0
        found[layer] = (sum(report.rows for report in reports), sum(report.located for report in reports))
    database.close()
    assert {layer: rows for layer, (rows, _) in found.items()} == truth.rows
    for layer, precision in truth.precision.items():
        assert found[layer][1] == truth.rows[layer] - precision["none"]
    assert found["projects"] == (150, 149)


def test_no_estates_with_homes_are_refused(tmp_path: Path) -> None:
    """Boundaries without council homes cannot carry a demonstration."""
    estates = gpd.read_file(ESTATES).assign(council_homes_2021=0)
    estates.to_file(tmp_path / "empty.geojson")
    with pytest.raises(Refused, match="at least 30 estates"):
        generate(tmp_path, estates=tmp_path / "empty.geojson", until=UNTIL)
