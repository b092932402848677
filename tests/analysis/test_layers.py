import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import orjson
import pytest
from shapely import box
from sqlalchemy import delete

from analysis.layers import EVERYTHING, analyse
from analysis.runs import Run, identifier
from evidence import (
    HOMES_TARGET,
    PUBLIC,
    Database,
    NotVisible,
    Viewer,
    ingest,
    layer_target,
    save_boundaries,
    use_boundaries,
)
from layers._registry import LAYERS

OFFICER = Viewer("officer")
ASB, POLICE = LAYERS["asb"], LAYERS["police"]
TODAY = date(2026, 7, 15)
Load = Callable[..., None]


@pytest.fixture
def load(world: Database, tmp_path: Path) -> Load:
    """Load cases of anti-social behaviour on the given days, each at a home."""

    def loaded(days: list[date], reference: str = "A") -> None:
        file = tmp_path / f"{reference}.csv"
        with file.open("w", newline="") as opened:
            rows = csv.writer(opened)
            rows.writerow(["reference", "opened", "category", "hate", "easting", "northing"])
            for number, day in enumerate(days):
                place = (485500 + 1000 * (number % 3), 236500 + 20 * (number % 8))
                rows.writerow([f"{reference}{number}", day, ["noise", "drugs", "rubbish"][number % 3], "no", *place])
        assert ingest(world, layer_target(ASB), file, today=TODAY).refused == 0

    return loaded


def days(number: int, first: date = date(2024, 1, 1), last: date = date(2026, 6, 30), seed: int = 1) -> list[date]:
    """Days by chance, the first and the last among them."""
    drawn = np.random.default_rng(seed).integers(0, (last - first).days + 1, number - 2)
    return [first, *(first + timedelta(days=int(day)) for day in drawn), last]


def refusal(found: Run) -> str:
    """Why nothing is said, and that nothing is."""
    assert found.result.keys() == {"refusal", "calendar"}
    return str(found.result["refusal"])


def test_all_that_is_found_is_told_with_what_it_was_found_in(world: Database, load: Load) -> None:
    """Months, located of total, every theme with hotspots, clusters and every estate."""
    load(days(300))
    found = analyse(world, OFFICER, ASB).result
    assert (found["first"], found["last"], found["months"]) == ("2024-01-01", "2026-06-01", 12)
    assert (found["located"], found["total"]) == (300, 300)
    assert next(iter(found["themes"])) == EVERYTHING and "cleanliness" in found["themes"]
    estates = {each["code"]: each for each in found["themes"][EVERYTHING]["estates"]}
    assert list(estates) == ["E01", "E02", "E03", "E04", "E05", "E06"]
    assert sum(sum(each["months"]) for each in estates.values()) == 300
    assert estates["E06"]["rate"] is None


def test_the_same_record_gives_the_same_bytes(world: Database, load: Load) -> None:
    """And another day, another number; a hash stands for all that was used."""
    load(days(200))
    first, again = (analyse(world, OFFICER, ASB) for _ in range(2))
    assert (first.id, first.as_bytes) == (again.id, again.as_bytes)
    assert first.id == identifier(first.record)
    before = analyse(world, OFFICER, ASB, date(2026, 5, 31))
    assert before.id != first.id and before.result["last"] == "2026-05-01"
    load(days(10, seed=2), "B")
    assert analyse(world, OFFICER, ASB).id != first.id


def test_no_figure_is_not_a_number(world: Database, load: Load) -> None:
    """What is infinite or unknown is null in JSON, and so on every page."""
    load(days(60, date(2026, 1, 1)))
    written = analyse(world, OFFICER, ASB).as_bytes
    assert b"NaN" not in written and b"Infinity" not in written
    assert orjson.loads(written)["themes"][EVERYTHING]["hotspots"]["places"] is not None


def test_a_month_that_is_not_complete_is_left_out(world: Database, load: Load) -> None:
    """At the end and at the beginning."""
    load(days(900, date(2025, 1, 10), date(2026, 6, 12)))
    found = analyse(world, OFFICER, ASB).result
    assert (found["first"], found["last"]) == ("2025-02-01", "2026-05-01")


def test_an_empty_layer_says_what_to_do(world: Database) -> None:
    """A sentence, and no figure."""
    assert refusal(analyse(world, OFFICER, ASB)).startswith("There are no cases of anti-social behaviour yet: load")


def test_a_single_case_has_no_complete_month(world: Database, load: Load) -> None:
    """Of one day alone it cannot be told until when there would have been more."""
    load([date(2026, 6, 10)] * 2)
    assert "No month of the cases of anti-social behaviour is complete yet" in refusal(analyse(world, OFFICER, ASB))


def test_before_the_first_day_there_is_nothing(world: Database, load: Load) -> None:
    """A day in the past that lies before all evidence."""
    load(days(50))
    assert refusal(analyse(world, OFFICER, ASB, date(2020, 1, 1))).startswith("There are no cases")


def test_without_a_list_of_homes_there_is_no_rate(world: Database, load: Load) -> None:
    """The reason is said, with the command that helps."""
    load(days(50))
    with world.owner.begin() as connection:
        connection.execute(delete(HOMES_TARGET.table))
    assert "priorities homes import FILE" in refusal(analyse(world, OFFICER, ASB))


def test_a_set_of_one_estate_is_enough(world: Database, load: Load) -> None:
    """It is compared with itself: nothing stands out, and nothing breaks."""
    one = gpd.GeoDataFrame({"code": ["X"], "name": ["All"]}, geometry=[box(481000, 232000, 491000, 242000)], crs=27700)
    save_boundaries(world, "one", one, valid_from=date(2026, 1, 1))
    use_boundaries(world, "one")
    load(days(300))
    found = analyse(world, OFFICER, ASB)
    assert [each["code"] for each in found.result["themes"][EVERYTHING]["estates"]] == ["X"]
    assert found.result["themes"][EVERYTHING]["hotspots"]["places"] == []


def test_a_corrected_row_is_analysed_again(world: Database, load: Load) -> None:
    """The version of the data is part of what the hash stands for."""
    load(days(100))
    before = analyse(world, OFFICER, ASB).id
    load([date(2026, 6, 29)])
    assert analyse(world, OFFICER, ASB).id != before


def test_snapped_points_are_tested_in_larger_cells(world: Database) -> None:
    """The police's stand for eight addresses or more: by map points, not by homes."""
    record = analyse(world, OFFICER, POLICE).record
    assert record["layers"]["police"]["cell_width_metres"] == POLICE.cell_width >= 500
    assert record["parameters"]["fewest_homes"] < analyse(world, OFFICER, ASB).record["parameters"]["fewest_homes"]


def test_nobody_else_may_ask(world: Database) -> None:
    """What is found in single records is for those who may see them."""
    with pytest.raises(NotVisible):
        analyse(world, PUBLIC, ASB)
