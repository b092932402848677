"""What people decide: what residents propose, and what is answered."""

# Imported for their tables too: what is prepared is what is known by then.
from analysis.runs import prepare
from evidence.access import tables as tables
from plans import proposals
from plans import replies as replies

__all__ = ["prepare", "proposals"]
