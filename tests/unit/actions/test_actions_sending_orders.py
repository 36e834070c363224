"""Orders leave signed, are sent only once accepted, and survive a kill between the two."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.plan_room import approved, copy_of, do, first_move, opened
from tests.rooms import OPERATOR
from vigie.actions.daily.ticking import tick
from vigie.actions.decisions.decision_lines import list_decisions
from vigie.actions.decisions.sending_orders import has_order_channel, send_orders
from vigie.actions.rooms.room import Room
from vigie.planning import Stage, StepKind

SECRET = "a secret of both ends"


class _Receiver(BaseHTTPRequestHandler):
    """Takes orders as a receiver would: the signature first, each key once."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Orders = self.server  # type: ignore[assignment]
        made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        is_signed = self.headers["Vigie-Signature"] == f"sha256={made}"
        known = json.loads(body)
        is_same = (self.headers["Idempotency-Key"], self.headers["Vigie-Timestamp"]) == (
            known["key"],
            known["sent_at"],
        )
        server.got.append(known)
        if is_signed and is_same and server.answers < 300:
            server.taken.setdefault(known["key"], known)
        server.before_answer()
        self.send_response(server.answers if is_signed and is_same else 401)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


class Orders(ThreadingHTTPServer):
    answers = 202

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.got: list[dict] = []
        self.taken: dict[str, dict] = {}
        self.before_answer: Callable[[], None] = lambda: None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def environment(self, secret: str = SECRET) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.server_address[1]}/orders?token=hidden"
        return {"ORDER_URL": url, "ORDER_SECRET": secret}


@pytest.fixture
def orders() -> Iterator[Orders]:
    server = Orders()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def room(planned: Path, tmp_path: Path, orders: Orders) -> Room:
    return opened(copy_of(planned, tmp_path / "room"), orders.environment())


def stage(room: Room, code: str) -> str:
    with room.state.read() as tx:
        found = tx.move(code)
    assert found is not None
    return found.stage


def test_a_move_is_sent_only_when_its_order_was_accepted(room: Room, orders: Orders) -> None:
    move = approved(room)
    orders.answers = 503
    sent = send_orders(room, OPERATOR)
    assert sent.accepted == ()
    assert "answered 503" in sent.problems[0]
    assert "127.0.0.1" not in sent.problems[0]
    assert SECRET not in sent.problems[0]
    assert stage(room, move.code) == Stage.APPROVED
    assert send_orders(room, OPERATOR).problems == (), "not tried again at once"

    orders.answers = 202
    room.now.now += timedelta(minutes=2)  # type: ignore[attr-defined]
    assert send_orders(room, OPERATOR).accepted == (f"order-{move.code}",)
    assert stage(room, move.code) == Stage.SENT
    order = orders.taken[f"order-{move.code}"]
    assert (order["act"], order["from_place"], order["to_place"]) == (
        "transfer",
        move.from_place,
        move.to_place,
    )
    assert (order["quantity"], order["approved_by"]) == (move.quantity, "eve")
    assert order["depart_date"] == move.depart_date.isoformat()
    newest = list_decisions(room, OPERATOR)[0].line
    assert (newest.act, newest.account) == ("send", "webhook")
    room.now.now += timedelta(days=2)  # type: ignore[attr-defined]
    assert send_orders(room, OPERATOR, is_forced=True).accepted == ()
    assert len(orders.got) == 2


def test_an_order_is_tried_for_longer_than_a_day(room: Room, orders: Orders) -> None:
    move = approved(room)
    orders.answers = 500
    send_orders(room, OPERATOR)
    orders.answers = 200
    room.now.now += timedelta(days=2)  # type: ignore[attr-defined]
    assert send_orders(room, OPERATOR).accepted == (f"order-{move.code}",)


def test_an_order_with_another_secret_is_not_accepted_and_not_sent(
    planned: Path, tmp_path: Path, orders: Orders
) -> None:
    room = opened(copy_of(planned, tmp_path / "room"), orders.environment("another"))
    move = approved(room)
    assert "answered 401" in send_orders(room, OPERATOR).problems[0]
    assert stage(room, move.code) == Stage.APPROVED


