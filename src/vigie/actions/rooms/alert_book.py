"""The book of alerts: which are open, who was told when and by which way, and who took note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from vigie.actions.rooms.alerting import Telling, quiet_hours, tellings
from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.places import is_valid
from vigie.actions.rooms.room import Room
from vigie.alerts import AlertPolicy, QuietHours, Role, Severity, next_role_at, role_chain
from vigie.errors import BadData, Conflict, NotFound, nearest
from vigie.governance import Action, Caller
from vigie.schemas import PLACES
from vigie.state import AlertRow

__all__ = [
    "AlertLine",
    "DutyRoles",
    "alert_policy",
    "answer_alert",
    "list_alerts",
]


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as people read it.

    Attributes:
        number: to answer it by.
        severity: notice, warning or critical.
        text: in the first language of the room.
        state: new, answered or ended.
        cause: what it comes from, as "products:CATEGORY@PLACE" or "wards:WARD@PLACE".
        place: whose duty role is told first.
        members: keys "kind|place|category" of the shortages that belong to it.
        release: that opened it or changed it last.
        opened_at, told_at, answered_at, closed_at: instants; None: not yet.
        roles_told: roles of the chain that were told.
        answered_by, answer: who took note, and what they said.
        roles: the chain of duty roles, nearest first, as the reference tables have it today.
        next_role_at: when it goes to the next of them; None: never.
        tellings: messages that told it, oldest first; none where the room names no channel.
    """

    number: int
    severity: str
    text: str
    state: str
    cause: str
    place: str
    members: tuple[str, ...]
    release: str
    opened_at: datetime
    roles_told: int
    told_at: datetime
    answered_at: datetime | None
    answered_by: str
    answer: str
    closed_at: datetime | None
    roles: tuple[Role, ...] = ()
    next_role_at: datetime | None = None
    tellings: tuple[Telling, ...] = ()

    @property
    def told_roles(self) -> tuple[Role, ...]:
        """Roles that were told since it last became new, nearest first."""
        return self.roles[: self.roles_told]

    @property
    def next_role(self) -> Role | None:
        """The role that is told next, while nobody answers."""
        return self.roles[self.roles_told] if self.next_role_at is not None else None


class DutyRoles:
    """Duty roles of places, nearest first, as the reference tables have them today."""

    def __init__(self, room: Room) -> None:
        rows = [
            row for row in room.reference(PLACES.name).to_pylist() if is_valid(row, room.today())
        ]
        self._parents = {row["place"]: row["parent"] or "" for row in rows}
        self._roles = {
            row["place"]: Role(row["place"], row["duty_role"], row["contact"] or "")
            for row in rows
            if row["duty_role"]
        }

    def of(self, place: str) -> list[Role]:
        """Of a place and the places around it."""
        return role_chain(place, self._parents, self._roles)


def alert_policy(room: Room) -> AlertPolicy:
    """When alerts are raised, as the settings say."""
    rules = room.values.alerts
    return AlertPolicy(
        open_at=rules.open_at_in_100 / 100,
        close_below=rules.close_below_in_100 / 100,
        critical_at=rules.critical_at_in_100 / 100,
        warning_minutes=rules.warning_minutes,
        critical_minutes=rules.critical_minutes,
    )


def list_alerts(
    room: Room, caller: Caller, *, is_open: bool = True, ended_since: datetime | None = None
) -> list[AlertLine]:
    """Alerts of shortages, the gravest first; those that have ended come last.

    Args:
        room: the room.
        caller: who asks.
        is_open: only those that have not ended.
        ended_since: also those that ended from this instant on.

    Raises:
        AccessRefused: the caller may not read.
    """
    admit(room, caller, Action.READ, "alerts")
    with room.state.read() as tx:
        rows = tx.alerts(is_open=is_open, ended_since=ended_since)
        told = tellings(room, tx, rows)
    rows.sort(key=lambda row: (row.closed_at is not None, -row.severity, row.number))
    return _lines(room, rows, told)


