"""Which shortages deserve an alert, how grave it is, who is told, and when.

One cause is one alert; what sways around a threshold does not ring twice; who does not answer is
followed by the next role. No I/O, no clock: the present is an argument.
"""

from vigie.alerts.episodes import Episode, Happening, What, advance
from vigie.alerts.roles import Role, role_chain
from vigie.alerts.severity import AlertPolicy, Danger, Severity, severity_of
from vigie.alerts.telling import QuietHours, is_next_role_due, next_role_at

__all__ = [
    "AlertPolicy",
    "Danger",
    "Episode",
    "Happening",
    "QuietHours",
    "Role",
    "Severity",
    "What",
    "advance",
    "is_next_role_due",
    "next_role_at",
    "role_chain",
    "severity_of",
]
