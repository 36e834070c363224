"""Where patients are later who are admitted to a ward kind today: by formula, and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.stays.hazards import StayRules, fit_stays
from vigie.hospital.stays.law import StayLaw
from vigie.hospital.stays.records import StayRecords
from vigie.paths import FloatArray, IntArray

__all__ = ["GONE", "OnwardStays", "fit_onward_stays"]

GONE = -1
"""Ward of a patient who left."""

_MOST_STAYS = 200
"""Stays of one patient that are followed: enough, since moves within a day are few."""


@dataclass(frozen=True, slots=True, eq=False)
class OnwardStays:
    """Stays by ward kind, and the ward kinds to which they go on.

    Attributes:
        law: one set; units are the ward kinds; a stay that ends by cause b goes on to ward kind
            b, by the last cause the patient leaves.
        new_share: (ward,), share of those who enter a ward kind that came from no other ward,
            0 to 1.

    Raises:
        ValueError: shapes do not fit, or a stay goes on to its own ward kind.
    """

    law: StayLaw
    new_share: FloatArray

    def __post_init__(self) -> None:
        sets, wards, causes, _ = self.law.hazards.shape
        if sets != 1 or causes != wards + 1 or self.new_share.shape != (wards,):
            raise ValueError(
                f"hazards {self.law.hazards.shape} and new shares {self.new_share.shape}: one "
                "set, a cause for each ward kind and one for leaving are needed"
            )
        if self.law.hazards[0, np.arange(wards), np.arange(wards)].any():
            raise ValueError("a stay goes on to its own ward kind: count it as one stay")

    @property
    def mean_days(self) -> FloatArray:
        """(ward,): mean nights of one stay."""
        return np.asarray(self.law.mean_days[0])

    def presence(self, days: int) -> FloatArray:
        """Chance to be in each ward kind at the end of each day after admission.

        Args:
            days: looked at; day 0 is the day of admission.

        Returns:
            (ward of admission, ward, day), 0 to 1; over the wards it adds up to at most 1.

        Source: docs/models/bed-flow.md, equation 12.
        """
        survival, leaving = self.law.survival[0], self.law.leaving[0]
        wards, nights = survival.shape
        span = min(days, nights - 1)
        onward = np.zeros((days, wards, wards))
        onward[: min(days, nights)] = leaving[:, :wards, :days].transpose(2, 0, 1)
        at_once = np.linalg.inv(np.eye(wards) - onward[0])
        entering = np.zeros((days, wards, wards))
        out = np.zeros((wards, wards, days))
        for day in range(days):
            came = np.eye(wards) if day == 0 else np.zeros((wards, wards))
            for before in range(day):
                came = came + entering[before] @ onward[day - before]
            entering[day] = came @ at_once
            last = min(days, day + span)
            out[:, :, day:last] += entering[day][:, :, None] * survival[:, 1 : 1 + last - day]
        return np.clip(out, 0.0, 1.0)

    def reached(self) -> FloatArray:
        """(ward of admission, ward): chance ever to be in another ward kind; 1 for its own."""
        share = self.law.cause_share[0][:, :-1]
        wards = len(share)
        out = np.eye(wards)
        for goal in range(wards):
            others = np.arange(wards) != goal
            among = share[np.ix_(others, others)]
            out[others, goal] = np.linalg.solve(np.eye(wards - 1) - among, share[others, goal])
        return np.clip(out, 0.0, 1.0)

    def courses(self, days: int, count: int, rng: np.random.Generator) -> IntArray:
        """Patients drawn from the law.

        First stays are drawn evenly over their law, so that few patients show its shares well.

        Args:
            days: looked at; day 0 is the day of admission.
            count: patients for each ward of admission.
            rng: source of chance.

        Returns:
            (ward of admission, patient, day), ward kind at the end of the day, ``GONE`` once
            they left.
        """
        wards, causes = self.law.hazards.shape[1:3]
        # Outcomes of a stay: nights and cause; all that last beyond the days are one.
        leaving = self.law.leaving[0][:, :, :days].transpose(0, 2, 1)
        upto = np.cumsum(leaving.reshape(wards, -1), axis=1)
        ages = np.arange(days)
        out = np.full((wards, count, days), GONE, dtype=np.int64)
        for first in range(wards):
            ward, begin = np.full(count, first), np.zeros(count, dtype=np.int64)
            chance = rng.permutation((np.arange(count) + rng.random(count)) / count)
            for _ in range(_MOST_STAYS):
                active = np.flatnonzero((ward < wards) & (begin < days))
                if not active.size:
                    break
                here, since = ward[active], begin[active]
                outcome = np.empty(active.size, dtype=np.int64)
                for each in np.unique(here).tolist():
                    of = here == each
                    outcome[of] = np.searchsorted(upto[each], chance[active[of]], side="right")
                stays_on = outcome >= upto.shape[1]
                nights = np.where(stays_on, days, outcome // causes)
                is_here = (ages >= since[:, None]) & (ages < (since + nights)[:, None])
                out[first, active] = np.where(is_here, here[:, None], out[first, active])
                begin[active] = since + nights
                ward[active] = np.where(stays_on, wards, outcome % causes)
                chance = rng.random(count)
        return out


def fit_onward_stays(
    records: StayRecords, new_share: FloatArray, rng: np.random.Generator
) -> OnwardStays:
    """Stays and where they go on, from stays as they were seen.

    Moves whose next stay nobody saw go where those go that were seen; a ward kind to which no
    stay was seen to go on gets none, whatever other ward kinds do.

    Args:
        records: units are ward kinds; causes are the ward kinds gone on to, then moves to
            where nobody saw, then leaving.
        new_share: (ward,), as ``OnwardStays`` holds it.
        rng: source of chance; one set needs none.

    Raises:
        ValueError: causes do not fit the units, or no stay is known.

    Source: docs/models/length-of-stay.md, section "Where a stay goes on".
    """
    wards = records.units
    if records.causes != wards + 2:
        raise ValueError(f"{records.causes} causes for {wards} ward kinds: {wards + 2} are needed")
    fitted = fit_stays(records, np.arange(wards), rng, StayRules(sets=1)).hazards[0]
    seen = np.zeros((wards, wards + 2))
    ended = records.cause >= 0
    np.add.at(seen, (records.unit[ended], records.cause[ended]), 1.0)
    moves = seen[:, :wards] * (1 - np.eye(wards))
    total = moves.sum(axis=1, keepdims=True)
    share = np.where(total > 0, moves / np.maximum(total, 1.0), 0.0)
    is_seen = (moves > 0)[:, :, None]
    hazards = np.zeros((1, wards, wards + 1, fitted.shape[-1]))
    unseen = np.where(total > 0, fitted[:, wards], 0.0)
    hazards[0, :, :wards] = np.where(is_seen, fitted[:, :wards], 0.0)
    hazards[0, :, :wards] += share[:, :, None] * unseen[:, None]
    hazards[0, :, wards] = np.maximum(fitted.sum(axis=1) - hazards[0].sum(axis=1), 0.0)
    return OnwardStays(StayLaw(hazards), new_share)
