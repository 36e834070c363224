"""The alert of drift: the published forecasts of a measure have become worse than they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from vigie.actions.rooms.alerting import Alert, post_alert
from vigie.actions.rooms.room import Room
from vigie.actions.scores.standings import Standing
from vigie.alerts import Severity
from vigie.state import Transaction

__all__ = ["post_drift_alerts"]

_NEW_DAYS = 14
_ONE_BREAK = timedelta(days=28)


def post_drift_alerts(
    room: Room, tx: Transaction, as_of: date, standings: Sequence[Standing]
) -> None:
    """Put the alerts of new drift in the outbox, once for each break of a measure.

    Only a release of today or yesterday tells of drift: runs for past days are looked back on.

    Args:
        room: the room.
        tx: the transaction that publishes the release.
        as_of: day of the release.
        standings: how the models stand in it.
    """
    if (room.today() - as_of).days > 1:
        return
    told = [row.key for row in tx.outbox("alert")]
    for each in standings:
        drift = each.drift_date
        if not each.is_published or drift is None or (as_of - drift).days >= _NEW_DAYS:
            continue
        # Places and totals of a measure may publish two models, and break on the same days.
        prefixes = {
            f"drift-{each.target}-{one.model}-"
            for one in standings
            if one.target == each.target and one.is_published
        }
        before = [day for prefix in prefixes for day in _dates(told, prefix)]
        if any(abs(drift - day) < _ONE_BREAK for day in before):
            continue
        text = (
            f"{room.values.name}: forecasts of {each.target} by {each.model} have become clearly "
            f"worse than they used to be (drift alarm of {drift}). Read their ranges with care, "
            "look for a change in the data or in the epidemic, and see the page of scores."
        )
        key = f"drift-{each.target}-{each.model}-{drift}"
        post_alert(tx, key, Alert(text, Severity.NOTICE), now=room.now())
        told.append(key)


def _dates(keys: Sequence[str], prefix: str) -> Iterator[date]:
    """Days in the keys that begin so."""
    for key in keys:
        if key.startswith(prefix):
            yield date.fromisoformat(key.removeprefix(prefix))
