from datetime import UTC, datetime
from pathlib import Path

from analysis.explanation import explanation
from analysis.priorities import record_of
from analysis.runs import versions
from analysis.weights import weights
from evidence import Database, Viewer

MADE = datetime(2026, 6, 30, 12, tzinfo=UTC)
OFFICER = Viewer("officer")


def test_every_fact_of_a_record_is_told(world: Database, tmp_path: Path) -> None:
    """Data versions, layers, weights with who set them, parameters, seed and versions; nothing of it is left out."""
    record = record_of(world, OFFICER, weights(tmp_path))
    told = dict(explanation(MADE, record))
    assert told["Of"] == "Priorities"
    assert told["Data version of Repairs"] == record["data"]["repairs"]
    assert told["Data version of Survey"] == "nothing is loaded"
    assert "set by" in told["Weights"] and f"{weights(tmp_path).changes[-1].why}" in told["Weights"]
    assert "anti-social behaviour: " in told["What Anti-social behaviour is"]
    assert told["Seed of what is drawn by chance"] == f"{record['seed']}"
    assert all(f"{name} {version}" in told["Versions"] for name, version in versions().items())
    assert {"subject", "data", "as_of", "layers", "parameters", "seed", "versions"} == record.keys()


def test_a_record_of_the_first_version_says_what_it_lacks() -> None:
    """It had a hash of source text in place of versions."""
    record = {"subject": "asb", "data": "62a", "as_of": None, "parameters": {"months": 12}, "seed": 1, "code": "f00"}
    told = dict(explanation(MADE, record))
    assert told["Data version of Anti-social behaviour"] == "62a"
    assert told["Months that are compared with as many before"] == "12"
    assert told["Versions"] == "not kept: this run was made by version 0.1.0"
