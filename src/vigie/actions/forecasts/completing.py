"""Histories whose last counts are completed for reports that are still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.forecasting import History
from vigie.actions.forecasts.late_counts import LateCounts
from vigie.actions.forecasts.report_revisions import Revisions, read_revisions
from vigie.actions.rooms.room import Room
from vigie.lake import DataFile
from vigie.paths import BoolArray

__all__ = ["with_late_counts"]

_STEPS = ("day", "week")


def with_late_counts(
    room: Room, facts: pa.Table, reports: Sequence[DataFile], history: History
) -> History:
    """The history that models read: its last counts completed, or missing where little is known.

    How much of a step is known by its age is learnt from the revisions of its last 60 steps that
    were known by the end of the history's day, places pooled. The days stay what they are, so
    that forecasts begin after the last report.

    Args:
        room: the room.
        facts: the figures that stand, without those of an older definition.
        reports: files of the table of reports.
        history: as reported.

    Returns:
        The very same history where it is no flow by day or week, where no count grew after its
        first report, or where there are too few revisions to learn from.

    Source: docs/models/nowcast.md, section "Counts that other models read".
    """
    if history.kind != "flow" or history.step not in _STEPS or not reports:
        return history
    revisions = read_revisions(room, facts, reports, history)
    if not isinstance(revisions, Revisions):
        return history
    from vigie.epidemiology.nowcast import completed, known_share

    rows = {place: number for number, place in enumerate(history.places)}
    of_series = np.array([rows.get(place, -1) for place, _ in revisions.series])
    members: BoolArray = np.asarray(of_series == np.arange(len(rows))[:, None])
    first = history.last_date - timedelta(days=revisions.learnt.days - 1)
    weekday = first.weekday() if history.step == "day" else None
    by_age = known_share(revisions.learnt, weekday, members)
    if by_age is None:
        return history
    share = np.ones((len(history.places), len(history.dates)))
    ages = min(by_age.shape[1], share.shape[1])
    share[:, share.shape[1] - ages :] = by_age[:, :ages][:, ::-1]
    late = LateCounts(history.values, share)
    return replace(history, values=completed(history.values, share[:, None]), late=late)
