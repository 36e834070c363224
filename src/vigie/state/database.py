"""The state database: opened with its migrations, changed in transactions of one type."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from vigie.durable import is_disk_full
from vigie.errors import Conflict, DamagedFile, OutOfSpace
from vigie.state import tables as t
from vigie.state.decision_rows import DecisionRows
from vigie.state.records import (
    AlertRow,
    ArrivalRow,
    ArrivalStatus,
    DatasetRow,
    OutboxRow,
    PublicationRow,
    RefusalRow,
    ReleaseRow,
    RunRow,
    RunStatus,
)

__all__ = ["State", "Transaction"]

Row = TypeVar("Row")


class Transaction(DecisionRows):
    """Reads and writes that commit together or not at all."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _all(self, kind: type[Row], query: sa.Select[tuple[object, ...]]) -> list[Row]:
        names = {each.name for each in fields(kind)}  # type: ignore[arg-type]
        rows = self._connection.execute(query).mappings()
        return [kind(**{k: v for k, v in row.items() if k in names}) for row in rows]

    # arrivals ---------------------------------------------------------------

    def add_arrival(self, row: ArrivalRow) -> None:
        """Acknowledge an arrival."""
        self._connection.execute(t.arrivals.insert().values(**_plain(row)))

    def update_arrival(self, row: ArrivalRow) -> None:
        """Replace what is known of an arrival."""
        self._connection.execute(
            t.arrivals.update().where(t.arrivals.c.arrival == row.arrival).values(**_plain(row))
        )

    def arrivals(
        self,
        *,
        feed: str | None = None,
        status: Sequence[ArrivalStatus] = (),
        known_to_from: datetime | None = None,
    ) -> list[ArrivalRow]:
        """Arrivals in order of receipt, filtered."""
        query = sa.select(t.arrivals).order_by(t.arrivals.c.received_at, t.arrivals.c.arrival)
        if feed is not None:
            query = query.where(t.arrivals.c.feed == feed)
        if status:
            query = query.where(t.arrivals.c.status.in_([each.value for each in status]))
        if known_to_from is not None:
            query = query.where(t.arrivals.c.known_to >= known_to_from)
        return [_arrival(row) for row in self._connection.execute(query).mappings()]

    def arrival(self, key: str) -> ArrivalRow | None:
        """One arrival by its hash."""
        row = (
            self._connection.execute(sa.select(t.arrivals).where(t.arrivals.c.arrival == key))
            .mappings()
            .first()
        )
        return None if row is None else _arrival(row)

    def add_refusal(self, row: RefusalRow) -> None:
        """Record a file that was refused."""
        self._connection.execute(t.refusals.insert().values(**asdict(row)))

    def refusals(self) -> list[RefusalRow]:
        """Refused files, oldest first."""
        return self._all(RefusalRow, sa.select(t.refusals).order_by(t.refusals.c.number))

    # runs and releases ------------------------------------------------------

    def put_run(self, row: RunRow) -> None:
        """Add a run or replace what is known of it."""
        self._connection.execute(t.runs.delete().where(t.runs.c.run == row.run))
        self._connection.execute(t.runs.insert().values(**_plain(row)))

    def run(self, key: str) -> RunRow | None:
        """One run by its key."""
        found = self._all(RunRow, sa.select(t.runs).where(t.runs.c.run == key))
        return found[0] if found else None

    def runs(self, limit: int = 50) -> list[RunRow]:
        """Newest runs first."""
        query = sa.select(t.runs).order_by(t.runs.c.started_at.desc()).limit(limit)
        return [_with_status(row) for row in self._all(RunRow, query)]

    def add_release(self, row: ReleaseRow) -> None:
        """Add a release; the same release twice is one."""
        known = self.release(row.release)
        if known is None:
            self._connection.execute(t.releases.insert().values(**asdict(row)))

    def release(self, key: str) -> ReleaseRow | None:
        """One release by its id."""
        found = self._all(ReleaseRow, sa.select(t.releases).where(t.releases.c.release == key))
        return found[0] if found else None

    def releases(self) -> list[ReleaseRow]:
        """Releases, newest first."""
        query = sa.select(t.releases).order_by(t.releases.c.made_at.desc())
        return self._all(ReleaseRow, query)

    def remove_releases(self, keys: Sequence[str]) -> None:
        """Forget releases whose files may then be collected."""
        self._connection.execute(t.publications.delete().where(t.publications.c.release.in_(keys)))
        self._connection.execute(t.releases.delete().where(t.releases.c.release.in_(keys)))

    def publish(self, release: str, *, actor: str, reason: str, now: datetime) -> None:
        """Put a release in force: one row."""
        self._connection.execute(
            t.publications.insert().values(
                release=release, published_at=now, actor=actor, reason=reason
            )
        )
        self._connection.execute(
            t.releases.update().where(t.releases.c.release == release).values(is_draft=False)
        )

    def publications(self) -> list[PublicationRow]:
        """Publications, newest first."""
        query = sa.select(t.publications).order_by(t.publications.c.number.desc())
        return self._all(PublicationRow, query)

    def in_force(self) -> PublicationRow | None:
        """The publication in force, or None before the first."""
        query = sa.select(t.publications).order_by(t.publications.c.number.desc()).limit(1)
        found = self._all(PublicationRow, query)
        return found[0] if found else None

    # datasets, memory, leases -------------------------------------------------

    def put_dataset(self, row: DatasetRow) -> None:
        """Remember how a dataset was built."""
        self._connection.execute(t.datasets.delete().where(t.datasets.c.dataset == row.dataset))
        self._connection.execute(t.datasets.insert().values(**asdict(row)))

    def datasets(self) -> dict[str, DatasetRow]:
        """How each dataset was built last."""
        return {each.dataset: each for each in self._all(DatasetRow, sa.select(t.datasets))}

    def drop_dataset(self, name: str) -> None:
        """Forget a dataset that is declared no more."""
        self._connection.execute(t.datasets.delete().where(t.datasets.c.dataset == name))

    def remember(self, name: str, value: str) -> None:
        """Keep a small text under a name."""
        self._connection.execute(t.memory.delete().where(t.memory.c.name == name))
        self._connection.execute(t.memory.insert().values(name=name, value=value))

    def recall(self, name: str) -> str | None:
        """The text kept under a name."""
        found = self._connection.execute(
            sa.select(t.memory.c.value).where(t.memory.c.name == name)
        ).scalar()
        return None if found is None else str(found)

    def lease(self, name: str, holder: str, until: datetime, *, now: datetime) -> bool:
        """Take a lease unless another holder has it until later than now."""
        row = self._connection.execute(sa.select(t.leases).where(t.leases.c.name == name)).first()
        if row is not None and row.holder != holder and row.until > now:
            return False
        self._connection.execute(t.leases.delete().where(t.leases.c.name == name))
        self._connection.execute(t.leases.insert().values(name=name, holder=holder, until=until))
        return True

    def is_leased(self, name: str, *, now: datetime) -> bool:
        """Whether anybody holds a lease until later than now."""
        row = self._connection.execute(sa.select(t.leases).where(t.leases.c.name == name)).first()
        return row is not None and bool(row.until > now)

    # alerts of shortages ----------------------------------------------------

    def put_alert(self, row: AlertRow) -> int:
        """Keep a new alert (number 0) or replace what is known of one; its number."""
        values = asdict(row) | {"members": list(row.members)}
        del values["number"]
        if row.number:
            at = t.alert_episodes.c.number == row.number
            self._connection.execute(t.alert_episodes.update().where(at).values(**values))
            return row.number
        number = t.alert_episodes.c.number
        made = self._connection.execute(
            t.alert_episodes.insert().values(**values).returning(number)
        )
        return int(made.scalar_one())

    def alerts(
        self, *, is_open: bool = False, ended_since: datetime | None = None
    ) -> list[AlertRow]:
        """Alerts of shortages in order of opening: all, open ones, or also those ended since."""
        query, closed_at = sa.select(t.alert_episodes), t.alert_episodes.c.closed_at
        query = query.order_by(t.alert_episodes.c.number)
        if ended_since is not None:
            query = query.where(closed_at.is_(None) | (closed_at >= ended_since))
        elif is_open:
            query = query.where(closed_at.is_(None))
        return [replace(row, members=tuple(row.members)) for row in self._all(AlertRow, query)]

    # outbox -----------------------------------------------------------------

    def post(self, kind: str, key: str, payload: bytes, *, now: datetime) -> None:
        """Put something in the outbox; the same key twice is one."""
        known = self._connection.execute(
            sa.select(t.outbox.c.number).where(t.outbox.c.key == key)
        ).first()
        if known is None:
            self._connection.execute(
                t.outbox.insert().values(kind=kind, key=key, payload=payload, made_at=now)
            )

    def outbox(
        self, kind: str | None = None, *, is_waiting: bool = False, since: datetime | None = None
    ) -> list[OutboxRow]:
        """The outbox in order of posting; since: what was put there from an instant on."""
        query = sa.select(t.outbox).order_by(t.outbox.c.number)
        if kind is not None:
            query = query.where(t.outbox.c.kind == kind)
        if is_waiting:
            query = query.where(t.outbox.c.sent_at.is_(None))
        if since is not None:
            query = query.where(t.outbox.c.made_at >= since)
        return self._all(OutboxRow, query)

    def mark_sent(self, number: int, *, now: datetime | None) -> None:
        """Note an attempt; with an instant, that it was accepted."""
        self._connection.execute(
            t.outbox.update()
            .where(t.outbox.c.number == number)
            .values(sent_at=now, attempts=t.outbox.c.attempts + 1)
        )

    def accept_sent(self, number: int, *, now: datetime) -> None:
        """Note that an attempt noted before was accepted."""
        self._connection.execute(
            t.outbox.update().where(t.outbox.c.number == number).values(sent_at=now)
        )

    def posted(self, key: str) -> OutboxRow | None:
        """What was put in the outbox under a key."""
        found = self._all(OutboxRow, sa.select(t.outbox).where(t.outbox.c.key == key))
        return found[0] if found else None

    def take_back(self, key: str) -> None:
        """Remove from the outbox what waits under a key."""
        waiting = t.outbox.c.sent_at.is_(None) & (t.outbox.c.key == key)
        self._connection.execute(t.outbox.delete().where(waiting))


