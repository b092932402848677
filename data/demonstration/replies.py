"""What residents of the demonstration said and what is done about it: a few for the estates with a hotspot."""

from typing import NamedTuple

from data.demonstration.truth import Plant

_WORDS = {
    "safety": (
        (
            "The path lights are out since the clocks went back.",
            "Nine lamps are new, and we check them monthly.",
        ),
        ("People do not feel safe walking home past the garages.", "The hedge is cut back and a lamp is ordered."),
    ),
    "cleanliness": (
        ("Rubbish is dumped by the bin stores every weekend.", "A camera is on its way, and bins are emptied twice."),
        ("The stairs are never clean for longer than a day.", "Cleaning moved to Mondays and Thursdays."),
    ),
    "anti-social behaviour": (
        ("Motorbikes race round the green in the evening.", "Barriers are ordered; the police know when to come."),
        ("It is loud until two in the morning, most nights.", "We visited the homes and agreed quiet hours."),
    ),
    "community spaces": (
        ("The fence round the play area has been broken for months.", "The fence is mended."),
        ("There is nowhere to sit on the green.", "Two benches are planned with the residents’ group."),
    ),
    "repairs": (
        ("Damp comes back every winter however often it is painted.", "All roofs in the street are surveyed."),
        ("It takes three calls to get one repair.", "One officer follows each repair to its end."),
    ),
}
_STATUSES = ("done", "under way", "planned")


class Said(NamedTuple):
    """What was said in an estate about a theme, what is done, and how far that is."""

    estate: str
    theme: str
    said: str
    did: str
    status: str


def demonstration_replies(plants: list[Plant]) -> list[Said]:
    """Two of each hotspot, in the first of its estates."""
    hot = [plant for plant in plants if plant.theme and plant.kind in ("steady", "emerging", "fading")]
    return [
        Said(plant.estates[0], str(plant.theme), *words, _STATUSES[(at + number) % 3])
        for at, plant in enumerate(hot)
        for number, words in enumerate(_WORDS[str(plant.theme)])
    ]
