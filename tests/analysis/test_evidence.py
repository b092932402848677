from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from analysis.evidence import Source, gather, used
from analysis.scoring import THEMES
from evidence import PUBLIC, SURVEY_TARGET, Database, NotVisible, Viewer, layer_target
from layers._registry import LAYERS

OFFICER = Viewer("officer")
ASB, REPAIRS, FEEDBACK = (layer_target(LAYERS[name]) for name in ("asb", "repairs", "feedback"))
Bring = Callable[..., None]
Row = dict[str, Any]


def cases(*opened: str, estate: str = "E01") -> list[Row]:
    """Cases of noise; days that are the first of their month, as of a source that gives months only."""
    return [{"opened": day, "category": "noise", "hate": "no", "estate": estate} for day in opened]


def repairs(*reported: str, estate: str = "E01") -> list[Row]:
    """Repairs by plumbers."""
    return [{"date_reported": day, "trade": "plumbing", "priority": "routine", "estate": estate} for day in reported]


def test_every_source_says_until_when_it_is_complete_and_how_much_is_located(
    world: Database, bring_to_world: Bring
) -> None:
    """Of its own twelve months; one that has nothing says so, and a survey that is not loaded is no source."""
    bring_to_world(ASB, *cases("2025-05-01", "2025-06-01", "2026-05-01"), *cases("2026-05-01", estate="nowhere"))
    found = {each.id: each for each in gather(world, OFFICER, None).sources}
    assert list(found) == [layer.id for layer in used()]
    assert found["asb"] == Source("asb", date(2026, 5, 1), total=3, located=2)
    assert found["repairs"] == Source("repairs", None, 0, 0)
    bring_to_world(SURVEY_TARGET, {"completed": "2026-02-28", "estate": "E01"}, {"completed": "2026-02-27"})
    assert gather(world, OFFICER, None).sources[-1] == Source("survey", date(2026, 2, 1), total=2, located=1)


def test_the_series_has_the_months_that_all_records_have(world: Database, bring_to_world: Bring) -> None:
    """Of cases to May 2026 and repairs to March: the two years of both, that is from June 2024."""
    bring_to_world(ASB, *cases("2024-06-01", "2024-06-01", "2026-03-01", "2026-05-01"))
    bring_to_world(REPAIRS, *repairs("2024-04-01", "2024-07-01", "2026-03-01", estate="E02"))
    series = gather(world, OFFICER, None).series
    assert series and series.first == date(2024, 6, 1)
    noise, plumbing = series.counts["E01"]["anti-social behaviour"], series.counts["E02"]["repairs"]
    assert (len(noise), noise[0], noise[-1], sum(filter(None, noise))) == (22, 2, 1, 3)
    assert (plumbing[1], plumbing[-1], sum(filter(None, plumbing))) == (1, 1, 2)
    assert list(series.counts["E06"]) == [str(theme) for theme in THEMES]


def test_a_source_of_one_year_has_no_part_in_the_series(world: Database, bring_to_world: Bring) -> None:
    """Or its beginning would look like a rise; and without one of two years there is none."""
    bring_to_world(ASB, *cases("2025-06-01", "2026-05-01"))
    assert gather(world, OFFICER, None).series is None
    bring_to_world(REPAIRS, *repairs("2024-06-01", "2026-05-01"))
    series = gather(world, OFFICER, None).series
    assert series and sum(filter(None, series.counts["E01"]["anti-social behaviour"])) == 0
    assert sum(filter(None, series.counts["E01"]["repairs"])) == 2


def test_what_is_heard_is_in_no_series(world: Database, bring_to_world: Bring) -> None:
    """It shows what is recorded."""
    said = [
        {"received": day, "theme": "safety", "channel": "door-knock", "estate": "E01"}
        for day in ("2024-06-01", "2026-05-01")
    ]
    bring_to_world(FEEDBACK, *said)
    assert gather(world, OFFICER, None).series is None


def test_what_is_made_up_is_said_to_be(world: Database, bring_to_world: Bring) -> None:
    """One source is enough."""
    bring_to_world(ASB, *cases("2026-05-01"))
    assert not gather(world, OFFICER, None).synthetic
    bring_to_world(SURVEY_TARGET, {"completed": "2026-02-28"}, synthetic=True)
    assert gather(world, OFFICER, None).synthetic


def test_nobody_else_may_ask(world: Database) -> None:
    """It is made of single records."""
    with pytest.raises(NotVisible):
        gather(world, PUBLIC, None)
