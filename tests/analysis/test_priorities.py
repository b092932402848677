from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.priorities import Priorities, priorities
from analysis.ranking import Ranking, rankings
from analysis.scoring import THEMES, Evidence
from analysis.weights import Weights, weights
from evidence import HOMES_TARGET, PUBLIC, SURVEY_TARGET, Database, NotVisible, Viewer, connect, layer_target, prepare
from layers._layer import codes, plain
from layers._registry import LAYERS

OFFICER = Viewer("officer")
TODAY = date(2026, 6, 30)
ASB, REPAIRS, FEEDBACK, POLICE, PROJECTS = (
    layer_target(LAYERS[name]) for name in ("asb", "repairs", "feedback", "police", "projects")
)
ESTATES = ["E01", "E02", "E03", "E04", "E05", "E06"]
HOMES = [20, 12, 8, 5, 2, 0]
Row = dict[str, Any]
Bring = Callable[..., None]


@pytest.fixture
def shipped(tmp_path: Path) -> Weights:
    """The weights that the product comes with."""
    return weights(tmp_path)


def cases(number: int, opened: str, estate: str = "E01", hate: str = "no", **more: str) -> list[Row]:
    """Cases of noise."""
    return [{"opened": opened, "category": "noise", "hate": hate, "estate": estate, **more} for _ in range(number)]


def repairs(number: int, reported: str, estate: str = "E01", priority: str = "routine", **more: str) -> list[Row]:
    """Repairs by plumbers."""
    row = {"date_reported": reported, "trade": "plumbing", "priority": priority, "estate": estate}
    return [row | more for _ in range(number)]


def feedback_of_a_year(number: int, theme: str, estate: str = "E01", channel: str = "door-knock") -> list[Row]:
    """Feedback of the last twelve months."""
    return [{"received": "2026-05-01", "theme": theme, "estate": estate, "channel": channel} for _ in range(number)]


# Every row is of the first of its month, as of a source that gives months only: so May 2026 is complete.
CASES = [
    *cases(3, "2024-06-01"),
    *cases(2, "2025-05-01", "E02"),
    *cases(5, "2025-06-01"),
    *cases(2, "2025-06-01", hate="yes"),
    *cases(1, "2025-06-01", "E02", harm="personal"),
    *cases(2, "2025-06-01", category="violence", harm="nuisance"),
    *cases(1, "2026-05-01", "E03"),
]
REPORTED = [
    *repairs(30, "2025-06-01"),
    *repairs(6, "2026-05-01", priority="immediate"),
    *repairs(4, "2026-05-01", "E02", priority="emergency"),
    *repairs(9, "2026-05-01", "E02", trade="communal cleaning"),
]
SAID = [
    *feedback_of_a_year(9, "safety"),
    *feedback_of_a_year(3, "repairs", channel="walkabout"),
    *feedback_of_a_year(7, "other"),
    *feedback_of_a_year(5, "cleanliness", "E02"),
]


def table(**columns: tuple[int, ...]) -> Any:
    """Counts of themes in the first three estates, by the theme's first word; 0 elsewhere."""
    counts = np.zeros((len(ESTATES), len(THEMES)))
    names = [str(theme).split()[0].split("-")[0] for theme in THEMES]
    for name, values in columns.items():
        counts[: len(values), names.index(name)] = values
    return counts


def by_hand(**changed: Any) -> Evidence:
    """What these rows are, counted by hand."""
    nothing = table()
    usual = {
        "homes": np.array(HOMES, dtype=float),
        "voices": table(safety=(9,), repairs=(3,), cleanliness=(0, 5)),
        "records": table(anti=(7, 1, 1), safety=(2,), repairs=(36, 4), cleanliness=(0, 9)),
        "judged": table(anti=(7, 1, 1), safety=(2,), repairs=(36, 4), cleanliness=(0, 9)),
        "severe": table(anti=(2, 1, 0), repairs=(6, 4)),
        "now": table(anti=(7, 1, 1), safety=(2,)),
        "before": table(anti=(3, 2, 0)),
        "answered": nothing,
        "dissatisfied": nothing,
    }
    given = usual | changed
    return Evidence(**given, heard=given["voices"], recorded=given["records"])


