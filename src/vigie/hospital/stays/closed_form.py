"""Expected patients in bed, by formula: what the simulation is held against."""

from __future__ import annotations

import numpy as np

from vigie.hospital.stays.bed_flow import Wards
from vigie.hospital.stays.law import StayLaw
from vigie.paths import FloatArray, IntArray

__all__ = ["expected_census"]


def expected_census(
    arrivals: FloatArray, present: IntArray, wards: Wards, law: StayLaw
) -> FloatArray:
    """Expected patients at the end of each day, moves between wards included.

    Args:
        arrivals: (place, ward, day), expected patients who come from outside.
        present: (place, ward, age), patients in bed today by nights since their entry.
        wards: of the sites.
        law: of the stays; its sets are averaged over the results.

    Returns:
        (place, ward, day), patients.

    Source: docs/models/bed-flow.md, equation 6.
    """
    census = np.zeros(arrivals.shape)
    for hazards in law.hazards:
        one = StayLaw(hazards[None])
        for place in range(len(arrivals)):
            unit = wards.law_unit[place]
            census[place] += _site(
                arrivals[place], present[place], unit, wards.next_ward, one
            ) / len(law.hazards)
    return census


def _site(
    arrivals: FloatArray, present: IntArray, unit: IntArray, next_ward: IntArray, law: StayLaw
) -> FloatArray:
    wards, days = arrivals.shape
    survival, leaving = law.survival[0], law.leaving[0]
    longest = survival.shape[-1]
    coming = arrivals.astype(np.float64).copy()
    stayed = np.zeros((wards, days))
    for ward in range(wards):
        if unit[ward] < 0:
            continue
        law_s, law_f = survival[unit[ward]], leaving[unit[ward]]
        for age in np.flatnonzero(present[ward]):
            first = min(age + 1, longest - 1)
            scale = present[ward, age] / law_s[first]
            for day in range(days):
                if first + day + 1 < longest:
                    stayed[ward, day] += scale * law_s[first + day + 1]
                if first + day < longest:
                    _send(coming, next_ward[ward], unit, scale * law_f[:, first + day], day)
    for day in range(days):
        moving = coming[:, day].copy()
        # Same-day moves go on until nobody is left who moves.
        for _ in range(60):
            again = np.zeros(wards)
            for ward in np.flatnonzero(moving > 0).tolist():
                law_f = leaving[unit[ward]]
                for nights in range(min(days - day, longest)):
                    for cause, onward in enumerate(next_ward[ward]):
                        if onward < 0 or unit[onward] < 0:
                            continue
                        sent = moving[ward] * law_f[cause, nights]
                        if nights:
                            coming[onward, day + nights] += sent
                        else:
                            again[onward] += sent
            coming[:, day] += again
            moving = again
            if moving.max() < 1e-12:
                break
        for ward in np.flatnonzero(coming[:, day] > 0).tolist():
            law_s = survival[unit[ward]]
            for later in range(day, days):
                nights = later - day + 1
                if nights < longest:
                    stayed[ward, later] += coming[ward, day] * law_s[nights]
    return stayed


def _send(
    coming: FloatArray, next_ward: IntArray, unit: IntArray, sent: FloatArray, day: int
) -> None:
    for cause, onward in enumerate(next_ward):
        if onward >= 0 and unit[onward] >= 0:
            coming[onward, day] += sent[cause]
