"""Rows of the state, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "AlertRow",
    "ArrivalRow",
    "ArrivalStatus",
    "DatasetRow",
    "OutboxRow",
    "PublicationRow",
    "RefusalRow",
    "ReleaseRow",
    "RunRow",
    "RunStatus",
]


class ArrivalStatus(StrEnum):
    """Where an arrival stands."""

    RECEIVED = "received"
    STOPPED = "stopped"
    PARSED = "parsed"
    TAKEN = "taken"


class RunStatus(StrEnum):
    """How a run ended, or that it has not."""

    STARTED = "started"
    RELEASED = "released"
    DRAFT = "draft"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """One file that was received from a feed.

    The fields from ``rows`` on are known once it is parsed.
    """

    arrival: str
    feed: str
    bytes_sha256: str
    size: int
    name: str
    received_at: datetime
    status: ArrivalStatus
    message: str = ""
    declaration_sha256: str = ""
    rows: int = 0
    rejected: int = 0
    known_from: datetime | None = None
    known_to: datetime | None = None
    reference_from: date | None = None
    reference_to: date | None = None
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A file that was not kept: its hash, size, column and rule, nothing of its content."""

    feed: str
    bytes_sha256: str
    size: int
    name: str
    refused_at: datetime
    column: str
    rule: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the daily cycle."""

    run: str
    as_of: date
    started_at: datetime
    status: RunStatus
    ended_at: datetime | None = None
    release: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release: its id, its run and its manifest (canonical JSON)."""

    release: str
    run: str
    as_of: date
    made_at: datetime
    is_draft: bool
    manifest: str


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """The act of putting a release in force; the newest one rules."""

    number: int
    release: str
    published_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """What a dataset was built from when it was built last, and the file that holds it."""

    dataset: str
    fingerprint: str
    inputs: str
    built_at: datetime
    run: str
    files: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something that must leave the transaction: an audit leaf, an alert."""

    number: int
    kind: str
    key: str
    payload: bytes
    made_at: datetime
    sent_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert of a shortage, from its opening to its end.

    Attributes:
        number: people name it by; 0 before it is kept.
        cause: what it comes from; open alerts have different ones.
        severity: 1 notice, 2 warning, 3 critical.
        members: keys of the shortages that belong to it.
        told_members: how many did when it was last told.
        calm: releases in a row that found it less grave, or gone.
        text: what people are told.
        place: whose duty role is told first.
        release: that opened it or changed it last.
        opened_at: when.
        roles_told: roles of the chain that were told.
        told_at: when the last of them was.
        answered_at, answered_by, answer: who took note, and what they said.
        closed_at: when it ended.
    """

    number: int
    cause: str
    severity: int
    members: tuple[str, ...]
    told_members: int
    calm: int
    text: str
    place: str
    release: str
    opened_at: datetime
    roles_told: int
    told_at: datetime
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = ""
    closed_at: datetime | None = None
