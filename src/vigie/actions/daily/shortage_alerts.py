"""Alerts of shortages: from a release to the roles on duty, until somebody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from vigie.actions.daily.alert_words import NamedDanger, alert_text
from vigie.actions.rooms.alert_book import DutyRoles, alert_policy
from vigie.actions.rooms.alerting import Alert, has_channel, post_alert, quiet_hours
from vigie.actions.rooms.room import Room
from vigie.actions.words.wording import words_for
from vigie.alerts import (
    Episode,
    Happening,
    Role,
    Severity,
    What,
    advance,
    is_next_role_due,
)
from vigie.state import AlertRow, Transaction

__all__ = ["tell_next_roles", "tell_shortages"]

_OLDEST_DAYS = 1
"""Releases for days before yesterday look back; they alarm nobody."""


def tell_shortages(
    room: Room, tx: Transaction, release: str, as_of: date, named: Sequence[NamedDanger]
) -> None:
    """Bring the alerts to a release: open, raise, end; what is new goes to the outbox.

    Args:
        room: the room.
        tx: the transaction that publishes the release.
        release: its id.
        as_of: its day; one before yesterday changes nothing.
        named: its shortages.
    """
    if (room.today() - as_of).days > _OLDEST_DAYS or room.values.alerts.shortages == "nobody":
        return
    rows = {row.cause: row for row in tx.alerts(is_open=True)}
    by_key = {each.danger.key: each for each in named}
    episodes = [_episode(row) for row in rows.values()]
    duties = DutyRoles(room)
    told = []
    for happening in advance(episodes, [each.danger for each in named], alert_policy(room)):
        row = _row(room, release, happening, rows.get(happening.episode.cause), by_key)
        row = replace(row, number=tx.put_alert(row))
        if happening.what.is_told:
            told.append((row, next(iter(duties.of(row.place)), None)))
    _post(room, tx, told, release)


def tell_next_roles(room: Room) -> int:
    """Pass alerts that nobody answered to the next role; how many were."""
    quiet, now = quiet_hours(room), room.now()
    told: list[tuple[AlertRow, Role | None]] = []
    with room.state.read() as tx:
        is_any = any(row.answered_at is None for row in tx.alerts(is_open=True))
    if not is_any:
        return 0
    duties = DutyRoles(room)
    with room.state.write("alerts to the next role") as tx:
        for row in tx.alerts(is_open=True):
            chain = duties.of(row.place)
            is_due = is_next_role_due(
                Severity(row.severity),
                row.told_at,
                now,
                is_answered=row.answered_at is not None,
                roles_left=len(chain) - row.roles_told,
                policy=alert_policy(room),
                quiet=quiet,
            )
            if is_due:
                passed = replace(row, roles_told=row.roles_told + 1, told_at=now)
                tx.put_alert(passed)
                told.append((passed, chain[row.roles_told]))
        _post(room, tx, told, now.isoformat())
    return len(told)


def _episode(row: AlertRow) -> Episode:
    return Episode(
        row.cause, Severity(row.severity), frozenset(row.members), row.told_members, row.calm
    )


def _row(
    room: Room,
    release: str,
    happening: Happening,
    known: AlertRow | None,
    named: Mapping[str, NamedDanger],
) -> AlertRow:
    """The alert as it stands after a release; one that is told anew waits for an answer again."""
    episode, now = happening.episode, room.now()
    first = named[happening.dangers[0].key] if happening.dangers else None
    text = alert_text(room, happening, first) if first else known.text if known else ""
    row = known or AlertRow(
        number=0,
        cause=episode.cause,
        severity=int(episode.severity),
        members=(),
        told_members=0,
        calm=0,
        text=text,
        place=first.place if first else "",
        release=release,
        opened_at=now,
        roles_told=1,
        told_at=now,
    )
    row = replace(
        row,
        severity=int(episode.severity),
        members=tuple(sorted(episode.members)),
        told_members=episode.told_members,
        calm=episode.calm,
        text=text,
        release=release,
        closed_at=now if happening.what is What.CLOSED else None,
    )
    if not happening.what.is_told:
        return row
    return replace(row, roles_told=1, told_at=now, answered_at=None, answered_by="", answer="")


def _post(
    room: Room, tx: Transaction, told: Sequence[tuple[AlertRow, Role | None]], occasion: str
) -> None:
    """One message to each role, the gravest alerts first; without a role to those of [alerts].

    Args:
        room: the room.
        tx: the transaction of what is told.
        told: alerts and the role that is next for each.
        occasion: a message of the same occasion to the same role is one.

    A room that names no channel keeps its alerts in the list alone.
    """
    if not has_channel(room):
        return
    words = words_for(room.values.languages[0])
    by_role: dict[Role | None, list[AlertRow]] = {}
    for row, role in told:
        by_role.setdefault(role, []).append(row)
    for role, rows in by_role.items():
        rows.sort(key=lambda row: (-row.severity, row.number))
        named = role.key if role else room.values.name
        lines = [words.count("alert.head", len(rows), room=room.values.name, role=named)]
        lines += [f"{row.number}. {row.text}" for row in rows]
        lines += [words.say("alert.answer", number=rows[0].number)]
        alert = Alert(
            text="\n".join(lines),
            severity=Severity(rows[0].severity),
            role=named if role else "",
            to=(role.contact,) if role and "@" in role.contact else (),
            numbers=tuple(row.number for row in rows),
        )
        key = f"shortages-{occasion}-{role.place if role else ''}"
        post_alert(tx, key, alert, now=room.now())
