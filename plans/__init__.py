"""What people decide: priorities, the evidence weighed for them, and what residents propose."""

# Imported for their tables too: what is prepared is what is known by then.
from plans import _access as _access
from plans import proposals
from plans import replies as replies
from plans._store import latest, prepare

__all__ = ["latest", "prepare", "proposals"]
