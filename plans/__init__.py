"""What people decide: priorities, and the evidence weighed for them."""

from plans._store import latest, prepare

__all__ = ["latest", "prepare"]
