"""The cycle's figures again, slowly: dictionaries, loops and the csv module, nothing shared.

Each function is the rule of the documentation written down once more. No line is taken from the
package; what is compared with it are tables of a release.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

Key = tuple[str, str, str, date]
"""Measure, place, category, day."""


@dataclass(frozen=True)
class Said:
    """What one file says."""

    feed: str
    known: Mapping[Key, tuple[datetime, float | None]]
    covers: tuple[date, date] | None


def read_file(name: str, feed: str, text: str) -> Said:
    """Read one raw file as its declaration tells, without the package."""
    delimiter = ";" if feed == "dispatch" else ","
    known: dict[Key, tuple[datetime, float | None]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
        if feed == "registry":
            day, at = date.fromisoformat(row["day"]), _midnight(date.fromisoformat(name[9:19]))
            known["beds_occupied", row["hospital"], "icu", day] = (at, _number(row["occupied"]))
            known["beds_staffed", row["hospital"], "icu", day] = (at, _number(row["staffed"]))
        elif feed == "dispatch":
            day = datetime.strptime(row["jour"], "%d/%m/%Y").date()
            at = datetime.strptime(row["saisi le"], "%d/%m/%Y %H:%M").replace(tzinfo=PARIS)
            place = row["établissement"].removeprefix("Hôpital ")
            known["beds_occupied", place, "icu", day] = (at, _number(row["patients"]))
        elif feed == "admissions":
            day = date.fromisoformat(row["day"])
            at = _midnight(day + timedelta(days=1))
            known["admissions", row["hospital"], "", day] = (at, _number(row["admitted"]))
        elif feed == "stock":
            day = date.fromisoformat(row["day"])
            for measure, column in (("stock_on_hand", "on_hand"), ("consumption", "used")):
                key = (measure, row["hospital"], row["item"], day)
                known[key] = (_midnight(day), _number(row[column]))
    days = [day for _, _, _, day in known]
    return Said(feed, known, (min(days), max(days)) if feed == "registry" else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _number(cell: str) -> float | None:
    return None if cell in ("", "NA") else float(cell)


def end_of(day: date) -> datetime:
    """The last instant that counts as known on a day."""
    return (_midnight(day + timedelta(days=1)) - timedelta(microseconds=1)).astimezone(UTC)


def facts_by_feed(
    files: Iterable[Said], as_of: date
) -> dict[tuple[str, Key], tuple[float | None, str | None]]:
    """By feed and key: the value and, where missing, why; as known at the end of a day."""
    facts: dict[tuple[str, Key], tuple[float | None, str | None]] = {}
    moments: list[tuple[datetime, Said]] = []
    for said in files:
        moments += [(at, said) for at in {at for at, _ in said.known.values()}]
    for moment, said in sorted(moments, key=lambda pair: pair[0]):
        if moment > end_of(as_of):
            continue
        for key, (at, value) in said.known.items():
            if at == moment:
                facts[said.feed, key] = (value, "blank" if value is None else None)
        if said.covers is None:
            continue
        first, last = said.covers
        for (feed, key), (value, _) in facts.items():
            is_inside = feed == said.feed and first <= key[3] <= last
            if is_inside and key not in said.known and value is not None:
                facts[feed, key] = (None, "withdrawn")
    return facts


def ruled(
    facts: Mapping[tuple[str, Key], tuple[float | None, str | None]], rules: Mapping[str, str]
) -> dict[Key, tuple[float | None, str | None, str]]:
    """The figure that stands for each key: value, reason, feed."""
    by_key: dict[Key, list[tuple[str, float | None, str | None]]] = {}
    for (feed, key), (value, reason) in facts.items():
        by_key.setdefault(key, []).append((feed, value, reason))
    standing: dict[Key, tuple[float | None, str | None, str]] = {}
    for key, said in by_key.items():
        first = rules.get(key[0], "")
        said.sort(key=lambda each: (each[1] is None, each[0] != first, each[0]))
        feed, value, reason = said[0]
        standing[key] = (value, reason, feed)
    return standing


def conflicts(
    facts: Mapping[tuple[str, Key], tuple[float | None, str | None]],
    standing: Mapping[Key, tuple[float | None, str | None, str]],
    tolerance: Mapping[str, float],
) -> set[tuple[Key, str, float, str, float]]:
    """Key, feed in force, its value, the other feed, its value: where they differ too much."""
    found = set()
    for (feed, key), (value, _) in facts.items():
        mine, _, ruling = standing[key]
        if feed == ruling or value is None or mine is None:
            continue
        if abs(value - mine) > tolerance.get(key[0], 0.05) * max(abs(value), abs(mine)):
            found.add((key, ruling, mine, feed, value))
    return found


@dataclass(frozen=True)
class Total:
    """A total over places on a day."""

    value: float | None
    reported: int
    expected: int
    change_7: float | None
    change_places: int


def totals(
    standing: Mapping[Key, tuple[float | None, str | None, str]],
    members: Mapping[str, Sequence[str]],
) -> dict[Key, Total]:
    """Totals of regions and nation, by measure, total, category and day."""
    values = {key: value for key, (value, _, _) in standing.items() if value is not None}
    found: dict[Key, Total] = {}
    for measure in {key[0] for key in values}:
        days = [key[3] for key in values if key[0] == measure]
        first, last = min(days), max(days)
        for category in {key[2] for key in values if key[0] == measure}:
            ever = {key[1] for key in values if key[0] == measure and key[2] == category}
            for total, inside in members.items():
                expected = [place for place in inside if place in ever]
                day = first
                while day <= last and expected:
                    found[measure, total, category, day] = _total(
                        values, measure, category, expected, day
                    )
                    day += timedelta(days=1)
    return found


def _total(
    values: Mapping[Key, float], measure: str, category: str, expected: Sequence[str], day: date
) -> Total:
    now = {
        p: values[measure, p, category, day]
        for p in expected
        if (measure, p, category, day) in values
    }
    week_ago = day - timedelta(days=7)
    both = [p for p in now if (measure, p, category, week_ago) in values]
    before = sum(values[measure, p, category, week_ago] for p in both)
    change = sum(now[p] for p in both) / before - 1 if before else None
    return Total(sum(now.values()) if now else None, len(now), len(expected), change, len(both))


Paths = Mapping[tuple[str, str], Mapping[date, Sequence[float]]]
"""By place and category, then day: the value of each future."""


@dataclass(frozen=True)
class Shortage:
    """What the futures say of one place and category."""

    probability_7: float
    probability_14: float
    probability: float
    first_day: tuple[int, int, int]
    if_short: tuple[int, int, int] | None
    expected_unmet: float


def bed_shortage(
    need: Mapping[date, Sequence[float]], capacity: float, as_of: date, horizon: int
) -> Shortage:
    """Count the futures in which need exceeds capacity on at least one day."""
    days = [day for day in sorted(need) if as_of <= day <= as_of + timedelta(days=horizon)]
    count = len(need[days[0]])
    first: list[int] = []
    unmet = 0.0
    for future in range(count):
        short = [day for day in days if need[day][future] > capacity + 1e-3]
        first.append((short[0] - as_of).days if short else horizon + 1)
        unmet += sum(max(0.0, need[day][future] - capacity) for day in days)
    return Shortage(
        sum(day <= 7 for day in first) / count,
        sum(day <= 14 for day in first) / count,
        sum(day <= horizon for day in first) / count,
        _order_statistics(first),
        _order_statistics([day for day in first if day <= horizon])
        if min(first) <= horizon
        else None,
        unmet / count,
    )


def _order_statistics(values: Sequence[int]) -> tuple[int, int, int]:
    """The smallest values that at least 10, 50 and 90 % do not exceed."""
    ordered = sorted(values)
    low, middle, high = (
        ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)] for share in (0.1, 0.5, 0.9)
    )
    return low, middle, high


def sum_of(paths: Paths, places: Iterable[str], category: str) -> dict[date, list[float]]:
    """Sum over places, future by future."""
    series = [paths[place, category] for place in places if (place, category) in paths]
    return {
        day: [sum(values) for values in zip(*(each[day] for each in series), strict=True)]
        for day in series[0]
    }


def any_short(
    paths: Paths, capacity: Mapping[str, float], places: Iterable[str], category: str, as_of: date
) -> float:
    """Share of futures in which any of the places is short on any day."""
    inside = [place for place in places if (place, category) in paths]
    count = len(next(iter(paths[inside[0], category].values())))
    hit = 0
    for future in range(count):
        hit += any(
            samples[future] > capacity[place] + 1e-3
            for place in inside
            for day, samples in paths[place, category].items()
            if day >= as_of
        )
    return hit / count


def stock_outs(stock: Mapping[date, Sequence[float]], as_of: date, days: int) -> float:
    """Share of futures in which nothing is left on some day up to ``days``."""
    count = len(next(iter(stock.values())))
    last = as_of + timedelta(days=days)
    empty = 0
    for future in range(count):
        empty += any(values[future] <= 0 for day, values in stock.items() if as_of <= day <= last)
    return empty / count
