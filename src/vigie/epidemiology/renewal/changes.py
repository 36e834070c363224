"""Dated changes of definition, testing or duty to report: counts before them are not compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths import IntArray

__all__ = ["DefinitionChange", "first_usable_days"]


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """From this day on the counts mean something else.

    Attributes:
        date: first day of the new meaning.
        what: in a few words, for readers.
        place: number of the place; None for all places.
    """

    date: np.datetime64
    what: str
    place: int | None = None


def first_usable_days(
    changes: Sequence[DefinitionChange], first_date: np.datetime64, places: int, days: int
) -> IntArray:
    """First day of each place whose counts mean what today's do.

    Args:
        changes: in any order; those after the last day are not known yet and are not read.
        first_date: of the counts.
        places: number of places.
        days: number of days of the counts.

    Returns:
        (place,), 0 where nothing changed.

    Raises:
        ValueError: a change names a place that does not exist.
    """
    usable = np.zeros(places, dtype=np.int64)
    start = first_date.astype("datetime64[D]")
    for change in changes:
        if change.place is not None and not 0 <= change.place < places:
            raise ValueError(
                f"change of {change.date} ({change.what}): place {change.place} is not among 0 to "
                f"{places - 1}"
            )
        day = int((change.date.astype("datetime64[D]") - start).astype(np.int64))
        if day < days:
            which = slice(None) if change.place is None else change.place
            usable[which] = np.maximum(usable[which], day)
    return usable
