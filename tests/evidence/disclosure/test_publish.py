"""Publications over a real database: what comes out, what stays when one fails, and who may read what."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import psycopg
import pytest
from shapely import box
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from evidence import (
    HOMES_TARGET,
    PUBLIC,
    Database,
    Viewer,
    months,
    publications,
    publish,
    published_figures,
    save_boundaries,
    use_boundaries,
)
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import Refused
from layers._layer import Counted, Hidden
from layers._registry import LAYERS

ASB = LAYERS["asb"]
RULES = """[[change]]
who = "The data protection officer"
when = 2026-11-26
why = "A test"
[change.rules]
fewest = 10
round_to = 5
fewest_homes = 10
months = 12
wards = "{wards}"
[change.rules.district_only.asb]
hate = [true]
category = ["domestic abuse"]
"""
CENTRES = {"E01": (485500, 236500), "E02": (486500, 236500), "E03": (487500, 236500)}


def cases(counts: dict[str, int], start: date = date(2025, 7, 1), **given: Any) -> list[dict[str, Any]]:
    """So many cases of noise in each estate, spread over the twelve months to June 2026, the last on its last day."""
    rows = []
    for estate, count in counts.items():
        x, y = CENTRES[estate]
        days = [start + timedelta(days=(364 * number) // max(count - 1, 1)) for number in range(count)]
        row = {"category": "noise", "hate": False, "easting": x, "northing": y, **given}
        prefix = "-".join(map(str, [estate, start, *given.values()]))
        rows += [row | {"reference": f"{prefix}-{number}", "opened": day} for number, day in enumerate(days)]
    return rows


def published_counts(database: Database, subject: str = "anti-social behaviour") -> dict[tuple[str, str], int | None]:
    """The published counts of a subject by level and area, of the estates with ten homes and the district."""
    found = published_figures(database, PUBLIC, ASB)
    return {
        (row["level"], row["area"]): row["count"]
        for row in found
        if row["subject"] == subject and row["withheld"] != "too few homes" and row["level"] != "ward"
    }


def test_figures_are_counted_by_estate_and_for_the_district(world: Database, bring: Any, tmp_path: Path) -> None:
    """Alder has 20 homes and Beech 12; in the others there are too few, and the district counts what lies outside."""
    bring(world, ASB, [*cases({"E01": 41, "E02": 22, "E03": 30}), *cases({"E01": 20}, easting=484000)])
    publish(world, tmp_path)
    assert published_counts(world) == {("district", ""): 115, ("estate", "E01"): 40, ("estate", "E02"): 20}
    (found,) = (row for row in published_figures(world, Viewer("officer"), ASB, "estate") if row["count"] == 40)
    assert (found["first"], found["last"], found["homes"]) == (date(2025, 7, 1), date(2026, 6, 1), 20)
    assert (found["name"], found["rate"], found["withheld"]) == ("Alder", 2000.0, "")
    withheld = {row["withheld"] for row in published_figures(world, PUBLIC, ASB) if row["area"] == "E03"}
    assert withheld == {"too few homes"}


def test_sensitive_rows_are_counted_for_the_district_only(world: Database, bring: Any, tmp_path: Path) -> None:
    """Hate incidents and domestic abuse are in no figure by estate or theme, and have one each for the district."""
    bring(world, ASB, cases({"E01": 30}))
    publish(world, tmp_path)
    before = published_counts(world)
    hate, abuse = cases({"E01": 20}, hate=True), cases({"E01": 25, "E02": 5}, category="domestic abuse")
    bring(world, ASB, [*hate, *abuse])
    publish(world, tmp_path)
    assert published_counts(world) == before
    assert published_counts(world, "hate") == {("district", ""): 20}
    assert published_counts(world, "category: domestic abuse") == {("district", ""): 30}
    assert set(published_counts(world, "safety").values()) == {None}


def wards(database: Database) -> None:
    """Keep two wards: the lower row of estates, and the upper one."""
    shapes = [box(485000, 236000, 488000, 237000), box(485000, 237000, 488000, 238000)]
    areas = gpd.GeoDataFrame({"code": ["W1", "W2"], "name": ["Lower", "Upper"]}, geometry=shapes)
    save_boundaries(database, "wards", areas.set_crs(BRITISH_NATIONAL_GRID), valid_from=date(2024, 4, 1))


def test_wards_are_counted_by_quarter_where_their_set_is_named(world: Database, bring: Any, tmp_path: Path) -> None:
    """Four quarters; a set that is not there is refused; without one there are no figures by ward."""
    rules = tmp_path / "disclosure.toml"
    rules.write_text(RULES.format(wards="wards"))
    bring(world, ASB, cases({"E01": 120, "E02": 80}))
    with pytest.raises(Refused, match="There is no boundary set wards"):
        publish(world, tmp_path)
    wards(world)
    publish(world, tmp_path)
    found = [row for row in published_figures(world, PUBLIC, ASB, "ward") if row["subject"] == "anti-social behaviour"]
    lower = {(row["first"], row["last"]): row["count"] for row in found if row["area"] == "W1"}
    assert list(lower) == [
        (date(2025, 7, 1), date(2025, 9, 1)),
        (date(2025, 10, 1), date(2025, 12, 1)),
        (date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 4, 1), date(2026, 6, 1)),
    ]
    assert sum(count or 0 for count in lower.values()) == pytest.approx(200, abs=10)
    rules.write_text(RULES.format(wards=""))
    publish(world, tmp_path)
    assert published_figures(world, PUBLIC, ASB, "ward") == []


def test_what_would_give_an_estate_away_is_withheld_and_not_said_why(
    world: Database, bring: Any, tmp_path: Path
) -> None:
    """12, 4 and 16 in all: the public reads one reason for both that are missing; the ledger knows which is which."""
    homes = [{"uprn": number, "easting": 485500 + 1000 * (number % 2), "northing": 236500} for number in range(1, 41)]
    bring(world, HOMES_TARGET, homes)
    bring(world, ASB, cases({"E01": 12, "E02": 4}))
    (found,) = (each for each in publish(world, tmp_path) if each.layer is ASB)
    assert found.complementary == 1
    rows = [row for row in published_figures(world, PUBLIC, ASB) if row["subject"] == "anti-social behaviour"]
    assert len({row["withheld"] for row in rows if row["area"] in ("", "E01", "E02")} - {""}) == 1
    assert sum(row["count"] is not None for row in rows) == 1
    with world.owner.connect() as connection:
        reasons = connection.scalars(text("SELECT reason FROM evidence.publication_figure WHERE layer = 'asb'")).all()
    assert {"below fewest", "would give another away", "too few homes"} <= set(reasons)


def test_an_earlier_publication_on_other_boundaries_is_remembered(world: Database, bring: Any, tmp_path: Path) -> None:
    """The set that it was published on may even be replaced since: the ledger keeps its shapes."""
    homes = [{"uprn": n, "easting": 485500 + 1000 * (n % 3), "northing": 236500} for n in range(1, 91)]
    bring(world, HOMES_TARGET, homes)

    def use(width: int) -> None:
        whole = gpd.GeoDataFrame(
            {"code": ["A"], "name": ["All"]}, geometry=[box(485000, 236000, 485000 + width, 237000)]
        )
        save_boundaries(world, "one", whole.set_crs(BRITISH_NATIONAL_GRID), valid_from=date(2026, 1, 1))
        use_boundaries(world, "one")

    # Enough outside, or the district's total would already tell.
    bring(world, ASB, [*cases({"E01": 60, "E02": 5}), *cases({"E03": 100}, northing=235500)])
    use(2000)
    publish(world, tmp_path)
    assert published_counts(world) == {("district", ""): 165, ("estate", "A"): 65}
    use(1000)
    publish(world, tmp_path)
    assert published_counts(world)["estate", "A"] is None


def test_a_dry_run_says_what_would_change_and_changes_nothing(world: Database, bring: Any, tmp_path: Path) -> None:
    """Figures that are new, then those that are others than before."""
    bring(world, ASB, cases({"E01": 41, "E03": 30}))
    dry = publish(world, tmp_path, dry_run=True)
    assert published_figures(world, PUBLIC, ASB) == []
    assert publish(world, tmp_path) == dry
    (first,) = (each for each in dry if each.layer is ASB)
    assert (first.new, first.changed) == (first.figures, 0)
    assert first.withheld == first.figures - 2
    bring(world, ASB, cases({"E01": 20}, category="vehicles"))
    (second,) = (each for each in publish(world, tmp_path, dry_run=True) if each.layer is ASB)
    assert (second.figures, second.new, second.changed) == (first.figures, 0, 2)
    assert len(publications(world)) == 2


def test_every_publication_is_in_the_ledger(world: Database, bring: Any, tmp_path: Path) -> None:
    """Who, when, data versions, boundaries, rules and how much; newest first."""
    (tmp_path / "disclosure.toml").write_text(RULES.format(wards=""))
    bring(world, ASB, cases({"E01": 41, "E03": 30}))
    publish(world, tmp_path, who="Somebody")
    latest, first = publications(world)
    assert (latest.who, latest.boundary_set) == ("Somebody", "estates (2024-04-01)")
    assert latest.rules["who"] == "The data protection officer"
    assert set(latest.versions) >= {"asb"}
    assert latest.figures == len(published_figures(world, PUBLIC, ASB)) == latest.withheld + 2
    assert first.figures == 0


def test_a_failed_audit_publishes_nothing(
    world: Database, bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If nothing were withheld for another's sake, the audit would say which count, and from which figures."""
    from evidence.disclosure import figures as _counted_layers
    from evidence.disclosure.suppression import Suppression, suppress

    homes = [{"uprn": number, "easting": 485500 + 1000 * (number % 2), "northing": 236500} for number in range(1, 41)]
    bring(world, HOMES_TARGET, homes)
    publish(world, tmp_path)
    before = publications(world)
    bring(world, ASB, cases({"E01": 12, "E02": 4}))

    def naive(known: Any, stored_rows: Any, counts: Any, may: Any) -> Suppression:
        return suppress(known, stored_rows, counts, may & False)

    monkeypatch.setattr(_counted_layers, "suppress", naive)
    with pytest.raises(Refused, match=r"asb, anti-social behaviour, Beech, .*the count is 1 to 7, from") as refused:
        publish(world, tmp_path)
    assert "Alder" in str(refused.value) and "The district" in str(refused.value)
    assert publications(world) == before
    assert published_figures(world, PUBLIC, ASB) == []


