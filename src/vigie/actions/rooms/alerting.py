"""Alerts leave the house: by webhook and mail, each channel once, again until it is accepted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from vigie.actions.rooms.room import Room
from vigie.alerts import QuietHours, Severity
from vigie.errors import SourceUnavailable
from vigie.state import AlertRow, OutboxRow, Transaction

__all__ = [
    "Alert",
    "SentAlerts",
    "Telling",
    "has_channel",
    "is_due",
    "post_alert",
    "quiet_hours",
    "send_alerts",
    "tellings",
]

_TIMEOUT_SECONDS = 10
_FIRST_HOUR_ATTEMPTS = 6
_GIVEN_UP_AFTER = timedelta(hours=24)
"""An alert older than this tells nobody anything new; the doctor still shows it."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What people are told.

    Attributes:
        text: the message.
        severity: quiet hours hold all but the highest.
        role: on duty, that it is for; "" for those whom [alerts] names.
        to: addresses of the role; empty: those that [alerts] names.
        numbers: of the alerts that are to be answered.
    """

    text: str
    severity: Severity = Severity.WARNING
    role: str = ""
    to: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SentAlerts:
    """What became of waiting alerts: how many were accepted, and why others were not."""

    accepted: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A message that told an alert, and where it stands.

    Attributes:
        role: on duty, that it is for, with its place; "" for those whom [alerts] names.
        made_at: when it was ready.
        sent_at: when all channels had accepted it; None: not yet.
        channels: that accepted it so far: webhook, mail.
        held_until: end of the quiet hours that hold it; None: they do not.
        is_given_up: it waited for a day, and is not tried any more.
    """

    role: str
    made_at: datetime
    sent_at: datetime | None
    channels: tuple[str, ...]
    held_until: datetime | None
    is_given_up: bool


Channel = Callable[[OutboxRow, Alert], None]


def post_alert(tx: Transaction, key: str, alert: Alert, *, now: datetime) -> None:
    """Put an alert in the outbox, in the transaction of what it tells; a key twice is one."""
    content = json.dumps(asdict(alert), ensure_ascii=False)
    tx.post("alert", key, content.encode(), now=now)


def _read(row: OutboxRow) -> Alert:
    """The alert of a row; rows of formats before this one hold the text alone."""
    content = row.payload.decode()
    if not content.startswith("{"):
        return Alert(content)
    given = json.loads(content)
    severity, to, numbers = Severity(given["severity"]), given["to"], given["numbers"]
    return Alert(given["text"], severity, given["role"], tuple(to), tuple(numbers))


def tellings(
    room: Room, tx: Transaction, alerts: Iterable[AlertRow]
) -> dict[int, tuple[Telling, ...]]:
    """The messages that told each alert, oldest first, by its number."""
    opened = {row.number: row.opened_at for row in alerts}
    if not opened:
        return {}
    found: dict[int, tuple[Telling, ...]] = {}
    for row in tx.outbox("alert", since=min(opened.values())):
        alert = _read(row)
        numbers = opened.keys() & set(alert.numbers)
        if numbers:
            told = _telling(room, tx, row, alert)
            found |= {number: (*found.get(number, ()), told) for number in numbers}
    return found


def _telling(room: Room, tx: Transaction, row: OutboxRow, alert: Alert) -> Telling:
    quiet, now = quiet_hours(room), room.now()
    is_waiting = row.sent_at is None
    is_held = is_waiting and quiet.holds(alert.severity, now)
    return Telling(
        role=alert.role,
        made_at=row.made_at,
        sent_at=row.sent_at,
        channels=tuple((tx.recall(f"alert:{row.key}") or "").split()),
        held_until=quiet.let_out_at(alert.severity, now) if is_held else None,
        is_given_up=is_waiting and now - row.made_at > _GIVEN_UP_AFTER,
    )


def quiet_hours(room: Room) -> QuietHours:
    """Hours in which only critical alerts go out, as the settings say."""
    rules = room.values.alerts
    return QuietHours(rules.quiet_from, rules.quiet_to, room.zone())


def has_channel(room: Room) -> bool:
    """Whether vigie.toml and the environment name anywhere to send alerts."""
    return bool(_channels(room))


