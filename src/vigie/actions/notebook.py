"""A room in a notebook: ``vigie.open(folder)`` answers tables to Arrow, Polars or pandas."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from vigie.actions.auditing import admit
from vigie.actions.reading import as_known_sql, facts_sql
from vigie.actions.room import Room
from vigie.actions.showing import open_release
from vigie.errors import MissingExtra, NotFound, nearest
from vigie.governance import Action, Caller
from vigie.schemas import DERIVED, MEASURES, REPORTS

__all__ = ["Answer", "Notebook"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows, in the form that the reader likes."""

    arrow: pa.Table

    def to_arrow(self) -> pa.Table:
        """As an Arrow table."""
        return self.arrow

    def to_polars(self) -> Any:
        """As a Polars frame.

        Raises:
            MissingExtra: Polars is not installed.
        """
        return _extra("polars").from_arrow(self.arrow)

    def to_pandas(self) -> Any:
        """As a pandas frame.

        Raises:
            MissingExtra: pandas is not installed.
        """
        _extra("pandas")
        return self.arrow.to_pandas()


def _extra(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"{name} is not installed. Install it with: pip install 'vigie[notebook]'"
        ) from error


class Notebook:
    """A room opened for reading.

    Args:
        room: the room.
        caller: who reads, and for which purpose.
    """

    def __init__(self, room: Room, caller: Caller) -> None:
        self._room = room
        self._caller = caller

    def reports(
        self, measure: str, *, as_of: date | str | None = None, feed: str | None = None
    ) -> Answer:
        """Figures of a measure as known on a day.

        Args:
            measure: key of measures.
            as_of: day in the room's zone; None: all that is known now.
            feed: only what this feed said; None: the figures that stand.

        Returns:
            measure, place, category, reference_date, known_at, value, reason, feed.

        Raises:
            NotFound: no such measure; the message lists the nearest.
        """
        room = self._room
        admit(room, self._caller, Action.READ, measure)
        if measure not in room.measures():
            raise NotFound(f'No measure "{measure}". Nearest: {nearest(measure, room.measures())}.')
        until = room.now() if as_of is None else room.end_of(_day(as_of))
        reports = [f for f in room.lake.files(REPORTS) if f.partition == measure]
        known = as_known_sql(room, reports, self._derived(), until, f"measure = '{measure}'")
        if feed is None:
            rows = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
        else:
            rows = room.engine.query(f"SELECT * FROM ({known}) WHERE feed = ?", {}, [feed])
        return Answer(
            rows.sort_by([(n, "ascending") for n in ("place", "category", "reference_date")])
        )

    def _derived(self) -> tuple[Any, ...]:
        return self._room.lake.files(DERIVED)

    def forecast(
        self,
        measure: str,
        *,
        place: str | None = None,
        category: str | None = None,
        release: str | None = None,
    ) -> Answer:
        """Quantiles of a measure in a release (None: the one in force), hubverse columns."""
        wanted = {"target": measure, "location": place, "category": category}
        equals = {name: value for name, value in wanted.items() if value is not None}
        return Answer(open_release(self._room, self._caller, release).table("forecasts", **equals))

    def shortages(self, *, kind: str | None = None, release: str | None = None) -> Answer:
        """Shortages in a release (None: the one in force)."""
        equals = {"kind": kind} if kind else {}
        return Answer(open_release(self._room, self._caller, release).table("shortages", **equals))

    def table(self, name: str, *, release: str | None = None, **equals: str) -> Answer:
        """Any named table of a release, or "facts" for the figures that stand."""
        return Answer(open_release(self._room, self._caller, release).table(name, **equals))


def _day(value: date | str) -> date:
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(value) if isinstance(value, str) else value
