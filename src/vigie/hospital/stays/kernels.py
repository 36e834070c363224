"""Compiled loops of the flow of patients: one site and one future at a time.

Loaded only where beds are simulated. Every (site, future) has random numbers of its own, so that
a result does not depend on how many threads share the work.

Source: docs/models/bed-flow.md, equations 1 to 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from vigie.paths import FloatArray, IntArray

__all__ = ["fill_alias", "flow_site"]

_MOST_MOVES = 4
"""Wards that a patient may enter on one day; the last of them keeps the patient for the night."""


@njit(cache=True, nogil=True)
def _next(state: np.ndarray) -> Any:
    """splitmix64: 64 random bits; the state is one number."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def _unit(bits: Any) -> float:
    """Between 0 and 1, never 0."""
    return (float(bits >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def fill_alias(mass: FloatArray, threshold: np.ndarray, other: np.ndarray) -> None:
    """Tables from which an outcome is drawn in one step.

    Args:
        mass: (law, outcome), each row adds up to 1; read only.
        threshold: (law, outcome), float32, filled: chance to keep the outcome that was hit.
        other: (law, outcome), int16, filled: the outcome taken otherwise.
    """
    count = mass.shape[1]
    small = np.empty(count, dtype=np.int64)
    large = np.empty(count, dtype=np.int64)
    scaled = np.empty(count)
    for law in range(mass.shape[0]):
        smalls, larges = 0, 0
        for i in range(count):
            scaled[i] = mass[law, i] * count
            threshold[law, i] = 1.0
            other[law, i] = i
            if scaled[i] < 1.0:
                small[smalls] = i
                smalls += 1
            else:
                large[larges] = i
                larges += 1
        while smalls > 0 and larges > 0:
            low, high = small[smalls - 1], large[larges - 1]
            threshold[law, low] = scaled[low]
            other[law, low] = high
            scaled[high] -= 1.0 - scaled[low]
            smalls -= 1
            if scaled[high] < 1.0:
                larges -= 1
                small[smalls] = high
                smalls += 1


@njit(cache=True, nogil=True)
def flow_site(
    arrivals: np.ndarray,
    present: IntArray,
    laws: IntArray,
    threshold: np.ndarray,
    other: np.ndarray,
    survival: FloatArray,
    hazards: FloatArray,
    next_ward: IntArray,
    seed: np.uint64,
    census: np.ndarray,
    same_day: np.ndarray,
    moved_in: np.ndarray,
) -> None:
    """Follow every patient of a site through its wards, future by future.

    Args:
        arrivals: (ward, day, sample), patients who come from outside; day 0 is tomorrow.
        present: (ward, age), patients in bed today by nights since their entry.
        laws: (set, ward), row of the tables below.
        threshold, other: (law, outcome), as ``fill_alias``; outcome cause * days + d is to leave
            after d nights by this cause, the last one to stay beyond the horizon.
        survival: (law, day), S(d).
        hazards: (law, cause, day).
        next_ward: (ward, cause), ward to which a stay that ends so goes on; -1: out.
        seed: of the site.
        census: (ward, day, sample), filled: patients at the end of each day.
        same_day: like it, filled: stays that began and ended on the day.
        moved_in: like it, filled: patients who came from another ward.
    """
    wards, days, samples = arrivals.shape
    incoming = np.zeros((wards, days), dtype=np.int64)
    change = np.zeros((wards, days), dtype=np.int64)
    short = np.zeros((wards, days), dtype=np.int64)
    moved = np.zeros((wards, days), dtype=np.int64)
    state = np.zeros(1, dtype=np.uint64)
    for sample in range(samples):
        state[0] = seed ^ (np.uint64(sample + 1) * np.uint64(0xD1342543DE82EF95))
        _next(state)
        own = laws[sample % laws.shape[0]]
        incoming[:] = 0
        change[:] = 0
        short[:] = 0
        moved[:] = 0
        for ward in range(wards):
            _residents(
                present[ward], own[ward], survival, hazards, next_ward[ward], state,
                change[ward], incoming, days,
            )  # fmt: skip
        for day in range(days):
            _day(
                day, sample, arrivals, own, threshold, other, next_ward, state,
                incoming, change, short, moved,
            )  # fmt: skip
        for ward in range(wards):
            inside = present[ward].sum()
            for day in range(days):
                inside += change[ward, day]
                census[ward, day, sample] = inside
                same_day[ward, day, sample] = short[ward, day]
                moved_in[ward, day, sample] = moved[ward, day]


@njit(cache=True, nogil=True)
def _day(
    day: int,
    sample: int,
    arrivals: np.ndarray,
    laws: IntArray,
    threshold: np.ndarray,
    other: np.ndarray,
    next_ward: IntArray,
    state: np.ndarray,
    incoming: IntArray,
    change: IntArray,
    short: IntArray,
    moved: IntArray,
) -> None:
    """All who enter a ward on a day: from outside, then from ward to ward until nobody moves on."""
    for step in range(_MOST_MOVES):
        is_done = True
        for ward in range(len(arrivals)):
            coming = incoming[ward, day]
            incoming[ward, day] = 0
            moved[ward, day] += coming
            if step == 0:
                coming += int(arrivals[ward, day, sample])
            if coming == 0:
                continue
            change[ward, day] += coming
            is_last = step == _MOST_MOVES - 1
            onward = _enter(
                day, ward, coming, is_last, laws[ward], threshold, other, next_ward, state,
                incoming, change, short,
            )  # fmt: skip
            is_done = is_done and not onward
        if is_done and step > 0:
            break


# Called for each ward and day: as a call of its own it costs a fifth of the whole.
@njit(cache=True, nogil=True, inline="always")
def _enter(
    day: int,
    ward: int,
    coming: int,
    is_last: bool,
    law: int,
    threshold: np.ndarray,
    other: np.ndarray,
    next_ward: IntArray,
    state: np.ndarray,
    incoming: IntArray,
    change: IntArray,
    short: IntArray,
) -> bool:
    """Draw when and how each patient leaves; whether any goes on to a ward on the same day."""
    days, causes = change.shape[1], next_ward.shape[1]
    outcomes = np.uint64(threshold.shape[1])
    span = (threshold.shape[1] - 1) // causes
    goes_on = False
    for _ in range(coming):
        bits = _next(state)
        outcome = np.int64(((bits >> np.uint64(32)) * outcomes) >> np.uint64(32))
        low = float(bits & np.uint64(0xFFFFFFFF)) * (1.0 / 4294967296.0)
        if low >= threshold[law, outcome]:
            outcome = np.int64(other[law, outcome])
        cause = outcome // span
        if cause == causes:
            continue
        nights = outcome - cause * span
        onward = next_ward[ward, cause]
        if nights == 0 and onward >= 0 and is_last:
            nights = 1
        leave = day + nights
        if leave >= days:
            continue
        change[ward, leave] -= 1
        if nights == 0:
            short[ward, day] += 1
        if onward >= 0:
            incoming[onward, leave] += 1
            goes_on = goes_on or leave == day
    return goes_on


@njit(cache=True, nogil=True)
def _residents(
    present: IntArray,
    law: int,
    survival: FloatArray,
    hazards: FloatArray,
    next_ward: IntArray,
    state: np.ndarray,
    change: IntArray,
    incoming: IntArray,
    days: int,
) -> None:
    """Patients in bed today leave by what is left of their stay.

    A patient aged a is known to stay at least a + 1 nights: leaves on day k (1 is tomorrow) with
    f(a + k) / S(a + 1).
    """
    longest = survival.shape[1]
    causes = hazards.shape[1]
    for age in range(present.shape[0]):
        if present[age] == 0:
            continue
        first = min(age + 1, longest - 1)
        last = min(first + days, longest)
        for _ in range(present[age]):
            target = _unit(_next(state)) * survival[law, first]
            # The day d with S(d) >= target > S(d + 1): S falls along days.
            low, high = first, last
            while high - low > 1:
                middle = (low + high) // 2
                if survival[law, middle] >= target:
                    low = middle
                else:
                    high = middle
            day = low - first
            is_beyond = last < longest and low == last - 1 and survival[law, last] >= target
            if is_beyond or day >= days:
                continue
            total = 0.0
            for cause in range(causes):
                total += hazards[law, cause, low]
            pick = _unit(_next(state)) * total
            cause = 0
            while cause < causes - 1 and pick > hazards[law, cause, low]:
                pick -= hazards[law, cause, low]
                cause += 1
            change[day] -= 1
            onward = next_ward[cause]
            if onward >= 0:
                incoming[onward, day] += 1
