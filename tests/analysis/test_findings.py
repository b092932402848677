from typing import Any

import pytest

from analysis.findings import findings, parts, place, steadiness
from analysis.layers import EVERYTHING
from analysis.ranking import Part, Ranked, Ranking, Shift, VoiceAndRecord
from layers._layer import Theme
from layers._registry import LAYERS

ASB, POLICE = LAYERS["asb"], LAYERS["police"]
NAMES = {"E01": "Alder", "E02": "Beech"}
PLACE = {
    "course": "new",
    "observed": 31,
    "cases": 31,
    "reporting": 29,
    "expected": 6.4,
    "homes": 120,
    "compared": 31,
    "before": 12,
    "district": 1.0,
    "estates": ["E01", "E02"],
    "stands_out": True,
    "surely_more": 0.97,
}
STARTING = {"p": 0.001, "periods": 3, "radius": 260.4, "easting": 485500.2, "northing": 236500.0, "observed": 9}


def summary(
    layer: Any = ASB,
    theme: str = EVERYTHING,
    starting: Any = None,
    compared: int = 12,
    months: int = 12,
    **place: Any,
) -> list[str]:
    """What is said of a result with one place."""
    places = [{**PLACE, **place}]
    result = {
        "months": months,
        "compared": compared,
        "themes": {theme: {"hotspots": {"places": places}, "starting": starting}},
    }
    return list(findings(layer, result, NAMES))


@pytest.mark.parametrize(
    ("course", "opening"),
    [
        ("new", "A new hotspot"),
        ("intensifying", "A growing hotspot"),
        ("persistent", "A lasting hotspot"),
        ("unsure", "A hotspot (whether it was one before cannot be told)"),
        ("fading", "A fading hotspot"),
    ],
)
def test_a_hotspot_is_said_with_its_numbers(course: str, opening: str) -> None:
    """What, where, how many, how many are usual, for how many homes, and before."""
    assert summary(theme="cleanliness", course=course) == [
        f"{opening} of cleanliness in Alder, Beech: 31 cases of anti-social behaviour from 29 homes in 12 months where "
        "6.4 are usual for 120 homes; 12 in the 12 before. It stands out among the places here; its rate is at least "
        "half as high again as the district’s in 97 of 100."
    ]


def test_both_questions_are_answered() -> None:
    """A place that is surely high and does not stand out, and one that is neither any more."""
    (sentence,) = summary(stands_out=False, course="persistent")
    assert sentence.startswith("A lasting high rate in Alder, Beech: 31 cases")
    assert sentence.endswith(
        "Its rate is surely high, at least half as high again as the district’s in 97 of 100, but places here differ "
        "so much that it does not stand out."
    )
    (sentence,) = summary(stands_out=False, surely_more=0.4, course="fading")
    assert sentence.endswith("12 in the 12 before. It does not stand out now.")


def test_since_when_is_a_month_with_its_range() -> None:
    """Where the range is one month, that alone; of what fades, since when it is lower."""
    since: dict[str, Any] = {"since": "2026-03-01", "since_earliest": "2026-02-01", "since_latest": "2026-04-01"}
    assert " So high since March 2026 (likely between February 2026 and April 2026). " in summary(**since)[0]
    march: dict[str, Any] = dict.fromkeys(since, "2026-03-01")
    assert " Lower since March 2026. " in summary(**march, course="fading")[0]


def test_a_one_off_names_its_month() -> None:
    """With how many were in it."""
    (sentence,) = summary(course="one-off", month="2026-02-01", month_count=19)
    assert sentence.startswith("A hotspot by one month alone in Alder, Beech: 31 cases")
    assert " 19 of them were in February 2026 alone. " in sentence


def test_what_the_district_did_is_said_where_it_changed() -> None:
    """Beside the count of the year before."""
    assert "; 12 in the 12 before (elsewhere 1.4 times as many as then). " in summary(district=1.4)[0]
    assert "elsewhere" not in summary(district=1.05)[0]


