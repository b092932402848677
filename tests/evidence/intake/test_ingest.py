import getpass
import hashlib
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from evidence import Database, Report, Target, Viewer, layer_target, ledger, save_boundaries, use_boundaries, version
from evidence.intake import csv as _csv
from geo.errors import Refused
from layers._registry import LAYERS

Bring = Callable[..., Report]
Kept = Callable[[Database, Target], list[dict[str, Any]]]
Rejected = Callable[[Report], list[dict[str, str]]]

FEEDBACK, REPAIRS = layer_target(LAYERS["feedback"]), layer_target(LAYERS["repairs"])
HEADER = "Reference,Received,Theme,Channel,Text,Easting,Northing,UPRN,Postcode,Estate\n"
TODAY = date(2024, 7, 1)


def lines(numbers: range, place: str = "485600,236600,,,", **changed: str) -> str:
    """Rows of feedback that nothing is wrong with."""
    fields = {"received": "2024-06-30", "theme": "safety", "channel": "online", "text": "Too dark", **changed}
    return "".join(f"F{number:04d},{','.join(fields.values())},{place}\n" for number in numbers)


def test_a_row_is_located_by_the_best_it_has_and_keeps_how(
    world: Database, bring_file: Bring, stored_rows: Kept, rejected: Rejected
) -> None:
    """The kinds of place in their order, in the spellings of real exports; what has none is kept and counted."""
    places = {
        "485600,236600,10000000020,MK3 1AB,Fir": ("coordinates", "E01", 485600.0),
        ",,10000000020,MK3 1AB,Fir": ("uprn", "E02", 486500.0),
        ",,010000000020,,": ("uprn", "E02", 486500.0),
        ",,10000000020.0,,": ("uprn", "E02", 486500.0),
        ",,999,mk31ab,Fir": ("postcode", "E03", 487500.0),
        ",,,MK3-1AB,": ("postcode", "E03", 487500.0),
        ",,,MK99 9ZZ,FIR": ("estate", "E06", None),
        ",,,,e06": ("estate", "E06", None),
        ",,999,MK99 9ZZ,Atlantis": ("none", None, None),
        ",,,,": ("none", None, None),
        "484000,235000,,,Fir": ("coordinates", None, 484000.0),
    }
    content = HEADER + "".join(lines(range(at, at + 1), place) for at, place in enumerate(places))
    report = bring_file(world, FEEDBACK, content)
    found = [(row["located_by"], row["estate"], row["easting"]) for row in stored_rows(world, FEEDBACK)]
    assert found == list(places.values())
    assert (report.rows, report.located, report.refused, rejected(report)) == (11, 9, 0, [])


def test_degrees_are_as_good_as_metres(world: Database, bring_file: Bring, stored_rows: Kept) -> None:
    """A row's place in WGS84 is the same place on the grid, through OSTN15."""
    bring_file(world, FEEDBACK, HEADER + lines(range(1)))
    (row,) = stored_rows(world, FEEDBACK)
    header = "ref,date,topic,source,lon,lat"
    content = f"{header}\nF0000,30/06/2024,Safe,web,{row['longitude']},{row['latitude']}\n"
    bring_file(world, FEEDBACK, content)
    (again,) = stored_rows(world, FEEDBACK)
    assert (again["easting"], again["northing"]) == pytest.approx((485600, 236600), abs=0.002)
    assert (again["estate"], again["located_by"]) == ("E01", "coordinates")


def test_a_name_that_two_estates_share_says_neither(world: Database, bring_file: Bring, stored_rows: Kept) -> None:
    """Evidence is not put into one of them by chance; their codes still tell them apart."""
    shapes = [box(485000, 236000, 486000, 237000), box(486000, 236000, 487000, 237000)]
    estates = gpd.GeoDataFrame({"code": ["A", "B"], "name": ["The Lakes", "the lakes"]}, geometry=shapes, crs=27700)
    save_boundaries(world, "twins", estates, valid_from=TODAY)
    use_boundaries(world, "twins")
    bring_file(world, FEEDBACK, HEADER + lines(range(1), ",,,,The Lakes") + lines(range(1, 2), ",,,,b"))
    assert [(row["located_by"], row["estate"]) for row in stored_rows(world, FEEDBACK)] == [
        ("none", None),
        ("estate", "B"),
    ]


