"""The page of shortages: what may run short, by the last useful day to act, and day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.actions.views.choices import Chosen, ListHead, Part, kind_and_region, list_head, part_of
from vigie.actions.views.day_rows import DaySeries, SeriesKey, read_days
from vigie.actions.views.risks import (
    AT_RISK_STEP,
    LISTED_STEP,
    Risk,
    by_harm,
    read_risks,
    reason_text,
    risk_row,
    what_name,
)
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.shown_what_ifs import WhatIfView
from vigie.actions.views.staff_views import StaffAhead, read_staff, staff_lines, staff_reason
from vigie.actions.views.stock_views import StockAdvice, advice_lines, read_advice
from vigie.actions.views.supplier_views import supplier_lines
from vigie.actions.views.views import Picture, ReleaseTables, RiskRow
from vigie.actions.views.what_if_views import what_if_views
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words, words_for
from vigie.charts import RiskDaysWords, RiskLine, chance_step, draw_risk_days

Days = NDArray[np.datetime64]
Staff = Mapping[tuple[str, str], StaffAhead]

__all__ = ["ShortageRow", "ShortagesPage", "build_shortages_page"]


@dataclass(frozen=True, slots=True)
class ShortageRow:
    """A shortage of the list.

    Attributes:
        risk: chance, dates and place.
        reason: need against capacity, and what limits it.
        lacking: expected need without capacity over the horizon, with its unit.
        is_late: the last useful day to act is past.
        advice: of a product, what to order by when, and what stock covers; of staff, hours and
            nurses missing, and planned shifts that break a rest rule.
    """

    risk: RiskRow
    reason: str
    lacking: str
    is_late: bool
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortagesPage:
    """The page of one release, in one language, for one kind and region or for all."""

    head: ListHead
    chosen: Chosen
    note: str
    stale: str
    part: Part | None
    rows: tuple[ShortageRow, ...]
    picture: Picture | None
    picture_note: str
    what_ifs: tuple[WhatIfView, ...] = ()
    what_ifs_note: str = ""
    suppliers: tuple[str, ...] = ()


def build_shortages_page(
    tables: ReleaseTables, *, language: Language, chosen: Chosen | None = None
) -> ShortagesPage:
    """The page of shortages of a release, in one language.

    Args:
        tables: of the release.
        language: of the reader.
        chosen: kind, region and page of the list; None: all.

    Raises:
        NotFound: the room has no such kind or region.
    """
    words = words_for(language)
    names = read_names(tables, language)
    chosen = chosen or Chosen()
    head = list_head(tables, language, kind_and_region(chosen, names, words))
    risks = _risks(tables, chosen, names)
    listed = by_harm(risks, floor=LISTED_STEP)
    part = part_of(len(listed), chosen.page) if listed else None
    shown = listed[part.first - 1 : part.last] if part else []
    days = read_days(tables, [risk.key for risk in shown])
    staff = read_staff(tables, shown)
    advice = read_advice(tables, {risk.key[1:] for risk in shown if risk.kind == "products"})
    picture = _picture(tables, chosen, shown, days, names, words)
    what_ifs, what_ifs_note = _what_ifs(tables, chosen, names, words)
    return ShortagesPage(
        head=head,
        chosen=chosen,
        note=_note(risks, listed, part, words),
        stale=_stale(tables, risks, words),
        part=part,
        rows=tuple(_row(risk, advice.get(risk.key[1:]), staff, names, words) for risk in shown),
        picture=picture,
        picture_note=words.say("shortages.no_days") if shown and picture is None else "",
        what_ifs=what_ifs,
        what_ifs_note=what_ifs_note,
        suppliers=_suppliers(tables, chosen, names, words),
    )


def _what_ifs(
    tables: ReleaseTables, chosen: Chosen, names: RoomNames, words: Words
) -> tuple[tuple[WhatIfView, ...], str]:
    """Scenarios of the kind and region chosen; on the first page of the list only."""
    if chosen.page > 1:
        return (), ""
    inside = names.inside(chosen.region) if chosen.region else None
    equals = {"kind": chosen.kind} if chosen.kind else {}
    return what_if_views(
        tables, names, words, lambda row: inside is None or row["place"] in inside, **equals
    )


def _suppliers(
    tables: ReleaseTables, chosen: Chosen, names: RoomNames, words: Words
) -> tuple[str, ...]:
    """Suppliers that cannot deliver all, where products are among what is shown."""
    if chosen.kind not in ("", "products"):
        return ()
    inside = names.inside(chosen.region) if chosen.region else None
    return supplier_lines(tables, names, words, inside)


def _risks(tables: ReleaseTables, chosen: Chosen, names: RoomNames) -> list[Risk]:
    risks = read_risks(tables, **({"kind": chosen.kind} if chosen.kind else {}))
    if not chosen.region:
        return risks
    inside = names.inside(chosen.region)
    return [risk for risk in risks if risk.place in inside]


def _note(risks: Sequence[Risk], listed: Sequence[Risk], part: Part | None, words: Words) -> str:
    if not risks:
        return words.say("decide.none_assessed")
    if part is None:
        return words.say("shortages.none", count=words.number(len(risks)))
    return words.say(
        "shortages.caption",
        first=words.number(part.first),
        last=words.number(part.last),
        count=words.number(part.count),
        high=words.number(sum(risk.step >= AT_RISK_STEP for risk in listed)),
    )


def _stale(tables: ReleaseTables, risks: Sequence[Risk], words: Words) -> str:
    """Said when no series was reported for the day of the release or the day before."""
    newest = max((risk.data_date for risk in risks), default=None)
    if newest is None or (tables.as_of - newest).days <= 1:
        return ""
    return words.say("shortages.stale", day=words.full_day(newest))


def _row(
    risk: Risk, advice: StockAdvice | None, staff: Staff, names: RoomNames, words: Words
) -> ShortageRow:
    own = staff.get(risk.key[1:]) if risk.kind == "staff" else None
    lines = staff_lines(own, words) if own else ()
    if advice:
        lines = advice_lines(advice, names, words, is_stock_said=True)
    lacking = ""
    if risk.expected_unmet >= 0.05:
        unit = "units" if risk.kind == "products" else risk.unmet_unit
        unit = words.unit(unit, risk.expected_unmet)
        amount = words.about(risk.expected_unmet)
        lacking = words.say("shortages.lack", amount=amount, unit=unit)
    return ShortageRow(
        risk=risk_row(risk, names, words),
        reason=staff_reason(reason_text(risk, words), own, words),
        lacking=lacking,
        is_late=risk.is_late,
        advice=lines,
    )


def _picture(
    tables: ReleaseTables,
    chosen: Chosen,
    shown: Sequence[Risk],
    days: dict[SeriesKey, DaySeries],
    names: RoomNames,
    words: Words,
) -> Picture | None:
    """The risk table by day of the first rows of the list; None when no day of them is kept."""
    known = [risk for risk in shown if risk.key in days]
    if not known:
        return None
    calendar = max((days[risk.key].days for risk in known), key=len)
    # Kinds may begin a day apart: what is reported for today begins tomorrow.
    first = max(days[risk.key].days[0] for risk in known)
    last = min(days[risk.key].days[-1] for risk in known)
    calendar = calendar[(calendar >= first) & (calendar <= last)]
    lines = [_line(risk, days[risk.key], calendar, names, words) for risk in known]
    worst = max(lines, key=lambda line: line.probabilities[-1])
    last_day = calendar[-1].item()
    high = sum(chance_step(line.probabilities[-1]) >= AT_RISK_STEP for line in lines)
    count, shown_count = words.number(high), words.number(len(lines))
    day = words.full_day(last_day)
    finding = words.say("days.finding", count=count, shown=shown_count, day=day)
    alternative = words.say(
        "days.alternative",
        shown=shown_count,
        chance=words.chance(worst.probabilities[-1]).in_100,
        name=f"{worst.place}, {worst.what}",
        day=day,
    )
    picture_words = RiskDaysWords(
        title=finding,
        description=alternative,
        steps=(
            words.say("map.step_0"),
            words.say("map.step_1"),
            words.say("map.step_2"),
            words.say("map.step_3"),
            words.say("map.step_4"),
        ),
        month=words.month,
    )
    return Picture(
        name=f"shortage-days-{chosen.kind or 'all'}-{chosen.page}",
        finding=finding,
        subtitle=words.say(
            "days.subtitle",
            first=words.day(calendar[0].item()),
            last=words.day(last_day),
        ),
        alternative=alternative,
        source=words.say("days.source", release=tables.release),
        header=(
            f"{words.say('decide.what')}, {words.say('decide.where').lower()}",
            *(words.day(day) for day in calendar.tolist()),
        ),
        rows=tuple(
            (
                f"{line.what}, {line.place}",
                *(words.chance(each).cell for each in line.probabilities),
            )
            for line in lines
        ),
        draw=lambda is_narrow: draw_risk_days(lines, calendar, picture_words, is_narrow=is_narrow),
    )


def _line(risk: Risk, own: DaySeries, calendar: Days, names: RoomNames, words: Words) -> RiskLine:
    chance_by = dict(zip(own.days.tolist(), own.by.tolist(), strict=True))
    return RiskLine(
        place=names.place(risk.place),
        what=what_name(risk, names, words),
        probabilities=tuple(chance_by[day] for day in calendar.tolist()),
    )
