"""Texts with invented private details, put among the others to see whether they ever get out."""

from typing import NamedTuple

import numpy as np

from data.demonstration.events import Cases
from data.demonstration.homes import Names
from data.demonstration.places import Places
from data.demonstration.truth import Canary


class Text(NamedTuple):
    """A text, and the words of it that occur nowhere else."""

    text: str
    words: tuple[str, ...]


TEXTS: dict[str, tuple[Text, ...]] = {
    "feedback": (
        Text("My name is Zebedee Quillfeather and the spare key is under the third pot.", ("Zebedee", "Quillfeather")),
        Text("Write to ottoline@brackenwhistle.invalid, I start dialysis on Thursday.", ("ottoline", "brackenwhistle")),
        Text("Since my husband Peregrine Snodwhistle died I am alone here at night.", ("Peregrine", "Snodwhistle")),
        Text("I left Barnaby Thistlewump because he hit me, please don't tell him where I am.", ("Thistlewump",)),
        Text("My claim is QXZ-7731-KLO, National Insurance QQ123456C, please help.", ("QXZ-7731-KLO", "QQ123456C")),
    ),
    "asb": (
        Text("Complainant Araminta Fuddlewick fears reprisals from her brother.", ("Araminta", "Fuddlewick")),
        Text("Alleged perpetrator Crispin Oddlethorpe, born 31/02/1980, on tag.", ("Crispin", "Oddlethorpe")),
        Text("Witness Drusilla Pockmantle will only speak in confidence.", ("Drusilla", "Pockmantle")),
        Text("Son Ptolemy Grubbins, 9, is known to social care.", ("Ptolemy", "Grubbins")),
    ),
    "repairs": (
        Text("Key safe 0451X, tenant Hepzibah Mugglestone is deaf and cannot hear the bell.", ("0451X", "Hepzibah")),
        Text("Do not attend alone: warning marker on Ignatius Wobblegate.", ("Ignatius", "Wobblegate")),
        Text("Oxygen cylinders in bedroom of Lysander Crumplehorn.", ("Lysander", "Crumplehorn")),
    ),
}  # fmt: skip


def hide(layer: str, cases: Cases, places: Places, references: Names, texts: Names) -> tuple[Names, list[Canary]]:
    """Put the layer's canaries in place of ordinary texts, spread over the years, never in the case of a trap."""
    rows = np.flatnonzero(places.exact() & (cases.trap < 0))
    chosen = rows[np.linspace(0, len(rows) - 1, len(TEXTS[layer])).astype(np.int64)]
    written = texts.copy()
    written[chosen] = [canary.text for canary in TEXTS[layer]]
    hidden = zip(references[chosen], TEXTS[layer], strict=True)
    return written, [Canary(layer, str(reference), canary.text, list(canary.words)) for reference, canary in hidden]
