"""When somebody is told: quiet hours, and the next role when nobody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.alerts.severity import AlertPolicy, Severity

__all__ = ["QuietHours", "is_next_role_due", "next_role_at"]


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

    def let_out_at(self, severity: Severity, instant: datetime) -> datetime:
        """When an alert of this severity goes out that is ready at an instant: then or later."""
        if not self.holds(severity, instant):
            return instant
        here = instant.astimezone(self.zone)
        days = int(here.time() >= self.end)
        day = here.date() + timedelta(days=days)
        return datetime.combine(day, self.end, self.zone).astimezone(instant.tzinfo)


def next_role_at(
    severity: Severity,
    told_at: datetime,
    *,
    is_answered: bool,
    roles_left: int,
    policy: AlertPolicy,
    quiet: QuietHours,
) -> datetime | None:
    """When an alert goes to the next role; None: it never does.

    An answer is waited for from the end of the quiet hours that held the alert, and what falls
    into quiet hours is passed on at their end.

    Args:
        severity: of the alert.
        told_at: when the last role was told.
        is_answered: somebody has acknowledged it.
        roles_left: roles of the chain that were not told yet.
        policy: how long an answer is waited for.
        quiet: quiet hours.
    """
    minutes = policy.minutes(severity)
    if is_answered or roles_left < 1 or minutes is None:
        return None
    heard_at = quiet.let_out_at(severity, told_at)
    return quiet.let_out_at(severity, heard_at + timedelta(minutes=minutes))


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
    """Whether an alert goes to the next role now, with the arguments of ``next_role_at``."""
    due_at = next_role_at(
        severity,
        told_at,
        is_answered=is_answered,
        roles_left=roles_left,
        policy=policy,
        quiet=quiet,
    )
    return due_at is not None and due_at <= now and not quiet.holds(severity, now)
