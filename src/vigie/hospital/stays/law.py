"""The law of a ward stay: chances to leave on each day, by way of leaving."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.paths import FloatArray

__all__ = ["LONGEST_STAY_DAYS", "StayLaw", "with_blocked_discharges"]

LONGEST_STAY_DAYS = 180
"""Days of a stay that a law tells apart; whoever is still there leaves on the last one."""


@dataclass(frozen=True, slots=True, eq=False)
class StayLaw:
    """Cause-specific discrete hazards, several sets where they are uncertain.

    Attributes:
        hazards: (set, unit, cause, day), P(leave on day d by this cause | there until day d);
            day 0 is the day of entry. Sets are equally likely; the last day ends every stay.

    Raises:
        ValueError: hazards are negative, add up to more than 1, or let a stay go on for ever.
    """

    hazards: FloatArray

    def __post_init__(self) -> None:
        if self.hazards.ndim != 4:
            raise ValueError(
                f"hazards have shape {self.hazards.shape}, expected (set, unit, cause, day)"
            )
        leaving = self.hazards.sum(axis=2)
        if not (np.isfinite(leaving).all() and (self.hazards >= 0).all()):
            raise ValueError("a hazard is negative or not a number")
        if (leaving > 1 + 1e-9).any():
            raise ValueError("the hazards of a day add up to more than 1")
        if (np.abs(leaving[..., -1] - 1) > 1e-9).any():
            raise ValueError("the last day of a law must end every stay")

    @property
    def survival(self) -> FloatArray:
        """(set, unit, day): S(d), P(stay of at least d nights); S(0) is 1."""
        left = np.cumprod(1 - np.minimum(self.hazards.sum(axis=2), 1.0), axis=-1)
        return np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)

    @property
    def leaving(self) -> FloatArray:
        """(set, unit, cause, day): f(c, d), P(stay of d nights that ends by c); adds up to 1."""
        return np.asarray(self.survival[:, :, None] * self.hazards)

    @property
    def mean_days(self) -> FloatArray:
        """(set, unit): mean nights of a stay."""
        return np.asarray(self.survival[..., 1:].sum(axis=-1))

    @property
    def cause_share(self) -> FloatArray:
        """(set, unit, cause): share of the stays that end so."""
        return np.asarray(self.leaving.sum(axis=-1))

    def mean_law(self) -> StayLaw:
        """One set: that of a stay whose set is not known."""
        survival = self.survival.mean(axis=0, keepdims=True)
        leaving = self.leaving.mean(axis=0, keepdims=True)
        safe = np.where(survival > 0, survival, 1.0)[:, :, None]
        hazards = np.where(survival[:, :, None] > 0, leaving / safe, 0.0)
        # Where nobody is left, the last day must still end a stay.
        hazards[..., -1] = self.hazards.mean(axis=0, keepdims=True)[..., -1]
        return StayLaw(hazards)


def with_blocked_discharges(
    law: StayLaw, cause: int, share: float | FloatArray, mean_extra_days: float
) -> StayLaw:
    """Some patients who could leave stay on: no place at home or in care.

    Args:
        law: of stays without a blockage.
        cause: way of leaving that is blocked.
        share: share of these that are blocked, 0 to 1; one for all, or (unit,).
        mean_extra_days: mean of the days that they stay on, geometric, >= 1.

    Raises:
        ValueError: a figure is out of its range.

    Source: docs/models/bed-flow.md, equation 7.
    """
    shares = np.asarray(share, dtype=np.float64)
    if not ((shares >= 0).all() and (shares <= 1).all() and mean_extra_days >= 1):
        raise ValueError(
            f"blocked discharges: share {share} must be 0 to 1 and their mean "
            f"{mean_extra_days} at least 1 day"
        )
    leaving = law.leaving.copy()
    days = leaving.shape[-1]
    on_time = leaving[:, :, cause] * (1 - shares[..., None])
    late = np.zeros_like(on_time)
    waiting = np.zeros_like(on_time[..., 0])
    for day in range(days):
        late[..., day] = waiting / mean_extra_days
        waiting = waiting - late[..., day] + leaving[:, :, cause, day] * shares
    late[..., -1] += waiting
    leaving[:, :, cause] = on_time + late
    return replace(law, hazards=_hazards(leaving))


def _hazards(leaving: FloatArray) -> FloatArray:
    """Back from f(c, d) to hazards."""
    out = leaving.sum(axis=2)
    # Summed from the end: 1 less those who left loses all digits where few are left.
    there = np.cumsum(out[..., ::-1], axis=-1)[..., ::-1][:, :, None]
    hazards = np.where(there > 0, leaving / np.where(there > 0, there, 1.0), 0.0)
    last = hazards[..., -1]
    total = last.sum(axis=-1, keepdims=True)
    hazards[..., -1] = np.where(total > 0, last / np.where(total > 0, total, 1.0), 0.0)
    nobody = (total <= 0)[..., 0]
    hazards[nobody, 0, -1] = 1.0
    return np.asarray(hazards)
