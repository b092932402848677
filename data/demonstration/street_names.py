"""Invented names of streets and blocks: crafts and their tools, none of them in Milton Keynes."""

from collections.abc import Sequence

import numpy as np

_WORDS = (
    "Adze", "Awl", "Besom", "Billhook", "Bobbin", "Bodkin", "Bradawl", "Brayer", "Burnisher", "Calliper",
    "Carder", "Chuckkey", "Clew", "Cooperage", "Crucible", "Dibber", "Distaff", "Dovetail", "Drawknife",
    "Escapement", "Fettler", "Firmer", "Flail", "Froe", "Fuller's Block", "Gimlet", "Gouge", "Hackle",
    "Heddle", "Hessian", "Indigo Vat", "Jointer", "Kilnside", "Ladle", "Lathe", "Letterpress", "Linotype",
    "Madder", "Mallet", "Mangle", "Mortice", "Niddy Noddy", "Paring", "Pestle", "Pinking", "Plumbline",
    "Quoin", "Raffia", "Rasp", "Reed Hook", "Retting", "Sizing", "Skein", "Sliver", "Spirit Level",
    "Spokeshave", "Swage", "Tamper", "Ratchet", "Tenon", "Thimble", "Thrum", "Treadle", "Trug", "Warping",
    "Weft", "Whipsaw", "Wimble", "Winnow", "Wool Comb",
)  # fmt: skip
_STREETS = (
    "Close",
    "Court",
    "Croft",
    "Drove",
    "Garth",
    "Gate",
    "Lane",
    "Mead",
    "Place",
    "Rise",
    "Row",
    "Walk",
)
_BLOCKS = ("House", "Heights", "Point")


def streets(count: int, rng: np.random.Generator) -> list[str]:
    """Names for streets, all different as long as there are fewer than 800."""
    return _names(count, _STREETS, rng)


def blocks(count: int, rng: np.random.Generator) -> list[str]:
    """Names for blocks of flats, all different as long as there are fewer than 200."""
    return _names(count, _BLOCKS, rng)


def _names(count: int, endings: Sequence[str], rng: np.random.Generator) -> list[str]:
    every = [f"{word} {ending}" for word in _WORDS for ending in endings]
    return [every[at] for at in np.resize(rng.permutation(len(every)), count)]
