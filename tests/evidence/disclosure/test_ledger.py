from datetime import date

import geopandas as gpd
from shapely import MultiPolygon, box
from sqlalchemy import text

from evidence import Database
from evidence.database import user
from evidence.disclosure.figures import Figure
from evidence.disclosure.ledger import (
    area_mark,
    earlier_figures,
    figure_key,
    figures_of,
    publication_entries,
    save_areas,
    save_publication,
    saved_areas,
)
from geo.crs import BRITISH_NATIONAL_GRID

ENTRY = {"who": "Somebody", "versions": {"asb": "1"}, "boundary_set": "estates", "rules": {}}


def figure(area: str, count: int | None = None) -> Figure:
    """A figure of an area; withheld without a count."""
    ends = {"low": count - 2, "high": count + 2} if count else {"reason": "below fewest"}
    span = (date(2025, 7, 1), date(2026, 6, 1))
    return Figure("asb", "safety", "estate", "mark", area, f"Area {area}", *span, 20, count, **ends)


def areas(width: float = 10) -> gpd.GeoDataFrame:
    """Two areas side by side."""
    shapes = [MultiPolygon([box(0, 0, width, 10)]), MultiPolygon([box(width, 0, 20, 10)])]
    return gpd.GeoDataFrame({"code": ["A", "B"], "name": ["a", "b"]}, geometry=shapes, crs=BRITISH_NATIONAL_GRID)


def test_figures_come_back_as_they_were_entered(world: Database) -> None:
    """By publication, and of a layer over all, each figure that is the same once."""
    with world.owner.begin() as connection:
        one = save_publication(connection, ENTRY, [figure("A", 40), figure("B")])
        two = save_publication(connection, ENTRY, [figure("A", 45), figure("B")])
    with world.owner.connect() as connection:
        assert set(figures_of(connection, one)) == {figure("A", 40), figure("B")}
        assert set(figures_of(connection, two)) == {figure("A", 45), figure("B")}
        assert len(earlier_figures(connection, "asb")) == 3
        assert earlier_figures(connection, "repairs") == []
        found = publication_entries(connection)[:2]
        assert [(each.id, each.who, each.figures, each.withheld) for each in found] == [
            (two, "Somebody", 2, 1),
            (one, "Somebody", 2, 1),
        ]


def test_a_figure_is_known_by_what_it_counts() -> None:
    """Not by its count."""
    assert figure_key(figure("A", 40)) == figure_key(figure("A")) != figure_key(figure("B"))


def test_areas_are_kept_once_and_come_back_exactly(world: Database) -> None:
    """Another shape is another set."""
    with world.owner.begin() as connection:
        for _ in range(2):
            save_areas(connection, area_mark(areas()), areas())
        save_areas(connection, area_mark(areas(11)), areas(11))
        found = saved_areas(connection, area_mark(areas()))
        assert list(found["code"]) == ["A", "B"]
        assert found.geometry.geom_equals(areas().geometry).all()
        assert area_mark(found) == area_mark(areas()) != area_mark(areas(11))
        counted = text("SELECT count(*) FROM evidence.publication_area WHERE name IN ('a', 'b')")
        assert connection.scalar(counted) == 4


def test_the_user_has_a_name() -> None:
    """Or at least a number."""
    assert user()