def test_repeats_from_one_home_are_told_and_left_out() -> None:
    """The cases stay what they are; what is compared with the usual is said beside them."""
    (sentence,) = summary(cases=27, reporting=9, observed=14)
    assert (
        "27 cases of anti-social behaviour from 9 homes in 12 months (14 leaving out repeats from the same homes) "
        in (sentence)
    )


def test_years_of_which_a_month_is_missing_are_compared_by_the_months_of_both() -> None:
    """And it is said how many these are, and what they brought."""
    (sentence,) = summary(compared=9, before=8)
    assert "for 120 homes; in the 9 months that are there in both years 31, after 8. " in sentence
    (sentence,) = summary(compared=9, before=8, months=9)
    assert " in 9 months where 6.4 are usual for 120 homes; 8 in the same months of the year before." in sentence


def test_one_case_is_said_as_one() -> None:
    """And what lies in no estate, or in one that is no more, is said to."""
    assert summary(observed=1, cases=1, reporting=1, estates=None)[0].startswith(
        "A new hotspot in no estate: 1 case of anti-social behaviour from 1 home in"
    )
    assert " in E99: " in summary(estates=["E99"])[0]


def test_without_two_years_nothing_is_said_of_before() -> None:
    """Police points are not homes, and it is said what is counted."""
    (sentence,) = summary(POLICE, course="too short", surely_more=None)
    assert "since when cannot be told yet" in sentence
    assert sentence.endswith("for 120 map points in use. It stands out among the places here.")


def test_what_may_be_starting_is_said_if_it_is_sure() -> None:
    """With where, since when, how many and how many are usual."""
    assert summary(starting={**STARTING, "expected": 2.2})[1] == (
        "Something may be starting within 260 m of 485500, 236500: 9 cases of anti-social behaviour "
        "in the last 3 months where 2 are usual."
    )
    assert len(summary(starting={**STARTING, "expected": 2.2, "p": 0.04})) == 1
    assert "in the last month where" in summary(starting={**STARTING, "expected": 2.2, "periods": 1})[1]


def test_why_nothing_can_be_said_is_said() -> None:
    """The refusal alone."""
    assert list(findings(ASB, {"refusal": "There is no list of homes."}, NAMES)) == ["There is no list of homes."]


def first_ranking(**changed: Any) -> Ranked:
    """Cleanliness, first; 2 to the power of its score is 1.8."""
    own = {"rank": 1, "tied": False, "first": 0.94, "score": 0.848, "low": 0.263, "high": 1.379, "excess": 12.0}
    made = {"record": Part(-1.0, 0.75), "voice": Part(1.0, 0.25)}
    return Ranked(**({"theme": Theme.CLEANLINESS, "parts": made} | own | changed))


def ranking(*shifts: Shift) -> Ranking:
    """One theme, and what other weights would change."""
    return Ranking((first_ranking(),), "", VoiceAndRecord(None, None, ""), shifts)


def test_a_theme_is_said_in_its_place() -> None:
    """How many times the usual, how surely, and how often it comes first."""
    assert place(first_ranking()) == "1.8 times the usual (likely 1.2 to 2.6); first in 94 of 100"
    assert place(first_ranking(first=1.0)).endswith("first in over 99 of 100")


def test_the_parts_of_a_score_are_said_in_the_order_of_the_weights() -> None:
    """Each with how many times the usual it is and how much it counts; what is not known is not said."""
    assert list(parts(first_ranking())) == [
        "what residents say is 2.0 times the usual and counts 25%",
        "what is recorded is 0.5 times the usual and counts 75%",
    ]


def test_what_the_order_owes_to_the_weights_is_said() -> None:
    """For each weight that would change it; and if none would, that."""
    swap = (Theme.CLEANLINESS, Theme.SAFETY)
    assert list(steadiness(ranking(Shift("voice", 1.2, (swap,)), Shift("trend", 0.8, (swap,))))) == [
        "A fifth more weight on what residents say would put safety before cleanliness.",
        "A fifth less weight on how it has changed would put safety before cleanliness.",
    ]
    assert list(steadiness(ranking())) == ["No weight that is a fifth higher or lower changes the order."]
