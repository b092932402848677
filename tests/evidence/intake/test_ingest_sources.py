"""What comes from where: the five formats, the police's repeats, the property list, and the demonstration."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from evidence import (
    HOMES_TARGET,
    Database,
    Report,
    Target,
    connect,
    homes,
    ingest,
    layer_target,
    ledger,
    prepare,
    standing,
)
from evidence.intake import csv as _csv
from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS

Bring = Callable[..., Report]
Kept = Callable[[Database, Target], list[dict[str, Any]]]
Rejected = Callable[[Report], list[dict[str, str]]]

FEEDBACK, POLICE = layer_target(LAYERS["feedback"]), layer_target(LAYERS["police"])
HEADER = "Reference,Received,Theme,Channel,Text,UPRN\n"


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_a_row_is_the_same_row_in_every_format(
    world: Database, bring: Bring, stored_rows: Kept, evidence_of: Callable[..., Any], layer: Layer, tmp_path: Path
) -> None:
    """What came as CSV comes again as Excel, GeoJSON, GeoPackage, Parquet and GeoParquet, and nothing changes."""
    rows = evidence_of(layer, 60)
    assert bring(world, layer, rows).change.added == 60
    before = stored_rows(world, layer_target(layer))
    flat = pd.DataFrame(rows)
    shapes = flat.drop(columns=["easting", "northing"])
    points = gpd.GeoSeries.from_xy(flat["easting"], flat["northing"], crs=27700).where(flat["easting"].notna(), None)
    frame = gpd.GeoDataFrame(shapes, geometry=points)
    flat.to_excel(tmp_path / "rows.xlsx", index=False)
    flat.to_parquet(tmp_path / "rows.parquet")
    frame.to_file(tmp_path / "rows.gpkg")
    frame.to_file(tmp_path / "rows.geojson", driver="GeoJSON")
    frame.to_parquet(tmp_path / "geo.parquet")
    for name in ("rows.xlsx", "rows.parquet", "rows.gpkg", "rows.geojson", "geo.parquet"):
        report = ingest(world, layer_target(layer), tmp_path / name, today=pd.Timestamp("2026-06-30").date())
        assert (report.change.added, report.change.changed, report.change.unchanged) == (0, 0, 60), name
    assert stored_rows(world, layer_target(layer)) == before


def crimes(*rows: tuple[str, str]) -> str:
    """A police file: crime ID and street of each row."""
    header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,Crime type,Context\n"
    row = "{0},2025-01,TVP,TVP,-0.7576,52.0219,On or near {1},E01016796,Anti-social behaviour,\n"
    return header + "".join(row.format(*each) for each in rows)


def test_identical_rows_without_an_identifier_are_events_of_their_own(
    world: Database, bring_file: Bring, stored_rows: Kept
) -> None:
    """The same file twice adds nothing, one repeat more adds one, and one repeat less takes none away."""
    rows = [("", "High Street")] * 3 + [("", "Low Road"), ("abc", "High Street")]
    assert bring_file(world, POLICE, crimes(*rows)).change.added == 5
    before = stored_rows(world, POLICE)
    again = bring_file(world, POLICE, crimes(*rows[::-1]))
    assert (again.change.added, again.change.changed, again.change.unchanged) == (0, 0, 5)
    more = bring_file(world, POLICE, crimes(*rows, ("", "High Street")))
    assert (more.change.added, more.change.unchanged) == (1, 5)
    assert bring_file(world, POLICE, crimes(*rows[2:])).change.added == 0
    after = stored_rows(world, POLICE)
    assert len(after) == 6
    assert (
        Counter(row["location"] for row in after if row["reference"].startswith("no-id"))["On or near High Street"] == 4
    )
    assert all(row in after for row in before)


def test_repeats_are_counted_across_a_whole_file(
    world: Database, bring_file: Bring, stored_rows: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many batches it is read in, and however its values are spelled; another batch size changes nothing."""
    random = np.random.default_rng(10)
    streets = [f"Road {number}" for number in random.integers(60, size=200)]
    content = crimes(*(("", street) for street in streets)).replace("2025-01,TVP", "01/01/2025,TVP", 90)
    monkeypatch.setattr(_csv, "_BLOCK", 300)
    assert bring_file(world, POLICE, content).change.added == 200
    assert Counter(row["location"] for row in stored_rows(world, POLICE)) == Counter(
        f"On or near {each}" for each in streets
    )
    monkeypatch.undo()
    assert bring_file(world, POLICE, content).change.unchanged == 200


