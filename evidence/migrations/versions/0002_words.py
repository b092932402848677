"""Submissions and the access log have the names that the code has for them; a publication knows its definitions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision, down_revision = "0002", "0001"

_INDEXES = {f"audit_{name}": f"access_log_{name}" for name in ("records", "estates", "who", "failures")}


def upgrade() -> None:
    """Rename, and add a column; no row changes."""
    op.rename_table("sent", "submission", schema="plans")
    op.rename_table("audit", "access_log", schema="plans")
    op.alter_column("access_log", "deed", new_column_name="event", schema="plans")
    for old, new in {**_INDEXES, "sent_waiting": "submission_waiting"}.items():
        op.execute(f"ALTER INDEX plans.{old} RENAME TO {new}")
    op.add_column("publication", sa.Column("definitions", JSONB), schema="evidence")
