"""Tables of the state database (SQLAlchemy Core). Instants are UTC, kept as ISO text."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

__all__ = [
    "METADATA",
    "Instant",
    "alert_episodes",
    "arrivals",
    "datasets",
    "leases",
    "memory",
    "outbox",
    "publications",
    "refusals",
    "releases",
    "runs",
]

METADATA = sa.MetaData()


class Instant(sa.types.TypeDecorator[datetime]):
    """A UTC instant as ISO 8601 text with microseconds: sorts as time, reads in any tool."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        """Instant to text; refuses an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        """Text to instant."""
        return None if value is None else datetime.fromisoformat(value)


arrivals = sa.Table(
    "arrivals",
    METADATA,
    sa.Column("arrival", sa.String(64), primary_key=True),
    sa.Column("feed", sa.String(200), nullable=False, index=True),
    sa.Column("bytes_sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("status", sa.String(20), nullable=False, index=True),
    sa.Column("message", sa.Text, nullable=False, default=""),
    sa.Column("declaration_sha256", sa.String(64), nullable=False, default=""),
    sa.Column("rows", sa.BigInteger, nullable=False, default=0),
    sa.Column("rejected", sa.BigInteger, nullable=False, default=0),
    sa.Column("known_from", Instant),
    sa.Column("known_to", Instant),
    sa.Column("reference_from", sa.Date),
    sa.Column("reference_to", sa.Date),
    sa.Column("measures", sa.JSON, nullable=False, default=list),
)

refusals = sa.Table(
    "refusals",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("feed", sa.String(200), nullable=False),
    sa.Column("bytes_sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("refused_at", Instant, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
)

runs = sa.Table(
    "runs",
    METADATA,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("release", sa.String(64)),
    sa.Column("message", sa.Text, nullable=False, default=""),
)

releases = sa.Table(
    "releases",
    METADATA,
    sa.Column("release", sa.String(64), primary_key=True),
    sa.Column("run", sa.String(64), nullable=False, index=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("is_draft", sa.Boolean, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
)

publications = sa.Table(
    "publications",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("release", sa.String(64), sa.ForeignKey("releases.release"), nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

datasets = sa.Table(
    "datasets",
    METADATA,
    sa.Column("dataset", sa.String(200), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("built_at", Instant, nullable=False),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("files", sa.Text, nullable=False),
)

outbox = sa.Table(
    "outbox",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
)

leases = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("holder", sa.String(200), nullable=False),
    sa.Column("until", Instant, nullable=False),
)

memory = sa.Table(
    "memory",
    METADATA,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

alert_episodes = sa.Table(
    "alert_episodes",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("cause", sa.String(300), nullable=False, index=True),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("members", sa.JSON, nullable=False),
    sa.Column("told_members", sa.Integer, nullable=False),
    sa.Column("calm", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("release", sa.String(64), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("roles_told", sa.Integer, nullable=False),
    sa.Column("told_at", Instant, nullable=False),
    sa.Column("answered_at", Instant),
    sa.Column("answered_by", sa.String(200), nullable=False, default=""),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    sa.Column("closed_at", Instant),
)
