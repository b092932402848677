from pathlib import Path

import pytest

from evidence import PUBLIC, Database, Viewer, import_postcodes, postcode_place, postcodes
from geo.errors import Refused

OFFICER = Viewer("officer")
CODE_POINT = '''"MK6 3AB",10,486500,236500,"E92000001","","E18000000","","E06000042","E05009406"
"MK6 3AD",10,486600,236500,"E92000001","","E18000000","","E06000042","E05009406"
"MK6 9ZZ",90,0,0,"E92000001","","E18000000","","E06000042","E05009406"'''


def write(folder: Path, text: str) -> Path:
    """A file of postcodes."""
    file = folder / "mk.csv"
    file.write_text(text)
    return file


def test_code_point_open_is_read_as_it_is_published(world: Database, tmp_path: Path) -> None:
    """Without headings; a postcode without a position is left out; spacing and case do not matter."""
    assert import_postcodes(world, write(tmp_path, CODE_POINT)) == 2
    for viewer in (PUBLIC, OFFICER):
        assert postcodes(world, viewer) == 2
        assert postcode_place(world, viewer, " mk63ab") == (486500, 236500)
        assert postcode_place(world, viewer, "MK6 9ZZ") is None


def test_a_file_with_headings_is_read_by_them(world: Database, tmp_path: Path, shared_data: Path) -> None:
    """In any order; a new file replaces what was there."""
    import_postcodes(world, write(tmp_path, CODE_POINT))
    assert import_postcodes(world, write(tmp_path, "Northing,Easting,Postcode\n1,2,MK1 1AB")) == 1
    assert postcode_place(world, PUBLIC, "MK6 3AB") is None
    assert postcode_place(world, PUBLIC, "MK1 1AB") == (2, 1)
    assert import_postcodes(world, shared_data / "mk_postcodes_cpo_2025.csv") == 7800
    assert postcode_place(world, PUBLIC, "MK1 1AS") == (488085, 234837)


@pytest.mark.parametrize("text", ["a,b\n1,2", "a,b,c,d\n1,2,3,4", "", "postcode,easting,northing\nMK1 1AB,x,y"])
def test_what_is_no_file_of_postcodes_is_refused(world: Database, tmp_path: Path, text: str) -> None:
    """And what was there stays."""
    import_postcodes(world, write(tmp_path, CODE_POINT))
    with pytest.raises(Refused, match=r"mk\.csv"):
        import_postcodes(world, write(tmp_path, text))
    assert postcodes(world, PUBLIC) == 2


@pytest.mark.parametrize("text", ["", "Beanhill", "'; DROP TABLE--", "x" * 10_000, "MK6 3AB\u202e", "🏡"])
def test_what_is_no_postcode_is_not_found(world: Database, tmp_path: Path, text: str) -> None:
    """Whatever was typed, nothing breaks; what is besides letters and digits is left aside."""
    import_postcodes(world, write(tmp_path, CODE_POINT))
    found = postcode_place(world, PUBLIC, text)
    assert found == ((486500, 236500) if text.startswith("MK6") else None)
