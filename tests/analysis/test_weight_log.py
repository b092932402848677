from pathlib import Path

from analysis.weight_log import note_weights
from analysis.weights import FILE, weights
from evidence import Database, access_log

FIRST = """
[[change]]
who = "Ann"
when = 2026-01-31
why = "as agreed with tenants"
weights = { voice = 1, record = 1, severity = 1, trend = 1, satisfaction = 1 }
"""


def test_each_change_of_the_weights_is_noted_once(world: Database, tmp_path: Path) -> None:
    """Who, when, why and to what; and one of before that was rewritten is another change."""
    second = FIRST.replace("Ann", "Bob").replace("2026-01-31", "2026-03-01").replace("voice = 1", "voice = 2")
    rewritten = FIRST.replace("trend = 1", "trend = 5")
    for written, whose in ((FIRST, ["Ann"]), (FIRST + second, ["Bob"]), (rewritten + second, ["Ann"])):
        (tmp_path / FILE).write_text(written)
        before = len(access_log(world))
        for _ in range(2):
            note_weights(world, weights(tmp_path))
        new = access_log(world)[: len(access_log(world)) - before]
        assert [(entry.who, entry.event) for entry in new] == [(who, "changed weights") for who in whose]
    assert access_log(world)[0].about["weights"]["trend"] == 5
    assert access_log(world)[0].about["when"] == "2026-01-31"
