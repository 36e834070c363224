"""How grave a shortage ahead is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

__all__ = ["AlertPolicy", "Danger", "Severity", "severity_of"]


class Severity(IntEnum):
    """How grave an alert is; the highest is never held back."""

    NOTICE = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """In lower case, as tables and messages have it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """When an alert is raised and when it ends.

    Attributes:
        open_at: P(short) from which a shortage is a danger.
        close_below: P(short) below which it is none any more; lower, so that a chance that sways
            around a threshold does not ring each day.
        critical_at: P(short) from which an alert may be critical.
        critical_days: days to the last useful moment to act, up to which it then is.
        calm_releases: releases in a row without danger, or with less of it, before an alert ends
            or is made less grave.
        warning_minutes: an alert without an answer goes to the next role after so long.
        critical_minutes: the same for a critical one.

    Raises:
        ValueError: the thresholds are not 0 < close_below <= open_at <= critical_at <= 1.
    """

    open_at: float = 0.33
    close_below: float = 0.20
    critical_at: float = 0.66
    critical_days: int = 2
    calm_releases: int = 2
    warning_minutes: int = 120
    critical_minutes: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.close_below <= self.open_at <= self.critical_at <= 1:
            raise ValueError(
                f"alerts: chances must rise from close_below {self.close_below} over open_at "
                f"{self.open_at} to critical_at {self.critical_at}, within 0 to 1"
            )

    def minutes(self, severity: Severity) -> int | None:
        """Minutes after which the next role is told; None: never."""
        waits = {Severity.CRITICAL: self.critical_minutes, Severity.WARNING: self.warning_minutes}
        return waits.get(severity)


@dataclass(frozen=True, slots=True)
class Danger:
    """A shortage ahead, as a release tells it.

    Attributes:
        kind: beds, staff, equipment or products.
        place, category: where and of what.
        cause: what it comes from: shortages of one cause are one alert.
        probability: P(short) by the day that pages lead with.
        act_by: last useful day to act; None where no remedy is known.
        as_of: day of the release.
        is_vital: whether it endangers patients at once; others are never critical.
    """

    kind: str
    place: str
    category: str
    cause: str
    probability: float
    act_by: date | None
    as_of: date
    is_vital: bool = True

    @property
    def key(self) -> str:
        """Kind, place and category, the same in every release."""
        return f"{self.kind}|{self.place}|{self.category}"


def severity_of(dangers: Iterable[Danger], policy: AlertPolicy) -> Severity:
    """How grave dangers of one cause are together: as the gravest of them.

    A vital shortage is critical when it is likely and little time is left for the quickest
    remedy; one that is likely or whose last useful moment is near is a warning, else a notice.
    """
    worst = Severity.NOTICE
    for danger in dangers:
        is_likely = danger.probability >= policy.critical_at
        near = danger.as_of + timedelta(days=policy.critical_days)
        is_near = danger.act_by is not None and danger.act_by <= near
        most = Severity.CRITICAL if danger.is_vital else Severity.WARNING
        worst = max(worst, min(most, Severity(1 + is_likely + is_near)))
    return worst