def estates(database: Database, viewer: Viewer, weighed: Weights, **more: Any) -> dict[str, Priorities]:
    """The priorities of every estate."""
    return dict(priorities(database, viewer, weighed, **more).estates)


def found_as(expected: Evidence, found: dict[str, Priorities], shipped: Weights) -> bool:
    """Whether the priorities are those of this evidence."""
    ranked = rankings(expected, shipped.now, seed=2026)
    assert list(found) == ESTATES
    return [each.ranking or each.refusal for each in found.values()] == ranked


def test_the_evidence_is_counted_by_estate_and_theme(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """Twelve months of each layer; and of the twelve before, of a layer that is complete for both."""
    bring_to_world(ASB, *CASES)
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    found = estates(world, OFFICER, shipped)
    assert found_as(by_hand(), found, shipped)
    assert isinstance(found["E01"].ranking, Ranking)
    assert "comes first" in found["E01"].ranking.sentence or "No theme" in found["E01"].ranking.sentence
    assert found["E02"].refusal == (
        "Too little to rank: 5 pieces of feedback and 14 records in twelve months, and it takes 10 or 20."
    )
    assert found["E06"].refusal == "Too little to rank: no home on the list, and it takes 10."


def test_police_and_projects_are_no_records(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """The one's points stand for several addresses, the others answer a need."""
    bring_to_world(ASB, *CASES)
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    crime = {"month": "2026-05-01", "crime": "drugs", "easting": 485500, "northing": 236500}
    bring_to_world(POLICE, *({**crime, "reference": f"P{number}"} for number in range(50)))
    bring_to_world(
        PROJECTS, {"title": "A", "type": "noticeboard", "status": "idea", "proposed": "2026-05-01", "estate": "E01"}
    )
    assert found_as(by_hand(), estates(world, OFFICER, shipped), shipped)


def test_a_month_that_is_not_complete_is_not_used(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """None after the day that is asked for."""
    bring_to_world(ASB, *CASES, *cases(400, "2026-06-01"))
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    assert not found_as(by_hand(), estates(world, OFFICER, shipped, as_of=date(2026, 4, 30)), shipped)
    assert found_as(by_hand(), estates(world, OFFICER, shipped, as_of=date(2026, 5, 31)), shipped)
    assert not found_as(by_hand(), estates(world, OFFICER, shipped), shipped)


def test_a_layer_without_a_complete_month_says_nothing(
    world: Database, bring_to_world: Bring, shipped: Weights
) -> None:
    """However many rows it has."""
    bring_to_world(ASB, *cases(50, "2026-06-02"))
    bring_to_world(REPAIRS, *REPORTED)
    expected = by_hand(
        voices=table(),
        records=table(repairs=(36, 4), cleanliness=(0, 9)),
        judged=table(repairs=(36, 4), cleanliness=(0, 9)),
        severe=table(repairs=(6, 4)),
        now=table(),
        before=table(),
    )
    found = estates(world, OFFICER, shipped)
    assert found_as(expected, found, shipped)
    assert found["E01"].ranking
    assert list(found["E01"].ranking.themes[0].parts) == ["record", "severity"]


def test_a_survey_says_who_is_dissatisfied(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """Each theme by its question, each answer by its weight: 2, 1 and 1 are worth 16 / 6 of the 4."""
    bring_to_world(ASB, *CASES)
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    answers: list[Row] = [
        {"estate": "E01", "tp05": "very dissatisfied", "tp10": "neither", "tp01": "very dissatisfied", "weight": 2},
        {"estate": "E02", "tp05": "fairly dissatisfied", "tp02": "n/a", "tp11": "very satisfied"},
        {"estate": "E02", "tp05": "very satisfied", "tp12": "fairly dissatisfied"},
        {"tp05": "very dissatisfied", "completed": "2025-02-28"},
    ]
    bring_to_world(SURVEY_TARGET, *({"completed": "2026-02-28", "weight": 1} | each for each in answers))
    worth = 16 / 6 / 4
    answered = table(safety=(2, 2), cleanliness=(1,), community=(0, 1), anti=(0, 1))
    answered[:, THEMES.index(THEMES[0])] *= worth
    dissatisfied = table(safety=(2, 1), anti=(0, 1))
    dissatisfied[:, 0] *= worth
    found = estates(world, OFFICER, shipped)
    expected = rankings(by_hand(answered=answered, dissatisfied=dissatisfied), shipped.now, seed=2026)[0]
    assert isinstance(expected, Ranking)
    assert found["E01"].ranking
    for one, other in zip(found["E01"].ranking.themes, expected.themes, strict=True):
        assert (one.theme, one.first) == (other.theme, other.first)
        assert one.score == pytest.approx(other.score)
    parts = {each.theme: "satisfaction" in each.parts for each in found["E01"].ranking.themes}
    assert [parts[theme] for theme in THEMES] == [True, True, True, True, False]
    responses = [each.reporting.response if each.reporting else None for each in found.values()]
    assert responses == [1 / 20, 2 / 12, 0, 0, 0, None]


def test_who_reports_is_told_by_what_needs_somebody_to_speak_up(
    world: Database, bring_to_world: Bring, shipped: Weights
) -> None:
    """Not emergencies and walkabouts; by hand, 9 + 7 voices, 9 cases and 30 repairs in 20 homes."""
    bring_to_world(ASB, *CASES)
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    panel = estates(world, OFFICER, shipped)["E01"].reporting
    assert panel and panel.chosen and panel.unprompted
    assert (panel.chosen.count, panel.unprompted.count) == (16 + 9 + 30, 6 + 3)
    # 55 of 20 homes, where 71 are of the 47 homes that are in an estate: 5 + 1 + 9 in E02, 1 in E03.
    assert panel.chosen.ratio == pytest.approx((55 / 20) / (71 / 47))
    assert panel.unprompted.ratio == pytest.approx((9 / 20) / (13 / 47))


def test_without_evidence_nothing_is_ranked(world: Database, shipped: Weights) -> None:
    """Every estate says why."""
    found = estates(world, OFFICER, shipped)
    assert found["E01"].refusal == (
        "Too little to rank: 0 pieces of feedback and 0 records in twelve months, and it takes 10 or 20."
    )
    assert all(each.ranking is None and each.refusal for each in found.values())
    panel = found["E01"].reporting
    assert panel and panel.sentence == "Nothing is reported in the whole district."


def test_without_homes_nothing_is_ranked(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """There is nothing to compare with."""
    bring_to_world(ASB, *CASES)
    bring_to_world(FEEDBACK, *SAID)
    with world.owner.begin() as connection:
        connection.execute(HOMES_TARGET.table.delete())
    found = estates(world, OFFICER, shipped)
    assert {each.refusal for each in found.values()} == {"Too little to rank: no home on the list, and it takes 10."}
    assert {each.reporting for each in found.values()} == {None}


def test_without_estates_there_are_no_estates(database_url: str, tmp_path: Path, shipped: Weights) -> None:
    """And no error."""
    database = connect(database_url, tmp_path)
    prepare(database, tmp_path)
    assert estates(database, OFFICER, shipped) == {}
    database.close()


def test_the_same_evidence_gives_the_same_estates(world: Database, bring_to_world: Bring, shipped: Weights) -> None:
    """With the same seed; another one draws otherwise."""
    bring_to_world(ASB, *CASES)
    bring_to_world(REPAIRS, *REPORTED)
    bring_to_world(FEEDBACK, *SAID)
    assert estates(world, OFFICER, shipped) == estates(world, OFFICER, shipped)
    assert estates(world, OFFICER, shipped, seed=7) != estates(world, OFFICER, shipped)


def test_strangers_see_nothing(world: Database, shipped: Weights) -> None:
    """Not even which estates there are too little of."""
    with pytest.raises(NotVisible):
        estates(world, PUBLIC, shipped)


def test_what_layers_say_of_their_rows_they_have() -> None:
    """Fields of the record, and values that these can take."""
    for layer in LAYERS.values():
        for name, values in (*layer.severe.items(), *layer.unprompted.items()):
            field = layer.record.model_fields[name]
            known: tuple[Any, ...] = (True, False) if plain(field) is bool else codes(field)
            assert values and values <= {*known}, (layer.id, name)
