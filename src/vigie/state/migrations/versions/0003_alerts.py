"""Alerts of shortages, from their opening to their end."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _instant() -> sa.String:
    return sa.String(32)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "alert_episodes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("cause", sa.String(300), nullable=False, index=True),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("told_members", sa.Integer, nullable=False),
        sa.Column("calm", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("opened_at", _instant(), nullable=False),
        sa.Column("roles_told", sa.Integer, nullable=False),
        sa.Column("told_at", _instant(), nullable=False),
        sa.Column("answered_at", _instant()),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("closed_at", _instant()),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("alert_episodes")
