"""A room in a notebook: ``vigie.open(folder)`` answers tables to Arrow, Polars or pandas."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.reading import as_day, as_known_sql, facts_sql
from vigie.actions.rooms.room import Room
from vigie.actions.views.series import published_rows
from vigie.errors import MissingExtra, NotFound, nearest
from vigie.governance import Action, Caller
from vigie.lake import DataFile, Manifest
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
            measure: key of measures. What a dataset makes is known by release: the one in force,
                or the newest one that was published of the day.
            as_of: day in the room's zone, text as YYYY-MM-DD; None: all that is known now.
            feed: only what this feed (or dataset) said; None: the figures that stand.

        Returns:
            measure, place, category, reference_date, known_at, value, reason, feed.

        Raises:
            NotFound: no such measure or feed, the message lists the nearest; or a dataset makes
                the measure and no release of the day is kept.
            BadData: as_of is no day.
        """
        room = self._room
        admit(room, self._caller, Action.READ, measure)
        if measure not in room.measures():
            raise NotFound(f'No measure "{measure}". Nearest: {nearest(measure, room.measures())}.')
        makers = {*room.declarations.feeds, *(d.name for d in room.declarations.datasets.datasets)}
        if feed is not None and feed not in makers:
            raise NotFound(f'No feed "{feed}". Nearest: {nearest(feed, makers)}.')
        day = None if as_of is None else _day(as_of)
        until = room.now() if day is None else room.end_of(day)
        reports = [f for f in room.lake.files(REPORTS) if f.partition == measure]
        derived = self._derived(measure, day)
        known = as_known_sql(room, reports, derived, until, f"measure = '{measure}'")
        if feed is None:
            rows = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
        else:
            rows = room.engine.query(f"SELECT * FROM ({known}) WHERE feed = ?", {}, [feed])
        return Answer(
            rows.sort_by([(n, "ascending") for n in ("place", "category", "reference_date")])
        )

    def _derived(self, measure: str, day: date | None) -> Sequence[DataFile]:
        """Figures of a dataset: those of a release, since a later run made the others anew."""
        room = self._room
        maker = room.declarations.datasets.maker(measure)
        if maker is None:
            return ()
        with room.state.read() as tx:
            rows = [row for row in tx.releases() if not row.is_draft]
            in_force = tx.in_force()
        if day is None:
            rows = [row for row in rows if in_force and row.release == in_force.release]
        else:
            rows = [row for row in rows if row.as_of == day]
        if not rows:
            option = "" if day is None else f" --as-of {day}"
            raise NotFound(
                f"Measure {measure} is made by dataset {maker}, and no release "
                f"{'is in force' if day is None else f'of {day} is kept'}. Make it with: "
                f"vigie run{option}"
            )
        return Manifest.from_json(rows[0].manifest).table(DERIVED.name)

    def forecast(
        self,
        measure: str,
        *,
        place: str | None = None,
        category: str | None = None,
        model: str | None = None,
        release: str | None = None,
    ) -> Answer:
        """Quantiles of a measure in a release (None: the one in force), hubverse columns.

        Those of the published model, or of another that is scored with it.
        """
        wanted = {
            "target": measure,
            "location": place,
            "category": category,
            "model_id": model,
        }
        equals = {name: value for name, value in wanted.items() if value is not None}
        rows = open_release(self._room, self._caller, release).table("forecasts", **equals)
        return Answer(rows if model else published_rows(rows))

    def shortages(self, *, kind: str | None = None, release: str | None = None) -> Answer:
        """Shortages in a release (None: the one in force)."""
        equals = {"kind": kind} if kind else {}
        return Answer(open_release(self._room, self._caller, release).table("shortages", **equals))

    def reproduction(
        self, measure: str | None = None, *, place: str | None = None, release: str | None = None
    ) -> Answer:
        """Reproduction numbers in a release (None: the one in force), by day."""
        equals = {name: v for name, v in (("measure", measure), ("place", place)) if v}
        rows = open_release(self._room, self._caller, release).table("reproduction", **equals)
        order = ("measure", "category", "place", "date")
        return Answer(rows.sort_by([(name, "ascending") for name in order]))

    def nowcasts(
        self, measure: str | None = None, *, place: str | None = None, release: str | None = None
    ) -> Answer:
        """Completed counts of the last days in a release (None: the one in force), by day."""
        equals = {name: v for name, v in (("measure", measure), ("place", place)) if v}
        rows = open_release(self._room, self._caller, release).table("nowcasts", **equals)
        order = ("measure", "category", "place", "date")
        return Answer(rows.sort_by([(name, "ascending") for name in order]))

    def scenarios(
        self, name: str | None = None, *, place: str | None = None, release: str | None = None
    ) -> Answer:
        """Scenarios beside their baseline in a release (None: the one in force), by day.

        What they were made of lies in the table ``scenario_inputs``. Not forecasts.
        """
        equals = {key: v for key, v in (("scenario", name), ("place", place)) if v}
        rows = open_release(self._room, self._caller, release).table("scenarios", **equals)
        order = ("scenario", "measure", "category", "place", "date")
        return Answer(rows.sort_by([(name, "ascending") for name in order]))

    def table(self, name: str, *, release: str | None = None, **equals: str) -> Answer:
        """Any named table of a release, or "facts" for the figures that stand."""
        return Answer(open_release(self._room, self._caller, release).table(name, **equals))


def _day(value: date | str) -> date:
    if isinstance(value, datetime):
        return value.date()
    return as_day(value) if isinstance(value, str) else value