def test_repeats_of_an_identifier_are_copies(world: Database, bring_file: Bring, rejected: Rejected) -> None:
    """An event that has a number of its own can happen only once."""
    rows = [(f"id{number}", "High Street") for number in range(40)] + [("id7", "High Street")]
    assert [row["reason"] for row in rejected(bring_file(world, POLICE, crimes(*rows)))] == [
        "'id7' is already in row 9"
    ]


def test_the_polices_own_file(database_url: str, shared_data: Path, tmp_path: Path) -> None:
    """Half a year of Milton Keynes: 14,867 rows, the second time none of them new; no row is lost or refused."""
    database = connect(database_url, tmp_path)
    prepare(database, tmp_path)
    file = tmp_path / "police.csv"
    file.write_bytes((shared_data / "mk_police_street_2025_h1.csv").read_bytes())
    first, second = (ingest(database, POLICE, file, today=pd.Timestamp("2026-01-01").date()) for _ in range(2))
    assert (first.rows, first.change.added, first.refused, first.located) == (14867, 14867, 0, 14867)
    assert (second.rows, second.change.added, second.change.changed, second.change.unchanged) == (14867, 0, 0, 14867)
    database.close()


def test_the_property_list_is_always_whole(world: Database, bring_file: Bring, stored_rows: Kept) -> None:
    """Homes that are not on the new list go, the others follow it, and may lie outside the district."""
    before = stored_rows(world, HOMES_TARGET)
    lines = [f"{home['uprn']},{home['easting'] + 1},{home['northing']}" for home in before[10:]]
    new = "00020000000001,500000,250000\n20000000002.0,485000,236000\n"
    report = bring_file(world, HOMES_TARGET, "UPRN,Easting,Northing\n" + "\n".join(lines) + "\n" + new)
    change = report.change
    assert (change.added, change.changed, change.removed, report.refused, homes(world)) == (2, 40, 10, 0, 42)
    estates = {home["uprn"]: home["estate"] for home in stored_rows(world, HOMES_TARGET)}
    assert (estates["20000000001"], estates["20000000002"]) == (None, "E01")


def test_a_new_property_list_locates_the_evidence_again(world: Database, bring_file: Bring, stored_rows: Kept) -> None:
    """A home that was unknown becomes a place; one that has moved takes its rows along; one that is gone stays."""
    content = HEADER + "".join(f"{at},2024-06-30,safety,online,,{at}\n" for at in (10000000000, 10000000001, 7))
    bring_file(world, FEEDBACK, content)
    assert [row["located_by"] for row in stored_rows(world, FEEDBACK)] == ["uprn", "uprn", "none"]
    bring_file(world, HOMES_TARGET, "uprn,x,y\n10000000000,487500,237500\n7,486500,237500\n", "homes.csv")
    found = {
        row["reference"]: (row["located_by"], row["estate"], row["easting"]) for row in stored_rows(world, FEEDBACK)
    }
    assert found["7"] == ("uprn", "E05", 486500)
    assert found["10000000000"] == ("uprn", "E06", 487500)
    assert found["10000000001"] == ("uprn", "E01", 485500)


def test_bad_homes_are_refused_one_by_one(world: Database, bring_file: Bring, rejected: Rejected) -> None:
    """The same UPRN in two spellings is one home; zero is none; a home has a place, and it is in Great Britain."""
    good = "".join(f"{at},485{at},236500,\n" for at in range(200, 400))
    bad = {
        "0200,485000,236000,": ("uprn", "'200' is already in row 2"),
        "201.0,485000,236000,": ("uprn", "'201' is already in row 3"),
        "0,485000,236000,": ("uprn", "is empty"),
        ",485000,236000,": ("uprn", "is empty"),
        "500,,,MK1 1AB": ("easting", "there are no coordinates"),
        "501,1e9,1e9,": ("easting", "the coordinates lie outside Great Britain"),
        "9" * 3000 + ",485000,236000,": ("uprn", "'" + "9" * 60 + "' is longer than 200 characters"),
        "502,485000,236000," + "M" * 3000: ("postcode", "'" + "M" * 60 + "' is longer than 200 characters"),
    }
    report = bring_file(world, HOMES_TARGET, "UPRN,Easting,Northing,Postcode\n" + good + "\n".join(bad))
    assert [(row["field"], row["reason"]) for row in rejected(report)] == list(bad.values())
    assert homes(world) == 200


