"""Public holidays of places, from the room's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.places import is_valid
from vigie.paths import BoolArray, DateArray

__all__ = ["holidays_of"]


def holidays_of(
    calendars: pa.Table, places: pa.Table, keys: Sequence[str], dates: DateArray, day: date
) -> BoolArray | None:
    """Which days are public holidays at which places.

    A holiday without a place holds everywhere, one of a place there and at all places inside it.
    A total does not have the holidays of some of its places.

    Args:
        calendars: schemas.CALENDARS; rows of kind holiday are read.
        places: schemas.PLACES.
        keys: places wanted.
        dates: (day,), increasing by one.
        day: on which the places lie in each other.

    Returns:
        (place, day); None when no day is a holiday at any of them.
    """
    rows = [row for row in calendars.to_pylist() if row["kind"] == "holiday"]
    if not rows:
        return None
    parent = {row["place"]: row["parent"] or "" for row in places.to_pylist() if is_valid(row, day)}
    days_at: dict[str, list[int]] = {}
    first = dates[0].astype("datetime64[D]")
    for row in rows:
        at = int((np.datetime64(row["date"], "D") - first).astype(np.int64))
        if 0 <= at < len(dates):
            days_at.setdefault(row["place"] or "", []).append(at)
    found: BoolArray = np.zeros((len(keys), len(dates)), dtype=bool)
    for number, key in enumerate(keys):
        for above in _above(key, parent):
            found[number, days_at.get(above, [])] = True
    return found if found.any() else None


def _above(place: str, parent: dict[str, str]) -> list[str]:
    """The place, what it lies in, and everywhere."""
    chain = [place]
    while chain[-1] in parent and parent[chain[-1]] and parent[chain[-1]] not in chain:
        chain.append(parent[chain[-1]])
    return [*chain, ""]