def answer_alert(
    room: Room,
    caller: Caller,
    number: int,
    *,
    account: str = "",
    role: str = "",
    answer: str = "",
    seen: str = "",
) -> AlertLine:
    """Take note of an alert: it is not passed on any further, until it becomes graver.

    Args:
        room: the room.
        caller: who is signed in.
        number: of the alert.
        account: of whom it is answered for; "": the caller's.
        role: in which they answer; "": the account.
        answer: what they say.
        seen: severity that they answer to; "": whichever it has.

    Raises:
        AccessRefused: the caller may not decide.
        NotFound: no alert has the number.
        BadData: there is no such severity.
        Conflict: it has ended, is graver by now, or was answered otherwise already.
    """
    decision = admit(room, caller, Action.DECIDE, f"alert {number}")
    by = role.strip() or account.strip() or caller.name
    words = [each.word for each in Severity]
    if seen and seen not in words:
        raise BadData(f'"{seen}" is no severity. Nearest: {nearest(seen, words)}.')
    with room.state.write("an answer to an alert") as tx:
        row = next((each for each in tx.alerts() if each.number == number), None)
        if row is None:
            raise NotFound(f"No alert has the number {number}. See: vigie alerts list --all")
        said = replace(row, answered_at=room.now(), answered_by=by, answer=answer.strip())
        if not _is_same_answer(row, said):
            _require_open(row, seen)
            tx.put_alert(said)
            record(
                tx,
                decision,
                account=account.strip() or caller.name,
                role=by,
                answer=said.answer,
                release=row.release,
            )
            row = said
        told = tellings(room, tx, [row])
    return _lines(room, [row], told)[0]


def _is_same_answer(row: AlertRow, said: AlertRow) -> bool:
    """Whether a form was sent twice."""
    answer = (said.answered_by, said.answer)
    return row.answered_at is not None and (row.answered_by, row.answer) == answer


def _require_open(row: AlertRow, seen: str) -> None:
    if row.closed_at is not None:
        raise Conflict(f"Alert {row.number} ended at {row.closed_at:%Y-%m-%d %H:%M} UTC.")
    if row.answered_at is not None:
        raise Conflict(
            f"Alert {row.number} was answered by {row.answered_by} at "
            f"{row.answered_at:%Y-%m-%d %H:%M} UTC."
        )
    severity = Severity(row.severity)
    if seen and severity > Severity[seen.upper()]:
        raise Conflict(
            f"Alert {row.number} is {severity.word} by now; the answer was to a {seen}. Read it "
            "again, then answer."
        )


def _lines(
    room: Room, rows: Iterable[AlertRow], told: Mapping[int, tuple[Telling, ...]]
) -> list[AlertLine]:
    duties, policy, quiet = DutyRoles(room), alert_policy(room), quiet_hours(room)
    return [_line(row, duties, policy, quiet, told.get(row.number, ())) for row in rows]


def _line(
    row: AlertRow,
    duties: DutyRoles,
    policy: AlertPolicy,
    quiet: QuietHours,
    told: tuple[Telling, ...],
) -> AlertLine:
    severity, roles = Severity(row.severity), duties.of(row.place)
    is_answered, is_ended = row.answered_at is not None, row.closed_at is not None
    return AlertLine(
        number=row.number,
        severity=severity.word,
        text=row.text,
        state="ended" if is_ended else "answered" if is_answered else "new",
        cause=row.cause,
        place=row.place,
        members=row.members,
        release=row.release,
        opened_at=row.opened_at,
        roles_told=row.roles_told,
        told_at=row.told_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        answer=row.answer,
        closed_at=row.closed_at,
        roles=tuple(roles),
        next_role_at=next_role_at(
            severity,
            row.told_at,
            is_answered=is_answered or is_ended,
            roles_left=len(roles) - row.roles_told,
            policy=policy,
            quiet=quiet,
        ),
        tellings=told,
    )
