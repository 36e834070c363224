"""The first state of a room."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _instant() -> sa.String:
    return sa.String(32)


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "arrivals",
        sa.Column("arrival", sa.String(64), primary_key=True),
        sa.Column("feed", sa.String(200), nullable=False, index=True),
        sa.Column("bytes_sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("received_at", _instant(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("declaration_sha256", sa.String(64), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("known_from", _instant()),
        sa.Column("known_to", _instant()),
        sa.Column("reference_from", sa.Date),
        sa.Column("reference_to", sa.Date),
        sa.Column("measures", sa.JSON, nullable=False),
    )
    op.create_table(
        "refusals",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("feed", sa.String(200), nullable=False),
        sa.Column("bytes_sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("refused_at", _instant(), nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("run", sa.String(64), primary_key=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("started_at", _instant(), nullable=False),
        sa.Column("ended_at", _instant()),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("release", sa.String(64)),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("release", sa.String(64), primary_key=True),
        sa.Column("run", sa.String(64), nullable=False, index=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("is_draft", sa.Boolean, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("release", sa.String(64), sa.ForeignKey("releases.release"), nullable=False),
        sa.Column("published_at", _instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "datasets",
        sa.Column("dataset", sa.String(200), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("built_at", _instant(), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("files", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("sent_at", _instant()),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("until", _instant(), nullable=False),
    )
    op.create_table(
        "memory",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take all tables away."""
    for name in (
        "memory",
        "leases",
        "outbox",
        "datasets",
        "publications",
        "releases",
        "runs",
        "refusals",
        "arrivals",
    ):
        op.drop_table(name)