def send_alerts(room: Room) -> SentAlerts:
    """Send what waits and is due; an alert is sent when all channels accepted it.

    A channel that accepted is not asked again; quiet hours hold all but critical alerts. Each
    message carries an idempotency key, so that a receiver can drop the second of two when this
    process dies between sending and noting it.
    """
    channels = _channels(room)
    if not channels:
        return SentAlerts(0, ())
    with room.state.read() as tx:
        waiting = tx.outbox("alert", is_waiting=True)
    quiet = quiet_hours(room)
    accepted, problems = 0, []
    for row in waiting:
        alert = _read(row)
        if not is_due(row, room.now()) or quiet.holds(alert.severity, room.now()):
            continue
        failed = _send(room, row, alert, channels)
        problems += failed
        accepted += not failed
    return SentAlerts(accepted, tuple(problems))


def is_due(
    alert: OutboxRow, now: datetime, *, given_up_after: timedelta | None = _GIVEN_UP_AFTER
) -> bool:
    """Whether to try now: at once, after 1, 3, 7... minutes, hourly later, for a day.

    Args:
        alert: what waits.
        now: the present.
        given_up_after: age from which it is not tried any more; None: it always is.
    """
    if given_up_after is not None and now - alert.made_at > given_up_after:
        return False
    doubled = min(alert.attempts, _FIRST_HOUR_ATTEMPTS)
    minutes = 2**doubled - 1 + 60 * (alert.attempts - doubled)
    return now >= alert.made_at + timedelta(minutes=minutes)


def _send(room: Room, row: OutboxRow, alert: Alert, channels: dict[str, Channel]) -> list[str]:
    noted = f"alert:{row.key}"
    with room.state.read() as tx:
        done = set((tx.recall(noted) or "").split())
    failed = []
    for name, channel in channels.items():
        if name in done:
            continue
        try:
            channel(row, alert)
        except SourceUnavailable as error:
            failed.append(str(error))
        else:
            done.add(name)
    with room.state.write("an attempt to send an alert") as tx:
        tx.remember(noted, " ".join(sorted(done)))
        tx.mark_sent(row.number, now=None if failed else room.now())
    return failed


def _channels(room: Room) -> dict[str, Channel]:
    rules = room.values.alerts
    webhook = room.environment.get(rules.webhook_url_env, "")
    server = room.environment.get(rules.smtp_url_env, "")
    found: dict[str, Channel] = {}
    if webhook:
        found["webhook"] = lambda row, alert: _post(webhook, room.values.name, row, alert)
    if server:
        found["mail"] = lambda row, alert: _mail(
            server, alert.to or rules.email_to, room.values.name, row, alert
        )
    return found


def _post(url: str, room: str, row: OutboxRow, alert: Alert) -> None:
    """Post an alert as JSON; anything but 2xx is no acceptance.

    The URL may hold a secret: no message names it.
    """
    import httpx

    body = {
        "key": row.key,
        "room": room,
        "made_at": row.made_at.isoformat(),
        "text": alert.text,
        "severity": alert.severity.word,
        "role": alert.role,
        "numbers": alert.numbers,
    }
    headers = {"Idempotency-Key": row.key}
    try:
        answer = httpx.post(url, json=body, headers=headers, timeout=_TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceUnavailable(
            f"The webhook of [alerts] did not answer ({type(error).__name__}); it is tried again."
        ) from error
    if not answer.is_success:
        raise SourceUnavailable(
            f"The webhook of [alerts] answered {answer.status_code}; it is tried again."
        )


def _mail(url: str, to: tuple[str, ...], room: str, row: OutboxRow, alert: Alert) -> None:
    """Hand an alert to the mail server of smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS.

    An alert without an address goes to nobody by mail.

    ``smtps`` speaks TLS from the start; ``smtp`` changes to it when the server offers it.
    """
    import smtplib
    import ssl

    if not to:
        return
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [to[0]])[0]
    host, context = parts.hostname or "", ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT_SECONDS)
        with server:
            server.ehlo_or_helo_if_needed()
            if parts.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(_message(sender, to, room, row, alert))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise SourceUnavailable(
            f"The mail server of [alerts] did not take an alert ({type(error).__name__}); it is "
            "tried again."
        ) from error


def _message(
    sender: str, to: tuple[str, ...], room: str, row: OutboxRow, alert: Alert
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, ", ".join(to)
    message["Subject"] = f"Vigie: {' '.join(room.split())}"
    message["Date"] = row.made_at
    # One Message-ID an alert, so that mail stores keep one of two.
    message["Message-ID"] = f"<{hashlib.sha256(row.key.encode()).hexdigest()[:32]}@vigie>"
    message.set_content(alert.text)
    return message
