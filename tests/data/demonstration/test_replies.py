from data.demonstration import Truth
from data.demonstration.replies import demonstration_replies
from layers._layer import Theme
from plans.replies import LONGEST, STATUSES, _text_problem


def test_every_hotspot_has_two_replies_in_its_estate(truth: Truth) -> None:
    """About its theme, as far as such things come; nothing else has one."""
    made = demonstration_replies(truth.plants)
    hot = [plant for plant in truth.plants if plant.kind in ("steady", "emerging", "fading")]
    assert [each.estate for each in made] == [plant.estates[0] for plant in hot for _ in range(2)]
    assert {each.theme for each in made} <= {*Theme} and {each.status for each in made} <= {*STATUSES}


def test_they_obey_the_rules_of_real_ones(truth: Truth) -> None:
    """Nobody is named, and none is too long."""
    for each in demonstration_replies(truth.plants):
        assert (
            _text_problem(each.said) == _text_problem(each.did) == "" and max(len(each.said), len(each.did)) <= LONGEST
        )
