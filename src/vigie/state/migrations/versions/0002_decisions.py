"""Decisions, and the moves that they are about.

The way back keeps the tables aside: an older Vigie does not look at them, and nothing that was
decided is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FOREVER = """
CREATE TRIGGER IF NOT EXISTS decisions_{act} BEFORE {act} ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END
"""


def _instant() -> sa.String:
    return sa.String(32)


def upgrade() -> None:
    """Make both tables, unless an earlier way back kept them."""
    op.create_table(
        "moves",
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category", sa.String(200), nullable=False),
        sa.Column("from_place", sa.String(200), nullable=False),
        sa.Column("to_place", sa.String(200), nullable=False),
        sa.Column("planned_date", sa.Date, nullable=False),
        sa.Column("planned_quantity", sa.Float, nullable=False),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("quantity", sa.Float, nullable=False),
        sa.Column("depart_date", sa.Date, nullable=False),
        sa.Column("arrive_date", sa.Date, nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("approver", sa.String(200), nullable=False),
        sa.Column("hands", sa.JSON, nullable=False),
        sa.Column("receiver_before", sa.Float),
        sa.Column("receiver_after", sa.Float),
        sa.Column("sender_before", sa.Float),
        sa.Column("sender_after", sa.Float),
        sa.Column("arrived_quantity", sa.Float),
        sa.Column("arrived_date", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("banned_until", sa.Date),
        sa.Column("changed_at", _instant(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("decided_at", _instant(), nullable=False),
        sa.Column("caller", sa.String(200), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("quantity", sa.Float),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("depart_date", sa.Date),
        sa.Column("receiver_before", sa.Float),
        sa.Column("receiver_after", sa.Float),
        sa.Column("sender_before", sa.Float),
        sa.Column("sender_after", sa.Float),
        sa.Column("of", sa.Integer),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("arrive_date", sa.Date),
        sa.Column("banned_until", sa.Date),
        if_not_exists=True,
    )
    op.create_index("ix_moves_stage", "moves", ["stage"], if_not_exists=True)
    op.create_index("ix_decisions_move", "decisions", ["move"], if_not_exists=True)
    for act in ("UPDATE", "DELETE"):
        op.execute(_FOREVER.format(act=act))


def downgrade() -> None:
    """Nothing is taken away."""
