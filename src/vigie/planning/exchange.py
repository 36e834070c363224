"""What a plan is about: who holds how much of one thing, what each will need, and the ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa

from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["Exchange", "Lanes", "Use", "lanes"]


class Use(StrEnum):
    """How need uses up what is held."""

    LOST = "lost"
    """Used up; demand that cannot be met is lost."""
    BACKORDER = "backorder"
    """Used up; demand that cannot be met waits."""
    HELD = "held"
    """Comes back after use: machines."""


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Ways by which help can travel.

    Attributes:
        km: (from, to), distance by road; infinite where there is no way.
        days: (from, to), days under way, whole, >= 1: what leaves today is used tomorrow at the
            earliest.
    """

    km: FloatArray
    days: FloatArray


def lanes(arcs: pa.Table, places: Sequence[str]) -> Lanes:
    """The ways between places, from rows of the table ``arcs``.

    Args:
        arcs: columns from_place, to_place, km and hours; rows of other places are left out.
        places: keys, both axes of the result.
    """
    at = {place: index for index, place in enumerate(places)}
    km = np.full((len(places), len(places)), np.inf)
    days = np.full_like(km, np.inf)
    columns = (arcs[name].to_pylist() for name in ("from_place", "to_place", "km", "hours"))
    for sender, receiver, distance, hours in zip(*columns, strict=True):
        if sender in at and receiver in at and sender != receiver:
            km[at[sender], at[receiver]] = distance
            days[at[sender], at[receiver]] = max(1.0, np.ceil(hours / 24))
    return Lanes(km, days)


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """One product or kind of machine at all places.

    Attributes:
        kind: products or equipment, as in the table ``plan_moves``.
        category: key of the product or equipment.
        unit: unit of stock.
        places: keys, axis 0.
        stock: (place,), units held today; NaN where unknown: such a place neither sends nor
            receives.
        need: (place, day, sample), the units that must be held to be short on no day so far:
            for what is used up, demand less deliveries added up from tomorrow; for machines,
            the machines needed on that day.
        use: how need uses up what is held.
        pack_size: smallest lot, > 0; 1 for machines.
        lanes: ways between the places.

    Raises:
        ValueError: shapes do not fit, or pack_size is not positive.
    """

    kind: str
    category: str
    unit: str
    places: tuple[str, ...]
    stock: FloatArray
    need: PathArray
    use: Use
    pack_size: float
    lanes: Lanes

    def __post_init__(self) -> None:
        count = len(self.places)
        if self.stock.shape != (count,) or self.need.ndim != 3 or len(self.need) != count:
            raise ValueError(
                f"{self.category}: stock {self.stock.shape} and need "
                f"{self.need.shape} do not fit {count} places"
            )
        if self.lanes.km.shape != (count, count):
            raise ValueError(f"{self.category}: lanes {self.lanes.km.shape} for {count} places")
        if not self.pack_size > 0:
            raise ValueError(f"{self.category}: pack size {self.pack_size} is not positive")

    @property
    def horizon(self) -> int:
        """Days of need."""
        return int(self.need.shape[1])

    def is_short(self, place: int, held: FloatArray) -> BoolArray:
        """(day, sample): whether a place is short when it holds ``held`` units, by (day,)."""
        return np.asarray(self.need[place] > _limit(held)[:, None])

    def risks_as_held(self, days: int) -> FloatArray:
        """(place,): P(short on one of the first ``days`` days) with what is held today."""
        return np.asarray((self.peak(days) > _limit(self.stock)[:, None]).mean(axis=1))

    def unmet_as_held(self) -> FloatArray:
        """(place,): expected unmet need over the horizon with what is held today."""
        held = self.stock.astype(np.float32)[:, None]
        if self.use is Use.HELD:
            missing = np.maximum(self.need - held[:, None], 0).sum(axis=1)
        else:
            missing = np.maximum(self.peak(self.horizon) - held, 0)
        return np.asarray(missing.mean(axis=1, dtype=np.float64))

    def peak(self, days: int) -> PathArray:
        """(place, sample): largest need of the first ``days`` days."""
        return np.asarray(self.need[:, :days].max(axis=1))

    def risk(self, place: int, held: FloatArray, days: int) -> float:
        """P(short on at least one of the first ``days`` days) when ``held`` (day,) is held."""
        return float(self.is_short(place, held)[:days].any(axis=0).mean())

    def unmet(self, place: int, held: FloatArray) -> float:
        """Expected unmet need over the horizon when ``held`` (day,) is held.

        Units lost, or the largest backlog, of what is used up; machine-days of what is held.
        """
        missing = np.maximum(self.need[place] - held.astype(np.float32)[:, None], 0)
        over_days = missing.sum(axis=0) if self.use is Use.HELD else missing.max(axis=0)
        return float(over_days.mean(dtype=np.float64))


def _limit(held: FloatArray) -> PathArray:
    """Need above this is short of what is held: rounding of single precision is no shortage."""
    return np.asarray((held + 1e-5 * np.maximum(np.abs(held), 1.0)).astype(np.float32))
