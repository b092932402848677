from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.priorities import latest_priorities
from analysis.refresh import refresh
from analysis.weights import weights
from evidence import SURVEY_TARGET, Database, Viewer, access_log, layer_target, publications
from layers._layer import Theme
from layers._registry import LAYERS
from plans.publication import MEASURE, PRIORITY, REPLY, RUN, publish, published
from plans.replies import Reply, demonstrate, withdraw, write

OFFICER, ADMINISTRATOR = Viewer("officer"), Viewer("administrator", "Bob")
TODAY = date(2026, 6, 30)
Bring = Callable[..., None]


def repairs(number: int, estate: str = "E01") -> list[dict[str, Any]]:
    """Repairs of the first months of the year, reported and done."""
    row = {"trade": "plumbing", "priority": "routine", "estate": estate}
    return [row | {"date_reported": f"2026-{1 + at % 6:02}-01"} for at in range(number)]


def answers(number: int, estate: str, content: int) -> list[dict[str, Any]]:
    """Answers in the last financial year; so many are content."""
    said = ["very satisfied" if at < content else "very dissatisfied" for at in range(number)]
    return [{"completed": "2026-02-02", "estate": estate, "tp01": each} for each in said]


@pytest.fixture
def evident(world: Database, bring_to_world: Bring, tmp_path: Path) -> Database:
    """The small world with 60 repairs, ranked, and 26 answers, 12 of them in Alder."""
    bring_to_world(layer_target(LAYERS["repairs"]), *repairs(40), *repairs(20, "E02"))
    bring_to_world(SURVEY_TARGET, *answers(12, "E01", 7), *answers(9, "E02", 3), *answers(5, "E03", 5))
    refresh(world, weights(tmp_path))
    return world


def test_of_the_priorities_the_order_alone_is_published(evident: Database, tmp_path: Path) -> None:
    """The same as officers see, without any score."""
    publish(evident, tmp_path, today=TODAY)
    found = latest_priorities(evident, OFFICER)
    assert found and found[1].estates["E01"].ranking
    ranked = found[1].estates["E01"].ranking.themes
    told = {each["theme"]: each for each in published(evident, PRIORITY, estate="E01")}
    assert {name: (each["rank"], each["tied"]) for name, each in told.items()} == {
        str(each.theme): (each.rank, each.tied) for each in ranked
    }
    assert all(set(each) == {"estate", "theme", "rank", "tied", "sure"} for each in told.values())
    assert published(evident, PRIORITY, estate="E06") == []
    (run,) = published(evident, RUN)
    assert (run["id"], run["synthetic"], run["sources"]["repairs"]) == (found[0], False, "2026-06-01")


def test_measures_are_those_of_the_last_financial_year(evident: Database, tmp_path: Path) -> None:
    """Of the landlord as they are; of an estate rounded, and only where ten tenants answered."""
    publish(evident, tmp_path, today=TODAY)
    told = {(each["estate"], each["code"]): each for each in published(evident, MEASURE)}
    assert {estate for estate, _ in told} == {"", "E01"}
    landlord, alder = told["", "TP01"], told["E01", "TP01"]
    assert (landlord["n"], round(landlord["value"], 1)) == (26, round(100 * 15 / 26, 1))
    assert (landlord["first"], landlord["last"]) == (date(2025, 4, 1), date(2026, 3, 1))
    assert (alder["n"], alder["value"]) == (10, 60) and alder["low"] % 5 == alder["high"] % 5 == 0
    assert ("", "NM01 (1)") in told and told["", "RP02 (1)"]["value"] is None


def test_replies_are_published_until_they_are_withdrawn(evident: Database, tmp_path: Path) -> None:
    """Without who wrote them."""
    number = write(evident, ADMINISTRATOR, Reply("E01", Theme.REPAIRS, "It is damp.", "We look.", "planned"), TODAY)
    publish(evident, tmp_path, today=TODAY)
    (told,) = published(evident, REPLY)
    assert told == {
        **{"id": number, "estate": "E01", "theme": "repairs", "said": "It is damp.", "did": "We look."},
        **{"status": "planned", "since": TODAY},
    }
    withdraw(evident, ADMINISTRATOR, number)
    assert published(evident, REPLY) == [told]
    publish(evident, tmp_path, today=TODAY)
    assert published(evident, REPLY) == []


def test_a_demonstrations_replies_are_not_published_beside_real_evidence(evident: Database, tmp_path: Path) -> None:
    """They go with what is made up."""
    demonstrate(evident, [Reply("E01", Theme.REPAIRS, "It is damp.", "We look.", "planned")], TODAY)
    publish(evident, tmp_path, today=TODAY)
    assert published(evident, REPLY) == []


def test_a_dry_run_publishes_nothing(evident: Database, tmp_path: Path) -> None:
    """And is in no log."""
    publish(evident, tmp_path, today=TODAY, dry_run=True)
    assert published(evident, PRIORITY) == [] and not [
        each for each in access_log(evident) if each.event == "published"
    ]


def test_who_published_is_in_the_log(evident: Database, tmp_path: Path) -> None:
    """With the number of the publication."""
    publish(evident, tmp_path, today=TODAY, who="Ann")
    (entry,) = [each for each in access_log(evident) if each.event == "published"]
    assert entry.who == "Ann" and entry.about["publication"] == publications(evident)[0].id


def test_before_the_first_publication_there_is_nothing(world: Database) -> None:
    """And no error."""
    assert [published(world, table) for table in (PRIORITY, MEASURE, REPLY, RUN)] == [[], [], [], []]