BAD = {
    b"B01,31/02/2024,safety,online,,,,,,": ("received", "'31/02/2024' is not a date"),
    b"B02,02/07/2024,safety,online,,,,,,": ("received", "'2024-07-02' is after 1 July 2024, the day of the import"),
    b"B03,14/10/1066,safety,online,,,,,,": ("received", "'1066-10-14' is before 1 January 1990"),
    b"B04,2024-06-30T23:30:00-05:00,safety,online,,,,,,": None,
    b"B05,2024-06-30,gardening,online,,,,,,": ("theme", "'gardening' is not one of safety, cleanliness, "),
    b"B06,2024-06-30,safety,,,,,,,": ("channel", "is empty"),
    b"B07,2024-06-30,safety,online,,480999,236600,,,": ("easting", "the coordinates lie outside the district"),
    b"B08,2024-06-30,safety,online,,NaN,236600,,,": ("easting", "'NaN' is not a number"),
    b"B09,2024-06-30,safety,online,,inf,1e400,,,": ("easting; northing", "'inf' is not a number; '1e400' is not"),
    b"B10,2024-06-30,safety,online,caf\xe9 \x80,,,,,": ("text", "is not valid UTF-8: save the file as"),
    b"B11,2024-06-30,safety,online,nul\x00,,,,,": ("text", "has a NUL character: remove it"),
    b"B12,2024-06-30,safety,online,too,few": ("", "does not have 10 values like the header"),
    b"B13,2024-06-30,safety,online,caf\xe9,1,2,3,4,5,6": ("", "does not have 10 values like the header"),
    b"F0003,2024-06-30,safety,online,,,,,,": ("reference", "'F0003' is already in row 5"),
    b"," * 8 + b",Fir": ("reference; received; theme; channel", "is empty; is empty; is empty; is empty"),
    b"B16,2024-06-30,safety,online," + b"x" * 4001 + b",,,,,": ("text", "'xxx"),
    b"B17" * 70 + b",2024-06-30,safety,online,,,,,,": ("reference", "'B17B17"),
    b"B18,2024-06-30,safety,online,,,,,,": None,
    b"B18,2024-06-30,safety,online,again,,,,,": ("reference", "'B18' is already in row 419"),
}


def test_bad_rows_are_refused_one_by_one_and_held_whole(
    world: Database, bring_file: Bring, stored_rows: Kept, rejected: Rejected
) -> None:
    """Each with its number in the file, the field and the reason; the rest loads."""
    content = (HEADER + lines(range(400))).encode() + b"\n".join(BAD) + b"\n"
    report = bring_file(world, FEEDBACK, content, today=TODAY)
    expected = {402 + at: (row, why) for at, (row, why) in enumerate(BAD.items()) if why}
    found = {int(row.pop("row")): row for row in rejected(report)}
    assert found.keys() == expected.keys()
    assert (report.rows, report.refused, report.change.added) == (400 + len(BAD), len(expected), 402)
    assert {row["reference"] for row in stored_rows(world, FEEDBACK)} == {f"F{at:04d}" for at in range(400)} | {
        "B04",
        "B18",
    }
    for number, (raw, why) in expected.items():
        field, reason = found[number].pop("field"), found[number].pop("reason")
        assert (field, reason[: len(why[1])]) == why
        values = [*found[number].values()]
        replaces_all = ",".join(values) if why[0] else values[0]
        assert replaces_all.encode(errors="surrogateescape") == raw


def test_mended_rejects_can_be_loaded_as_they_are(world: Database, bring_file: Bring, rejected: Rejected) -> None:
    """The columns in front, which say why, are left aside."""
    report = bring_file(world, FEEDBACK, HEADER + lines(range(20)) + lines(range(20, 21), theme="safty"))
    assert report.rejects is not None
    mended = report.rejects.read_text().replace("safty,", "safety,", 2)
    assert bring_file(world, FEEDBACK, mended, "mended.csv").change.added == 1


def test_completion_before_report_is_refused(world: Database, bring_file: Bring, rejected: Rejected) -> None:
    """What is planned may lie in the future; what has happened may not."""
    header = "Job number,Priority,Date reported,Due date,Completed,Trade,UPRN\n"
    good = "".join(f"{at},Routine,01/06/2024,01/09/2024,01/06/2024,plumber,\n" for at in range(40))
    bad = "a,Routine,02/06/2024,,01/06/2024,plumber,\nb,Routine,02/06/2024,,02/07/2024,plumber,\n"
    report = bring_file(world, REPAIRS, header + good + bad, today=TODAY)
    assert [(row["row"], row["field"], row["reason"]) for row in rejected(report)] == [
        ("42", "completion", "2024-06-01 is before date_reported, 2024-06-02"),
        ("43", "completion", "'2024-07-02' is after 1 July 2024, the day of the import"),
    ]


