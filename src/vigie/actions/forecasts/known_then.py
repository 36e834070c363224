"""The facts as they were known on past days, and what tells whether they are still the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.completing import with_late_counts
from vigie.actions.forecasts.definition_changes import comparable, definition_changes
from vigie.actions.forecasts.forecasting import HISTORY_DAYS, History, histories
from vigie.actions.rooms.reading import as_known_sql, facts_sql
from vigie.actions.rooms.room import Room
from vigie.lake import DataFile
from vigie.schemas import MEASURES, REPORTS

__all__ = ["KnownThen"]

_MODULUS = 9007199254740881
"""The largest prime that a float holds exactly; sums of hashes stay below it."""


class KnownThen:
    """Reads some measures as a past day knew them."""

    def __init__(
        self,
        room: Room,
        measures: Sequence[str],
        reports: Sequence[DataFile],
        daily_days: int = HISTORY_DAYS["day"],
    ) -> None:
        """Args:
        room: the room.
        measures: wanted; those that datasets make are left out, as what a dataset would have made
            of what was known then is not kept.
        reports: files of the table of reports.
        daily_days: how far back daily measures are read.
        """
        made = {each.measure for each in room.declarations.datasets.datasets}
        self._room, self._rows = room, room.measures()
        self._days = {**HISTORY_DAYS, "day": daily_days}
        self.measures = tuple(sorted(name for name in measures if name not in made))
        self._reports = tuple(file for file in reports if file.partition in self.measures)

    def facts(self, day: date) -> pa.Table | None:
        """Comparable figures that stood at the end of a day; None where nothing was reported."""
        room = self._room
        if not self._reports:
            return None
        known = as_known_sql(room, self._reports, (), room.end_of(day), self._window(day))
        facts = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
        return comparable(facts, self._rows, definition_changes(room, day))

    def histories(self, day: date, names: Sequence[str] = ()) -> Iterator[History]:
        """Histories as models read them at the end of a day, late reports as known then.

        Args:
            day: as_of.
            names: measures wanted; none: all.
        """
        facts = self.facts(day)
        if facts is None:
            return
        for each in histories(facts, self._rows, names or self.measures, day):
            yield with_late_counts(self._room, facts, self._reports, each)

    def fingerprints(self, days: Sequence[date]) -> dict[date, str]:
        """Count and sum of hashes of all revisions known by the end of each day, days in order."""
        if not days or not self._reports:
            return dict.fromkeys(days, "")
        ends = [self._room.end_of(each) for each in days]
        cases = " ".join(
            f"WHEN known_at <= TIMESTAMPTZ '{end.isoformat(timespec='microseconds')}' THEN {at}"
            for at, end in enumerate(ends)
        )
        relation = self._room.lake.relation(REPORTS, self._reports)
        sql = (
            f"SELECT CASE {cases} END AS bucket, count(*)::BIGINT AS rows, "
            "(sum(hash(measure, place, category, reference_date, known_at, value, feed)) "
            f"% {_MODULUS})::BIGINT AS total FROM {relation} GROUP BY bucket"
        )
        rows, total = np.zeros(len(days), dtype=np.int64), np.zeros(len(days), dtype=np.int64)
        for row in self._room.engine.query(sql).to_pylist():
            if row["bucket"] is not None:
                rows[row["bucket"]], total[row["bucket"]] = row["rows"], row["total"]
        # Reduced after adding: else a day's text would hang on which days are asked for before it.
        sums = np.cumsum(total) % _MODULUS
        together = zip(np.cumsum(rows).tolist(), sums.tolist(), strict=True)
        return {day: f"{a}:{b}" for day, (a, b) in zip(days, together, strict=True)}

    def _window(self, day: date) -> str:
        """Condition on facts: what the models would have looked at on that day."""
        parts = []
        for step, days in self._days.items():
            names = [name for name in self.measures if self._rows[name]["step"] == step]
            if names:
                listed = ", ".join(f"'{name}'" for name in names)
                first = day - timedelta(days=days)
                parts.append(f"(measure IN ({listed}) AND reference_date > DATE '{first}')")
        return f"reference_date <= DATE '{day}' AND ({' OR '.join(parts)})"
