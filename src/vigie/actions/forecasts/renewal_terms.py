"""Damping and spread of the renewal engine, from its own past forecasts in this room.

At past weekly origins the engine forecasts some series at every damping, from what was known
then; the quantiles are kept in the room's cache. What a day uses follows from the kept forecasts
of the twelve weeks before it, held against what that day knew. So nothing is newer than the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.beside import EngineTerms
from vigie.actions.forecasts.forecasting import Chance, History, Stream, total_history
from vigie.actions.forecasts.known_then import KnownThen, PastHistories
from vigie.actions.forecasts.renewal_forecasts import drawn_admissions, served
from vigie.actions.rooms.kept_tables import keep_table, kept_table
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.room import EpidemicRule, Room
from vigie.actions.rooms.side_by_side import side_by_side
from vigie.lake import DataFile
from vigie.paths import QUANTILE_LEVELS, DateArray, FloatArray, IntArray, quantiles, wis
from vigie.schemas import PLACES

__all__ = ["RenewalTerms", "covered"]

_WEEKS = 12
_MOST_SERIES = 16
_SAMPLES = 200
_HORIZONS = (1, 7, 14, 21)
_DAMPING_HORIZONS = (7, 14)
_KEPT_FORM = "2"
_LOW, _MIDDLE, _HIGH = (QUANTILE_LEVELS.index(level) for level in (0.05, 0.5, 0.95))


def covered(rule: EpidemicRule, rules: Sequence[EpidemicRule], history: History) -> list[str]:
    """Categories of a measure that an epidemic speaks for.

    Its own; without one, each that no other epidemic of the measure names.
    """
    if rule.category:
        return [rule.category] if rule.category in history.categories else []
    named = {each.category for each in rules if each.measure == rule.measure}
    return [category for category in history.categories if not category or category not in named]


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """Forecasts of one origin: (task,) each.

    Attributes:
        place, category: keys.
        horizon: days.
        end: day forecast.
        damping: number among the dampings.
        quantiles: (task, level).
    """

    place: np.ndarray
    category: np.ndarray
    horizon: IntArray
    end: DateArray
    damping: IntArray
    quantiles: FloatArray


class RenewalTerms:
    """Finds the terms of the declared epidemics for any day, for one run."""

    def __init__(
        self, room: Room, reports: Sequence[DataFile], chance: Chance, past: PastHistories
    ) -> None:
        """Args:
        room: the room.
        reports: files of the table of reports.
        chance: of the run.
        past: what was read of past days.
        """
        self._room, self._chance = room, chance
        self._rules = room.values.epidemics
        measures = sorted({each.measure for each in self._rules})
        self._known = KnownThen(room, measures, reports, shared=past)
        self._folder = room.home / "cache" / "renewal"
        self._sources: dict[date, str] = {}
        self._past: dict[tuple[int, date], _Past] = {}
        oldest = chance.as_of - timedelta(weeks=2 * _WEEKS + 2)
        for file in self._folder.glob("*.parquet"):
            if file.stem[-10:] < str(oldest):
                file.unlink()

    def terms(
        self, rule: EpidemicRule, drawn: tuple[History, History | None], day: date
    ) -> EngineTerms:
        """Terms for a day.

        Args:
            rule: one of the room's.
            drawn: history of the places and that of the totals, as known on the day.
            day: as_of.
        """
        from vigie.epidemiology.renewal import DAMPINGS, FEWEST_ORIGINS, chosen_damping

        number = self._rules.index(rule)
        parts = [each for each in drawn if each is not None]
        scored = [
            (each, _truth(each, parts)) for each in self._before(number, day) if len(each.end)
        ]
        if not scored:
            return EngineTerms(rule)
        last = parts[0].dates[-1]
        sums = np.stack([_sums(past, truth, last, len(DAMPINGS)) for past, truth in scored])
        complete = int(np.isfinite(sums).all(axis=1).sum())
        damping = chosen_damping(sums)
        spread, forecasts = _spread(scored, DAMPINGS.index(damping))
        is_chosen = complete >= FEWEST_ORIGINS
        return EngineTerms(
            rule,
            damping if is_chosen else None,
            spread,
            complete if is_chosen else 0,
            forecasts,
        )

    def _before(self, number: int, day: date) -> Iterator[_Past]:
        """Kept or new forecasts of the weekly origins before a day."""
        days = [day - timedelta(days=back) for back in range(7 * _WEEKS, 0, -1)]
        origins = [each for each in days if each.toordinal() % 7 == 0]
        unknown = [each for each in origins if each not in self._sources]
        self._sources |= self._known.fingerprints(unknown)
        for origin in origins:
            if (number, origin) not in self._past:
                self._past[number, origin] = self._forecasts(number, origin)
            yield self._past[number, origin]

    def _forecasts(self, number: int, origin: date) -> _Past:
        file = self._folder / f"{number}-{origin}.parquet"
        made_of = (
            _KEPT_FORM,
            self._room.code_version,
            self._room.declarations.sha256,
            str(self._chance.seed),
            self._sources[origin],
        )
        kept = kept_table(file, "|".join(made_of))
        if kept is None:
            kept = self._made(number, origin)
            keep_table(file, kept, "|".join(made_of))
        flat = kept["quantiles"].combine_chunks().flatten().to_numpy()
        return _Past(
            kept["place"].to_numpy(),
            kept["category"].to_numpy(),
            kept["horizon"].to_numpy(),
            np.asarray(kept["end"].to_numpy(), dtype="datetime64[D]"),
            kept["damping"].to_numpy(),
            flat.reshape(kept.num_rows, len(QUANTILE_LEVELS)).astype(np.float64),
        )

    def _made(self, number: int, origin: date) -> pa.Table:
        """Forecasts at every damping from what was known on an origin."""
        room, rule = self._room, self._rules[number]
        tables = [_SCHEMA.empty_table()]
        rows = room.measures()
        for history in self._known.histories(origin, [rule.measure]):
            if not history.is_current:
                continue
            parts = [history]
            members = members_of_totals(room.reference(PLACES.name), origin)
            totals = total_history(history, members)
            if totals is not None and rows[rule.measure]["over_places"] == "sum":
                parts.append(totals)
            chance = Chance(self._chance.seed, origin, _SAMPLES, self._chance.horizon_days)
            rng = chance.stream(Stream.RENEWAL_TERMS, number)
            for part, column, at in _chosen(parts, covered(rule, self._rules, history)):
                tables.append(_tasks(part, column, at, rule, rng))
        return pa.concat_tables(tables)


_SCHEMA = pa.schema(
    [
        pa.field("place", pa.string()),
        pa.field("category", pa.string()),
        pa.field("horizon", pa.int64()),
        pa.field("end", pa.date32()),
        pa.field("damping", pa.int64()),
        pa.field("quantiles", pa.list_(pa.float32(), len(QUANTILE_LEVELS))),
    ]
)


def _chosen(
    parts: Sequence[History], categories: Sequence[str]
) -> list[tuple[History, int, IntArray]]:
    """Series to learn from, at most 16: evenly from the largest to the smallest served."""
    found = [
        (float(np.nansum(part.values[place, column])), number, column, int(place))
        for number, part in enumerate(parts)
        for column, category in enumerate(part.categories)
        if category in categories
        for place in served(part.values[:, column])
    ]
    found.sort(reverse=True)
    count = min(len(found), _MOST_SERIES)
    kept = [found[at] for at in np.unique(np.linspace(0, len(found) - 1, count).astype(int))]
    groups: dict[tuple[int, int], list[int]] = {}
    for _, number, column, place in sorted(kept, key=lambda each: each[1:]):
        groups.setdefault((number, column), []).append(place)
    return [(parts[n], column, np.array(places)) for (n, column), places in groups.items()]


def _tasks(
    part: History, column: int, at: IntArray, rule: EpidemicRule, rng: np.random.Generator
) -> pa.Table:
    """Quantiles at every damping, from the same chance."""
    from vigie.epidemiology.renewal import DAMPINGS

    seed = int(rng.integers(2**62))
    calls = (
        partial(_at_damping, part, column, at, EngineTerms(rule, damping), number, seed)
        for number, damping in enumerate(DAMPINGS)
    )
    return pa.concat_tables(side_by_side(calls))


def _at_damping(
    part: History, column: int, at: IntArray, terms: EngineTerms, number: int, seed: int
) -> pa.Table:
    drawn = drawn_admissions(
        part, column, at, terms, _HORIZONS[-1], _SAMPLES, np.random.default_rng(seed)
    )
    told = quantiles(np.ascontiguousarray(drawn.admissions[:, np.array(_HORIZONS) - 1]))
    count = len(at) * len(_HORIZONS)
    flat = pa.array(told.reshape(-1).astype(np.float32))
    ends = part.dates[-1] + np.array(_HORIZONS)
    return pa.table(
        {
            "place": np.repeat([part.places[each] for each in at], len(_HORIZONS)),
            "category": pa.repeat(pa.scalar(part.categories[column]), count),
            "horizon": np.tile(_HORIZONS, len(at)),
            "end": pa.array(np.tile(ends, len(at))),
            "damping": np.full(count, number),
            "quantiles": pa.FixedSizeListArray.from_arrays(flat, len(QUANTILE_LEVELS)),
        }
    ).cast(_SCHEMA)


def _truth(past: _Past, parts: Sequence[History]) -> FloatArray:
    """(task,), what was counted as the day knows it; NaN where it does not know it yet."""
    found = np.full(len(past.end), np.nan)
    for part in parts:
        places = {key: i for i, key in enumerate(part.places)}
        columns = {key: i for i, key in enumerate(part.categories)}
        place = np.array([places.get(key, -1) for key in past.place])
        column = np.array([columns.get(key, -1) for key in past.category])
        day = (past.end - part.dates[0]).astype(np.int64)
        there = (place >= 0) & (column >= 0) & (day >= 0) & (day < len(part.dates))
        found[there] = part.settled_values()[place[there], column[there], day[there]]
    return np.where(found >= 0, found, np.nan)


def _sums(past: _Past, truth: FloatArray, last: np.datetime64, dampings: int) -> FloatArray:
    """(damping,), sums of WIS of an origin; NaN while days that it forecast are to come."""
    asked = np.isin(past.horizon, _DAMPING_HORIZONS)
    if past.end[asked].max() > last or not np.isfinite(truth[asked]).any():
        return np.full(dampings, np.nan)
    told = asked & np.isfinite(truth)
    scores = wis(past.quantiles[told], truth[told])
    return np.asarray(np.bincount(past.damping[told], scores, dampings), dtype=np.float64)


def _spread(
    scored: Sequence[tuple[_Past, FloatArray]], damping: int
) -> tuple[dict[int, float], int]:
    """Factor by horizon of those that need one, and the number of forecasts behind it."""
    from vigie.epidemiology.renewal import spread_factors

    ends, truths = [], []
    for past, truth in scored:
        # Tasks of a series stand together, its horizons in order.
        own = past.damping == damping
        ends.append(past.quantiles[own].reshape(-1, len(_HORIZONS), len(QUANTILE_LEVELS)))
        truths.append(truth[own].reshape(-1, len(_HORIZONS)))
    quantile, truth = np.concatenate(ends), np.concatenate(truths)
    low, middle, high = (quantile[..., at] for at in (_LOW, _MIDDLE, _HIGH))
    factors = spread_factors(low, middle, high, truth)
    if np.all(factors == 1):
        return {}, int(np.isfinite(truth).sum(axis=0).max())
    named = dict(zip(_HORIZONS, factors.tolist(), strict=True))
    return named, int(np.isfinite(truth).sum(axis=0).max())
