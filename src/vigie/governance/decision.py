"""The one access decision. Every action asks it; nothing else decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigie.errors import AccessRefused

__all__ = ["Action", "Caller", "Decision", "decide"]


class Action(StrEnum):
    """What a caller may ask to do."""

    READ = "read"
    RECEIVE = "receive"
    RUN = "run"
    PUBLISH = "publish"
    OPERATE = "operate"
    EXPORT = "export"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and for which purpose.

    Attributes:
        name: role or account, never more of a person than that.
        purpose: key of the purpose.
        is_local_operator: signed in on this machine, with the rights of the room's owner.
    """

    name: str
    purpose: str
    is_local_operator: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, why, and when: the content of an audit record.

    Attributes:
        is_allowed: the answer.
        reason: one sentence, shown to the caller.
        action: what was asked.
        subject: table, feed, release... it was asked of.
        caller: who asked.
        decided_at: UTC instant.
    """

    is_allowed: bool
    reason: str
    action: Action
    subject: str
    caller: Caller
    decided_at: datetime

    def require(self) -> None:
        """Raise unless the answer is yes.

        Raises:
            AccessRefused: the answer is no; the message is the reason.
        """
        if not self.is_allowed:
            raise AccessRefused(self.reason)


def decide(caller: Caller, action: Action, subject: str, *, now: datetime) -> Decision:
    """Whether a caller may act on a subject.

    Deny by default. Until agreements are kept here, one rule admits the local operator.

    Args:
        caller: who asks, and for which purpose.
        action: what is asked.
        subject: name of the table, feed, release or room.
        now: UTC instant of the question.

    Source: docs/design.md, idea 5.
    """
    if caller.is_local_operator:
        reason = "The local operator of this room may do this until agreements are kept."
        return Decision(True, reason, action, subject, caller, now)
    reason = (
        f'Refused: {caller.name or "an unknown caller"} may not {action} "{subject}" for purpose '
        f'"{caller.purpose}". No agreement is published in this room; only its local operator '
        "can act. Ask the operator."
    )
    return Decision(False, reason, action, subject, caller, now)
