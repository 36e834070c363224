"""Settings of alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from vigie.settings.about import about

__all__ = ["AlertedShortages", "Alerts"]


class AlertedShortages(StrEnum):
    """Who is told of shortages."""

    ROLES = "roles"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told of shortages and of a late or blocked release, and when."""

    email_to: tuple[str, ...] = field(
        default=(), metadata=about("Addresses of roles that get alerts.", form="email")
    )
    smtp_url_env: str = field(
        default="",
        metadata=about("Environment variable with the mail server's URL.", form="variable"),
    )
    webhook_url_env: str = field(
        default="",
        metadata=about("Environment variable with the URL alerts are posted to.", form="variable"),
    )
    shortages: AlertedShortages = field(
        default=AlertedShortages.ROLES,
        metadata=about("Who gets alerts of shortages: duty roles by their contact, or nobody."),
    )
    open_at_in_100: int = field(
        default=33,
        metadata=about("Chance from which an alert is raised.", "in 100", least=1, most=99),
    )
    close_below_in_100: int = field(
        default=20,
        metadata=about(
            "Chance below which an alert ends; at most that of opening.", "in 100", least=1, most=99
        ),
    )
    critical_at_in_100: int = field(
        default=66,
        metadata=about("Chance from which it may be critical.", "in 100", least=1, most=100),
    )
    quiet_from: time = field(
        default=time(22, 0),
        metadata=about("Room time from which only critical alerts go out."),
    )
    quiet_to: time = field(
        default=time(6, 30),
        metadata=about("Room time until which that holds; as quiet_from: no quiet hours."),
    )
    warning_minutes: int = field(
        default=120,
        metadata=about(
            "Without an answer for so long, a warning goes to the next role.", "minutes", least=1
        ),
    )
    critical_minutes: int = field(
        default=20,
        metadata=about("The same for a critical alert.", "minutes", least=1),
    )