def test_a_lost_server_leaves_the_last_publication_whole(world: Database, bring: Any, tmp_path: Path) -> None:
    """The backend ends when all is counted and half is built; the next publication works."""
    bring(world, ASB, cases({"E01": 41, "E03": 30}))
    publish(world, tmp_path)
    before = published_figures(world, PUBLIC, ASB)
    bring(world, ASB, cases({"E01": 20}, category="vehicles"))
    for stop_at in ("Anti-social", "Repairs"):

        def end(said: str, stop_at: str = stop_at) -> None:
            if stop_at in said:
                with world.owner.connect() as connection:
                    connection.execute(text(OTHERS))

        with pytest.raises((psycopg.OperationalError, OperationalError)):
            publish(world, tmp_path, step=end)
        assert published_figures(world, PUBLIC, ASB) == before
        bring(world, LAYERS["repairs"], REPAIRS_OF_A_YEAR)
    publish(world, tmp_path)
    assert published_counts(world)["estate", "E01"] == 60


REPAIRS_OF_A_YEAR = [
    {"reference": f"{month}", "priority": "urgent", "date_reported": month, "trade": "roofing"}
    for month in months(date(2025, 5, 1), date(2026, 6, 1))
]
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND usename = current_user"
)


def test_after_a_publication_the_public_reads_published_and_nothing_else(settled: Database) -> None:
    """Tables, views and sequences of every schema, functions that can be called; and nothing is written anywhere."""
    every = """SELECT c.oid::regclass::text AS name, n.nspname AS schema, c.relkind AS kind FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
        AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT EXISTS
        (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
    functions = """SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE prorettype <> 'trigger'::regtype AND nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS
        (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
    # Of what is shown the fields are granted, and not the table.
    rights = """SELECT has_any_column_privilege(:role, :name, 'SELECT') UNION ALL
        SELECT has_table_privilege(:role, :name, right_) FROM unnest(array['INSERT', 'UPDATE',
        'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS right_"""
    role = settled.public.url.username
    with settled.owner.connect() as connection:
        found = connection.execute(text(every)).all()
        assert connection.scalar(text(functions)) == 0
        for each in found:
            if each.kind != "S":
                granted = connection.scalars(text(rights), {"role": role, "name": each.name}).all()
                assert granted == [each.schema == "published", *[False] * 6], each.name
    assert {each.schema for each in found} == {"evidence", "plans", "published"}
    for each in found:
        with settled.public.connect() as connection:
            ask = "SELECT last_value FROM" if each.kind == "S" else "SELECT * FROM"
            if each.schema == "published":
                connection.execute(text(f"{ask} {each.name}"))
            else:
                with pytest.raises(Exception, match="permission denied"):
                    connection.execute(text(f"{ask} {each.name}"))


def test_hidden_layers_have_no_figures(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can ask for figures of what the public may see nothing of; a shown layer has none."""
    from dataclasses import replace

    from evidence import NotVisible

    with pytest.raises(NotVisible):
        published_figures(world, PUBLIC, replace(ASB, disclosure=Hidden()))
    for layer in LAYERS.values():
        if not isinstance(layer.disclosure, Counted):
            assert published_figures(world, PUBLIC, layer) == []
