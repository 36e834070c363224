"""When somebody is told: quiet hours, and the next role when nobody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.alerts.severity import AlertPolicy, Severity

__all__ = ["QuietHours", "is_next_role_due"]


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the night in which only the gravest alerts go out.

    Attributes:
        begin, end: room time; equal: there are none. They may span midnight.
        zone: of the room.
    """

    begin: time
    end: time
    zone: ZoneInfo

    def holds(self, severity: Severity, now: datetime) -> bool:
        """Whether an alert of this severity waits; a critical one never does."""
        if severity is Severity.CRITICAL or self.begin == self.end:
            return False
        here = now.astimezone(self.zone).time()
        if self.begin < self.end:
            return self.begin <= here < self.end
        return here >= self.begin or here < self.end


def is_next_role_due(
    severity: Severity,
    told_at: datetime,
    now: datetime,
    *,
    is_answered: bool,
    roles_left: int,
    policy: AlertPolicy,
    quiet: QuietHours,
) -> bool:
    """Whether an alert goes to the next role.

    Args:
        severity: of the alert.
        told_at: when the last role was told.
        now: the present.
        is_answered: somebody has acknowledged it.
        roles_left: roles of the chain that were not told yet.
        policy: how long an answer is waited for.
        quiet: quiet hours; what they hold is not passed on either.
    """
    minutes = policy.minutes(severity)
    if is_answered or roles_left < 1 or minutes is None or quiet.holds(severity, now):
        return False
    return now >= told_at + timedelta(minutes=minutes)
