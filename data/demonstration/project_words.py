"""What residents' projects are called, who runs them and what they are about."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of project: its label in the export, its share, and what goes with it."""

    label: str
    share: float
    group: str
    """Last part of the name of the group; the estate is the first."""
    funding: tuple[int, int]
    """Least and most, GBP."""
    titles: tuple[str, ...]
    about: tuple[str, ...]


KINDS = (
    Kind(
        "Community garden",
        0.26,
        "Growers",
        (400, 5000),
        ("Community garden", "Growing space", "Orchard", "Sensory garden"),
        (
            "Raised beds, fruit bushes and a bench, looked after by neighbours on Saturdays.",
            "Vegetables and flowers on a corner that was only mown grass. Anyone may pick.",
            "A small orchard, planted by children of the school and dug by their grandparents.",
        ),
    ),
    Kind(
        "Noticeboard",
        0.18,
        "Residents' Association",
        (150, 900),
        ("Noticeboard", "News board", "What's on board"),
        (
            "A lockable board for meetings, lost cats and lifts to the hospital.",
            "Replaces the broken board. Two residents hold the key and change the posters.",
        ),
    ),
    Kind(
        "Shared planter",
        0.22,
        "Planters",
        (80, 700),
        ("Shared planters", "Herb planter", "Planters"),
        (
            "Planters built from old sleepers, filled with herbs that anyone may use.",
            "Four planters to keep cars off the grass and bring the bees back.",
        ),
    ),
    Kind(
        "Clean-up day",
        0.24,
        "Litter Pickers",
        (40, 450),
        ("Clean-up day", "Spring clean", "Skip day", "Litter pick"),
        (
            "Skips, gloves and tea. Everyone welcome, children with a grown-up.",
            "A morning to clear the alleys and the hedges, with sacks from the council.",
        ),
    ),
    Kind(
        "Other",
        0.10,
        "Friends",
        (100, 3000),
        ("Benches", "Mural", "Book swap", "Basketball hoop"),
        (
            "Asked for at the last walkabout and drawn up by the people who will use it.",
            "Something to bring people together, chosen by a vote of the street.",
        ),
    ),
)

WHERE = (
    "by the shops", "on the green", "beside the redway", "at the community centre", "near the play area",
    "behind the garages", "by the bus stop", "at the school gate", "next to the pond", "on the corner",
)  # fmt: skip

STATUSES = ("Idea", "Funded", "In progress", "Completed")
