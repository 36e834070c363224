"""Ticks: each thing is done when it is due, once, and again when it came to nothing."""

from __future__ import annotations

import json
import shutil
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.integration.small_room import (
    LAST_DAY,
    Clock,
    at,
    files_to_send,
    make_room,
    open_small,
    run_days,
    send_all,
)
from vigie.actions.daily.ticking import RETRY_AFTER, tick
from vigie.actions.pages.showing import show_briefing, stoppage
from vigie.actions.rooms.alerting import Alert, is_due, post_alert, send_alerts
from vigie.actions.rooms.receiving import receive
from vigie.alerts import Severity
from vigie.bootstrap import local_operator
from vigie.governance import Caller
from vigie.state import OutboxRow

CALLER = local_operator()
RUN_AT = time(6, 30)
TODAY = LAST_DAY
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(at(YESTERDAY, 6))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that ran yesterday for yesterday; tests take copies of it."""
    folder = tmp_path_factory.mktemp("worked")
    room = open_small(make_room(folder / "room"), at(YESTERDAY, 6))
    for path, feed in files_to_send(folder / "sent")[:4]:
        receive(room, CALLER, path, feed)
    run_days(room, YESTERDAY)
    room.state.close()
    return folder / "room"


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "room")
    return tmp_path / "room"


def alerts(folder: Path) -> list[OutboxRow]:
    """All but those of shortages, which each release may bring."""
    with open_small(folder).state.read() as tx:
        return [row for row in tx.outbox("alert") if not row.key.startswith("shortages-")]


def test_the_day_is_run_once_from_its_time_on(folder: Path, clock: Clock) -> None:
    clock.now = at(TODAY, 6)
    assert tick(open_small(folder, clock), CALLER, run_at=RUN_AT).run is None
    clock.now = at(TODAY, 7)
    done = tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert done.run is not None
    assert done.run.is_new
    assert done.problems == []
    clock.now = at(TODAY, 7) + timedelta(hours=1)
    assert tick(open_small(folder, clock), CALLER, run_at=RUN_AT).run is None
    assert alerts(folder) == []


def test_a_room_far_west_runs_on_its_own_day(tmp_path: Path) -> None:
    folder = make_room(tmp_path / "room")
    text = (folder / "vigie.toml").read_text(encoding="utf-8")
    (folder / "vigie.toml").write_text(
        text.replace('timezone = "UTC"', 'timezone = "Pacific/Honolulu"'), encoding="utf-8"
    )
    room = open_small(folder, at(TODAY, 7))
    send_all(room, tmp_path / "sent")
    assert tick(room, CALLER, run_at=time(20, 0)).run is not None
    assert room.today() == YESTERDAY
    with room.state.read() as tx:
        assert [run.as_of for run in tx.runs()] == [YESTERDAY]


def test_while_one_ticks_another_does_nothing_and_a_dead_one_is_not_in_the_way_for_long(
    folder: Path, clock: Clock
) -> None:
    clock.now = at(TODAY, 7)
    room = open_small(folder, clock)
    with room.state.write("the lease of another") as tx:
        assert tx.lease("tick", "another", clock.now + timedelta(minutes=5), now=clock.now)
    assert tick(room, CALLER, run_at=RUN_AT).run is None
    clock.now += timedelta(minutes=6)
    assert tick(room, CALLER, run_at=RUN_AT).run is not None


def test_a_tick_leaves_a_room_alone_in_which_somebody_writes(folder: Path, clock: Clock) -> None:
    clock.now = at(TODAY, 7)
    room = open_small(folder, clock)
    with room.writing():
        done = tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert done.run is None
    assert "is writing to this room" in done.did[0]
    assert done.problems == []
    assert tick(open_small(folder, clock), CALLER, run_at=RUN_AT).run is not None


def block(folder: Path) -> None:
    (folder / "checks.toml").write_text(
        '[[check]]\nname = "few_patients"\nkind = "range"\nmeasure = "beds_occupied"\n'
        'max = 1\nseverity = "blocking"\n',
        encoding="utf-8",
    )


def test_a_blocked_day_is_tried_again_later_and_told_once(folder: Path, clock: Clock) -> None:
    block(folder)
    clock.now = at(TODAY, 7)
    done = tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert done.run is not None
    assert done.run.status == "blocked"
    assert tick(open_small(folder, clock), CALLER, run_at=RUN_AT).run is None

    clock.now = at(TODAY, 8) + timedelta(minutes=1)
    tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    late = [row for row in alerts(folder) if row.key == f"late-{TODAY}"]
    assert len(late) == 1
    assert "few_patients" in late[0].payload.decode()

    (folder / "checks.toml").unlink()
    clock.now += RETRY_AFTER
    done = tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert done.run is not None
    assert done.run.status == "released"
    assert stoppage(open_small(folder, clock)) is None
    assert len([row for row in alerts(folder) if row.key.startswith("late-")]) == 1


def test_a_missed_deadline_is_told_once_a_day_and_on_the_briefing(
    folder: Path, clock: Clock
) -> None:
    clock.now = at(TODAY, 7)
    room = open_small(folder, clock)
    assert stoppage(room) is None
    never = time(23, 59)
    assert tick(room, CALLER, run_at=never).did == []

    clock.now = at(TODAY, 8)
    for _ in range(3):
        tick(room, CALLER, run_at=never)
    (alert,) = alerts(folder)
    assert alert.key == f"late-{TODAY}"
    text = alert.payload.decode()
    assert f"no release of {TODAY} by 08:00" in text
    assert "No run was started" in text
    assert str(YESTERDAY) in text
    briefing = show_briefing(room, CALLER, "en")
    assert briefing.notice is not None
    assert "Yesterday" in briefing.notice.title
    assert "No run was started by 08:00" in briefing.notice.text
    assert briefing.ranked is not None

    clock.now = at(TODAY + timedelta(days=1), 9)
    tick(room, CALLER, run_at=never)
    assert len(alerts(folder)) == 2


def test_a_room_that_never_ran_for_its_own_day_is_never_late(tmp_path: Path) -> None:
    room = open_small(make_room(tmp_path / "room"), at(TODAY + timedelta(days=900), 12))
    send_all(room, tmp_path / "sent")
    run_days(room, TODAY)
    assert tick(room, CALLER, run_at=time(23, 59)).did == []
    assert stoppage(room) is None
    assert alerts(room.folder) == []


def test_raw_files_go_after_the_days_their_feed_keeps_them_and_what_they_said_stays(
    folder: Path, clock: Clock
) -> None:
    def raws() -> list[Path]:
        return list((folder / ".vigie" / "arrivals").rglob("raw"))

    clock.now = at(TODAY, 7)
    tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert len(raws()) == 4
    clock.now = at(TODAY + timedelta(days=31), 7)
    tick(open_small(folder, clock), CALLER, run_at=RUN_AT)
    assert raws() == []
    assert len(list((folder / ".vigie" / "arrivals").rglob("observations.parquet"))) == 4


def test_a_stranger_may_not_tick(folder: Path) -> None:
    from vigie.errors import AccessRefused

    with pytest.raises(AccessRefused):
        tick(open_small(folder), Caller("somebody", "research"), run_at=RUN_AT)


class _Receiver(BaseHTTPRequestHandler):
    """A webhook that answers as it is told and keeps what it got."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        server: _Webhook = self.server  # type: ignore[assignment]
        server.got.append((self.headers["Idempotency-Key"], body["text"]))
        self.send_response(server.answers)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


