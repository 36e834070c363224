"""Every act is decided once and recorded with its effect, in one transaction."""

from __future__ import annotations

import hashlib

from vigie.actions.rooms.room import Room
from vigie.governance import Action, Caller, Decision, decide
from vigie.ledger import AuditRecord
from vigie.state import Transaction

__all__ = ["admit", "record"]


def admit(room: Room, caller: Caller, action: Action, subject: str) -> Decision:
    """Ask the one decision; a refusal is recorded before it is raised.

    Raises:
        AccessRefused: the caller may not; the message says what is missing.
    """
    decision = decide(caller, action, subject, now=room.now())
    if not decision.is_allowed:
        with room.state.write("a refusal") as tx:
            record(tx, decision)
        decision.require()
    return decision


def record(tx: Transaction, decision: Decision, **details: str | int | float | bool) -> None:
    """Put the audit record of an act in the transaction that holds its effect."""
    leaf = AuditRecord(
        at=decision.decided_at,
        actor=decision.caller.name,
        purpose=decision.caller.purpose,
        act=decision.action.value,
        subject=decision.subject,
        is_allowed=decision.is_allowed,
        details=details,
    ).leaf()
    key = f"audit-{hashlib.sha256(leaf).hexdigest()}"
    tx.post("audit", key, leaf, now=decision.decided_at)
