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
    help: tuple[str, ...]
    """How a neighbour can help."""
    contact: str
    """A role in the group; never a person."""


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
        (
            "Come on a Saturday from 10 to 12. Tools and gloves are there.",
            "Water the beds once a week in summer, or give a spare plant.",
        ),
        "secretary",
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
        (
            "Hold a key and change the posters once a week.",
            "Send what should be on the board, a week before.",
        ),
        "chair",
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
        (
            "Look after one planter: water it, and weed it once a month.",
            "Bring soil, seeds or old wood.",
        ),
        "coordinator",
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
        (
            "Come at 10 in old clothes. Gloves, sacks and tea are there.",
            "Lend a van for the morning, or bake something.",
        ),
        "organiser",
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
        (
            "Come to the next meeting and say what you would use.",
            "Help to build it: two hands for one weekend.",
        ),
        "treasurer",
    ),
)

FUNDERS = (
    "Milton Keynes City Council, neighbourhood grant",
    "Parish council, small grant",
    "Collected by neighbours",
    "Given by a local shop",
)

WHERE = (
    "by the shops", "on the green", "beside the redway", "at the community centre", "near the play area",
    "behind the garages", "by the bus stop", "at the school gate", "next to the pond", "on the corner",
)  # fmt: skip

STATUSES = ("Idea", "Funded", "In progress", "Completed")
