"""Orders leave the house by a signed webhook; a move is sent only once its order was accepted."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace

from vigie.actions.decisions.deciding import keep_step
from vigie.actions.decisions.plan_decisions import state_of
from vigie.actions.rooms.alerting import is_due
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.room import Room
from vigie.actions.words.order_messages import ORDER, order_key
from vigie.errors import SourceUnavailable
from vigie.governance import Action, Caller
from vigie.ledger import canonical_json
from vigie.planning import Actor, Stage, Step, StepKind, take_step
from vigie.state import OutboxRow

__all__ = ["SIGNATURE_HEADER", "SentOrders", "has_order_channel", "send_orders", "signature"]

SIGNATURE_HEADER = "Vigie-Signature"
_TIMEOUT_SECONDS = 10
_WEBHOOK = Actor("webhook", "accepted by the receiver of orders")


@dataclass(frozen=True, slots=True)
class SentOrders:
    """What became of waiting orders: codes or keys accepted, and why others were not."""

    accepted: tuple[str, ...]
    problems: tuple[str, ...]


def has_order_channel(room: Room) -> bool:
    """Whether vigie.toml and the environment name where orders go, and the secret that signs."""
    rules = room.values.orders
    return bool(
        room.environment.get(rules.webhook_url_env) and room.environment.get(rules.secret_env)
    )


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of a body, as the header carries it: ``sha256=`` and 64 hexadecimal digits."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def send_orders(room: Room, caller: Caller, *, is_forced: bool = False) -> SentOrders:
    """Send the orders and cancellations that wait and are due.

    Each carries an idempotency key, so that a receiver can drop the second of two when this
    process dies between sending and noting it. An attempt is noted before it is made: whoever
    cancels meanwhile knows that the receiver may have the order.

    Args:
        room: the room.
        caller: who asks.
        is_forced: try at once what would wait for its next turn.
    """
    admit(room, caller, Action.DECIDE, "send orders")
    if not has_order_channel(room):
        return SentOrders((), ())
    with room.state.read() as tx:
        waiting = tx.outbox(ORDER, is_waiting=True)
    accepted: list[str] = []
    problems: list[str] = []
    for row in waiting:
        if not (is_forced or is_due(row, room.now(), given_up_after=None)):
            continue
        if not _note_attempt(room, row):
            continue
        try:
            _post(room, row)
        except SourceUnavailable as error:
            problems.append(f"{row.key}: {error}")
            continue
        _note_accepted(room, caller, row)
        accepted.append(row.key)
    return SentOrders(tuple(accepted), tuple(problems))


def _note_attempt(room: Room, row: OutboxRow) -> bool:
    """Whether the order is still wanted; the attempt is noted then."""
    with room.state.write("an attempt to send an order") as tx:
        kept = tx.posted(row.key)
        if kept is None or kept.sent_at is not None:
            return False
        tx.mark_sent(row.number, now=None)
    return True


def _note_accepted(room: Room, caller: Caller, row: OutboxRow) -> None:
    """Note that the receiver accepted; the move is sent unless it was cancelled meanwhile."""
    code = str(json.loads(row.payload)["order"]).removeprefix("order-")
    decision = admit(room, caller, Action.DECIDE, f"send {code}")
    now = room.now()
    with room.state.write("an order that was accepted") as tx:
        tx.accept_sent(row.number, now=now)
        move = tx.move(code)
        is_order = row.key == order_key(code)
        if is_order and move is not None and move.stage == Stage.APPROVED:
            step = Step(StepKind.SEND, _WEBHOOK)
            after = replace(move, stage=take_step(state_of(move), step).stage.value)
            keep_step(
                tx, after, step, decision, key=f"sent:{row.key}", release=move.release, now=now
            )


def _post(room: Room, row: OutboxRow) -> None:
    """Post one order; anything but 2xx is no acceptance. No message names address or secret."""
    import httpx

    rules = room.values.orders
    sent_at = room.now().isoformat(timespec="seconds")
    body = canonical_json(json.loads(row.payload) | {"key": row.key, "sent_at": sent_at})
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": row.key,
        "Vigie-Timestamp": sent_at,
        SIGNATURE_HEADER: signature(room.environment[rules.secret_env], body),
    }
    url = room.environment[rules.webhook_url_env]
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=_TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceUnavailable(
            f"The webhook of [orders] did not answer ({type(error).__name__}). The move stays "
            "approved; it is tried again."
        ) from error
    if not answer.is_success:
        raise SourceUnavailable(
            f"The webhook of [orders] answered {answer.status_code}. The move stays approved; it "
            "is tried again."
        )
