from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import Polygon, box

from evidence import Database, Viewer, areas, boundary_sets, use_boundaries
from geo.crs import BRITISH_NATIONAL_GRID, WGS84
from geo.errors import Refused
from service.commands.boundary_files import build_file, import_file

OFFICER = Viewer("officer")

DAY = date(2026, 4, 1)
HOMES = "UPRN,Easting,Northing,Estate\n" + "".join(
    f"{number},{485000 + 60 * number},236500,{'Alder' if number < 10 else 'Beech'}\n" for number in range(1, 20)
)


def shapes(file: Path, shapes: dict[str, Any], crs: int = BRITISH_NATIONAL_GRID) -> Path:
    """A file of shapes with their codes in a column `ref` and names in a column `title`."""
    names = {"ref": list(shapes), "title": [f"Estate {code}" for code in shapes]}
    gpd.GeoDataFrame(names, geometry=list(shapes.values()), crs=crs).to_file(file)
    return file


def imported(database: Database, file: Path, **others: Any) -> list[str]:
    """What importing a file says."""
    asked: dict[str, Any] = {"name": "ours", "code": "ref", "title": "title", "valid_from": DAY} | others
    return list(import_file(database, file, **asked))


def square(x: float, y: float, size: float = 100) -> Polygon:
    """A square by its lower left corner, metres from a place in the middle of the district."""
    return box(486000 + x, 237000 + y, 486000 + x + size, 237000 + y + size)


def test_a_sound_file_is_kept_without_complaint(world: Database, tmp_path: Path) -> None:
    """It says how many areas there are and how to use them, and does not use them yet."""
    said = imported(world, shapes(tmp_path / "sound.gpkg", {"A": square(0, 0), "B": square(100, 0)}))
    assert said == [
        "2 areas kept as 'ours', valid from 2026-04-01.",
        "To count on them: priorities boundaries use 'ours'",
    ]
    [kept] = [each for each in boundary_sets(world) if each.name == "ours"]
    assert (kept.valid_from, kept.areas, kept.indicative, kept.in_use) == (DAY, 2, False, False)
    assert areas(world, OFFICER).attrs["set"] == "estates"
    use_boundaries(world, "ours")
    assert list(areas(world, OFFICER)["name"]) == ["Estate A", "Estate B"]


def without_its_system(file: Path) -> Path:
    """A shapefile that came without its .prj, as they often do."""
    shapes(file, {"A": square(0, 0)})
    file.with_suffix(".prj").unlink()
    return file


@pytest.mark.parametrize("ending", ["shp", "geojson", "gpkg"])
def test_any_format_in_any_system_is_read(world: Database, tmp_path: Path, ending: str) -> None:
    """Here degrees, brought to the grid through OSTN15 and back to where they were."""
    place = box(-0.75, 52.02, -0.74, 52.03)
    imported(world, shapes(tmp_path / f"places.{ending}", {"A": place}, WGS84))
    use_boundaries(world, "ours")
    [found] = areas(world, OFFICER).geometry
    assert found.symmetric_difference(place).area < 1e-9


def test_what_is_wrong_is_said_by_estate_and_area(world: Database, tmp_path: Path) -> None:
    """Overlaps, gaps and slivers, the largest first, and it is kept all the same."""
    ring = {
        "A": square(0, 0).union(square(100, 0)),
        "B": square(0, 100),
        "C": square(110, 100, 90),
        "D": box(486000, 237190, 486200, 237300),
        "E": box(486199.5, 237000, 486300, 237300),
    }
    said = imported(world, shapes(tmp_path / "wrong.gpkg", ring))
    assert "B and D: overlap, 1,000.00 m²" in said
    assert any(line.startswith("A and B and C and D: gap") and "900.00 m²" in line for line in said)
    assert any(line.startswith("A and E: overlap, a sliver, 50.00 m²") for line in said)
    assert said[-2].startswith("5 areas kept as 'ours'")
    sizes = [float(line.rpartition(", ")[2].removesuffix(" m²").replace(",", "")) for line in said[:-2]]
    assert sizes == sorted(sizes, reverse=True)


def test_what_was_repaired_is_said(world: Database, tmp_path: Path) -> None:
    """A bow tie becomes two triangles."""
    bow = Polygon([(486000, 237000), (486100, 237100), (486100, 237000), (486000, 237100)])
    said = imported(world, shapes(tmp_path / "bow.gpkg", {"A": bow}))
    assert said[0].startswith("A was repaired (self-intersection")
    use_boundaries(world, "ours")
    assert areas(world, OFFICER).geometry.is_valid.all()


