"""Leading signals of a room: its other daily feeds, ranked by what they add to a forecast.

A ranking is made anew on every 28th day, from what was known then, and kept in the room's cache.
A day reads the last one made, so that nothing in it is newer than the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.forecasting import Chance, History, total_history
from vigie.actions.forecasts.known_then import KnownThen, PastHistories
from vigie.actions.rooms.kept_tables import keep_table, kept_table
from vigie.actions.rooms.places import is_valid, members_of_totals
from vigie.actions.rooms.room import Room
from vigie.epidemiology import Indicator, leading_indicators
from vigie.epidemiology.pooled import Signal
from vigie.lake import DataFile
from vigie.paths import BoolArray, DateArray, FloatArray
from vigie.schemas import PLACES

__all__ = ["RANKED_HORIZON_DAYS", "RankedSignals", "RoomSignals", "candidates"]

RANKED_HORIZON_DAYS = 7
"""Days ahead of the forecast that a signal is to make better."""

_LEADS = (7, 10, 14, 21)
_EVERY_DAYS = 28
_DAYS_READ = 730
_MOST_SERIES = 16
_KEPT_FORM = "2"


@dataclass(frozen=True, slots=True)
class RankedSignals:
    """The signals of one measure.

    Attributes:
        day: on which they were ranked.
        indicators: those selected first.
    """

    day: date
    indicators: tuple[Indicator, ...]


def candidates(rows: Mapping[str, Mapping[str, object]], made: Sequence[str]) -> tuple[str, ...]:
    """Measures that may run ahead of others: daily flows and shares.

    Those counted of products, skills and the like are none, unless they are forecast.

    Args:
        rows: the measure list by key.
        made: measures that datasets make.
    """
    return tuple(
        name
        for name, row in sorted(rows.items())
        if row["step"] == "day"
        and row["kind"] in {"flow", "share"}
        and (row["is_forecast"] or not row["dimension"])
        and name not in made
    )


class RoomSignals:
    """Ranks the signals of a room, and reads those selected, for one run."""

    def __init__(
        self, room: Room, reports: Sequence[DataFile], chance: Chance, past: PastHistories
    ) -> None:
        """Args:
        room: the room.
        reports: files of the table of reports.
        chance: of the run.
        past: what was read of past days.
        """
        self._room, self._rows = room, room.measures()
        made = [each.measure or "" for each in room.declarations.datasets.datasets]
        self.measures = candidates(self._rows, made)
        self._long = KnownThen(room, self.measures, reports, _DAYS_READ, past)
        self._short = KnownThen(room, self.measures, reports, shared=past)
        self._folder = room.home / "cache" / "signals"
        self._ranked: dict[tuple[str, date], RankedSignals] = {}
        self._read: tuple[date, dict[str, _Sources]] | None = None
        self._read_long: tuple[date, dict[str, _Sources]] | None = None
        self._fingerprints: dict[date, str] = {}
        oldest = chance.as_of - timedelta(days=180)
        for file in self._folder.glob("*.parquet"):
            if file.stem[-10:] < str(oldest):
                file.unlink()

    def ranking(self, measure: str, day: date) -> RankedSignals | None:
        """The last ranking up to a day; None where the room has no other feed to rank."""
        others = [name for name in self.measures if name != measure]
        if measure not in self.measures or not others:
            return None
        ranked_on = day - timedelta(days=day.toordinal() % _EVERY_DAYS)
        key = (measure, ranked_on)
        if key not in self._ranked:
            self._ranked[key] = RankedSignals(ranked_on, self._kept(measure, ranked_on))
        return self._ranked[key]

    def signals(self, part: History, day: date) -> tuple[Signal, ...]:
        """The selected signals of a measure, on the days and at the places of a history.

        Args:
            part: history of the places or of the totals, as known on the day.
            day: as_of.
        """
        ranked = self.ranking(part.measure, day)
        chosen = [each for each in ranked.indicators if each.is_selected] if ranked else []
        if not chosen:
            return ()
        if self._read is None or self._read[0] != day:
            self._read = day, self._sources(self._short, day)
        sources = self._read[1]
        return tuple(
            Signal(each.signal, sources[each.signal].at(part.places, part.dates), each.lead_days)
            for each in chosen
            if each.signal in sources
        )

    def _kept(self, measure: str, day: date) -> tuple[Indicator, ...]:
        file = self._folder / f"{measure}-{day}.parquet"
        if day not in self._fingerprints:
            self._fingerprints |= self._long.fingerprints([day])
        made_of = (
            _KEPT_FORM,
            self._room.code_version,
            self._room.declarations.sha256,
            self._fingerprints[day],
        )
        kept = kept_table(file, "|".join(made_of))
        if kept is None:
            found = [json.dumps(asdict(each)) for each in self._rank(measure, day)]
            kept = pa.table({"indicator": pa.array(found, pa.string())})
            keep_table(file, kept, "|".join(made_of))
        return tuple(Indicator(**json.loads(text)) for text in kept["indicator"].to_pylist())

    def _rank(self, measure: str, day: date) -> list[Indicator]:
        """Rank all other signals from what was known on a day."""
        if self._read_long is None or self._read_long[0] != day:
            self._read_long = day, self._sources(self._long, day)
        sources = dict(self._read_long[1])
        target = sources.pop(measure, None)
        if target is None or not sources:
            return []
        at = _spaced_by_size(target.values[: target.own])
        places = [target.places[each] for each in at]
        signals = {name: each.at(places, target.dates) for name, each in sources.items()}
        known = {name: one for name, one in signals.items() if np.isfinite(one).any()}
        return leading_indicators(
            target.values[at], known, horizon=RANKED_HORIZON_DAYS, leads=_LEADS
        )

    def _sources(self, known: KnownThen, day: date) -> dict[str, _Sources]:
        places = self._room.reference(PLACES.name)
        members = members_of_totals(places, day)
        rows = [row for row in places.to_pylist() if is_valid(row, day)]
        parent = {str(row["place"]): str(row["parent"] or "") for row in rows}
        found = {}
        for history in known.histories(day):
            is_summed = self._rows[history.measure]["over_places"] == "sum"
            totals = total_history(history, members) if is_summed else None
            found[history.measure] = _Sources.of(history, totals, parent)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Sources:
    """A measure as a signal: one series a place, categories added up.

    Attributes:
        places: axis 0; totals are places too, after those that report.
        own: how many report themselves.
        dates: (day,).
        values: (place, day), NaN on days on which not all is known.
        parent: place above each place.
    """

    places: tuple[str, ...]
    own: int
    dates: DateArray
    values: FloatArray
    parent: Mapping[str, str]

    @classmethod
    def of(cls, history: History, totals: History | None, parent: Mapping[str, str]) -> _Sources:
        parts = [history] if totals is None else [history, totals]
        values = np.concatenate([_added(part) for part in parts])
        places = tuple(place for part in parts for place in part.places)
        return cls(places, len(history.places), history.dates, values, parent)

    def at(self, places: Sequence[str], dates: DateArray) -> FloatArray:
        """(place, day): the series of each place, or of the nearest one above that has any."""
        rows = {key: i for i, key in enumerate(self.places)}
        day = (dates - self.dates[0]).astype(np.int64)
        there = (day >= 0) & (day < len(self.dates))
        found = np.full((len(places), len(dates)), np.nan)
        for number, place in enumerate(places):
            here = place
            for _ in range(len(self.parent) + 1):
                if here in rows or not self.parent.get(here):
                    break
                here = self.parent[here]
            if here in rows:
                found[number, there] = self.values[rows[here], day[there]]
        return found


def _added(part: History) -> FloatArray:
    """(place, day): sums over the categories that a place ever reported, where all are known."""
    known: BoolArray = np.asarray(np.isfinite(part.values))
    ever: BoolArray = np.asarray(known.any(axis=2))
    exists: BoolArray = np.asarray(ever.any(axis=1))
    is_whole = (known | ~ever[:, :, None]).all(axis=1) & exists[:, None]
    return np.where(is_whole, np.where(known, part.values, 0.0).sum(axis=1), np.nan)


def _spaced_by_size(values: FloatArray) -> list[int]:
    """Numbers of at most 16 series, evenly from the largest to the smallest."""
    order = np.argsort(-np.nansum(values, axis=1), kind="stable")
    count = min(len(order), _MOST_SERIES)
    picked = np.unique(np.linspace(0, len(order) - 1, count).astype(int))
    return sorted(order[picked].tolist())
