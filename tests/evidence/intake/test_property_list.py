from pathlib import Path

import numpy as np
import openpyxl
import pytest

from evidence import property_list
from geo.crs import to_grid
from geo.errors import Refused

HEADER = "UPRN,Easting,Northing,Neighbourhood\n"


def write_text(folder: Path, text: str, name: str = "homes.csv") -> Path:
    """A file with that text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_homes_come_with_their_place_and_the_estate_as_it_is_named(tmp_path: Path) -> None:
    """In the order of the file; an estate that no boundary set knows is kept, and what is empty is missing."""
    rows = "0100,485500,236500,Älder Rise\n200.0,,,Beech\n300,485500.5,236600.25,\n"
    found = property_list(write_text(tmp_path, HEADER + rows))
    assert list(found.columns) == ["uprn", "estate", "easting", "northing"]
    assert found["uprn"].tolist() == ["100", "200", "300"]
    assert found["estate"].tolist()[:2] == ["Älder Rise", "Beech"] and found["estate"].isna().tolist()[2]
    assert np.array_equal(found["easting"], [485500, np.nan, 485500.5], equal_nan=True)
    assert np.array_equal(found["northing"], [236500, np.nan, 236600.25], equal_nan=True)


def test_degrees_become_metres(tmp_path: Path) -> None:
    """Through OSTN15; a home with both is where its metres are."""
    file = write_text(tmp_path, "uprn,estate,lon,lat,x,y\n1,A,-0.75,52.03,,\n2,A,-0.75,52.03,485000,236000\n")
    easting, northing = to_grid(np.array([-0.75]), np.array([52.03]))
    found = property_list(file)
    assert found["easting"].tolist() == [easting[0], 485000]
    assert found["northing"].tolist() == [northing[0], 236000]


def test_half_a_place_is_none(tmp_path: Path) -> None:
    """An easting without a northing does not put a home on the map."""
    found = property_list(write_text(tmp_path, HEADER + "1,485500,,A\n2,,236500,A\n"))
    assert found[["easting", "northing"]].isna().all(axis=None)


def test_a_spreadsheet_is_read_as_well(tmp_path: Path) -> None:
    """Numbers that a spreadsheet holds as numbers are the same UPRNs."""
    book = openpyxl.Workbook()
    for row in (["UPRN", "Easting", "Northing", "Estate"], [10000001, 485500, 236500, "Alder"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "homes.xlsx")
    assert property_list(tmp_path / "homes.xlsx").to_dict("records") == [
        {"uprn": "10000001", "estate": "Alder", "easting": 485500.0, "northing": 236500.0}
    ]


def test_a_list_without_rows_has_no_homes(tmp_path: Path) -> None:
    """But all its columns."""
    found = property_list(write_text(tmp_path, HEADER))
    assert found.empty and {"uprn", "estate", "easting", "northing"} == set(found.columns)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("UPRN,Easting,Northing\n1,485500,236500\n", "No column was recognised for estate"),
        ("Estate,Easting,Northing\nA,485500,236500\n", "No column was recognised for uprn"),
        (HEADER + "1,485500,236500,A\n,485500,236500,A\n", r"^Row 3 of homes.csv, uprn: is empty\.$"),
        (HEADER + "1,east,236500,A\n", r"^Row 2 of homes.csv, easting: 'east' is not a number\.$"),
        (
            HEADER + "1,485500,236500,A\n2,1485500,236500,A\n",
            r"^Row 3 of homes.csv, easting: the coordinates lie outside",
        ),
        (
            "uprn,estate,lon,lat\n1,A,10,50\n",
            r"^Row 2 of homes.csv, easting: the coordinates lie outside Great Britain\.$",
        ),
        (HEADER + "1,485500,236500,A\n2,485500,236500,A,B\n", r"^Row 3 of homes.csv does not have 4 values\.$"),
    ],
)
def test_a_list_that_cannot_be_read_whole_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """With the first row that is wrong: a home left out without a word would move the estates' edges."""
    with pytest.raises(Refused, match=sentence):
        property_list(write_text(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(Refused, match="There is no file"):
        property_list(tmp_path / "nothing.csv")
