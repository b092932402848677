import numpy as np

from data.demonstration.case_words import ASB, ASB_SHARED, REPAIRS, REPAIRS_SHARED
from data.demonstration.feedback_words import RULES
from data.demonstration.grammar import careless, chooser, expand, sentence


def test_a_chooser_picks_each_as_often() -> None:
    """Ten thousand picks of four give each about a quarter, and the same ones for the same seed."""
    picks = [chooser(np.random.default_rng(seed))(("a", "b", "c", "d")) for seed in (3, 3)]
    assert picks[0] == picks[1]
    pick = chooser(np.random.default_rng(1))
    drawn = [pick(("a", "b", "c", "d")) for _ in range(10_000)]
    assert all(2300 < drawn.count(letter) < 2700 for letter in "abcd")


def test_slots_are_filled_to_the_bottom_and_unknown_ones_stay() -> None:
    """A slot's own slots are filled, and names of the place are left for later."""
    rules = {"outer": ("in {inner}",), "inner": ("the {street}",)}
    assert expand("{outer}!", rules, lambda options: options[0]) == "in the {street}!"


def test_sentences_start_with_a_capital() -> None:
    """Doubled spaces go and every sentence starts with a capital letter."""
    assert sentence("it's dark.  when will it be done?  we wait") == "It's dark. When will it be done? We wait"


def test_careless_texts_keep_their_words_apart_from_small_mistakes() -> None:
    """Each manner changes something, and none makes the text much longer or shorter."""
    text = "It's dark because the light has been out. Please don't wait."
    pick = chooser(np.random.default_rng(1))
    written = {careless(text, pick) for _ in range(200)}
    assert text not in written
    assert "Its dark becuase the light has been out. Plz dont wait." in written
    assert "it's dark because the light has been out. please don't wait" in written
    assert all(abs(len(other) - len(text)) < 8 for other in written)


def test_rules_fill_all_their_slots() -> None:
    """Whatever is picked, no slot stays but those for names of the place."""
    pick = chooser(np.random.default_rng(1))
    rules = [*((each, "{say}") for each in RULES.values())]
    rules += [({**REPAIRS_SHARED, "what": texts}, "{what}") for texts in REPAIRS.values()]
    rules += [({**ASB_SHARED, "what": texts}, "{what}") for texts in ASB.values()]
    for each, start in rules:
        for _ in range(500):
            text = expand(start, each, pick).replace("{street}", "").replace("{estate}", "")
            assert "{" not in text, text