@pytest.mark.parametrize("block", [300, 8 << 20])
def test_a_duplicate_is_found_however_far_away_it_is(
    world: Database, bring_file: Bring, rejected: Rejected, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """Across batches too. The first good row counts: one that was refused does not hold its reference."""
    monkeypatch.setattr(_csv, "_BLOCK", block)
    content = HEADER + lines(range(1), received="soon") + lines(range(300)) + lines(range(2)) + lines(range(1))
    report = bring_file(world, FEEDBACK, content)
    assert [(row["row"], row["reason"]) for row in rejected(report)] == [
        ("2", "'soon' is not a date"),
        ("303", "'F0000' is already in row 3"),
        ("304", "'F0001' is already in row 4"),
        ("305", "'F0000' is already in row 3"),
    ]


def test_too_many_refused_rows_mean_that_nothing_is_loaded(
    world: Database, bring_file: Bring, stored_rows: Kept, rejected: Rejected
) -> None:
    """Five of a hundred may be refused, six not; the ledger says so and the reasons are there to read."""
    bring_file(world, FEEDBACK, HEADER + lines(range(1)))
    before = stored_rows(world, FEEDBACK)
    five = lines(range(95), text="Changed") + lines(range(95, 100), theme="?")
    with pytest.raises(Refused, match=r"6 of 101 rows of six.csv were refused, more than 5%: .*six.csv.rejects"):
        bring_file(world, FEEDBACK, HEADER + five + lines(range(100, 101), theme="?"), "six.csv")
    assert stored_rows(world, FEEDBACK) == before
    entry = ledger(world)[0]
    assert (entry.outcome, entry.file, entry.rows, entry.refused, entry.added) == ("refused", "six.csv", 101, 6, 0)
    assert bring_file(world, FEEDBACK, HEADER + five).change.changed == 1
    with pytest.raises(Refused, match=r"more than 4\.9%"):
        bring_file(world, FEEDBACK, HEADER + five, max_refused=4.9)
    nearly_all = bring_file(world, FEEDBACK, HEADER + lines(range(1)) + lines(range(1, 9), theme="?"), max_refused=100)
    assert nearly_all.refused == 8


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    world: Database, bring_file: Bring, stored_rows: Kept
) -> None:
    """Its report is the one of the import that follows; not even the ledger shows it."""
    bring_file(world, FEEDBACK, HEADER + lines(range(20)))
    before = stored_rows(world, FEEDBACK), len(ledger(world)), served_version(world)
    content = HEADER + lines(range(10, 40), text="Brighter now") + lines(range(40, 41), theme="?")
    dry = bring_file(world, FEEDBACK, content, dry_run=True)
    assert (stored_rows(world, FEEDBACK), len(ledger(world)), served_version(world)) == before
    with pytest.raises(Refused):
        bring_file(world, FEEDBACK, HEADER + lines(range(2), theme="?"), dry_run=True)
    assert len(ledger(world)) == before[1]
    assert bring_file(world, FEEDBACK, content) == dry
    assert (dry.change.added, dry.change.changed, dry.refused) == (20, 10, 1)


def served_version(world: Database) -> str:
    """The version of the feedback that an officer is served."""
    world.cache.clear()
    return version(world, Viewer("officer"), LAYERS["feedback"])


def test_the_same_file_again_changes_nothing_and_a_corrected_row_updates(
    world: Database, bring_file: Bring, stored_rows: Kept
) -> None:
    """A row keeps the import that last changed it, and pages that show nothing new stay as they were cached."""
    content = HEADER + lines(range(50))
    bring_file(world, FEEDBACK, content)
    before, shown = stored_rows(world, FEEDBACK), served_version(world)
    again = bring_file(world, FEEDBACK, content)
    assert (again.change.added, again.change.changed, again.change.unchanged) == (0, 0, 50)
    assert (stored_rows(world, FEEDBACK), served_version(world)) == (before, shown)
    corrected = bring_file(world, FEEDBACK, content.replace("F0007,2024-06-30", "F0007,2024-06-29"), "new.csv")
    assert (corrected.change.changed, corrected.change.unchanged) == (1, 49)
    after = stored_rows(world, FEEDBACK)
    differ = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [(row["reference"], row["received"]) for row in differ] == [("F0007", date(2024, 6, 29))]
    assert served_version(world) != shown


def test_the_ledger_keeps_every_import(world: Database, bring_file: Bring, tmp_path: Path) -> None:
    """What, which file, its hash, when, who, and what became of its rows."""
    bring_file(world, FEEDBACK, HEADER + lines(range(20)))
    content = HEADER + lines(range(10, 30), text="New", place=",,,,") + lines(range(30, 31), theme="?")
    bring_file(world, FEEDBACK, content, "Ü 1.csv")
    entry = ledger(world)[0]
    assert (entry.what, entry.file, entry.outcome, entry.synthetic) == ("feedback", "Ü 1.csv", "loaded", False)
    assert entry.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert entry.who == getpass.getuser()
    counts = {name: getattr(entry, name) for name in ("rows", "added", "changed", "unchanged", "removed", "refused")}
    assert counts == {"rows": 21, "added": 10, "changed": 10, "unchanged": 0, "removed": 0, "refused": 1}
    assert (entry.located, entry.at.tzinfo is not None) == (0, True)
    assert [each.what for each in ledger(world)] == ["feedback", "feedback", "homes"]


def test_an_account_without_a_name_is_kept_by_its_number(
    world: Database, bring_file: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the machine knows the number alone."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    bring_file(world, FEEDBACK, HEADER + lines(range(1)))
    assert ledger(world)[0].who == "54321"
