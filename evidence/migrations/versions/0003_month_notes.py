"""What an administrator says of a month of a source: that it is truly empty, or that a definition has changed."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "month_note",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("why", sa.Text, nullable=False),
        schema="evidence",
    )
