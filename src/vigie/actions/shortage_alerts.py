"""Alerts of shortages: from a release to the roles on duty, until somebody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from vigie.actions.alerting import Alert, post_alert
from vigie.actions.auditing import admit, record
from vigie.actions.places import is_valid
from vigie.actions.risks import Risk, act_by_text, from_when, read_risks, what_name
from vigie.actions.room import Room
from vigie.actions.room_names import RoomNames, read_names
from vigie.actions.views import ReleaseTables
from vigie.actions.wording import Words, words_for
from vigie.alerts import (
    AlertPolicy,
    Danger,
    Episode,
    Happening,
    QuietHours,
    Role,
    Severity,
    What,
    advance,
    is_next_role_due,
    role_chain,
)
from vigie.errors import Conflict, NotFound
from vigie.governance import Action, Caller
from vigie.schemas import PLACES
from vigie.state import AlertRow, Transaction

__all__ = [
    "AlertLine",
    "NamedDanger",
    "answer_alert",
    "list_alerts",
    "named_dangers",
    "tell_next_roles",
    "tell_shortages",
]

_OLDEST_DAYS = 1
"""Releases for days before yesterday look back; they alarm nobody."""


@dataclass(frozen=True, slots=True)
class NamedDanger:
    """A shortage ahead with the words that tell it.

    Attributes:
        danger: what the rules of alerts read.
        place: whose duty role is told first.
        what, where, area, chance, day, from_when, act_by: in the first language of the room; area
            is the name of ``place``, from_when is "" where no day is named.
    """

    danger: Danger
    place: str
    what: str
    where: str
    area: str
    chance: str
    day: str
    from_when: str
    act_by: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as people read it.

    Attributes:
        number: to answer it by.
        severity: notice, warning or critical.
        text: in the first language of the room.
        state: new, answered or ended.
        opened_at, told_at, answered_at, closed_at: instants; None: not yet.
        roles_told: roles of the chain that were told.
        answered_by, answer: who took note, and what they said.
    """

    number: int
    severity: str
    text: str
    state: str
    opened_at: datetime
    roles_told: int
    told_at: datetime
    answered_at: datetime | None
    answered_by: str
    answer: str
    closed_at: datetime | None

    @classmethod
    def of(cls, row: AlertRow) -> AlertLine:
        """From what is kept of it."""
        state = "new" if row.answered_at is None else "answered"
        return cls(
            number=row.number,
            severity=Severity(row.severity).word,
            text=row.text,
            state=state if row.closed_at is None else "ended",
            opened_at=row.opened_at,
            roles_told=row.roles_told,
            told_at=row.told_at,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            answer=row.answer,
            closed_at=row.closed_at,
        )


def named_dangers(room: Room, tables: ReleaseTables) -> list[NamedDanger]:
    """Every shortage of a release that could belong to an alert.

    Shortages of one product in the sites of one region have one cause, and so have beds, staff
    and machines of one ward kind at one place.

    Args:
        room: the room; with alerts of shortages to nobody there are none.
        tables: of the release.
    """
    if room.values.alerts.shortages == "nobody":
        return []
    words = words_for(room.values.languages[0])
    names = read_names(tables, words.language)
    wards = _ward_kinds(tables)
    least = _policy(room).close_below
    risks = [risk for risk in read_risks(tables) if risk.probability >= least]
    return [_named(risk, names, words, wards) for risk in risks]


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
    chains = _Chains(room)
    for happening in advance(episodes, [each.danger for each in named], _policy(room)):
        row = _row(room, release, happening, rows.get(happening.episode.cause), by_key)
        row = replace(row, number=tx.put_alert(row))
        if happening.what.is_told:
            _post(room, tx, row, chains.of(row.place))


def tell_next_roles(room: Room) -> int:
    """Pass alerts that nobody answered to the next role; how many were."""
    rules = room.values.alerts
    quiet = QuietHours(rules.quiet_from, rules.quiet_to, room.zone())
    now, passed = room.now(), 0
    with room.state.read() as tx:
        is_any = any(row.answered_at is None for row in tx.alerts(is_open=True))
    if not is_any:
        return 0
    chains = _Chains(room)
    with room.state.write("alerts to the next role") as tx:
        for row in tx.alerts(is_open=True):
            chain = chains.of(row.place)
            is_due = is_next_role_due(
                Severity(row.severity),
                row.told_at,
                now,
                is_answered=row.answered_at is not None,
                roles_left=len(chain) - row.roles_told,
                policy=_policy(room),
                quiet=quiet,
            )
            if is_due:
                told = replace(row, roles_told=row.roles_told + 1, told_at=now)
                tx.put_alert(told)
                _post(room, tx, told, chain)
                passed += 1
    return passed


