from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field
from sqlalchemy import DefaultClause, Index, text
from sqlalchemy.exc import IntegrityError

from evidence import Database, Selection, Viewer, items, prepare
from evidence.tables import table
from geo.errors import Refused
from layers._layer import Layer, Shown, Synonyms

OFFICER = Viewer("officer", estates=None)
WATTS = (Annotated[int, Field(ge=1, le=999)] | None, Field(None, description="Power, watts"))
Lights = Callable[..., Layer]
Write = Callable[..., None]
Ask = Callable[..., list[Any]]


def columns(unprepared: Database, ask: Ask, schema: str = "evidence") -> dict[str, str | None]:
    """The columns of the lights' table, with their comments."""
    found = ask(
        unprepared,
        "SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute "
        "WHERE attrelid = to_regclass(:name) AND attnum > 0",
        name=f"{schema}.lights",
    )
    return {row.attname: row.comment for row in found}


def test_a_new_field_gets_a_column(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """It is there with its description and limits, empty in the rows of before, and both readers see it."""
    old = lights()
    prepare(unprepared, tmp_path)
    write_light(unprepared, old)
    new = lights(Shown(("reference", "kind", "seen", "watts")), watts=WATTS)
    prepare(unprepared, tmp_path)
    assert columns(unprepared, ask)["watts"] == "Power, watts"
    write_light(unprepared, new, reference="2", watts=70)
    with pytest.raises(IntegrityError):
        write_light(unprepared, new, reference="3", watts=1000)
    found = items(unprepared, OFFICER, new, Selection()).rows
    assert [row["watts"] for row in found] == [None, 70]


def test_a_new_field_that_must_be_filled_leaves_old_rows_alone(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """Rows that came before it cannot have it, and stay."""
    write_first = lights()
    prepare(unprepared, tmp_path)
    write_light(unprepared, write_first)
    lights(watts=(int, Field(description="Power, watts")))
    prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT reference, watts FROM evidence.lights") == [("1", None)]


def test_a_field_that_need_no_longer_be_filled_may_be_empty(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write
) -> None:
    """The table takes rows that the record takes."""
    lights(watts=(int, Field(description="Power, watts")))
    prepare(unprepared, tmp_path)
    new = lights(watts=WATTS)
    prepare(unprepared, tmp_path)
    write_light(unprepared, new, watts=None)


def test_a_field_that_went_keeps_its_values(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """Its column stays with what is in it, and new rows leave it empty, though it once had to be filled."""
    old = lights(watts=(int, Field(description="Power, watts")))
    prepare(unprepared, tmp_path)
    write_light(unprepared, old, watts=70)
    new = lights()
    prepare(unprepared, tmp_path)
    write_light(unprepared, new, reference="2")
    assert ask(unprepared, "SELECT reference, watts FROM evidence.lights ORDER BY 1") == [("1", 70), ("2", None)]
    assert "watts" not in items(unprepared, OFFICER, new, Selection()).rows[0]


def test_a_field_that_comes_back_has_its_values_again(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write
) -> None:
    """What was kept is there when an earlier version of the product is started again."""
    old = lights(watts=WATTS)
    prepare(unprepared, tmp_path)
    write_light(unprepared, old, watts=70)
    lights()
    prepare(unprepared, tmp_path)
    again = lights(watts=WATTS)
    prepare(unprepared, tmp_path)
    assert [row["watts"] for row in items(unprepared, OFFICER, again, Selection()).rows] == [70]


def test_a_code_list_that_changed_changes_the_check(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """New codes are taken, codes that went no longer; rows that have one stay, and can change otherwise."""
    old = lights()
    prepare(unprepared, tmp_path)
    write_light(unprepared, old, kind="column")
    new = lights(kind=(Literal["lamp", "cable"], Field(description="Kind")))
    prepare(unprepared, tmp_path)
    write_light(unprepared, new, reference="2", kind="cable", import_id=2)
    with pytest.raises(IntegrityError):
        write_light(unprepared, new, reference="3", kind="column", import_id=2)
    with unprepared.owner.begin() as connection:
        connection.execute(text("UPDATE evidence.lights SET estate = 'E01'"))
    assert ask(unprepared, "SELECT kind FROM evidence.lights ORDER BY reference") == [("column",), ("cable",)]


def test_codes_are_text_and_nothing_else(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write
) -> None:
    """Quotation marks, per cent signs and colons in a code reach the check as they are written, also later."""
    odd = ("it's", "50% off", 'say "x"', "at :noon", "100%", "semi; DROP TABLE x; --", "back\\slash")
    kind = (Annotated[Literal[odd], Synonyms({})], Field(description="Kind"))
    for extra in ({}, {"watts": WATTS}):
        layer = lights(kind=kind, **extra)
        prepare(unprepared, tmp_path)
        for code in odd:
            write_light(unprepared, layer, reference=f"{len(extra)} {code}", kind=code)
        with pytest.raises(IntegrityError):
            write_light(unprepared, layer, reference="other", kind="50%% off")


def test_a_description_that_changed_changes_the_comment(
    unprepared: Database, tmp_path: Path, lights: Lights, ask: Ask
) -> None:
    """The database says what the record says."""
    lights(watts=WATTS)
    prepare(unprepared, tmp_path)
    lights(watts=(WATTS[0], Field(None, description="Power of one lamp, watts")))
    prepare(unprepared, tmp_path)
    assert columns(unprepared, ask)["watts"] == "Power of one lamp, watts"


def test_a_field_of_another_type_is_refused(unprepared: Database, tmp_path: Path, lights: Lights, ask: Ask) -> None:
    """A sentence names the field and both types, and nothing has changed."""
    lights(watts=WATTS)
    prepare(unprepared, tmp_path)
    lights(watts=(str | None, Field(None, description="Power")), colour=(str | None, Field(None, description="Colour")))
    with pytest.raises(Refused, match=r"field watts of lights was INTEGER and is now TEXT.*another name"):
        prepare(unprepared, tmp_path)
    assert "colour" not in columns(unprepared, ask)


def test_a_new_index_is_made_for_a_table_that_is_there(
    unprepared: Database, tmp_path: Path, lights: Lights, ask: Ask
) -> None:
    """An old database does not stay slower than a new one."""
    lights()
    prepare(unprepared, tmp_path)
    Index("lights_kind", table(lights()).c.kind)
    prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT count(*) FROM pg_indexes WHERE indexname = 'lights_kind'") == [(1,)]


def test_defaults_and_rows_that_must_be_filled_follow(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """A default that is new or another one holds for new rows; what no row is without must be filled from then on."""
    watts = table(lights(watts=WATTS)).c.watts
    prepare(unprepared, tmp_path)
    layer = lights(watts=(int, Field(description="Power, watts")))
    table(layer).c.watts.server_default = DefaultClause("60")
    prepare(unprepared, tmp_path)
    write_light(unprepared, layer)
    assert ask(unprepared, "SELECT watts FROM evidence.lights") == [(60,)]
    with pytest.raises(IntegrityError, match="null value"):
        write_light(unprepared, layer, reference="2", watts=None)
    assert watts.nullable


def test_an_expression_that_changed_is_computed_anew(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """Of the rows that are there, too."""
    layer = lights()
    prepare(unprepared, tmp_path)
    write_light(unprepared, layer, easting=485500, northing=236500)
    changed = "ST_SetSRID(ST_MakePoint(easting + 1, northing), 27700)"
    computed = table(lights()).c.geom.computed
    assert computed is not None
    computed.sqltext = text(changed)
    prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT ST_X(geom) FROM evidence.lights") == [(485501,)]


def test_an_index_that_changed_is_made_anew(unprepared: Database, tmp_path: Path, lights: Lights, ask: Ask) -> None:
    """One of the same name over other columns."""
    Index("lights_of", table(lights()).c.kind)
    prepare(unprepared, tmp_path)
    again = table(lights())
    Index("lights_of", again.c.seen, again.c.kind)
    prepare(unprepared, tmp_path)
    definition = ask(unprepared, "SELECT indexdef FROM pg_indexes WHERE indexname = 'lights_of'")
    assert "(seen, kind)" in definition[0][0]
