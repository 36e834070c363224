"""Audit records: one canonical form, so that equal records have equal bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["AuditRecord", "canonical_json", "leaf_hash"]


def canonical_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf of the log: SHA-256 of 0x00 and the leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One act or one refusal.

    Attributes:
        at: UTC instant.
        actor: role or account; never more of a person.
        purpose: key of the purpose.
        act: what was done or refused.
        subject: what it was done to.
        is_allowed: whether it was done.
        details: short facts; never a value from a personal record.
    """

    at: datetime
    actor: str
    purpose: str
    act: str
    subject: str
    is_allowed: bool
    details: Mapping[str, str | int | float | bool]

    def leaf(self) -> bytes:
        """The bytes that the log keeps."""
        return canonical_json(
            {
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": self.actor,
                "purpose": self.purpose,
                "act": self.act,
                "subject": self.subject,
                "allowed": self.is_allowed,
                "details": dict(self.details),
            }
        )