class _Webhook(ThreadingHTTPServer):
    answers = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.got: list[tuple[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def webhook() -> Iterator[_Webhook]:
    server = _Webhook()
    yield server
    server.shutdown()
    server.server_close()


class _Session(socketserver.StreamRequestHandler):
    """Just enough of a mail server to take a message."""

    def handle(self) -> None:
        server: _MailServer = self.server  # type: ignore[assignment]
        self.wfile.write(b"220 here\r\n")
        lines: list[str] = []
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line.split()[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                server.got.append("\n".join(lines))
                self.wfile.write(b"250 taken\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                server.said.append(line)
                self.wfile.write(b"250 ok\r\n")


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.got: list[str] = []
        self.said: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def mail() -> Iterator[_MailServer]:
    server = _MailServer()
    yield server
    server.shutdown()
    server.server_close()


_CHANNELS = """
[alerts]
email_to = ["crisis@hospital.example", "duty@region.example"]
smtp_url_env = "MAIL_URL"
webhook_url_env = "HOOK_URL"
"""


def test_alerts_go_out_by_every_channel_once_and_again_to_the_one_that_did_not_accept(
    tmp_path: Path, clock: Clock, webhook: _Webhook, mail: _MailServer
) -> None:
    folder = make_room(tmp_path / "room", _CHANNELS)
    environment = {
        "HOOK_URL": f"http://127.0.0.1:{webhook.server_address[1]}/alert",
        "MAIL_URL": f"smtp://127.0.0.1:{mail.server_address[1]}?from=vigie%40hospital.example",
    }
    clock.now = at(TODAY, 9)
    room = open_small(folder, clock, environment=environment)
    with room.state.write("an alert") as tx:
        tx.post("alert", "late-2020-03-30", "Kein Bericht; pas de rapport: é".encode(), now=clock())

    webhook.answers = 500
    sent = send_alerts(room)
    assert sent.accepted == 0
    assert "answered 500" in sent.problems[0]
    assert "127.0.0.1" not in sent.problems[0]
    assert len(mail.got) == 1
    assert send_alerts(room).problems == (), "not tried again at once"

    webhook.answers = 204
    clock.now += timedelta(minutes=2)
    assert send_alerts(room).accepted == 1
    assert len(webhook.got) == 2
    assert {key for key, _ in webhook.got} == {"late-2020-03-30"}
    assert webhook.got[0][1] == "Kein Bericht; pas de rapport: é"
    assert len(mail.got) == 1
    assert "To: crisis@hospital.example, duty@region.example" in mail.got[0]
    assert "From: vigie@hospital.example" in mail.got[0]
    assert "@vigie>" in mail.got[0]
    assert [line for line in mail.said if line.lower().startswith("rcpt")] != []
    clock.now += timedelta(hours=5)
    assert send_alerts(room).accepted == 0
    assert len(webhook.got) == 2


def test_a_server_that_is_not_there_keeps_the_alert_waiting(tmp_path: Path, clock: Clock) -> None:
    folder = make_room(tmp_path / "room", _CHANNELS)
    environment = {"HOOK_URL": "http://127.0.0.1:9/", "MAIL_URL": "smtp://127.0.0.1:9"}
    clock.now = at(TODAY, 9)
    room = open_small(folder, clock, environment=environment)
    with room.state.write("an alert") as tx:
        tx.post("alert", "key", b"text", now=clock())
    assert len(send_alerts(room).problems) == 2
    with room.state.read() as tx:
        (row,) = tx.outbox("alert", is_waiting=True)
    assert row.attempts == 1


def test_waiting_alerts_are_tried_ever_less_often_and_given_up_after_a_day() -> None:
    made = datetime(2020, 3, 1, tzinfo=UTC)

    def due(attempts: int, minutes: float) -> bool:
        row = OutboxRow(1, "alert", "key", b"", made, None, attempts)
        return is_due(row, made + timedelta(minutes=minutes))

    waits = [next(m for m in range(2000) if due(attempts, m)) for attempts in range(9)]
    assert waits == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert not due(5, 24 * 60 + 1)


def test_without_a_channel_alerts_wait_and_nothing_is_tried(folder: Path, clock: Clock) -> None:
    room = open_small(folder, clock)
    with room.state.write("an alert") as tx:
        tx.post("alert", "key", b"text", now=clock())
    assert send_alerts(room).accepted == 0
    assert alerts(folder)[0].attempts == 0


def test_quiet_hours_hold_all_but_critical_alerts(
    tmp_path: Path, clock: Clock, webhook: _Webhook
) -> None:
    folder = make_room(tmp_path / "room", _CHANNELS)
    environment = {"HOOK_URL": f"http://127.0.0.1:{webhook.server_address[1]}/alert"}
    clock.now = at(TODAY, 3)
    room = open_small(folder, clock, environment=environment)
    with room.state.write("alerts") as tx:
        post_alert(tx, "mild", Alert("a warning"), now=clock())
        post_alert(tx, "grave", Alert("at once", Severity.CRITICAL), now=clock())
    assert send_alerts(room).accepted == 1
    assert webhook.got == [("grave", "at once")]
    clock.now = at(TODAY, 7)
    assert send_alerts(room).accepted == 1
    assert webhook.got[1:] == [("mild", "a warning")]
