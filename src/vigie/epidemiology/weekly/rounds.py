"""Rounds of a forecast hub: what was known at the deadline, with first reports of old weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.epidemiology.flat import flat_paths
from vigie.errors import BadData
from vigie.paths import DateArray, FloatArray, IntArray, joint_draws, last_seen, quantiles

__all__ = ["HubRound", "HubVintages", "flat_round", "read_vintages"]

_SAMPLES = 4_000
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, slots=True, eq=False)
class HubRound:
    """One round as its deadline knew it.

    Attributes:
        reference_date: Saturday that ends horizon 0.
        as_of: day of the vintage; nothing later is here.
        locations: keys, axis 0 of counts.
        weeks: (week,), Saturdays that end them, up to the newest of the vintage.
        counts: (location, week), NaN where nothing was reported.
        first_reports: by index of a week, (location, index + 1): the counts as they stood when that
            week was the newest. Weeks without an own vintage are not there.
    """

    reference_date: date
    as_of: date
    locations: tuple[str, ...]
    weeks: DateArray
    counts: FloatArray
    first_reports: Mapping[int, FloatArray] = field(default_factory=dict)

    def steps_ahead(self, horizons: Sequence[int]) -> list[int]:
        """Weeks from the newest one to each horizon.

        Raises:
            BadData: a horizon is in the past of the vintage.
        """
        behind = int((np.datetime64(self.reference_date) - self.weeks[-1]) / _WEEK)
        steps = [behind + horizon for horizon in horizons]
        if min(steps) < 1:
            raise BadData(
                f"Round {self.reference_date}: its vintage of {self.as_of} reaches "
                f"{self.weeks[-1]}, so horizon {min(horizons)} is known already."
            )
        return steps

    def since(self, first: date) -> HubRound:
        """The same without the weeks that end before a day."""
        start = int(np.searchsorted(self.weeks, np.datetime64(first)))
        return HubRound(
            self.reference_date,
            self.as_of,
            self.locations,
            self.weeks[start:],
            self.counts[:, start:],
            {
                week - start: seen[:, start:]
                for week, seen in self.first_reports.items()
                if week >= start
            },
        )

    def seen_at(self, week: int) -> FloatArray:
        """(location, week + 1): what was known when that week was the newest.

        Where no vintage of that week is kept, or a place had no value in it, today's stands.
        """
        today = self.counts[:, : week + 1]
        first = self.first_reports.get(week)
        return today if first is None else np.where(np.isfinite(first), first, today)


@dataclass(frozen=True, slots=True, eq=False)
class HubVintages:
    """All versions of a hub's target counts, each as it stood on its day.

    Attributes:
        locations: keys, axis 0 of the counts of a round.
        days: (version,), days of the versions, increasing.
        starts: (version + 1,), where the rows of each version begin.
        place: (row,), index among locations.
        week_end: (row,), Saturdays.
        value: (row,), counts; missing ones are left out.
    """

    locations: tuple[str, ...]
    days: DateArray
    starts: IntArray
    place: IntArray
    week_end: DateArray
    value: FloatArray

    def round(self, reference_date: date, as_of: date) -> HubRound:
        """The round that may use the version of ``as_of`` and older ones.

        Args:
            reference_date: Saturday of horizon 0.
            as_of: day of the newest version that the round may use.

        Raises:
            BadData: there is no such version, or its weeks do not end on the round's weekday.
        """
        at = int(np.searchsorted(self.days, np.datetime64(as_of, "D")))
        if at == len(self.days) or self.days[at] != np.datetime64(as_of, "D"):
            raise BadData(f"Round {reference_date}: no vintage of {as_of} among the targets.")
        mine = slice(self.starts[at], self.starts[at + 1])
        first, last = self.week_end[mine].min(), self.week_end[mine].max()
        if (np.datetime64(reference_date) - last) % _WEEK:
            raise BadData(
                f"Round {reference_date}: its vintage of {as_of} ends on {last}, which is no whole "
                "number of weeks before. Look at the dates of the rounds and of the targets."
            )
        weeks = np.arange(first, last + 1, 7).astype("datetime64[D]")
        reports: dict[int, FloatArray] = {}
        for older in range(at):
            end = self.week_end[self.starts[older] : self.starts[older + 1]].max()
            week = int((end - first) // _WEEK)
            if 0 <= week < len(weeks) and week not in reports and not self._flaw(older, weeks):
                reports[week] = self._grid(older, weeks[: week + 1])
        if flaw := self._flaw(at, weeks):
            raise BadData(f"Round {reference_date}, vintage of {as_of}: {flaw}.")
        return HubRound(
            reference_date, as_of, self.locations, weeks, self._grid(at, weeks), reports
        )

    def _cells(self, version: int, weeks: DateArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Place, days after the first week, and value of a version's rows since that week."""
        rows = slice(self.starts[version], self.starts[version + 1])
        apart = (self.week_end[rows] - weeks[0]).astype("timedelta64[D]").astype(np.int64)
        kept = apart >= 0
        return self.place[rows][kept], apart[kept], self.value[rows][kept]

    def _flaw(self, version: int, weeks: DateArray) -> str:
        """What keeps a version from being read; "" when nothing does.

        An older version with a flaw is done without: it only says what first reports were like.
        """
        place, apart, _ = self._cells(version, weeks)
        if (apart % 7).any():
            return "its weeks do not all end on the same weekday"
        key = np.stack([place, apart])
        if np.unique(key, axis=1).shape[1] < key.shape[1]:
            return "two rows have the same place and week"
        return ""

    def _grid(self, version: int, weeks: DateArray) -> FloatArray:
        """(location, week) of a version; rows before the first week are left out."""
        place, apart, value = self._cells(version, weeks)
        grid = np.full((len(self.locations), len(weeks)), np.nan)
        grid[place, apart // 7] = value
        return grid


def read_vintages(targets: pa.Table, locations: Sequence[str]) -> HubVintages:
    """The versions in a table of targets.

    Args:
        targets: columns as_of, location, target_end_date and value; null values are missing.
        locations: keys wanted, in order; rows of others are not looked at.
    """
    rows = targets.filter(pc.is_valid(targets["value"]))
    place = pc.index_in(
        pc.cast(rows["location"], pa.string()), value_set=pa.array(locations, pa.string())
    )
    rows, place = rows.filter(pc.is_valid(place)), place.filter(pc.is_valid(place))
    day = _days(rows["as_of"])
    order = np.argsort(day, kind="stable")
    days, starts = np.unique(day[order], return_index=True)
    return HubVintages(
        locations=tuple(locations),
        days=days,
        starts=np.append(starts, len(order)).astype(np.int64),
        place=place.to_numpy().astype(np.int64)[order],
        week_end=_days(rows["target_end_date"])[order],
        value=pc.cast(rows["value"], pa.float64()).to_numpy()[order],
    )


def _days(column: pa.ChunkedArray) -> DateArray:
    return np.asarray(pc.cast(column, pa.date32()).to_numpy(), dtype="datetime64[D]")


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
