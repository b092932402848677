from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from evidence import PUBLIC, Database, Selection, items, prepare, publish
from layers._layer import Counted, Layer, Shown

WATTS = (Annotated[int, Field(ge=1, le=999)] | None, Field(None, description="Power, watts"))
Lights = Callable[..., Layer]
Write = Callable[..., None]
Ask = Callable[..., list[Any]]


def read_as_public(unprepared: Database) -> list[Any]:
    """All that the public role can read of the published lights."""
    with unprepared.public.connect() as connection:
        names = connection.scalars(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('published.lights') AND attnum > 0 "
                "AND has_column_privilege(attrelid, attnum, 'SELECT') ORDER BY attname"
            )
        ).all()
        return [tuple(names), *connection.execute(text(f"SELECT {', '.join(names) or '1'} FROM published.lights"))]


def test_what_is_no_longer_shown_cannot_be_read(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """From the next start on, a field taken back and a layer taken back; what is published is not touched by that."""
    layer = lights(Shown(("reference", "kind", "watts")), watts=WATTS)
    prepare(unprepared, tmp_path)
    write_light(unprepared, layer, watts=70)
    publish(unprepared, tmp_path)
    assert read_as_public(unprepared) == [
        ("estate", "kind", "latitude", "longitude", "reference", "watts"),
        (None, "lamp", None, None, "1", 70),
    ]
    lights(Shown(("reference", "kind")), watts=WATTS)
    prepare(unprepared, tmp_path)
    assert read_as_public(unprepared)[1:] == [(None, "lamp", None, None, "1")]
    lights(Counted(), watts=WATTS)
    prepare(unprepared, tmp_path)
    with pytest.raises(ProgrammingError, match="permission denied"):
        read_as_public(unprepared)
    assert ask(unprepared, "SELECT reference, watts FROM published.lights") == [("1", 70)]
    publish(unprepared, tmp_path)
    assert ask(unprepared, "SELECT to_regclass('published.lights')") == [(None,)]


def test_a_layer_that_becomes_shown_is_published_by_a_person(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write
) -> None:
    """A start makes nothing public; the next publication does."""
    hidden = lights(Counted())
    prepare(unprepared, tmp_path)
    write_light(unprepared, hidden)
    shown = lights(Shown(("reference", "kind", "seen")))
    prepare(unprepared, tmp_path)
    assert items(unprepared, PUBLIC, shown, Selection()).rows == []
    publish(unprepared, tmp_path)
    assert [row["reference"] for row in items(unprepared, PUBLIC, shown, Selection()).rows] == ["1"]


def test_a_start_leaves_what_is_published_as_it_was(
    unprepared: Database, tmp_path: Path, lights: Lights, write_light: Write, ask: Ask
) -> None:
    """A layer more, or a field more that is shown, takes nothing away and makes nothing real that is made up."""
    layer = lights(Shown(("reference", "kind")))
    prepare(unprepared, tmp_path)
    write_light(unprepared, layer)
    publish(unprepared, tmp_path)
    about = ask(unprepared, "SELECT * FROM published.about")
    lights(Shown(("reference", "kind", "watts")), watts=WATTS)
    prepare(unprepared, tmp_path)
    assert ask(unprepared, "SELECT * FROM published.about") == about
    assert ask(unprepared, "SELECT reference, kind, watts FROM published.lights") == [("1", "lamp", None)]