def test_without_a_secret_or_a_receiver_nothing_is_sent(planned: Path, tmp_path: Path) -> None:
    folder = copy_of(planned, tmp_path / "room")
    room = opened(folder, {"ORDER_URL": "http://127.0.0.1:9/"})
    move = approved(room)
    assert not has_order_channel(room)
    assert send_orders(room, OPERATOR).problems == ()
    room = opened(folder, {"ORDER_URL": "http://127.0.0.1:9/", "ORDER_SECRET": SECRET})
    assert "did not answer" in send_orders(room, OPERATOR, is_forced=True).problems[0]
    assert stage(room, move.code) == Stage.APPROVED


def test_the_tick_sends_what_waits(room: Room, orders: Orders) -> None:
    move = approved(room)
    done = tick(room, OPERATOR, run_at=time(23, 59))
    assert "Sent 1 orders." in done.did
    assert stage(room, move.code) == Stage.SENT


def test_killed_between_acceptance_and_its_note_the_order_goes_again_with_the_same_key(
    room: Room, orders: Orders
) -> None:
    move = approved(room)
    child: list[int] = []
    orders.before_answer = lambda: os.kill(child[0], signal.SIGKILL)
    folder, environment = room.folder, dict(room.environment)
    room.state.close()
    ready_reading, ready_writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(ready_reading, 1)
        send_orders(opened(folder, environment), OPERATOR, is_forced=True)
        os._exit(0)
    child.append(pid)
    os.write(ready_writing, b"x")
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    for end in (ready_reading, ready_writing):
        os.close(end)

    orders.before_answer = lambda: None
    later = opened(folder, environment, hour=9)
    assert stage(later, move.code) == Stage.APPROVED, "nothing was noted"
    assert len(orders.got) == 1
    assert send_orders(later, OPERATOR, is_forced=True).accepted == (f"order-{move.code}",)
    assert stage(later, move.code) == Stage.SENT
    assert [got["key"] for got in orders.got] == [f"order-{move.code}"] * 2
    assert len(orders.taken) == 1
    assert [line.line.act for line in list_decisions(later, OPERATOR)].count("send") == 1


def test_an_order_that_nobody_was_asked_to_take_is_taken_back(room: Room, orders: Orders) -> None:
    move = approved(room)
    do(room, StepKind.CANCEL, move.code, "eve", reason="delivery came")
    assert send_orders(room, OPERATOR, is_forced=True).accepted == ()
    assert orders.got == []


def test_an_order_that_may_have_been_taken_is_cancelled_there_too(
    room: Room, orders: Orders
) -> None:
    move = approved(room)
    orders.answers = 500
    send_orders(room, OPERATOR)
    do(room, StepKind.CANCEL, move.code, "eve", reason="delivery came")
    orders.answers = 200
    assert send_orders(room, OPERATOR, is_forced=True).accepted == (f"cancel-{move.code}",)
    cancelled = orders.taken[f"cancel-{move.code}"]
    assert (cancelled["act"], cancelled["order"]) == ("cancel", f"order-{move.code}")
    assert cancelled["reason"] == "delivery came"
    assert stage(room, move.code) == Stage.CANCELLED


def test_a_move_cancelled_while_its_order_is_under_way_stays_cancelled(
    room: Room, orders: Orders
) -> None:
    move = approved(room)
    other = opened(room.folder, dict(room.environment))

    def cancel() -> None:
        orders.before_answer = lambda: None
        do(other, StepKind.CANCEL, move.code, "joe", reason="too late")

    orders.before_answer = cancel
    send_orders(room, OPERATOR)
    assert stage(room, move.code) == Stage.CANCELLED
    send_orders(room, OPERATOR, is_forced=True)
    assert list(orders.taken) == [f"order-{move.code}", f"cancel-{move.code}"]
    assert stage(room, move.code) == Stage.CANCELLED
    assert first_move(room).stage == Stage.CANCELLED
