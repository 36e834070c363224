"""Orders as they wait in the outbox: one a move, and its cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vigie.ledger import canonical_json
from vigie.state import MoveRow, Transaction

__all__ = ["ORDER", "cancellation_key", "order_key", "post_cancellation", "post_order"]

ORDER = "order"
"""Kind of these messages in the outbox."""


def order_key(code: str) -> str:
    """Idempotency key of the order of a move."""
    return f"order-{code}"


def cancellation_key(code: str) -> str:
    """Idempotency key of the cancellation of the order of a move."""
    return f"cancel-{code}"


def post_order(
    tx: Transaction, room: str, row: MoveRow, names: Mapping[str, str], *, now: datetime
) -> None:
    """Have the order of an approved move sent."""
    tx.post(ORDER, order_key(row.code), _body("transfer", room, row, names), now=now)


def post_cancellation(
    tx: Transaction, room: str, row: MoveRow, names: Mapping[str, str], *, now: datetime
) -> None:
    """Withdraw an order: taken back if nobody was asked to take it, else cancelled there too."""
    posted = tx.posted(order_key(row.code))
    if posted is None:
        return
    tx.take_back(posted.key)
    if posted.sent_at is not None or posted.attempts > 0:
        tx.post(ORDER, cancellation_key(row.code), _body("cancel", room, row, names), now=now)


def _body(act: str, room: str, row: MoveRow, names: Mapping[str, str]) -> bytes:
    return canonical_json(
        {
            "act": act,
            "room": room,
            "order": order_key(row.code),
            "kind": row.kind,
            "category": row.category,
            "quantity": row.quantity,
            "unit": row.unit,
            "from_place": row.from_place,
            "to_place": row.to_place,
            **names,
            "depart_date": row.depart_date.isoformat(),
            "arrive_date": row.arrive_date.isoformat(),
            "release": row.release,
            "accepted_by_sender": row.sender,
            "accepted_by_receiver": row.receiver,
            "approved_by": row.approver,
            "reason": row.reason,
        }
    )
