"""The tables of version 0.1.0."""

from pathlib import Path

from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make what is missing."""
    op.execute(Path(__file__).with_suffix(".sql").read_text())
