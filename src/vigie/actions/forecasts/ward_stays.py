"""Length of stay by ward kind, from the stays that patient systems send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.room import Room
from vigie.hospital.stays import StayLaw, StayRules, fit_stays, stay_records
from vigie.lake import DataFile, as_of_sql
from vigie.paths import DateArray
from vigie.schemas import MOVEMENTS

__all__ = ["WardStays"]

_DAYS_READ = 180
_FEWEST_DAYS_SEEN = 28
_FEWEST_ENDED = 50
_MODULUS = 9007199254740881
"""The largest prime that a float holds exactly; sums of hashes stay below it."""


class WardStays:
    """Reads stays as a past day knew them."""

    def __init__(self, room: Room, movements: Sequence[DataFile]) -> None:
        """Args:
        room: the room.
        movements: files of the table of movements; none where no patient system is connected.
        """
        self._room, self._files = room, tuple(movements)

    def law(self, categories: Sequence[str], day: date, rng: np.random.Generator) -> StayLaw | None:
        """How long stays last by ward kind; None where too few are known.

        Places count once their system has been connected for 28 days.

        Args:
            categories: ward kinds; each needs 50 stays that ended.
            day: as_of; the day before is the last one of which most ends are known.
            rng: source of chance; a law of one set needs none.
        """
        rows = self._stays(day) if self._files else None
        if rows is None:
            return None
        unit = pc.index_in(rows["category"], pa.array(list(categories), pa.string()))
        rows = rows.filter(pc.is_valid(unit))
        unit = pc.drop_null(unit).to_numpy().astype(np.int64)
        last = np.datetime64(day - timedelta(days=1), "D")
        to_date = _days(rows, "to_date")
        ended = np.bincount(unit[to_date <= last], minlength=len(categories))
        if (ended < _FEWEST_ENDED).any():
            return None
        records = stay_records(
            unit,
            _days(rows, "from_date"),
            to_date,
            np.zeros(len(unit), dtype=np.int64),
            window_start=_days(rows, "seen_from"),
            as_of=last,
            units=len(categories),
            causes=1,
        )
        return fit_stays(records, np.arange(len(categories)), rng, StayRules(sets=1))

    def fingerprint(self, day: date) -> str:
        """Tells whether the stays known at the end of a day are still the same."""
        if not self._files:
            return ""
        instant = self._room.end_of(day).isoformat(timespec="microseconds")
        relation = self._room.lake.relation(MOVEMENTS, self._files)
        sql = (
            "SELECT count(*)::BIGINT AS rows, (sum(hash(stay, place, category, from_date, to_date, "
            f"reason, known_at, feed)) % {_MODULUS})::BIGINT AS total FROM {relation} "
            f"WHERE known_at <= TIMESTAMPTZ '{instant}'"
        )
        row = self._room.engine.query(sql).to_pylist()[0]
        return f"{row['rows']}:{row['total']}"

    def _stays(self, day: date) -> pa.Table | None:
        """Category, from_date, to_date and seen_from of the stays known then; None without any."""
        end, relation = self._room.end_of(day), self._room.lake.relation(MOVEMENTS, self._files)
        first, newest = day - timedelta(days=_DAYS_READ), day - timedelta(days=_FEWEST_DAYS_SEEN)
        instant = end.isoformat(timespec="microseconds")
        rows = self._room.engine.query(
            "SELECT category, from_date, to_date, seen_from FROM "
            f"({as_of_sql(MOVEMENTS, relation, end)}) JOIN "
            f"(SELECT place, min(known_at)::DATE AS seen_from FROM {relation} "
            f"WHERE known_at <= TIMESTAMPTZ '{instant}' GROUP BY place) USING (place) "
            "WHERE reason IS NULL AND from_date <= coalesce(to_date, from_date) "
            f"AND from_date BETWEEN DATE '{first}' AND DATE '{day}' "
            f"AND seen_from <= DATE '{newest}' ORDER BY category, from_date, to_date"
        )
        return rows if rows.num_rows else None


def _days(rows: pa.Table, name: str) -> DateArray:
    return np.asarray(rows[name].to_numpy(), dtype="datetime64[D]")
