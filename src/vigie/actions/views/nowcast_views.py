"""Nowcasts on the page of a place: what is still to be reported, how late reports come, and since
when a measure counts something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.places import places_inside
from vigie.actions.views.room_names import Place, RoomNames
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import NowcastWords, TriangleWords, draw_nowcast, draw_triangle
from vigie.schemas import DEFINITION_CHANGES, NOWCASTS, PLACES

__all__ = ["change_lines", "nowcast_pictures"]

_LEVELS = ("q05", "q25", "q50", "q75", "q95")
_LATE_DAYS = 7
_CHANGES_SHOWN_DAYS = 365
_WHOLE_KINDS = ("nation", "region")
_TABLE_DELAYS = 7


def nowcast_pictures(
    tables: ReleaseTables, place: Place, names: RoomNames, words: Words
) -> tuple[Picture, ...]:
    """What is still to be reported here; of a nation or region also how late reports come.

    Nothing where reports of the last week are as good as complete.

    Args:
        tables: of the release.
        place: whose page it is.
        names: of the room.
        words: of the reader.
    """
    from vigie.epidemiology.nowcast import SETTLED_SHARE

    rows = tables.table(NOWCASTS.name, place=place.key).to_pylist()
    rows.sort(key=lambda row: (row["measure"], row["category"], row["date"]))
    pictures: list[Picture] = []
    for (measure, category), group in groupby(rows, lambda row: (row["measure"], row["category"])):
        days = list(group)
        is_late = min(row["share_reported"] for row in days[-_LATE_DAYS:]) < SETTLED_SHARE
        if measure not in names.measures or not is_late:
            continue
        key = f"{measure}-{category or 'all'}"
        name = names.series(measure, category)
        pictures.append(_nowcast(f"nowcast-{key}", name, place, days, tables, words))
        if place.kind in _WHOLE_KINDS:
            pictures.append(_triangle(f"late-{key}", name, place, days, tables, words))
    return tuple(pictures)


def change_lines(
    tables: ReleaseTables, place: Place, names: RoomNames, words: Words
) -> tuple[str, ...]:
    """Since when a measure counts something else here, for changes of the last year, newest first.

    Those of a place inside concern a total too, but not all of its figures: they stand on that
    place's page.
    """
    rows = tables.table(DEFINITION_CHANGES.name).to_pylist()
    first = tables.as_of - timedelta(days=_CHANGES_SHOWN_DAYS)
    recent = [row for row in rows if first < row["date"] <= tables.as_of]
    recent = [row for row in recent if row["measure"] in names.measures]
    if not recent:
        return ()
    places = tables.table(PLACES.name)
    return tuple(
        words.say(
            "nowcast.change",
            name=names.series(row["measure"], row["category"]),
            day=words.dated_day(row["date"]),
            what=row["what"],
        )
        for row in sorted(recent, key=lambda row: row["date"], reverse=True)
        if _concerns(places, row["place"], place.key, tables)
    )


def _concerns(places: pa.Table, where: str, place: str, tables: ReleaseTables) -> bool:
    return not where or place in places_inside(places, where, tables.as_of)


def _nowcast(
    key: str,
    name: str,
    place: Place,
    rows: Sequence[Mapping[str, Any]],
    tables: ReleaseTables,
    words: Words,
) -> Picture:
    days = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    reported = np.array([_number(row["reported"]) for row in rows])
    bands = np.array([[row[level] for level in _LEVELS] for row in rows], dtype=np.float64)
    finding = _finding(rows, tables, words)
    said = {
        "name": name,
        "place": place.name,
        "first": words.day(rows[0]["date"]),
        "last": words.day(rows[-1]["date"]),
    }
    alternative = words.say("nowcast.alternative", finding=finding, **said)
    drawn = NowcastWords(
        title=finding,
        description=alternative,
        reported=words.say("nowcast.reported"),
        median=words.say("nowcast.median"),
        range_50=words.say("spread.range_50"),
        range_90=words.say("spread.range_90"),
        day=words.day,
        number=words.number,
    )
    return Picture(
        name=key,
        finding=finding,
        subtitle=words.say("nowcast.subtitle", **said),
        alternative=alternative,
        source=words.say("spread.source", release=tables.release),
        header=(
            words.say("chart.day"),
            words.say("nowcast.reported"),
            words.say("nowcast.median"),
            words.say("spread.range_50"),
            words.say("spread.range_90"),
            words.say("nowcast.share"),
        ),
        rows=tuple(_table_row(row, words) for row in rows),
        draw=lambda is_narrow: draw_nowcast(days, reported, bands, drawn, is_narrow=is_narrow),
    )


def _finding(rows: Sequence[Mapping[str, Any]], tables: ReleaseTables, words: Words) -> str:
    """Of yesterday when there is one: the day that people ask for; else of the last day."""
    yesterday = tables.as_of - timedelta(days=1)
    row = next((each for each in rows if each["date"] == yesterday), rows[-1])
    said = {
        "day": words.full_day(row["date"]),
        "value": _whole(row["q50"], words),
        "low": _whole(row["q05"], words),
        "high": _whole(row["q95"], words),
    }
    when = "yesterday" if row["date"] == yesterday else "day"
    if row["reported"] is None:
        return words.say(f"nowcast.finding.{when}.none", **said)
    return words.count(f"nowcast.finding.{when}", round(row["reported"]), **said)


def _table_row(row: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    lowest, low, middle, high, highest = (_whole(row[level], words) for level in _LEVELS)
    told = row["reported"]
    return (
        words.day(row["date"]),
        words.say("state.missing") if told is None else _whole(told, words),
        middle,
        words.say("range", low=low, high=high),
        words.say("range", low=lowest, high=highest),
        words.number(round(100 * row["share_reported"])),
    )


def _triangle(
    key: str,
    name: str,
    place: Place,
    rows: Sequence[Mapping[str, Any]],
    tables: ReleaseTables,
    words: Words,
) -> Picture:
    days = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    shares = np.full((len(rows), max(len(row["known_after"]) for row in rows)), np.nan)
    for at, row in enumerate(rows):
        known = [_number(value) for value in row["known_after"]]
        shares[at, : len(known)] = np.array(known) / max(row["q50"], 0.5)
    first = int(rows[0]["first_delay_days"])
    newest = rows[-1]
    said = {
        "name": name,
        "place": place.name,
        "first": words.day(rows[0]["date"]),
        "last": words.day(newest["date"]),
        "share": words.number(round(100 * newest["share_reported"])),
        "when": words.count("nowcast.later", first) if first else words.say("nowcast.same_day"),
        "days": words.count("nowcast.days", _complete_after(rows, first)),
    }
    finding = words.say("nowcast.triangle.finding", **said)
    alternative = words.say("nowcast.triangle.alternative", finding=finding, **said)
    drawn = TriangleWords(
        title=finding,
        description=alternative,
        across=words.say("nowcast.triangle.across"),
        day=words.day,
        column=words.number,
    )
    columns = range(min(_TABLE_DELAYS, shares.shape[1]))
    return Picture(
        name=key,
        finding=finding,
        subtitle=words.say("nowcast.triangle.subtitle", **said),
        alternative=alternative,
        source=words.say("spread.source", release=tables.release),
        header=(
            words.say("chart.day"),
            *(words.count("nowcast.days", first + delay) for delay in columns),
        ),
        rows=tuple(
            (
                words.day(row["date"]),
                *(_in_100(shares[at, delay], words) for delay in columns),
            )
            for at, row in enumerate(rows)
        ),
        draw=partial(_draw_triangle, days, shares, first, drawn),
    )


def _draw_triangle(
    days: np.ndarray, shares: np.ndarray, first: int, drawn: TriangleWords, is_narrow: bool
) -> str:
    return draw_triangle(days, shares, first, drawn, is_narrow=is_narrow)


def _complete_after(rows: Sequence[Mapping[str, Any]], first: int) -> int:
    """Days after which 95 in 100 are expected to be reported."""
    behind = next(
        (at for at, row in enumerate(reversed(rows)) if row["share_reported"] >= 0.95), len(rows)
    )
    return first + behind


def _in_100(share: float, words: Words) -> str:
    return words.number(round(100 * share)) if np.isfinite(share) else ""


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _whole(value: float, words: Words) -> str:
    """Counts of people are whole."""
    return words.number(round(value))
