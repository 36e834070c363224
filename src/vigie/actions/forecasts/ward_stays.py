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

__all__ = ["FEWEST_ENDED", "WardStays"]

_DAYS_READ = 180
_FEWEST_DAYS_SEEN = 28
FEWEST_ENDED = 50
_MODULUS = 9007199254740881
"""The largest prime that a float holds exactly; sums of hashes stay below it."""
_ADJOINING = (
    ", outcome, "
    "CASE WHEN lead(from_date) OVER own BETWEEN to_date AND to_date + 1 "
    "THEN lead(category) OVER own END AS next_category, "
    "CASE WHEN from_date BETWEEN lag(to_date) OVER own AND lag(to_date) OVER own + 1 "
    "THEN lag(category) OVER own END AS category_before"
)
_OWN = (
    "WINDOW own AS (PARTITION BY coalesce(patient, stay) "
    "ORDER BY from_date, coalesce(to_date, DATE '9999-12-31'), stay)"
)
"""The stays of one patient; a stay without a number of a patient stands alone."""


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
        rows = self.known(day)
        if rows is None:
            return None
        unit = pc.index_in(rows["category"], pa.array(list(categories), pa.string()))
        rows = rows.filter(pc.is_valid(unit))
        unit = pc.drop_null(unit).to_numpy().astype(np.int64)
        last = np.datetime64(day - timedelta(days=1), "D")
        to_date = _days(rows, "to_date")
        ended = np.bincount(unit[to_date <= last], minlength=len(categories))
        if (ended < FEWEST_ENDED).any():
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

    def known(self, day: date, *, with_adjoining: bool = False) -> pa.Table | None:
        """The stays of the last 180 days as known then; None without any.

        Args:
            day: as_of.
            with_adjoining: the stays of the same patient are looked up.

        Returns:
            category, from_date, to_date and seen_from (from which day its place sends stays); with
            adjoining ones outcome, next_category of the stay of the same patient that follows at
            once and category_before of that which it follows at once, null without any.
        """
        if not self._files:
            return None
        end, relation = self._room.end_of(day), self._room.lake.relation(MOVEMENTS, self._files)
        first, newest = day - timedelta(days=_DAYS_READ), day - timedelta(days=_FEWEST_DAYS_SEEN)
        instant = end.isoformat(timespec="microseconds")
        adjoining, window = (_ADJOINING, _OWN) if with_adjoining else ("", "")
        rows = self._room.engine.query(
            f"SELECT category, from_date, to_date, seen_from{adjoining} FROM "
            f"({as_of_sql(MOVEMENTS, relation, end)}) JOIN "
            f"(SELECT place, min(known_at)::DATE AS seen_from FROM {relation} "
            f"WHERE known_at <= TIMESTAMPTZ '{instant}' GROUP BY place) USING (place) "
            "WHERE reason IS NULL AND from_date <= coalesce(to_date, from_date) "
            f"AND from_date BETWEEN DATE '{first}' AND DATE '{day}' "
            f"AND seen_from <= DATE '{newest}' {window} ORDER BY category, from_date, to_date"
        )
        return rows if rows.num_rows else None


def _days(rows: pa.Table, name: str) -> DateArray:
    return np.asarray(rows[name].to_numpy(), dtype="datetime64[D]")
