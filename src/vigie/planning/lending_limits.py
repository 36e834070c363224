"""What a lender can be without, and what a place may hand over."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray
from vigie.planning.harm import harm_seen
from vigie.planning.lending import STANDARD_ERRORS, Lending, LendingRules
from vigie.planning.wishes import Wishes

__all__ = ["moveable", "moveable_besides", "spare_capacity"]


def spare_capacity(
    lending: Lending, rules: LendingRules, standard_errors: float = STANDARD_ERRORS
) -> FloatArray:
    """(place, category, day): units that a lender can be without on each day.

    What it has less what it needs on the day in ``lender_level`` of the futures, less what keeps
    its risk of that day from rising by more than is accepted, and at most ``largest_share`` of what
    it has. What it borrowed is not counted: nothing borrowed is lent on. The risk of all days
    together is for the plan to see to, day by day it is only nearly told.

    Args:
        lending: what is held and needed.
        rules: what a plan may do.
        standard_errors: that are held back of the harm accepted; 0 where the risk of all days is
            looked at besides.

    Source: docs/models/lending-plan.md, equation 3.
    """
    own = np.nan_to_num(lending.own)[:, :, None]
    kept = _ranked(lending.need, rules.lender_level)
    ranked = np.sort(lending.need, axis=-1)
    samples = ranked.shape[-1]
    risk = (ranked > own[..., None]).mean(axis=-1)
    seen = harm_seen(rules.largest_harm, samples, standard_errors)
    level = np.clip(1 - risk - seen, 0, 1)
    at = np.clip(np.ceil(level * samples - 1e-9).astype(np.int64) - 1, 0, samples - 1)
    harmless = np.take_along_axis(ranked, at[..., None], axis=-1)[..., 0]
    spare = own - np.maximum(np.maximum(kept, harmless), 0.0)
    limit = rules.largest_share * own
    return np.where(lending.is_known()[:, :, None], np.clip(spare, 0.0, limit), 0.0)


def moveable(lending: Lending, rules: LendingRules) -> FloatArray | None:
    """(place, category, decision day): new patients that a place may hand over; None: no limit.

    The quantile ``moveable_level`` of its admissions of the day: so many come in nearly every
    future.

    Source: docs/models/lending-plan.md, equation 4.
    """
    if lending.admissions is None:
        return None
    days = min(rules.decision_days, lending.horizon)
    least = _ranked(lending.admissions[:, :, :days], rules.moveable_level, is_below=True)
    return np.maximum(np.floor(least + 1e-6), 0.0)


def moveable_besides(lending: Lending, rules: LendingRules, wishes: Wishes) -> FloatArray | None:
    """As ``moveable``, less the patients whose move stands already."""
    least = moveable(lending, rules)
    if least is None:
        return None
    for category, name in enumerate(lending.categories):
        for move in wishes.of(lending.kind, name).kept:
            day = move.arrive_day - 1
            if move.from_place in lending.places and day < least.shape[2]:
                least[lending.places.index(move.from_place), category, day] -= move.quantity
    return np.maximum(least, 0.0)


def _ranked(values: PathArray, level: float, *, is_below: bool = False) -> FloatArray:
    """The order statistic that at least (at most) a share ``level`` of the futures do not pass."""
    samples = values.shape[-1]
    if is_below:
        at = int(np.clip(np.floor(level * samples), 0, samples - 1))
    else:
        at = int(np.clip(np.ceil(level * samples - 1e-9) - 1, 0, samples - 1))
    return np.asarray(np.partition(values, at, axis=-1)[..., at], dtype=np.float64)
