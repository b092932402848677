from pathlib import Path

import pytest

from evidence.disclosure.rules import disclosure
from geo.errors import Refused
from layers._registry import LAYERS

GOOD = """[[change]]
who = "Data protection officer"
when = 2026-11-26
why = "Agreed"
[change.rules]
fewest = 10
round_to = 5
fewest_homes = 10
months = 12
"""


def test_the_shipped_rules_are_the_ten_five_rule(tmp_path: Path) -> None:
    """Hate incidents and domestic abuse leave the district total in no other figure."""
    rules = disclosure(tmp_path).now
    assert (rules.fewest, rules.round_to, rules.fewest_homes, rules.months, rules.wards) == (10, 5, 10, 12, "")
    assert rules.sensitive(LAYERS["asb"]) == {"hate": [True], "category": ["domestic abuse"]}
    assert rules.sensitive(LAYERS["repairs"]) == {}


def test_the_councils_own_rules_hold_whole(tmp_path: Path) -> None:
    """The last change holds, and those before it are kept."""
    later = GOOD.replace("fewest = 10", "fewest = 20").replace("2026-11-26", "2027-01-01")
    (tmp_path / "disclosure.toml").write_text(GOOD + later)
    found = disclosure(tmp_path)
    assert (found.now.fewest, found.now.district_only) == (20, {})
    assert [f"{each.when}" for each in found.change] == ["2026-11-26", "2027-01-01"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('who = "Data protection officer"', "", "change 1, who: is missing"),
        ("fewest = 10", "", "change 1, rules, fewest: is missing"),
        ("fewest = 10", "fewest = 1", "change 1, rules, fewest: 1 is less than 2"),
        ("fewest = 10", 'fewest = "ten"', "change 1, rules, fewest: is not a whole number"),
        ("fewest = 10", "fewest = 10\nfewst = 5", "change 1, rules, fewst: is not known, but fewest, round_to"),
        ("round_to = 5", "round_to = 20", "20 is more than fewest"),
        ("months = 12", "months = 18", "change 1, rules, months: 18 is not a multiple of 12"),
        ("2026-11-26", "yesterday", "cannot be read"),
        ("when = 2026-11-26", 'when = "soon"', "change 1, when: is not a date"),
        ("months = 12", "months = 12\n[change.rules.district_only.asbo]\nhate = [true]", "asbo: no such layer"),
        ("months = 12", "months = 12\n[change.rules.district_only.police]\ncrime = []", "police: no such layer"),
        ("months = 12", "months = 12\n[change.rules.district_only.asb]\nhatred = [true]", "asb, hatred: the layer has"),
        ("months = 12", '[change.rules.district_only.asb]\ncategory = ["abuse"]', "months: is missing"),
        ("months = 12", 'months = 12\n[change.rules.district_only.asb]\ncategory = ["abuse"]', "abuse: is none of its"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    """It names the file, the change and what is wrong: a rule misspelt would keep nothing back."""
    assert old in GOOD
    (tmp_path / "disclosure.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(Refused, match=said) as refused:
        disclosure(tmp_path)
    assert "disclosure.toml" in str(refused.value)


def test_changes_are_in_order_and_there_is_one(tmp_path: Path) -> None:
    """A log that goes backwards, or is empty, is none."""
    file = tmp_path / "disclosure.toml"
    file.write_text(GOOD + GOOD.replace("2026-11-26", "2026-01-01"))
    with pytest.raises(Refused, match="change 2, when: 2026-01-01 is before 2026-11-26"):
        disclosure(tmp_path)
    file.write_text("change = []")
    with pytest.raises(Refused, match=r"there is no \[\[change\]\]"):
        disclosure(tmp_path)