NOTHING = [("", "has no rows: nothing was changed"), ("1,,\n", "^All 1 rows of .* were refused: nothing was loaded")]


@pytest.mark.parametrize(("row", "said"), NOTHING)
def test_a_list_without_a_home_is_not_the_property_list(
    world: Database, bring_file: Bring, row: str, said: str
) -> None:
    """An export that went wrong must not take every home away."""
    with pytest.raises(Refused, match=said):
        bring_file(world, HOMES_TARGET, f"uprn,easting,northing\n{row}", max_refused=100)
    assert homes(world) == 50


@pytest.mark.parametrize("row", ["", "1,2024-13-01,safety,online,,\n"])
def test_a_file_without_a_good_row_does_not_end_the_demonstration(world: Database, bring_file: Bring, row: str) -> None:
    """It is kept until there is real evidence in its place; the ledger has the attempt."""
    bring_file(world, FEEDBACK, HEADER + "1,2024-06-30,safety,online,,\n", synthetic=True)
    with pytest.raises(Refused):
        bring_file(world, FEEDBACK, HEADER + row, max_refused=100)
    assert [each.synthetic for each in standing(world) if each.layer is FEEDBACK.layer] == [1]
    assert ledger(world)[0].outcome == "refused"


def test_real_evidence_takes_the_place_of_the_demonstration(
    world: Database, bring_file: Bring, stored_rows: Kept
) -> None:
    """Of its layer alone, and only when it is loaded; until then everything says synthetic."""
    rows = "".join(f"{at},2024-06-30,safety,online,,\n" for at in range(30))
    bring_file(world, FEEDBACK, HEADER + rows, synthetic=True)
    bring_file(world, POLICE, crimes(("", "High Street")), synthetic=True)
    assert {each.layer.id for each in standing(world) if each.synthetic} == {"feedback", "police"}
    with pytest.raises(Refused):
        bring_file(world, FEEDBACK, HEADER + "1,2024-06-30,?,online,,\n")
    dry = bring_file(world, FEEDBACK, HEADER + "7,2024-06-30,safety,survey,,\n", dry_run=True)
    assert len(stored_rows(world, FEEDBACK)) == 30
    real = bring_file(world, FEEDBACK, HEADER + "7,2024-06-30,safety,survey,,\n")
    assert (real.change.added, real.change.removed, real.change) == (1, 30, dry.change)
    assert [row["channel"] for row in stored_rows(world, FEEDBACK)] == ["survey"]
    assert {each.layer.id for each in standing(world) if each.synthetic} == {"police"}
    assert [entry.synthetic for entry in ledger(world)[:3]] == [False, False, True]


def test_any_column_may_be_given_by_name(
    world: Database, bring_file: Bring, stored_rows: Kept, rejected: Rejected
) -> None:
    """Columns called like ours, with quotes, newlines and emoji in their names, are only names."""
    names = ["row", "field", "reason", "row in the file", 'the "what"\n🗑', "", "easting; drop"]
    lines = [["a", "2024-06-30", "safety", "online", "🏡 “quoted”", "x", "y"], ["b", "soon", *"-----"]]
    lines += [[f"c{number}", *lines[0][1:]] for number in range(30)]
    text = io.StringIO()
    csv.writer(text).writerows([names, *lines])
    given = dict(zip(["reference", "received", "theme", "channel", "text"], names, strict=False))
    report = bring_file(world, FEEDBACK, text.getvalue(), "with spaces – ü.csv", given=given, max_refused=10)
    assert (report.change.added, report.refused) == (31, 1)
    assert stored_rows(world, FEEDBACK)[0]["text"] == "🏡 “quoted”"
    assert report.rejects is not None
    refused = list(csv.reader(io.StringIO(report.rejects.read_text(), newline="")))[1]
    assert (refused[0], refused[3:]) == ("3", lines[1])


def test_progress_is_told_row_by_row(world: Database, bring_file: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever waits sees that it goes on."""
    monkeypatch.setattr(_csv, "_BLOCK", 1000)
    told: list[int] = []
    rows = "".join(f"{at},2024-06-30,safety,online,,\n" for at in range(300))
    bring_file(world, FEEDBACK, HEADER + rows, progress=told.append)
    assert told == sorted(set(told))
    assert len(told) > 5
    assert told[-1] == 300
