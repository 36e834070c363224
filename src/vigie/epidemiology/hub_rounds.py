"""Rounds of a forecast hub: what was known at the deadline, and the flat baseline for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.epidemiology.flat import flat_paths
from vigie.errors import BadData
from vigie.paths import (
    DateArray,
    FloatArray,
    joint_draws,
    last_seen,
    past_dates,
    quantiles,
    to_grid,
)

__all__ = ["HubRound", "flat_round", "read_round"]

_SAMPLES = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class HubRound:
    """One round as its deadline knew it.

    Attributes:
        reference_date: Saturday that ends horizon 0.
        as_of: day of the vintage; nothing later is here.
        locations: keys, axis 0 of counts.
        weeks: (week,), Saturdays that end them, up to the newest of the vintage.
        counts: (location, week), NaN where nothing was reported.
    """

    reference_date: date
    as_of: date
    locations: tuple[str, ...]
    weeks: DateArray
    counts: FloatArray

    def steps_ahead(self, horizons: Sequence[int]) -> list[int]:
        """Weeks from the newest one to each horizon.

        Raises:
            BadData: a horizon is in the past of the vintage.
        """
        behind = int((np.datetime64(self.reference_date) - self.weeks[-1]) / np.timedelta64(7, "D"))
        steps = [behind + horizon for horizon in horizons]
        if min(steps) < 1:
            raise BadData(
                f"Round {self.reference_date}: its vintage of {self.as_of} reaches "
                f"{self.weeks[-1]}, so horizon {min(horizons)} is known already."
            )
        return steps


def read_round(
    vintages: pa.Table, *, reference_date: date, as_of: date, locations: Sequence[str]
) -> HubRound:
    """The round from the rows of its own vintage; rows of other vintages are not looked at.

    Args:
        vintages: columns as_of, location, target_end_date and value.
        reference_date: Saturday of horizon 0.
        as_of: the vintage that the round may use.
        locations: keys wanted, in order.

    Raises:
        BadData: there is no such vintage, or its weeks do not end on the round's weekday.
    """
    rows = vintages.filter(pc.equal(vintages["as_of"], pa.scalar(as_of, pa.date32())))
    rows = rows.filter(pc.is_valid(rows["value"]))
    place = pc.cast(rows["location"], pa.string())
    wanted = pc.is_in(place, pa.array(locations, pa.string()))
    rows = rows.set_column(rows.schema.get_field_index("location"), "location", place)
    rows = rows.filter(wanted)
    if not rows.num_rows:
        raise BadData(f"Round {reference_date}: no vintage of {as_of} among the targets.")
    days = rows["target_end_date"]
    first, last = (np.datetime64(each.as_py(), "D") for each in (pc.min(days), pc.max(days)))
    weeks = past_dates(last, "week", 1 + int((last - first) / np.timedelta64(7, "D")))
    if (np.datetime64(reference_date) - last) % np.timedelta64(7, "D"):
        raise BadData(
            f"Round {reference_date}: its vintage of {as_of} ends on {last}, which is no whole "
            "number of weeks before. Look at the dates of the rounds and of the targets."
        )
    facts = pa.table(
        {
            "place": rows["location"],
            "category": pa.repeat("", rows.num_rows),
            "reference_date": days,
            "value": rows["value"],
        }
    )
    try:
        counts = to_grid(locations, [""], weeks, facts)[:, 0]
    except ValueError as error:
        raise BadData(f"Round {reference_date}, vintage of {as_of}: {error}.") from error
    return HubRound(reference_date, as_of, tuple(locations), weeks, counts)


def flat_round(given: HubRound, horizons: Sequence[int], rng: np.random.Generator) -> FloatArray:
    """Quantiles of the flat baseline: the last week, and changes of the past added up.

    Args:
        given: the round.
        horizons: in weeks from the reference date.
        rng: source of chance.

    Returns:
        (location, horizon, level), never negative and never decreasing along the levels.

    Source: docs/models/flat.md.
    """
    steps = given.steps_ahead(horizons)
    draws = joint_draws(rng, max(steps), _SAMPLES)
    history = last_seen(given.counts)[:, None]
    paths = flat_paths(history, max(steps), draws)[:, 0]
    return quantiles(paths[:, [step - 1 for step in steps]])
