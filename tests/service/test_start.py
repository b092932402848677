from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from api.settings import Settings
from data.demonstration import FILES
from evidence import (
    DISTRICT,
    HOMES_TARGET,
    PUBLIC,
    SURVEY_TARGET,
    Database,
    Report,
    Selection,
    areas,
    boundary_sets,
    clear_demonstration,
    homes,
    ingest,
    items,
    own_homes,
    publish,
    save_boundaries,
    standing,
    use_boundaries,
    version,
    visible,
)
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import Refused
from layers._layer import Layer
from layers._registry import LAYERS
from service.start import demonstrate, evidence, wants_demonstration

Databases = Callable[..., AbstractContextManager[str]]
Planted = Callable[[Layer], list[dict[str, Any]]]
Bring = Callable[..., Report]
TARGETS = [LAYERS[name] for name in FILES if name in LAYERS]


@pytest.fixture(scope="module")
def started(fresh_database: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database after a first start; nothing may stay connected to it."""
    with fresh_database() as url:
        with evidence(Settings(home=tmp_path_factory.mktemp("started"), database_url=url)):
            pass
        yield url


@pytest.fixture
def settings(started: str, fresh_database: Databases, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a database after a first start, the test's own."""
    with fresh_database(started) as url:
        yield Settings(home=tmp_path / "home", database_url=url)


def nothing(said: str) -> None:
    """Listen to no progress."""


def load_homes(database: Database, folder: Path, **options: Any) -> None:
    """Load a property list of two homes."""
    file = folder / "homes.csv"
    file.write_text("UPRN,Easting,Northing\n1,485500,236500\n2,485600,236500\n")
    ingest(database, HOMES_TARGET, file, today=date(2026, 1, 1), **options)


def test_an_empty_database_gets_schema_and_boundaries(database_url: str, tmp_path: Path) -> None:
    """The district and the indicative estates, of which the estates are in use."""
    settings = Settings(home=tmp_path, database_url=database_url)
    with evidence(settings) as database:
        sets = {each.name: each for each in boundary_sets(database)}
        estates = areas(database, PUBLIC)
        assert sets[DISTRICT].areas == 1 and not sets[DISTRICT].in_use
        assert [each.name for each in sets.values() if each.in_use] == ["indicative estates"]
        assert sets["indicative estates"].areas == len(estates) > 100
        assert estates.attrs["indicative"] is True
        assert "OpenStreetMap contributors" in estates.attrs["attribution"]
        assert [each.rows for each in standing(database)] == [0] * len(LAYERS)


def test_the_next_start_leaves_all_as_it_is(settings: Settings) -> None:
    """Also the choice of another boundary set."""
    own = gpd.GeoDataFrame(
        {"code": ["A"], "name": ["a"]}, geometry=[box(485e3, 236e3, 486e3, 237e3)], crs=BRITISH_NATIONAL_GRID
    )
    with evidence(settings) as database:
        save_boundaries(database, "our estates", own, valid_from=date(2026, 1, 1))
        use_boundaries(database, "our estates")
        before = boundary_sets(database)
    with evidence(settings) as database:
        assert boundary_sets(database) == before


def test_a_first_start_that_was_killed_is_finished_by_the_next(settings: Settings) -> None:
    """With the district kept and no estates yet, the estates come."""
    with evidence(settings) as database:
        complete = boundary_sets(database)
    with evidence(settings) as database, database.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM evidence.boundary_set WHERE in_use")
    with evidence(settings) as database:
        assert boundary_sets(database) == complete


def test_the_demonstration_is_wanted_until_it_is_loaded_to_its_end(
    settings: Settings, planted: Planted, bring: Bring
) -> None:
    """A start that was killed in the middle of it makes it again; one that finished leaves it."""
    with evidence(settings) as database:
        for layer in TARGETS:
            assert wants_demonstration(database)
            bring(database, layer, planted(layer), synthetic=True)
        assert not wants_demonstration(database)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_it_is_not_wanted_beside_real_evidence(
    settings: Settings, planted: Planted, bring: Bring, layer: Layer
) -> None:
    """Of any layer, also one for which nothing is made up."""
    with evidence(settings) as database:
        bring(database, layer, planted(layer)[:1])
        assert not wants_demonstration(database)


def test_it_is_not_wanted_beside_the_landlords_own_homes(settings: Settings) -> None:
    """The property list would be replaced by one that is made up; one that was made up before does not matter."""
    with evidence(settings) as database:
        load_homes(database, settings.home, synthetic=True)
        assert wants_demonstration(database)
        load_homes(database, settings.home)
        assert not wants_demonstration(database)


def test_real_evidence_is_never_mixed_with_a_demonstration(settings: Settings, planted: Planted, bring: Bring) -> None:
    """It is refused with what is real, and nothing is changed."""
    with evidence(settings) as database:
        bring(database, TARGETS[0], planted(TARGETS[0])[:5])
        bring(database, TARGETS[1], planted(TARGETS[1]), synthetic=True)
        load_homes(database, settings.home)
        before = standing(database), homes(database)
        with pytest.raises(Refused, match=f"There is real evidence in {TARGETS[0].title}, the property list: "):
            demonstrate(database, settings.home, nothing)
        assert (standing(database), homes(database)) == before
        assert not (settings.home / "demonstration").exists()


def test_answers_of_tenants_are_real_evidence_too(settings: Settings, tmp_path: Path) -> None:
    """A survey that is loaded keeps the demonstration away."""
    (tmp_path / "survey.csv").write_text("respondent id,date completed\n1,2026-02-28\n")
    with evidence(settings) as database:
        ingest(database, SURVEY_TARGET, tmp_path / "survey.csv", today=date(2026, 6, 30))
        assert not wants_demonstration(database)
        with pytest.raises(Refused, match="There is real evidence in the survey: "):
            demonstrate(database, settings.home, nothing)


def test_a_demonstration_leaves_without_a_trace(
    world: Database, planted: Planted, bring: Bring, tmp_path: Path
) -> None:
    """All that is made up goes, once published for the public too, under a new version; what is real stays."""
    shown, real = visible(PUBLIC)[0], visible(PUBLIC)[1]
    bring(world, shown, planted(shown), synthetic=True)
    bring(world, real, planted(real))
    versions, count = [version(world, PUBLIC, layer) for layer in (shown, real)], homes(world)
    clear_demonstration(world)
    publish(world, tmp_path)
    assert items_of(world, shown) == 0
    assert items_of(world, real) == 30
    assert homes(world) == count
    assert version(world, PUBLIC, shown) != versions[0]
    assert version(world, PUBLIC, real) == versions[1]


def items_of(database: Database, layer: Layer) -> int:
    """How many records of a layer the public sees."""
    return items(database, PUBLIC, layer, Selection()).matched


def test_whose_homes_they_are_is_known(world: Database, tmp_path: Path) -> None:
    """The last list that was loaded says it; a dry run and a refused file say nothing."""
    assert own_homes(world)
    load_homes(world, tmp_path, synthetic=True)
    assert not own_homes(world)
    load_homes(world, tmp_path, dry_run=True)
    assert not own_homes(world)
    (tmp_path / "broken.csv").write_text("UPRN,Easting,Northing\n,,\n1,x,y\n")
    with pytest.raises(Refused):
        ingest(world, HOMES_TARGET, tmp_path / "broken.csv", today=date(2026, 1, 1))
    assert not own_homes(world)
