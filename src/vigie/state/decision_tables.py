"""Tables of decisions and of the moves that they are about (SQLAlchemy Core)."""

from __future__ import annotations

import sqlalchemy as sa

from vigie.state.tables import METADATA, Instant

__all__ = ["decisions", "moves"]

moves = sa.Table(
    "moves",
    METADATA,
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
    sa.Column("stage", sa.String(20), nullable=False, index=True),
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
    sa.Column("changed_at", Instant, nullable=False),
)

decisions = sa.Table(
    "decisions",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("caller", sa.String(200), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("role", sa.String(200), nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("release", sa.String(64), nullable=False),
    sa.Column("act", sa.String(20), nullable=False),
    sa.Column("move", sa.String(20), nullable=False, index=True),
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
)
