"""How each feed stands: fine, stale, stopped or silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa

from vigie.actions.rooms.room import Room
from vigie.feeds import Feed
from vigie.schemas import FEEDS_STATUS
from vigie.state import ArrivalRow, ArrivalStatus

__all__ = ["feeds_status"]

_PATIENCE_DAYS = {"day": 2, "week": 10, "month": 45}


def feeds_status(room: Room, run: str, as_of: date, problems: Sequence[str]) -> pa.Table:
    """One row a declared feed, in the shape of schemas.FEEDS_STATUS.

    Args:
        room: the room.
        run: key of the run.
        as_of: day of the run; figures of later days are not looked at.
        problems: what sources said when they were asked, "feed: message".
    """
    # On the clock of the room: what is sent at midnight there is not of the day before.
    until = room.end_of(as_of).astimezone(room.zone())
    with room.state.read() as tx:
        rows = [_row(feed, tx.arrivals(feed=feed.name), as_of, until) for feed in _feeds(room)]
    unanswered = dict(line.split(": ", 1) for line in problems)
    for row in rows:
        row["run"] = run
        if row["feed"] in unanswered and row["state"] == "fine":
            row["message"] = unanswered[str(row["feed"])]
    return pa.Table.from_pylist(rows, schema=FEEDS_STATUS.arrow_schema())


def _feeds(room: Room) -> list[Feed]:
    return [room.declarations.feeds[name] for name in sorted(room.declarations.feeds)]


def _row(
    feed: Feed, arrivals: Sequence[ArrivalRow], as_of: date, until: datetime
) -> dict[str, object]:
    taken = [row for row in arrivals if row.status == ArrivalStatus.TAKEN]
    then = [row for row in taken if row.known_from is not None and row.known_from <= until]
    known = [row.known_to for row in then if row.known_to is not None]
    reached = [row.reference_to for row in then if row.reference_to is not None]
    if _lies_ahead(feed):
        # Days of bookings lie ahead: a list is as new as the day on which it was sent.
        reached = [instant.astimezone(until.tzinfo).date() for instant in known]
    newest = as_of - timedelta(days=_publication_days(feed))
    last = min(max(reached), newest) if reached else None
    state, message = _judge(feed, arrivals, last, as_of)
    if taken and not then and state == "fine":
        state, message = "silent", f"Nothing of {feed.name} was known on {as_of} yet."
    return {
        "feed": feed.name,
        "owner": feed.owner,
        "legal_basis": feed.legal_basis,
        "purpose": feed.purpose,
        "rhythm": feed.rhythm,
        "deadline": feed.deadline,
        "state": state,
        "message": message,
        "last_arrival_at": arrivals[-1].received_at if arrivals else None,
        "last_known_at": min(max(known), until) if known else None,
        "last_reference_date": last,
        "rows": sum(row.rows for row in taken),
        "rejected": sum(row.rejected for row in taken),
    }


def _lies_ahead(feed: Feed) -> bool:
    day = feed.columns.get("reference_date")
    return day is not None and day.ahead_days > 0


def _publication_days(feed: Feed) -> int:
    """Days after which the source makes a day public, if it always takes the same time."""
    return feed.known_at.plus_days if feed.known_at.mode == "reference" else 0


def _judge(
    feed: Feed, arrivals: Sequence[ArrivalRow], last: date | None, as_of: date
) -> tuple[str, str]:
    if not arrivals:
        return "silent", f"Nothing was ever received from {feed.name}. Ask {feed.owner}."
    newest = arrivals[-1]
    if newest.status == ArrivalStatus.STOPPED:
        kept = f" The last figure, of {last}, stays in force." if last else ""
        return "stopped", f"{newest.name}: {newest.message}{kept}"
    patience = _PATIENCE_DAYS.get(feed.rhythm)
    if patience is None or last is None:
        return "fine", ""
    # Figures that come out two months after their month are not late before that.
    if (as_of - last).days > patience + _publication_days(feed):
        return "stale", f"Nothing newer than {last} has come. Ask {feed.owner}."
    return "fine", ""
