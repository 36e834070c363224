"""Alerts from release to release: raised, made graver, grown, ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from vigie.alerts.severity import AlertPolicy, Danger, Severity, severity_of

__all__ = ["Episode", "Happening", "What", "advance"]

_GROWN = 2
"""An alert is told again when so many times as many shortages belong to it as when last told."""


class What(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    RAISED = "raised"
    GROWN = "grown"
    UNCHANGED = "unchanged"
    CLOSED = "closed"

    @property
    def is_told(self) -> bool:
        """Whether people are told."""
        return self in {What.OPENED, What.RAISED, What.GROWN}


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert that is open.

    Attributes:
        cause: what it comes from.
        severity: as it stands.
        members: keys of the shortages that belong to it.
        told_members: how many did when it was last told.
        calm: releases in a row that found it less grave, or gone.
    """

    cause: str
    severity: Severity
    members: frozenset[str]
    told_members: int
    calm: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """What a release does to an alert.

    Attributes:
        what: opened, raised, grown, unchanged or closed.
        episode: as it stands after the release.
        dangers: that belong to it now, likeliest first; empty when it is calm.
    """

    what: What
    episode: Episode
    dangers: tuple[Danger, ...]


def advance(
    open_episodes: Iterable[Episode], dangers: Iterable[Danger], policy: AlertPolicy
) -> list[Happening]:
    """Bring the open alerts to a new release.

    Args:
        open_episodes: as the release before left them, one a cause.
        dangers: all shortages of the release, also unlikely ones.
        policy: thresholds.

    Returns:
        One happening for each open or new alert, in order of cause. The same release twice
        changes nothing but the count of calm releases.
    """
    before = {episode.cause: episode for episode in open_episodes}
    by_cause: dict[str, list[Danger]] = {}
    for danger in dangers:
        known = before.get(danger.cause)
        stays = known is not None and danger.key in known.members
        if danger.probability >= (policy.close_below if stays else policy.open_at):
            by_cause.setdefault(danger.cause, []).append(danger)
    return [
        _happening(cause, before, by_cause.get(cause, []), policy)
        for cause in sorted(before.keys() | by_cause.keys())
    ]


def _happening(
    cause: str, before: Mapping[str, Episode], found: list[Danger], policy: AlertPolicy
) -> Happening:
    dangers = tuple(sorted(found, key=lambda danger: (-danger.probability, danger.key)))
    members = frozenset(danger.key for danger in dangers)
    known = before.get(cause)
    if known is None:
        opened = Episode(cause, severity_of(dangers, policy), members, len(members))
        return Happening(What.OPENED, opened, dangers)
    if not dangers:
        calm = replace(known, calm=known.calm + 1)
        is_over = calm.calm >= policy.calm_releases
        return Happening(What.CLOSED if is_over else What.UNCHANGED, calm, ())
    now = severity_of(dangers, policy)
    if now > known.severity:
        raised = Episode(cause, now, members, len(members))
        return Happening(What.RAISED, raised, dangers)
    if len(members) >= _GROWN * known.told_members:
        grown = replace(known, members=members, told_members=len(members), calm=0)
        return Happening(What.GROWN, grown, dangers)
    calm_for = known.calm + 1 if now < known.severity else 0
    severity = now if calm_for >= policy.calm_releases else known.severity
    kept = replace(
        known, severity=severity, members=members, calm=0 if severity == now else calm_for
    )
    return Happening(What.UNCHANGED, kept, dangers)
