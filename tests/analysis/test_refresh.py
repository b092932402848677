from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from analysis.priorities import SUBJECT, latest_priorities, priorities
from analysis.refresh import refresh
from analysis.runs import latest_run
from analysis.weights import weights
from evidence import SURVEY_TARGET, Database, Viewer, layer_target
from layers._registry import LAYERS

OFFICER = Viewer("officer")
ASB = layer_target(LAYERS["asb"])
EVERY = [*LAYERS, SUBJECT]
CASES = [
    {"opened": f"202{5 + number // 12}-{1 + number % 12:02}-15", "category": "noise", "hate": "no", "estate": "E01"}
    for number in range(18)
]
Bring = Callable[..., None]


def subjects(database: Database, home: Path, **more: Any) -> list[str]:
    """What was run anew."""
    return [run.record["subject"] for run in refresh(database, weights(home), **more)]


def test_only_what_has_changed_is_run_again(world: Database, bring_to_world: Bring, tmp_path: Path) -> None:
    """After the first time nothing; after an import its layer, and what is weighed from it."""
    bring_to_world(ASB, *CASES)
    said: list[str] = []
    assert subjects(world, tmp_path, say=said.append) == EVERY
    assert said == [*(f"Analysing {each.title.lower()} …" for each in LAYERS.values()), "Analysing the priorities …"]
    assert subjects(world, tmp_path) == []
    bring_to_world(ASB, *CASES, {**CASES[0], "opened": "2026-06-15"})
    assert subjects(world, tmp_path) == ["asb", SUBJECT]


def test_every_run_is_kept_with_its_id(world: Database, bring_to_world: Bring, tmp_path: Path) -> None:
    """And is the latest of its subject; one as of a day stands beside it."""
    bring_to_world(ASB, *CASES)
    for run in refresh(world, weights(tmp_path)):
        assert latest_run(world, OFFICER, run.record["subject"]) == (run.id, orjson.loads(run.as_bytes))
    before = date(2026, 3, 31)
    assert subjects(world, tmp_path, as_of=before) == EVERY and subjects(world, tmp_path, as_of=before) == []
    assert subjects(world, tmp_path) == []


def test_a_survey_changes_the_priorities_alone(world: Database, bring_to_world: Bring, tmp_path: Path) -> None:
    """Its answers are in no layer."""
    subjects(world, tmp_path)
    bring_to_world(SURVEY_TARGET, {"completed": "2026-02-28", "estate": "E01", "tp05": "very dissatisfied"})
    assert subjects(world, tmp_path) == [SUBJECT]


def test_other_weights_change_the_priorities_alone(world: Database, tmp_path: Path) -> None:
    """As soon as the council has written them down; who set them is kept with what was found."""
    subjects(world, tmp_path)
    (tmp_path / "weights.toml").write_text(
        '[[change]]\nwho = "A board"\nwhen = 2026-06-01\nwhy = "Voices first."\n'
        "weights = {voice = 1, record = 0, severity = 0, trend = 0, satisfaction = 0}\n"
    )
    assert subjects(world, tmp_path) == [SUBJECT]
    found = latest_priorities(world, OFFICER)
    assert found and found[1].weighed.who == "A board"


def test_what_is_read_back_is_what_was_found(world: Database, bring_to_world: Bring, tmp_path: Path) -> None:
    """Every number, theme and sentence of it."""
    bring_to_world(ASB, *CASES, *CASES, *({**case, "opened": "2026-06-20"} for case in CASES))
    assert latest_priorities(world, OFFICER) is None
    subjects(world, tmp_path)
    found = latest_priorities(world, OFFICER)
    assert found and found[1] == priorities(world, OFFICER, weights(tmp_path))
    assert found[1].estates["E01"].ranking and found[1].estates["E02"].refusal
