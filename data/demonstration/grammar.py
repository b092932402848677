"""Sentences from rules, and the small mistakes that people make when they write."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, repeat

import numpy as np

Pick = Callable[[Sequence[str]], str]
Rules = Mapping[str, Sequence[str]]

_SLOT = re.compile(r"\{(\w+)\}")
_START = re.compile(r"(^|[.!?] )([a-z])")
_SPELLINGS = {
    "definitely": "definately", "because": "becuase", "neighbours": "neighbors", "their": "there",
    "rubbish": "rubish", "really": "realy", "believe": "beleive", "it's": "its", "don't": "dont",
    "can't": "cant", "doesn't": "doesnt", "nothing": "nothin", "people": "ppl", "please": "plz",
    "though": "tho", "communal": "comunal", "receive": "recieve", "until": "untill", "which": "wich",
    "separate": "seperate", "through": "thru", "council": "counsil", "again": "agian", "children": "childern",
    "evening": "evning", "environment": "enviroment",
}  # fmt: skip
_MISSPELT = re.compile(rf"\b({'|'.join(_SPELLINGS)})\b", re.IGNORECASE)


def chooser(rng: np.random.Generator) -> Pick:
    """A function that picks one of several, each as likely; far quicker than asking the generator every time."""
    draws: Iterator[float] = chain.from_iterable(rng.random(size).tolist() for size in repeat(4096))
    return lambda options: options[int(next(draws) * len(options))]


def expand(text: str, rules: Rules, pick: Pick) -> str:
    """Fill every {slot} with one of its rule's texts, whose own slots are filled too; unknown slots stay."""
    return _SLOT.sub(lambda slot: expand(pick(rules[slot[1]]), rules, pick) if slot[1] in rules else slot[0], text)


def sentence(text: str) -> str:
    """Set capitals at the starts of sentences and take out doubled spaces."""
    return _START.sub(lambda start: start[1] + start[2].upper(), " ".join(text.split()))


def careless(text: str, pick: Pick) -> str:
    """The same text as somebody in a hurry writes it."""
    manner = pick(("spelling", "spelling", "spelling", "small", "stops", "loud"))
    if manner == "spelling":
        return _MISSPELT.sub(_misspelt, text)
    if manner == "small":
        return text.lower().rstrip(".")
    if manner == "stops":
        return _START.sub(lambda start: start[0].lower(), text.replace("'", "")).rstrip(".")
    return text.rstrip(".") + pick(("!!", "!!!", "...", " :("))


def _misspelt(word: re.Match[str]) -> str:
    slip = _SPELLINGS[word[1].lower()]
    return slip.capitalize() if word[1][0].isupper() else slip
