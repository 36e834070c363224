"""Wards whose patients are told apart: by cause, and by whether they wait to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.hospital.stays.ward_history import WardHistory
from vigie.paths import FloatArray, IntArray

__all__ = ["CauseEntries", "PartedWards", "WaitingPatients"]


@dataclass(frozen=True, slots=True, eq=False)
class CauseEntries:
    """Who came for one cause, on the days of the wards' history.

    Attributes:
        name: of the cause.
        entries: (place, ward, day), patients; NaN where missing.
        whole: (ward, day), of all places, raised for those that did not report.
        booked: (place, ward, day), patients booked for the days after the history; NaN on days
            that no list tells. None: nobody is booked.
        come_share: share of the booked who come, 0 to 1.
    """

    name: str
    entries: FloatArray
    whole: FloatArray
    booked: IntArray | FloatArray | None = None
    come_share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class WaitingPatients:
    """Patients who are fit to leave and stay on.

    Attributes:
        days: mean days that they stay on, >= 1; the law is geometric.
        counted: (place, ward, day), patients who wait at the end of the day; NaN where missing.
            None: they are not counted, and ``share`` says how many of all stays end so.
        share: of the stays, 0 to 1; read only where nobody counts.

    Raises:
        ValueError: a figure is out of its range.
    """

    days: float
    counted: FloatArray | None = None
    share: float = 0.0

    def __post_init__(self) -> None:
        if not (self.days >= 1 and 0 <= self.share <= 1):
            raise ValueError(
                f"patients who wait to leave: mean {self.days} must be at least 1 day and their "
                f"share {self.share} 0 to 1"
            )


@dataclass(frozen=True, slots=True, eq=False)
class PartedWards:
    """Wards whose patients are told apart.

    Attributes:
        history: of all patients and all entries.
        causes: one or more, whose entries add up to those of the history.
        waiting: who waits to leave; None: nobody is told apart.

    Raises:
        ValueError: there is no cause, or shapes do not fit.
    """

    history: WardHistory
    causes: Sequence[CauseEntries]
    waiting: WaitingPatients | None = None

    def __post_init__(self) -> None:
        shape = self.history.occupancy.shape
        if not self.causes:
            raise ValueError("patients by cause need one cause or more")
        for each in self.causes:
            if each.entries.shape != shape or each.whole.shape != shape[1:]:
                raise ValueError(
                    f'entries of cause "{each.name}" have shapes {each.entries.shape} and '
                    f"{each.whole.shape}, the wards {shape}"
                )
        counted = None if self.waiting is None else self.waiting.counted
        if counted is not None and counted.shape != shape:
            raise ValueError(f"patients who wait have shape {counted.shape}, the wards {shape}")