class State:
    """The state database of one room."""

    def __init__(self, path: Path, durable: Callable[[str], None] = lambda step: None) -> None:
        """Args:
        path: SQLite file, made when missing; migrated by ``migrate``.
        durable: called with a name before and after each commit that writes.
        """
        self.path = path
        self._durable = durable
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 30}
        )
        sa.event.listen(self._engine, "connect", _prepare)
        sa.event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision ("head": today's); also the way back.

        Raises:
            Conflict: the room was written by a newer Vigie than this one.
        """
        from vigie.state.migrating import migrate

        with _database_errors(self.path):
            migrate(self._writing, revision)

    def revision(self) -> str | None:
        """Revision of the tables, None for a new file."""
        from vigie.state.migrating import current

        return current(self._engine)

    @contextmanager
    def write(self, what: str) -> Iterator[Transaction]:
        """One transaction that writes.

        Args:
            what: name of the act, for the watcher of durable steps.
        """
        self._durable(f"state: before {what}")
        with _database_errors(self.path), self._writing.begin() as connection:
            yield Transaction(connection)
        self._durable(f"state: after {what}")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view."""
        with _database_errors(self.path), self._engine.connect() as connection:
            yield Transaction(connection)

    def copy_to(self, target: Path) -> None:
        """A consistent copy while others read and write."""
        with _database_errors(target):
            source = sqlite3.connect(self.path)
            copy = sqlite3.connect(target)
            try:
                source.backup(copy)
            finally:
                copy.close()
                source.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # Left to itself the driver begins a transaction at the first changed row: too late for what
    # was read before it, and never for a change of tables.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@contextmanager
def _database_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        text = str(error.orig)
        if is_disk_full(error) or "disk I/O" in text:
            raise OutOfSpace(
                f"The disk is full: {path.name} could not be written. The act was not done and "
                "what was acknowledged before is kept. Free some space and try again."
            ) from error
        if "locked" in text:
            raise Conflict(f"{path.name} is in use by another process. Try again.") from error
        raise
    except sa.exc.DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise DamagedFile(
                f"The state database {path} is damaged. Restore it from a backup (vigie restore)."
            ) from error
        raise


def _plain(row: ArrivalRow | RunRow) -> dict[str, object]:
    values = asdict(row)
    values["status"] = row.status.value
    if isinstance(row, ArrivalRow):
        values["measures"] = list(row.measures)
    return values


def _arrival(row: sa.RowMapping) -> ArrivalRow:
    values = dict(row)
    values["status"] = ArrivalStatus(values["status"])
    values["measures"] = tuple(values["measures"])
    return ArrivalRow(**values)


def _with_status(row: RunRow) -> RunRow:
    from dataclasses import replace

    return replace(row, status=RunStatus(row.status))
