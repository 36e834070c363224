"""Totals as sums of the forecasts of their places: a model of its own, beside the other totals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, History
from vigie.actions.rooms.places import outer_reporters, reporting_members
from vigie.paths import BoolArray, FloatArray, SamplePaths, total_paths

__all__ = ["SUM_MODEL", "SummedTotals", "past_sum_name", "sum_over_places", "totals_to_sum"]

SUM_MODEL = "sum-of-places"
"""Name of the model in tables, scores and releases; no model of a room may have it."""


@dataclass(frozen=True, slots=True, eq=False)
class SummedTotals:
    """The totals of a measure, summed from the paths of their places.

    Attributes:
        history: of the totals; without values where too few places report to tell the sum.
        others: history of the totals, without values where the sum is told.
        paths: of the totals, in the order of the history's places.
    """

    history: History
    others: History
    paths: SamplePaths

    def only(self, places: Collection[str]) -> SummedTotals:
        """Those of some totals."""
        at = [number for number, place in enumerate(self.paths.places) if place in places]
        return SummedTotals(
            _rows(self.history, at),
            _rows(self.others, at),
            replace(
                self.paths,
                places=tuple(self.paths.places[each] for each in at),
                values=np.ascontiguousarray(self.paths.values[at]),
            ),
        )


def totals_to_sum(
    history: History, totals: History | None, members: Mapping[str, Sequence[str]]
) -> History | None:
    """The history of every total that has reporting places inside; None without any.

    Args:
        history: of the places; those that are regions or nation may report themselves.
        totals: of the totals that do not, as ``total_history`` makes it; they stand first.
        members: places inside each region and nation.
    """
    outer = outer_reporters(members, history.places)
    at = [number for number, place in enumerate(history.places) if place in outer]
    if not at:
        return totals
    told = _rows(history, at)
    if totals is None:
        return told
    values = np.concatenate([totals.values, told.values])
    return replace(totals, places=(*totals.places, *told.places), values=values, late=None)


def sum_over_places(
    history: History, totals: History, members: Mapping[str, Sequence[str]], paths: SamplePaths
) -> SummedTotals:
    """Sums of the places' paths, sample by sample, for every total of a measure.

    A place whose last report is more than ``MOST_DAYS_BEHIND`` days older than that of the
    measure counts as silent: the total is raised by its usual share, as ``total_history`` does.
    Of places inside one another only the innermost count.

    Args:
        history: of the places.
        totals: as ``totals_to_sum`` gives them.
        members: places inside each region and nation.
        paths: of the places, in the order of the history.
    """
    outer = outer_reporters(members, history.places)
    innermost = [place for place in history.places if place not in outer]
    inside = reporting_members(members, innermost)
    is_member = np.stack([np.isin(history.places, inside[total]) for total in totals.places])
    values, is_enough = total_paths(
        paths.values, is_member, _usual(history), _reports_still(history)
    )
    known = is_enough[:, :, None]
    return SummedTotals(
        replace(totals, values=np.where(known, totals.values, np.nan), late=None),
        replace(totals, values=np.where(known, np.nan, totals.values), late=None),
        SamplePaths(paths.measure, totals.places, paths.categories, paths.dates, values),
    )


def _rows(history: History, at: Sequence[int]) -> History:
    places = tuple(history.places[each] for each in at)
    return replace(history, places=places, values=history.values[list(at)], late=None)


def _usual(history: History) -> FloatArray:
    """(place, category), mean of what was reported, at least 0."""
    known = np.isfinite(history.values)
    sums = np.where(known, history.values, 0.0).sum(axis=2)
    return np.asarray(np.maximum(sums / np.maximum(known.sum(axis=2), 1), 0.0))


def _reports_still(history: History) -> BoolArray:
    last, _ = history.last_reports()
    behind = history.dates[-1] - last <= np.timedelta64(MOST_DAYS_BEHIND, "D")
    return np.asarray(history.is_reported() & behind)


def past_sum_name(model: str) -> str:
    """Name of the sum of the places' paths by a model, in forecasts made again for a past day.

    Which model the places publish is chosen by their scores after all of these are made.
    """
    return f"{SUM_MODEL}:{model}"
