"""Notices when the file of weights has changed, and notes each change that it names: who, when, why."""

from hashlib import sha256

from analysis.weights import Weights
from evidence import Database, Viewer, is_logged, log_access


def note_weights(database: Database, weights: Weights) -> None:
    """Note every change of the weights that has not been noted: also one of before that was rewritten."""
    for change in weights.change:
        # What it says in full, so that a change which was altered afterwards is another.
        mark = sha256(change.model_dump_json().encode()).hexdigest()
        if not is_logged(database, "changed weights", mark):
            about = change.model_dump(mode="json", exclude={"who"})
            log_access(database, Viewer("administrator", change.who), "changed weights", about, records=[mark])
