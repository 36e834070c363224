"""Pictures of the days ahead of a place's highest risks: need against capacity, or stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.views.day_rows import DaySeries, read_days
from vigie.actions.views.risks import DATE_FROM_IN_100, LISTED_STEP, Risk, risk_sentence, what_name
from vigie.actions.views.room_names import Place, RoomNames
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import Ahead, AheadWords, draw_ahead, whole_in_100

__all__ = ["ahead_pictures"]

MOST_OF_WARDS, MOST_OF_PRODUCTS = 3, 3
PAST_DAYS = 14

UNITS = {"beds": "beds", "staff": "staff", "equipment": "units", "products": "units"}

LIMITS = ("beds", "staff", "equipment", "stock")

FloatArray = NDArray[np.float64]


def ahead_pictures(
    tables: ReleaseTables,
    place: Place,
    names: RoomNames,
    needs: Sequence[NeedSpec],
    risks: Sequence[Risk],
    words: Words,
) -> tuple[Picture, ...]:
    """The days ahead of at most three wards, skills or machines, and of three products.

    Args:
        tables: of the release.
        place: whose page it is.
        names: of the room.
        needs: which measure tells the need, or the stock, of each kind.
        risks: of the place, the highest first.
        words: of the reader.
    """
    listed = [risk for risk in risks if risk.step >= LISTED_STEP]
    wards = [risk for risk in listed if risk.kind != "products"][:MOST_OF_WARDS]
    products = [risk for risk in listed if risk.kind == "products"][:MOST_OF_PRODUCTS]
    days = read_days(tables, [each.key for each in (*wards, *products)], place=place.key)
    measures = {spec.kind: spec.need for spec in needs}
    return tuple(
        _picture(tables, place, names, risk, days[risk.key], measures.get(risk.kind), words)
        for risk in (*wards, *products)
        if risk.key in days
    )


def _picture(
    tables: ReleaseTables,
    place: Place,
    names: RoomNames,
    risk: Risk,
    days: DaySeries,
    measure: str | None,
    words: Words,
) -> Picture:
    is_stock = risk.kind == "products"
    what = what_name(risk, names, words).replace(words.colon, ", ")
    finding = f"{what}{words.colon}{risk_sentence(risk, words)}"
    unit = names.product_units.get(risk.category, "") if is_stock else ""
    unit = unit if unit.isalpha() else UNITS.get(risk.kind, "units")
    past_days, past_values = _past(tables, place, measure, risk.category)
    ahead = Ahead(
        past_days=past_days,
        past_values=past_values,
        days=days.days,
        values=days.capacity if is_stock else days.need,
        capacity=None if is_stock else days.capacity,
        limits=() if is_stock else _limits(days, words),
        delivered=np.nan_to_num(days.delivered) if is_stock else np.empty(0),
        today=np.datetime64(tables.as_of),
        short_days=_short_days(risk),
        act_by=np.datetime64(risk.act_by) if risk.act_by and risk.act_by >= risk.as_of else None,
    )
    alternative = _alternative(what, place, days, words, is_stock=is_stock)
    first = past_days[0] if len(past_days) else days.days[0]
    act_by = words.day(risk.act_by) if risk.act_by else ""
    middle = words.number(round(float(ahead.values[-1, 1]), 1))
    ahead_words = AheadWords(
        title=finding,
        description=alternative,
        today=words.say("chart.today"),
        median=words.say("chart.median", value=middle),
        range_80=words.say("ahead.range_80"),
        capacity=words.say("ahead.usable"),
        limits=words.say("ahead.limited_by"),
        short=words.say("chart.short"),
        act_by=words.say("ahead.order_by" if is_stock else "ahead.act_by", day=act_by),
        day=words.day,
        number=words.number,
    )
    return Picture(
        name=f"ahead-{risk.kind}-{risk.category or 'all'}",
        finding=finding,
        subtitle=words.say(
            "ahead.subtitle_stock" if is_stock else "ahead.subtitle_need",
            place=place.name,
            unit=words.unit(unit),
            first=words.day(first.item()),
            last=words.day(days.days[-1].item()),
        ),
        alternative=alternative,
        source=words.say("days.source", release=tables.release),
        header=_header(words, is_stock=is_stock),
        rows=_rows(days, words, is_stock=is_stock),
        draw=lambda is_narrow: draw_ahead(ahead, ahead_words, is_narrow=is_narrow),
    )


def _past(
    tables: ReleaseTables, place: Place, measure: str | None, category: str
) -> tuple[NDArray[np.datetime64], FloatArray]:
    """The last two weeks as reported; nothing where no measure tells the need (staff)."""
    rows: list[dict[str, Any]] = []
    if measure:
        rows = tables.table(
            "facts", measure=measure, place=place.key, category=category
        ).to_pylist()
    first = tables.as_of - timedelta(days=PAST_DAYS)
    known = {row["reference_date"]: row["value"] for row in rows if row["reference_date"] >= first}
    if not known:
        return np.empty(0, dtype="datetime64[D]"), np.empty(0)
    days = np.arange(
        np.datetime64(min(known)), np.datetime64(max(known)) + 1, dtype="datetime64[D]"
    )
    told = [known.get(day) for day in days.tolist()]
    return days, np.array([np.nan if each is None else each for each in told], dtype=np.float64)


def _short_days(
    risk: Risk,
) -> tuple[np.datetime64, np.datetime64, np.datetime64] | None:
    if risk.if_short is None or whole_in_100(risk.probability) < DATE_FROM_IN_100:
        return None
    base = np.datetime64(risk.as_of)
    early, middle, late = (base + np.timedelta64(day, "D") for day in risk.if_short)
    return early, middle, late


def _limit(name: str, words: Words) -> str:
    return words.say(f"ahead.binds.{name}") if name in LIMITS else name


def _limits(days: DaySeries, words: Words) -> tuple[str, ...]:
    return tuple(_limit(name, words) for name in days.binds)


def _span(quantiles: FloatArray, words: Words) -> str:
    low, _, high = quantiles.tolist()
    return words.range(round(low, 1), round(high, 1))


def _alternative(what: str, place: Place, days: DaySeries, words: Words, *, is_stock: bool) -> str:
    last = words.day(days.days[-1].item())
    if is_stock:
        coming = [
            f"{words.number(round(units))} ({words.day(day)})"
            for day, units in zip(days.days.tolist(), days.delivered.tolist(), strict=True)
            if units >= 0.5
        ]
        return words.say(
            "ahead.alternative_stock",
            name=what,
            place=place.name,
            stock=_span(days.capacity[-1], words),
            last=last,
            delivered=", ".join(coming) or words.say("ahead.no_delivery"),
        )
    most = max(sorted(set(days.binds)), key=days.binds.count)
    return words.say(
        "ahead.alternative_need",
        name=what,
        place=place.name,
        need=_span(days.need[-1], words),
        last=last,
        capacity=_span(days.capacity[-1], words),
        binds=_limit(most, words),
    )


def _header(words: Words, *, is_stock: bool) -> tuple[str, ...]:
    keys = ["chart.day", "ahead.on", "ahead.by"]
    keys += ["ahead.used", "ahead.stock"] if is_stock else ["ahead.need", "ahead.capacity"]
    keys.append("ahead.delivered" if is_stock else "ahead.limited_by")
    return tuple(words.say(key) for key in keys)


def _rows(days: DaySeries, words: Words, *, is_stock: bool) -> tuple[tuple[str, ...], ...]:
    def cell(quantiles: FloatArray) -> str:
        middle = words.number(round(float(quantiles[1]), 1))
        return words.say("ahead.cell", middle=middle, range=_span(quantiles, words))

    rows = []
    for at, day in enumerate(days.days.tolist()):
        units = float(days.delivered[at])
        last = _limit(days.binds[at], words)
        if is_stock:
            last = words.number(round(units)) if units >= 0.5 else "–"
        rows.append(
            (
                words.day(day),
                words.chance(float(days.on[at])).cell,
                words.chance(float(days.by[at])).cell,
                cell(days.need[at]),
                cell(days.capacity[at]),
                last,
            )
        )
    return tuple(rows)
