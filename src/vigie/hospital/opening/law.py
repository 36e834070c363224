"""How planned beds follow patients: opened behind the need, closed later still.

Source: docs/models/usable-capacity.md, equations 8 to 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vigie.hospital.opening.history import OpeningHistory
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray

__all__ = ["OPENING_MODEL", "OpeningLaw", "Plans", "WardRules", "fit_opening", "followed"]

OPENING_MODEL = "vigie-opening-beds"
"""Name of the model in tables and releases."""

_WARM_UP_DAYS = 21
_SEGMENT_DAYS = 21
_SEGMENT_EVERY = 11
_FEWEST_SEGMENTS = 2
_SWEEPS = 2
_LEAST_GAIN = 0.05
_PACES = (0.004, 0.007, 0.011, 0.018, 0.03, 0.05, 0.1, 1.0)
_GRIDS: dict[str, tuple[float, ...]] = {
    "slack": (0.0, 1.0, 1.5, 2.2, 3.2, 4.0, 5.0, 6.5),
    "spare": (0.0, 0.05, 0.1, 0.18, 0.3, 0.45),
    "memory_days": (1.0, 2.0, 3.0, 5.0, 8.0, 14.0),
    "up": _PACES,
    "down": _PACES,
    "speed": (0.1, 0.2, 0.35, 0.6, 1.0),
}
"""Values tried, from coarse to fine; between them the misses of the past take up the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """Where the plans of beds stand; arrays are (place, ward) or (place, ward, 1).

    Attributes:
        planned: beds planned now.
        recent: patients of the last days, in the law's memory.
        floor: fewest beds that were planned in the past.
        ceiling: most beds that can be opened.
    """

    planned: FloatArray
    recent: FloatArray
    floor: FloatArray
    ceiling: FloatArray

    def arrays(self) -> tuple[FloatArray, ...]:
        """The four, in order."""
        return self.planned, self.recent, self.floor, self.ceiling


@dataclass(frozen=True, slots=True, eq=False)
class WardRules:
    """How wards open and close beds; arrays of one shape, or one number each.

    wanted = the larger of recent (1 + spare) and recent + slack sqrt(recent), within floor and
    ceiling; the plan goes ``speed`` of the way there each day, at most ``up`` and ``down`` times
    the ceiling; ``memory_days`` is that of recent patients.
    """

    slack: FloatArray
    spare: FloatArray
    memory_days: FloatArray
    up: FloatArray
    down: FloatArray
    speed: FloatArray

    def arrays(self) -> tuple[FloatArray, ...]:
        """The six, in order."""
        return self.slack, self.spare, self.memory_days, self.up, self.down, self.speed


@dataclass(frozen=True, slots=True, eq=False)
class OpeningLaw:
    """How the wards of a network open and close beds.

    Attributes:
        rules: by ward, (ward,).
        follows: (ward,), whether the rules foretell the past better than plans held as they are.
        misses: (segment, place, ward, day), what the rules missed in the past, beds over the
            square root of the ceiling; what is added to their paths.
        is_known: (ward, place), where the misses come from reports.
        now: where the plans stand.
    """

    rules: WardRules
    follows: BoolArray
    misses: FloatArray
    is_known: BoolArray
    now: Plans


def followed(
    rules: WardRules, plans: Plans, occupancy: FloatArray | PathArray
) -> Iterator[FloatArray]:
    """The plan of each day along a path of patients.

    Args:
        rules: of the wards; arrays that broadcast with a day of occupancy.
        plans: where they begin, as well.
        occupancy: (day, ...), patients on the days after.

    Yields:
        The plan of each day, not rounded; an array that the next day changes.
    """

    def cast(values: FloatArray) -> FloatArray:
        return np.asarray(values, dtype=occupancy.dtype)

    slack, more, speed = cast(rules.slack), cast(1 + rules.spare), cast(rules.speed)
    keep = cast(1 / rules.memory_days)
    floor, ceiling = cast(plans.floor), cast(plans.ceiling)
    up, down = cast(rules.up * plans.ceiling), cast(-rules.down * plans.ceiling)
    level = cast(np.broadcast_to(plans.planned, occupancy.shape[1:])).copy()
    recent = cast(np.broadcast_to(plans.recent, occupancy.shape[1:])).copy()
    for patients in occupancy:
        wanted = np.sqrt(np.maximum(recent, 0))
        wanted *= slack
        wanted += recent
        np.maximum(wanted, recent * more, out=wanted)
        np.clip(wanted, floor, ceiling, out=wanted)
        wanted -= level
        wanted *= speed
        np.clip(wanted, down, up, out=wanted)
        level += wanted
        yield level
        change = patients - recent
        change *= keep
        recent += change


