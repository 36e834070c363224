"""The facts as they were known on past days, and what tells whether they are still the same."""

from __future__ import annotations

from collections import OrderedDict
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

__all__ = ["KnownThen", "PastHistories"]

_MODULUS = 9007199254740881
"""The largest prime that a float holds exactly; sums of hashes stay below it."""


_DAYS_KEPT = 3
"""A day, the week before it and the day of a ranking: what readers of one run ask for together."""


class PastHistories:
    """Histories of the last days that were asked for, which readers of one run share.

    Forecasts made again, leading signals and the terms of the renewal engine read the same
    measures of the same days.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[date, dict[tuple[str, int], History | None]] = OrderedDict()

    def of(self, day: date) -> dict[tuple[str, int], History | None]:
        """What is kept of a day, to read and to fill, by measure and days read; None: no figure."""
        found = self._kept.setdefault(day, {})
        self._kept.move_to_end(day)
        if len(self._kept) > _DAYS_KEPT:
            self._kept.popitem(last=False)
        return found


class KnownThen:
    """Reads some measures as a past day knew them."""

    def __init__(
        self,
        room: Room,
        measures: Sequence[str],
        reports: Sequence[DataFile],
        daily_days: int = HISTORY_DAYS["day"],
        shared: PastHistories | None = None,
    ) -> None:
        """Args:
        room: the room.
        measures: wanted; those that datasets make are left out, as what a dataset would have made
            of what was known then is not kept.
        reports: files of the table of reports.
        daily_days: how far back daily measures are read.
        shared: what other readers of the run have read of the same table; None: nothing.
        """
        made = {each.measure for each in room.declarations.datasets.datasets}
        self._room, self._rows = room, room.measures()
        self._days = {**HISTORY_DAYS, "day": daily_days}
        self._shared = shared or PastHistories()
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
        kept, daily_days = self._shared.of(day), self._days["day"]
        wanted = names or self.measures
        unread = [name for name in wanted if (name, daily_days) not in kept]
        facts = self.facts(day) if unread else None
        if facts is not None:
            kept |= dict.fromkeys((name, daily_days) for name in unread)
            for each in histories(facts, self._rows, unread, day):
                complete = with_late_counts(self._room, facts, self._reports, each)
                kept[each.measure, daily_days] = complete
        found = (kept.get((name, daily_days)) for name in wanted)
        yield from (each for each in found if each is not None)

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
