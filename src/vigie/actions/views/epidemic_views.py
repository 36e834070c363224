"""How an epidemic spreads at a place: one sentence, its figures, the picture of R."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from vigie.actions.views.room_names import Place, RoomNames
from vigie.actions.views.views import EpidemicView, Picture, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import ReproductionWords, draw_reproduction, whole_in_100

__all__ = ["epidemic_views", "trend_key"]

_LEVELS = ("r_q05", "r_q25", "r_q50", "r_q75", "r_q95")
_TRENDS = (
    (90, "growing"),
    (75, "likely_growing"),
    (26, "not_clear"),
    (11, "likely_declining"),
    (0, "declining"),
)
"""Smallest chance of growth in 100, and the word."""

_TABLE_DAYS = 14


def trend_key(probability_growing: float) -> str:
    """Which word tells the trend; "not clear" is never "stable"."""
    whole = whole_in_100(probability_growing)
    return next(key for floor, key in _TRENDS if whole >= floor)


def epidemic_views(
    tables: ReleaseTables, place: Place, names: RoomNames, words: Words
) -> tuple[EpidemicView, ...]:
    """Every epidemic of which the release has a reproduction number here.

    Args:
        tables: of the release.
        place: whose page it is.
        names: of the room.
        words: of the reader.
    """
    rows = tables.table("reproduction", place=place.key).to_pylist()
    rows.sort(key=lambda row: (row["measure"], row["category"], row["date"]))
    views = []
    for (measure, category), group in groupby(rows, lambda row: (row["measure"], row["category"])):
        days = list(group)
        if len(days) < 2 or measure not in names.measures:
            continue
        name = names.series(measure, category)
        picture = _picture(
            f"spread-{measure}-{category or 'all'}", name, place, days, tables, words
        )
        views.append(
            EpidemicView(name, _sentence(name, days[-1], words), _figures(days[-1], words), picture)
        )
    return tuple(views)


def _sentence(name: str, last: Mapping[str, Any], words: Words) -> str:
    return words.say(
        "spread.sentence",
        name=name,
        chances=words.chance(last["probability_growing"]).chances,
        day=words.full_day(last["date"]),
        trend=words.say(f"spread.trend.{trend_key(last['probability_growing'])}"),
    )


def _figures(last: Mapping[str, Any], words: Words) -> tuple[tuple[str, str], ...]:
    r = words.say(
        "spread.with_range",
        value=_ratio(last["r_q50"], words),
        low=_ratio(last["r_q05"], words),
        high=_ratio(last["r_q95"], words),
    )
    growth = words.say(
        "spread.with_range",
        value=words.change(last["growth_rate_q50"]),
        low=words.change(last["growth_rate_q05"]),
        high=words.change(last["growth_rate_q95"]),
    )
    rows = [(words.say("spread.r"), r), (words.say("spread.growth"), growth)]
    doubling = last["doubling_days"]
    is_clear = trend_key(last["probability_growing"]) != "not_clear"
    # A doubling time at the median says nothing where growth and decline are both likely.
    if doubling is not None and is_clear:
        key = "spread.doubles" if doubling > 0 else "spread.halves"
        days = words.number(max(1, round(abs(doubling))))
        rows.append((words.say(key), words.say("spread.days", days=days)))
    peak = words.chance(last["probability_peak_passed"])
    rows.append((words.say("spread.peak"), peak.in_100))
    return tuple(rows)


def _picture(
    key: str,
    name: str,
    place: Place,
    rows: Sequence[Mapping[str, Any]],
    tables: ReleaseTables,
    words: Words,
) -> Picture:
    days = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    bands = np.array([[row[level] for level in _LEVELS] for row in rows], dtype=np.float64)
    first, last = rows[0], rows[-1]
    said = {
        "place": place.name,
        "name": name,
        "first": words.day(first["date"]),
        "last": words.day(last["date"]),
        "day": words.day(last["date"]),
        "value": _ratio(last["r_q50"], words),
        "low": _ratio(last["r_q05"], words),
        "high": _ratio(last["r_q95"], words),
        "days": words.number(int((bands[:, 2] > 1).sum())),
        "count": words.number(len(rows)),
    }
    finding = words.say("spread.finding", **said)
    alternative = words.say("spread.alternative", **said)
    drawn = ReproductionWords(
        title=finding,
        description=alternative,
        median=words.say("spread.median", **said),
        range_50=words.say("spread.range_50"),
        range_90=words.say("spread.range_90"),
        one=words.say("spread.line"),
        day=words.day,
        number=words.number,
    )
    return Picture(
        name=key,
        finding=finding,
        subtitle=words.say("spread.subtitle", **said),
        alternative=alternative,
        source=words.say("spread.source", release=tables.release),
        header=(
            words.say("chart.day"),
            words.say("chart.col_median"),
            words.say("spread.range_50"),
            words.say("spread.range_90"),
        ),
        rows=tuple(_table_row(row, words) for row in rows[-_TABLE_DAYS:]),
        draw=lambda is_narrow: draw_reproduction(days, bands, drawn, is_narrow=is_narrow),
    )


def _table_row(row: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    lowest, low, middle, high, highest = (_ratio(row[level], words) for level in _LEVELS)
    return (
        words.day(row["date"]),
        middle,
        words.say("range", low=low, high=high),
        words.say("range", low=lowest, high=highest),
    )


def _ratio(value: float, words: Words) -> str:
    """R with two decimals: 0.97 and 1.03 must not read alike."""
    return words.decimal(value, 2)
