"""Planned shifts of a room: read as known on a day, counted against the rules of rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.check_rows import check_warning, table_of_checks
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.staff_policy import RestPolicy, rest_policy
from vigie.hospital.shift_plans import PlannedShift, ShiftCounts, count_shifts
from vigie.lake import DataFile, as_of_sql
from vigie.paths import DateArray, PathArray
from vigie.schemas import MEASURES, PLANNED_SHIFTS, REFERENCE

__all__ = ["ShiftPlan", "shift_fault_rows", "shift_plan"]

_DAYS_BEFORE = 28
"""Days of earlier shifts that count for rest, days in a row and hours of those ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class ShiftPlan:
    """Planned shifts as counts.

    Attributes:
        counts: by place, skill and day on which they begin; earlier days too.
        policy: the rules of rest; None: the room has none.
        told: places and skills of which any shift is told.
    """

    counts: Mapping[tuple[str, str, date], ShiftCounts]
    policy: RestPolicy | None
    told: frozenset[tuple[str, str]]

    def not_worked(
        self, places: Sequence[str], skills: Sequence[str], dates: DateArray
    ) -> PathArray | None:
        """(place, skill, day, 1), shifts that a rule takes off the roster; None: it takes none."""
        out = np.zeros((len(places), len(skills), len(dates), 1), dtype=np.float32)
        days = dates.tolist()
        for i, place in enumerate(places):
            for j, skill in enumerate(skills):
                for k, day in enumerate(days):
                    found = self.counts.get((place, skill, day))
                    out[i, j, k, 0] = 0 if found is None else found.not_worked
        return out if out.any() else None


def shift_plan(
    room: Room, files: Sequence[DataFile], day: date, horizon_days: int
) -> ShiftPlan | None:
    """The planned shifts of a room as known on a day; None where none is told.

    Args:
        room: the room.
        files: of the table of planned shifts.
        day: as_of.
        horizon_days: days looked ahead.
    """
    if not files:
        return None
    first, last = day - timedelta(days=_DAYS_BEFORE), day + timedelta(days=horizon_days)
    rows = _told(room, files, day, first, last)
    if not rows.num_rows:
        return None
    policy = rest_policy({of.name: room.reference(of.name) for of in REFERENCE}, day)
    counts = count_shifts(
        _shifts(rows, ZoneInfo(room.values.timezone)),
        (lambda place, on: None) if policy is None else policy.on,
        () if policy is None else policy.enforced,
        _rostered_at(room),
    )
    told = frozenset((place, skill) for place, skill, _ in counts)
    return ShiftPlan(counts, policy, told)


def shift_fault_rows(room: Room, day: date, files: Sequence[DataFile]) -> pa.Table:
    """How many planned shifts overlap another of the same person, where any do.

    Args:
        room: the room.
        day: as_of.
        files: of the table of planned shifts.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``, one a place; none where all can be judged.
    """
    if not files:
        return table_of_checks()
    first = day - timedelta(days=_DAYS_BEFORE)
    rows = _told(room, files, day, first, day + timedelta(days=room.values.horizon_days))
    places = [row["place"] for row in rows.to_pylist() if row["overlaps"]]
    return table_of_checks(
        check_warning(
            "planned_shifts_overlapping",
            "shift",
            PLANNED_SHIFTS.name,
            "Planned shifts overlap another of the same person, so that none of "
            "them is judged by the rules of rest. Ask who plans there to correct one of them.",
            place=place,
            rows=places.count(place),
        )
        for place in sorted(set(places))
    )


def _told(room: Room, files: Sequence[DataFile], day: date, first: date, last: date) -> pa.Table:
    """Shifts by member and time, and whether each overlaps another of the same member."""
    relation = room.lake.relation(PLANNED_SHIFTS, files)
    zone = ZoneInfo(room.values.timezone)
    since, until = (
        datetime(at.year, at.month, at.day, tzinfo=zone).astimezone(UTC).isoformat()
        for at in (first, last + timedelta(days=1))
    )
    own = "OVER (PARTITION BY member ORDER BY begins_at, ends_at, shift, feed"
    before = f"max(ends_at) {own} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return room.engine.query(
        "SELECT member, place, category, begins_at, ends_at, "
        f"coalesce(begins_at < {before}, false) OR coalesce(lead(begins_at) {own}) < ends_at, "
        f"false) AS overlaps FROM ({as_of_sql(PLANNED_SHIFTS, relation, room.end_of(day))}) "
        f"WHERE reason IS NULL AND begins_at >= TIMESTAMPTZ '{since}' "
        f"AND begins_at < TIMESTAMPTZ '{until}' ORDER BY member, begins_at, ends_at, shift, feed"
    )


def _shifts(rows: pa.Table, zone: ZoneInfo) -> list[PlannedShift]:
    return [
        PlannedShift(
            row["member"],
            row["place"],
            row["category"],
            _there(row["begins_at"], zone),
            _there(row["ends_at"], zone),
            row["overlaps"],
        )
        for row in rows.to_pylist()
    ]


def _there(at: datetime, zone: ZoneInfo) -> datetime:
    """An instant on the clock of the room, with its offset: hours between two stay true."""
    local = at.astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None, "the room has a zone"
    return local.astimezone(timezone(offset))


def _rostered_at(room: Room) -> time | None:
    """The time of the day that the roster is of; None where no measure says it."""
    rostered = {rule.measures["rostered"] for rule in room.values.shortages if rule.kind == "staff"}
    for row in room.reference(MEASURES.name).to_pylist():
        if row["measure"] in rostered and row["census"] and "-" not in row["census"]:
            return time.fromisoformat(row["census"])
    return None