def fit_opening(history: OpeningHistory) -> OpeningLaw:
    """Learn from the past how plans of beds follow patients, pooled over the places of a ward.

    Every eleven days of the past the plan is followed for three weeks along the patients who
    came; the rules that miss the plans least are taken, ward by ward, by coordinate search. A
    ward whose plans are foretold as well by holding them keeps them.

    Args:
        history: beds and patients; some weeks of it, or nothing is learnt and plans are held.

    Source: docs/models/usable-capacity.md, equations 8 to 11.
    """
    planned, patients = history.planned(), history.patients()
    ceiling = history.ceiling(planned)
    is_there = history.is_known() & (ceiling > 0)
    days = planned.shape[2]
    starts = np.arange(days - 1 - _SEGMENT_DAYS, _WARM_UP_DAYS - 1, -_SEGMENT_EVERY)
    wards = planned.shape[1]
    past = _Past(planned, patients, ceiling, is_there, starts)
    rules = WardRules(
        np.full(wards, 3.0),
        np.full(wards, 0.1),
        np.full(wards, 4.0),
        np.full(wards, 0.025),
        np.full(wards, 0.012),
        np.full(wards, 1.0),
    )
    follows = np.zeros(wards, dtype=bool)
    if len(starts) >= _FEWEST_SEGMENTS:
        rules, loss = past.searched(rules)
        follows = loss < (1 - _LEAST_GAIN) * past.loss_of_holding()
    held = replace(
        rules,
        up=np.where(follows, rules.up, 0.0),
        down=np.where(follows, rules.down, 0.0),
    )
    return OpeningLaw(held, follows, past.misses(held), is_there.T, past.plans_now(held))


class _Past:
    """The past cut into segments, each followed from its first day."""

    def __init__(
        self,
        planned: FloatArray,
        patients: FloatArray,
        ceiling: FloatArray,
        is_there: BoolArray,
        starts: IntArray,
    ) -> None:
        self.planned, self.patients, self.is_there = planned, patients, is_there
        self.ceiling = ceiling
        self.floor = np.minimum(planned.min(axis=2), ceiling)
        self.starts = np.asarray(starts, dtype=np.int64)
        self.scale = np.sqrt(np.maximum(ceiling, 1.0))
        ahead = self.starts[:, None] + np.arange(1, _SEGMENT_DAYS + 1)
        # (day, segment, place, ward): a segment is as further places.
        self.occupancy = patients[:, :, ahead].transpose(3, 2, 0, 1)
        self.truth = planned[:, :, ahead].transpose(3, 2, 0, 1)
        self._recent: dict[float, FloatArray] = {}

    def recent(self, memory: float) -> FloatArray:
        """(place, ward, day), exponential mean of patients up to each day."""
        if memory not in self._recent:
            out = np.empty_like(self.patients)
            level = self.patients[:, :, :7].mean(axis=2)
            for day in range(out.shape[2]):
                level = level + (self.patients[:, :, day] - level) / memory
                out[:, :, day] = level
            self._recent[memory] = out
        return self._recent[memory]

    def _recent_at(self, memory_days: FloatArray, at: IntArray) -> FloatArray:
        """(..., place, ward) at some days."""
        wards = [self.recent(float(m))[:, ward][:, at] for ward, m in enumerate(memory_days)]
        return np.moveaxis(np.stack(wards), (0, 1), (-1, -2))

    def plans_now(self, rules: WardRules) -> Plans:
        last = self.planned.shape[2] - 1
        recent = self._recent_at(rules.memory_days, np.array(last))
        return Plans(self.planned[:, :, -1], recent, self.floor, self.ceiling)

    def _misses(self, rules: WardRules) -> FloatArray:
        """(day, segment, place, ward), over the square root of the ceiling."""
        plans = Plans(
            self.planned[:, :, self.starts].transpose(2, 0, 1),
            self._recent_at(rules.memory_days, self.starts),
            self.floor,
            self.ceiling,
        )
        told = np.stack(
            [np.array(each, dtype=float) for each in followed(rules, plans, self.occupancy)]
        )
        return np.asarray((self.truth - told) / self.scale)

    def misses(self, rules: WardRules) -> FloatArray:
        """(segment, place, ward, day)."""
        if not len(self.starts):
            return np.zeros((0, *self.is_there.shape, _SEGMENT_DAYS))
        return np.moveaxis(self._misses(rules), 0, -1)

    def _loss(self, misses: FloatArray) -> FloatArray:
        """(ward,), mean miss after one, two and three weeks."""
        chosen = np.abs(misses[6::7]).mean(axis=(0, 1))
        return np.asarray(
            (chosen * self.is_there).sum(axis=0) / np.maximum(self.is_there.sum(axis=0), 1)
        )

    def loss_of_holding(self) -> FloatArray:
        """(ward,), of plans held as they stand."""
        held = self.planned[:, :, self.starts].transpose(2, 0, 1)
        return self._loss((self.truth - held) / self.scale)

    def searched(self, rules: WardRules) -> tuple[WardRules, FloatArray]:
        """Rules by coordinate search, all wards at once, and their loss."""
        least = self._loss(self._misses(rules))
        for _ in range(_SWEEPS):
            for name, grid in _GRIDS.items():
                for value in grid:
                    tried = replace(rules, **{name: np.full(len(least), value)})
                    loss = self._loss(self._misses(tried))
                    better = loss < least - 1e-12
                    mixed = np.where(better, value, getattr(rules, name))
                    least = np.where(better, loss, least)
                    rules = replace(rules, **{name: mixed})
        return rules, least
