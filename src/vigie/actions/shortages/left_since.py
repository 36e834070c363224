"""What left places by moves of the plan after they last told their stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from vigie.actions.rooms.room import Room
from vigie.paths import DateArray, FloatArray
from vigie.planning import Stage

__all__ = ["Departures", "departures"]

_LEFT = (Stage.SENT, Stage.ARRIVED)


@dataclass(frozen=True, slots=True)
class Departures:
    """Moves of products that have left before the day of a run.

    Attributes:
        moves: place, product, day of leaving and units of each.
    """

    moves: tuple[tuple[str, str, date, float], ...] = ()

    def since(self, place: str, product: str, told: date) -> float:
        """Units that left a place after the day whose stock it told last."""
        return sum(
            units
            for sender, category, day, units in self.moves
            if (sender, category) == (place, product) and day > told
        )

    def since_reports(
        self, places: Sequence[str], product: str, held: FloatArray, dates: DateArray
    ) -> FloatArray:
        """(place,), the same for each place, whose last report is the last value known.

        Args:
            places: axis 0.
            product: which.
            held: (place, day), stock told; NaN where it was not.
            dates: (day,).
        """
        left = np.zeros(len(places))
        senders = {place for place, category, _, _ in self.moves if category == product}
        for at in (at for at, place in enumerate(places) if place in senders):
            told = np.flatnonzero(np.isfinite(held[at]))
            if told.size:
                left[at] = self.since(places[at], product, dates[told[-1]].astype(object))
        return left


def departures(room: Room, as_of: date) -> Departures:
    """Moves of products that were sent, and should have left before a day, as known at its end.

    A move that leaves on the day itself or later is kept by the plan of the day, which takes it
    off by itself.

    Args:
        room: the room.
        as_of: day of the run.
    """
    with room.state.read() as tx:
        steps = tx.last_steps(room.end_of(as_of))
    return Departures(
        tuple(
            (move.from_place, move.category, last.depart_date, move.quantity)
            for move, last in steps
            if move.kind == "products"
            and last.stage in _LEFT
            and last.depart_date is not None
            and last.depart_date < as_of
        )
    )
