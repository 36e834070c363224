"""What staff lack beyond their chance: hours, registered nurses, shifts that break a rest rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.views.risks import DECISION_DAYS, Risk, risk_row
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables, RiskRow
from vigie.actions.words.wording import Words
from vigie.charts import whole_in_100

__all__ = ["StaffAhead", "read_staff", "staff_lines", "staff_reason", "with_staff"]

Row = Mapping[str, Any]

WEEK_DAYS = 7
"""Days of the nearer sums; the farther ones are of DECISION_DAYS."""


@dataclass(frozen=True, slots=True)
class StaffAhead:
    """Sums of the table of staff days of a place and skill; see schemas.STAFF_DAYS.

    Attributes:
        as_of: day of the release.
        days: days of the farther sums.
        gap_hours_7, gap_hours: expected hours missing within 7 days and within ``days``.
        least_share: strictest share in force on these days; None: no rule is told here.
        mix_broken: P(the share is not kept on some day of these); None as above.
        registered_missing_7, registered_missing: expected nurses to add over the shifts.
        mix_valid_from, mix_source: of the rule; None where a scenario or no rule sets it.
        planned_shifts: on these days; None: none is told.
        rest_breaches, breach_hours: shifts that break the rest rule, and their hours; None: no
            rule, or no shifts are told.
        overlapping: shifts that cannot be judged.
        not_worked: shifts taken off the roster.
        is_enforced: the rest rule is enforced.
        rest_source: of the rule.
    """

    as_of: date
    days: int
    gap_hours_7: float
    gap_hours: float
    least_share: float | None
    mix_broken: float | None
    registered_missing_7: float | None
    registered_missing: float | None
    mix_valid_from: date | None
    mix_source: str | None
    planned_shifts: int | None
    rest_breaches: int | None
    breach_hours: float | None
    overlapping: int
    not_worked: int
    is_enforced: bool
    rest_source: str | None


def read_staff(
    tables: ReleaseTables, risks: Sequence[Risk], *, place: str = ""
) -> dict[tuple[str, str], StaffAhead]:
    """By place and skill; empty for a release made before these days were kept.

    Args:
        tables: of the release.
        risks: those of staff among them are asked for.
        place: of all of them; "": of several.
    """
    cells = sorted({"\x1f".join(risk.key[1:]) for risk in risks if risk.kind == "staff"})
    if not cells:
        return {}
    kept = tables.table("staff_days", **({"place": place} if place else {}))
    named = pc.binary_join_element_wise(kept["place"], kept["category"], "\x1f")
    kept = kept.filter(pc.is_in(named, value_set=pa.array(cells, pa.string())))
    by_cell: dict[tuple[str, str], list[Row]] = {}
    last = tables.as_of + timedelta(days=DECISION_DAYS)
    for row in kept.to_pylist():
        if row["date"] <= last:
            by_cell.setdefault((row["place"], row["category"]), []).append(row)
    return {cell: _summed(rows, tables.as_of) for cell, rows in by_cell.items()}


def _summed(rows: Sequence[Row], as_of: date) -> StaffAhead:
    near = [row for row in rows if row["date"] <= as_of + timedelta(days=WEEK_DAYS)]
    mixed = [row for row in rows if row["least_share"] is not None]
    strictest = max(mixed, key=lambda row: float(row["least_share"]), default=None)
    ruled = [row for row in rows if row["rest_breaches"] is not None]
    return StaffAhead(
        as_of=as_of,
        days=max((row["date"] - as_of).days for row in rows),
        gap_hours_7=_total(near, "gap_hours") or 0.0,
        gap_hours=_total(rows, "gap_hours") or 0.0,
        least_share=strictest["least_share"] if strictest else None,
        mix_broken=max((row["mix_broken_by"] for row in mixed), default=None),
        registered_missing_7=_total(near, "registered_missing"),
        registered_missing=_total(rows, "registered_missing"),
        mix_valid_from=strictest["mix_valid_from"] if strictest else None,
        mix_source=strictest["mix_source"] if strictest else None,
        planned_shifts=_count(rows, "planned_shifts"),
        rest_breaches=_count(rows, "rest_breaches"),
        breach_hours=_total(rows, "breach_hours"),
        overlapping=_count(rows, "overlapping") or 0,
        not_worked=_count(rows, "not_worked") or 0,
        is_enforced=any(row["rest_enforced"] for row in ruled),
        rest_source=ruled[0]["rest_source"] if ruled else None,
    )


def _total(rows: Sequence[Row], name: str) -> float | None:
    told = [float(row[name]) for row in rows if row[name] is not None]
    return sum(told) if told else None


def _count(rows: Sequence[Row], name: str) -> int | None:
    total = _total(rows, name)
    return None if total is None else round(total)


def staff_reason(reason: str, staff: StaffAhead | None, words: Words) -> str:
    """The reason of a shortage of staff, with the skill mix where it may not be kept."""
    if staff is None or staff.mix_broken is None or whole_in_100(staff.mix_broken) == 0:
        return reason
    assert staff.least_share is not None, "a chance is told of a rule"
    mix = words.say(
        "staff.mix",
        share=words.number(100 * staff.least_share),
        chance=words.chance(staff.mix_broken).in_100,
        day=words.day(staff.as_of + timedelta(days=staff.days)),
    )
    if staff.mix_source and staff.mix_valid_from:
        since = words.dated_day(staff.mix_valid_from)
        mix = words.say("staff.mix_rule", mix=mix, since=since, source=staff.mix_source)
    return f"{reason}{words.semicolon}{mix}"


def staff_lines(staff: StaffAhead, words: Words) -> tuple[str, ...]:
    """Hours missing, registered nurses to add, and planned shifts against the rest rule."""
    lines = []
    if staff.gap_hours >= 1:
        lines.append(
            words.say(
                "staff.hours",
                near=words.number(round(staff.gap_hours_7, 1)),
                far=words.number(round(staff.gap_hours, 1)),
                days=staff.days,
            )
        )
    if staff.registered_missing is not None and staff.registered_missing >= 0.05:
        lines.append(
            words.say(
                "staff.nurses",
                near=words.number(round(staff.registered_missing_7 or 0.0, 1)),
                far=words.number(round(staff.registered_missing, 1)),
                days=staff.days,
            )
        )
    if staff.rest_breaches:
        lines.append(_rest_line(staff, words))
    if staff.overlapping:
        lines.append(words.count("staff.overlapping", staff.overlapping))
    return tuple(lines)


def _rest_line(staff: StaffAhead, words: Words) -> str:
    assert staff.rest_breaches is not None and staff.breach_hours is not None, "some break it"
    broken = words.count(
        "staff.rest",
        staff.rest_breaches,
        planned=words.number(staff.planned_shifts or 0),
        hours=words.number(staff.breach_hours),
        days=staff.days,
        source=staff.rest_source or "",
    )
    if not staff.is_enforced:
        return f"{broken}{words.semicolon}{words.say('staff.rest_told')}"
    return f"{broken}{words.semicolon}{words.count('staff.rest_off', staff.not_worked)}"


def with_staff(
    risk: Risk, staff: Mapping[tuple[str, str], StaffAhead], names: RoomNames, words: Words
) -> RiskRow:
    """A risk as a row of a list; of staff with what it lacks."""
    own = staff.get(risk.key[1:]) if risk.kind == "staff" else None
    row = risk_row(risk, names, words)
    return replace(row, advice=staff_lines(own, words)) if own else row
