"""The ground under every command: a database that answers, with schema, boundaries and, at first, a demonstration."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd

from api.settings import Settings
from data.boundaries import DISTRICT as DISTRICT_FILE
from data.boundaries import ESTATES as ESTATES_FILE
from data.demonstration import FILES, generate
from data.demonstration.replies import demonstration_replies
from evidence import (
    DISTRICT,
    HOMES_TARGET,
    SURVEY_TARGET,
    Database,
    Standing,
    Viewer,
    boundary_sets,
    clear_demonstration,
    connect,
    data_versions,
    disclosed_definitions,
    ingest,
    layer_target,
    own_homes,
    prepare,
    publications,
    save_boundaries,
    standing,
    survey_answers,
    use_boundaries,
)
from geo.crs import grid_frame
from geo.errors import Refused
from layers._layer import Theme
from layers._registry import LAYERS
from plans import proposals as proposals  # for its tables: what is prepared is what is known by then
from plans import replies
from plans.publication import publish
from plans.replies import Reply
from service.cluster import database as database_url

_INDICATIVE = "indicative estates"
_SINCE = date(2026, 11, 1)
"""The day on which the shipped sets were made."""


@contextmanager
def evidence(settings: Settings) -> Iterator[Database]:
    """Lend the database, ready: its schema is there and it has boundaries.

    Raises
    ------
    Refused
        There is no PostGIS, or it cannot be used as it is.
    """
    with database_url(settings) as url:
        database = connect(url, settings.home)
        try:
            prepare(database, settings.home)
            # Not whether there are any: a first start that was killed may have left some of them.
            if not any(each.in_use for each in boundary_sets(database)):
                _save_shipped_boundaries(database)
                # At first there is nothing but the estates to be seen.
                publish(database, settings.home, today=date.today())
            yield database
        finally:
            database.close()


def _save_shipped_boundaries(database: Database) -> None:
    for name, file in ((DISTRICT, DISTRICT_FILE), (_INDICATIVE, ESTATES_FILE)):
        areas = grid_frame(gpd.read_file(file))
        about = json.loads(file.read_text())
        save_boundaries(
            database,
            name,
            areas,
            valid_from=_SINCE,
            attribution=about["attribution"],
            indicative="indicative" in about,
        )
    use_boundaries(database, _INDICATIVE)


def wants_demonstration(database: Database) -> bool:
    """Whether there is nothing real yet, and no demonstration that was loaded to its end."""
    return not _real(database, standing(database)) and not all(each.rows for each in _to_fill(database))


def is_stale(database: Database) -> bool:
    """Whether the evidence, or what the layers show of it, has changed since it was last published."""
    known = publications(database)
    if not known or known[0].versions != data_versions(database, Viewer("officer")):
        return True
    # Version 0.1.0 did not keep it.
    return known[0].definitions not in (None, disclosed_definitions())


def _real(database: Database, layers: list[Standing]) -> list[str]:
    """What is loaded that is not made up: of these layers, the property list, the survey."""
    real = [each.layer.title for each in layers if each.rows > each.synthetic]
    real += ["the property list"] if own_homes(database) else []
    answers = survey_answers(database, Viewer("officer"))
    return real + ([] if answers["synthetic"].all() else ["the survey"])


def _to_fill(database: Database) -> list[Standing]:
    return [each for each in standing(database) if each.layer.id in FILES]


def demonstrate(database: Database, home: Path, step: Callable[[str], None], *, seed: int = 2026) -> None:
    """Make the synthetic evidence as files in `home`, and load them as real ones are loaded.

    Raises
    ------
    Refused
        A layer has real evidence, with which it would be mixed.
    """
    others = {"homes": HOMES_TARGET, "survey": SURVEY_TARGET}
    targets = {name: others.get(name) or layer_target(LAYERS[name]) for name in FILES}
    if real := _real(database, _to_fill(database)):
        raise Refused(f"There is real evidence in {', '.join(real)}: the demonstration would be mixed with it.")
    folder = home / "demonstration"
    folder.mkdir(parents=True, exist_ok=True)
    step("Making five years of synthetic evidence …")
    # To the end of a month: a month that is not complete would look like a fall.
    truth = generate(folder, seed=seed, until=date.today().replace(day=1) - timedelta(days=1))
    # Another seed or another month makes other rows: those of before would stay among them.
    clear_demonstration(database)
    for name, target in targets.items():
        for file in FILES[name]:
            report = ingest(database, target, folder / file, today=date.today(), synthetic=True)
            step(f"  {name}: {report.rows:,} synthetic rows from {file}")
    made = [
        Reply(each.estate, Theme(each.theme), each.said, each.did, each.status)  # type: ignore[arg-type]
        for each in demonstration_replies(truth.plants)
    ]
    replies.demonstrate(database, made, date.today())