def list_alerts(room: Room, caller: Caller, *, is_open: bool = True) -> list[AlertLine]:
    """Alerts of shortages, the gravest first.

    Args:
        room: the room.
        caller: who asks.
        is_open: only those that have not ended.

    Raises:
        AccessRefused: the caller may not read.
    """
    admit(room, caller, Action.READ, "alerts")
    with room.state.read() as tx:
        rows = tx.alerts(is_open=is_open)
    rows.sort(key=lambda row: (row.closed_at is not None, -row.severity, row.number))
    return [AlertLine.of(row) for row in rows]


def answer_alert(
    room: Room, caller: Caller, number: int, *, role: str = "", answer: str = ""
) -> AlertLine:
    """Take note of an alert: it is not passed on any further, until it becomes graver.

    Args:
        room: the room.
        caller: who answers.
        number: of the alert.
        role: in which they answer; "": the caller's name.
        answer: what they say.

    Raises:
        AccessRefused: the caller may not operate the room.
        NotFound: no alert has the number.
        Conflict: it has ended or was answered already.
    """
    decision = admit(room, caller, Action.OPERATE, f"alert {number}")
    by = role or caller.name
    with room.state.write("an answer to an alert") as tx:
        row = next((each for each in tx.alerts() if each.number == number), None)
        if row is None:
            raise NotFound(f"No alert has the number {number}. See: vigie alerts list --all")
        if row.closed_at is not None:
            raise Conflict(f"Alert {number} ended at {row.closed_at:%Y-%m-%d %H:%M} UTC.")
        if row.answered_at is not None:
            raise Conflict(
                f"Alert {number} was answered by {row.answered_by} at "
                f"{row.answered_at:%Y-%m-%d %H:%M} UTC."
            )
        told = replace(row, answered_at=room.now(), answered_by=by, answer=answer)
        tx.put_alert(told)
        record(tx, decision, role=by, answer=answer, release=row.release)
    return AlertLine.of(told)


class _Chains:
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


def _policy(room: Room) -> AlertPolicy:
    rules = room.values.alerts
    return AlertPolicy(
        open_at=rules.open_at_in_100 / 100,
        close_below=rules.close_below_in_100 / 100,
        critical_at=rules.critical_at_in_100 / 100,
        warning_minutes=rules.warning_minutes,
        critical_minutes=rules.critical_minutes,
    )


def _ward_kinds(tables: ReleaseTables) -> dict[str, str]:
    """Ward kind that a skill or a machine serves."""
    found = {row["skill"]: row["ward_kind"] for row in tables.table("skills").to_pylist()}
    found |= {row["equipment"]: row["ward_kind"] for row in tables.table("equipment").to_pylist()}
    return {key: ward for key, ward in found.items() if ward}


def _named(risk: Risk, names: RoomNames, words: Words, wards: Mapping[str, str]) -> NamedDanger:
    place = risk.place
    cause = f"wards:{wards.get(risk.category, risk.category)}@{place}"
    if risk.kind == "products":
        around = names.parents(place)
        place = around[0].key if around and names.places[place].kind == "site" else place
        cause = f"products:{risk.category}@{place}"
    return NamedDanger(
        danger=Danger(
            risk.kind,
            risk.place,
            risk.category,
            cause,
            risk.probability,
            risk.act_by,
            risk.as_of,
        ),
        place=place,
        what=what_name(risk, names, words),
        where=names.place(risk.place),
        area=names.place(place),
        chance=words.chance(risk.probability).in_100,
        day=words.day(risk.by),
        from_when="" if risk.if_short is None else from_when(risk, words),
        act_by=act_by_text(risk, words),
    )


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
    text = _text(room, happening, first) if first else known.text if known else ""
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


def _text(room: Room, happening: Happening, first: NamedDanger) -> str:
    words = words_for(room.values.languages[0])
    count = len(happening.dangers)
    when = words.say("alert.when", from_when=first.from_when) if first.from_when else ""
    said = words.say(
        "alert.many" if count > 1 else "alert.one",
        severity=words.say(f"alert.{happening.episode.severity.word}"),
        what=first.what,
        where=first.where,
        area=first.area,
        count=words.number(count),
        chance=first.chance,
        day=first.day,
        when=when,
        act=words.say("alert.act", act_by=first.act_by),
    )
    return " ".join(said.split())


def _post(room: Room, tx: Transaction, row: AlertRow, chain: Sequence[Role]) -> None:
    """To the role that is next; without one, to those whom [alerts] names."""
    role = chain[row.roles_told - 1] if len(chain) >= row.roles_told else None
    words = words_for(room.values.languages[0])
    named = role.key if role else room.values.name
    answer = words.say("alert.answer", role=named, number=row.number)
    alert = Alert(
        text=f"{room.values.name}: {row.text} {answer}",
        severity=Severity(row.severity),
        role=named if role else "",
        to=(role.contact,) if role and "@" in role.contact else (),
        number=row.number,
    )
    key = f"shortage-{row.number}-{row.release}-{row.roles_told}"
    post_alert(tx, key, alert, now=room.now())