@pytest.mark.parametrize(
    ("file", "asked", "sentence"),
    [
        (lambda folder: without_its_system(folder / "no.shp"), {}, "coordinate reference system"),
        (lambda folder: shapes(folder / "a.gpkg", {"A": square(0, 0)}), {"code": "id"}, "has no column id"),
        (lambda folder: shapes(folder / "a.gpkg", {"A": square(0, 0)}), {"title": "naam"}, "has no column naam"),
        (lambda folder: folder / "nothing.gpkg", {}, "There is no file"),
        (lambda folder: shapes(folder / "a.gpkg", {"A": box(9, 50, 10, 51)}, WGS84), {}, "outside Great Britain"),
        (lambda folder: shapes(folder / "a.gpkg", {"A": square(0, 0).centroid}), {}, "no polygons"),
    ],
)
def test_what_is_no_set_of_areas_is_refused(
    world: Database, tmp_path: Path, file: Any, asked: dict[str, Any], sentence: str
) -> None:
    """In a sentence, and nothing is kept."""
    with pytest.raises(Refused, match=sentence):
        imported(world, file(tmp_path), **asked)
    assert "ours" not in [each.name for each in boundary_sets(world)]


def test_two_versions_live_side_by_side(world: Database, tmp_path: Path) -> None:
    """The newer is used unless the older is asked for; the same date again replaces."""
    imported(world, shapes(tmp_path / "old.gpkg", {"A": square(0, 0)}))
    imported(
        world, shapes(tmp_path / "new.gpkg", {"A": square(0, 0), "B": square(100, 0)}), valid_from=date(2026, 5, 1)
    )
    found = [(each.valid_from, each.areas) for each in boundary_sets(world) if each.name == "ours"]
    assert found == [(date(2026, 5, 1), 2), (DAY, 1)]
    for wanted, count in ((None, 2), (DAY, 1)):
        use_boundaries(world, "ours", wanted)
        assert len(areas(world, OFFICER)) == count
    imported(world, shapes(tmp_path / "mended.gpkg", {"C": square(0, 0)}))
    assert list(areas(world, OFFICER)["code"]) == ["C"]


def test_estates_are_built_from_homes_and_can_be_imported(world: Database, tmp_path: Path) -> None:
    """By the command that building them says comes next."""
    homes, to = tmp_path / "homes.csv", tmp_path / "estates.gpkg"
    homes.write_text(HOMES)
    said = build_file(homes, to, 100)
    assert said.splitlines() == [
        f"2 estates written to {to}.",
        f"To keep them: priorities boundaries import {to} --set 'our estates' --code code --name name",
    ]
    imported(world, to, name="our estates", code="code", title="name")
    use_boundaries(world, "our estates")
    assert list(areas(world, OFFICER)["name"]) == ["Alder", "Beech"]


def test_what_was_built_before_is_replaced(tmp_path: Path) -> None:
    """With a smaller distance the estates are smaller, and there are as many."""
    homes, to = tmp_path / "homes.csv", tmp_path / "estates.gpkg"
    homes.write_text(HOMES)
    sizes = []
    for distance in (150, 50):
        build_file(homes, to, distance)
        frame = gpd.read_file(to)
        assert list(frame["code"]) == ["Alder", "Beech"]
        sizes.append(frame.area.sum())
    assert sizes[1] < sizes[0] / 2


@pytest.mark.parametrize(
    ("homes", "to", "sentence"),
    [
        (HOMES, "estates.shp", "must end in .gpkg"),
        (HOMES, "nowhere/estates.gpkg", "There is no folder"),
        ("UPRN,Easting,Northing,Estate\n", "estates.gpkg", "No home in the list has"),
        ("UPRN,Easting,Northing,Estate\n1,,,Alder\n2,485000,236000,\n", "estates.gpkg", "No home in the list has"),
        ("UPRN,Easting,Northing\n1,485000,236000\n", "estates.gpkg", "No column was recognised for estate"),
    ],
)
def test_what_cannot_be_built_is_refused(tmp_path: Path, homes: str, to: str, sentence: str) -> None:
    """In a sentence, and no file is written."""
    (tmp_path / "homes.csv").write_text(homes)
    with pytest.raises(Refused, match=sentence):
        build_file(tmp_path / "homes.csv", tmp_path / to, 100)
    assert not (tmp_path / to).exists()


def test_a_distance_that_is_none_is_refused(tmp_path: Path) -> None:
    """Homes without land make no estates."""
    (tmp_path / "homes.csv").write_text(HOMES)
    for distance in (0, -5):
        with pytest.raises(Refused):
            build_file(tmp_path / "homes.csv", tmp_path / "estates.gpkg", distance)
