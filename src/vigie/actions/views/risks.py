"""Shortages as people read them: the list, what must be decided, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables, RiskRow
from vigie.actions.words.wording import Words
from vigie.charts import chance_step, whole_in_100

__all__ = [
    "AT_RISK_STEP",
    "DATE_FROM_IN_100",
    "DECISION_DAYS",
    "KINDS",
    "LISTED_STEP",
    "Risk",
    "act_by_text",
    "by_harm",
    "from_when",
    "kind_name",
    "open_text",
    "read_risks",
    "reason_text",
    "risk_row",
    "risk_sentence",
    "what_name",
]

AT_RISK_STEP = 2
"""From this step of chance (33 in 100) a shortage asks for a decision."""

LISTED_STEP = 1
"""From this step of chance (10 in 100) a shortage stands in a list."""

DATE_FROM_IN_100 = 20
"""Under this chance no day is named: too few paths run short to date them."""

DECISION_DAYS = 14
"""Days ahead of the chance that pages lead with."""

KINDS = ("beds", "equipment", "staff", "products")
"""By expected harm: patients without a bed or a machine, shifts without staff, units."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A row of shortages, with the chance that pages lead with.

    ``probability`` is P(short by day 14), or by the horizon when the run gives none for day 14;
    ``days`` says which; ``if_short`` is over the paths that run short within the horizon.
    ``probability_open`` is that by the horizon if nobody orders again, where orders are foreseen.
    """

    kind: str
    place: str
    category: str
    as_of: date
    days: int
    horizon_days: int
    probability: float
    probability_7: float | None
    probability_14: float | None
    if_short: tuple[int, int, int] | None
    expected_unmet: float
    unmet_unit: str
    need_now: float | None
    capacity_now: float | None
    binds: str
    act_by: date | None
    data_date: date
    days_of_data: int
    probability_open: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Identifies the same risk in two releases."""
        return (self.kind, self.place, self.category)

    @property
    def step(self) -> int:
        """Step of chance, 0 to 4."""
        return chance_step(self.probability)

    @property
    def by(self) -> date:
        """Last day the chance is about."""
        return self.as_of + timedelta(days=self.days)

    @property
    def is_late(self) -> bool:
        """Whether the last useful moment to act is past."""
        return self.act_by is not None and self.act_by < self.as_of

    @property
    def is_dated(self) -> bool:
        """Whether enough paths run short to name a day."""
        return self.if_short is not None and whole_in_100(self.probability) >= DATE_FROM_IN_100


def read_risks(tables: ReleaseTables, **equals: str) -> list[Risk]:
    """The shortages of a release, highest chance first; equal ones in 100 by expected harm."""
    risks = [_risk(row) for row in tables.table("shortages", **equals).to_pylist()]
    return sorted(risks, key=lambda risk: (-whole_in_100(risk.probability), *_harm(risk)))


def _risk(row: dict[str, Any]) -> Risk:
    has_14 = row["probability_14"] is not None
    quantiles = (row["if_short_q10"], row["if_short_q50"], row["if_short_q90"])
    return Risk(
        kind=row["kind"],
        place=row["place"],
        category=row["category"],
        as_of=row["as_of"],
        days=DECISION_DAYS if has_14 else row["horizon_days"],
        horizon_days=row["horizon_days"],
        probability=row["probability_14"] if has_14 else row["probability"],
        probability_7=row["probability_7"],
        probability_14=row["probability_14"],
        if_short=None if None in quantiles else quantiles,
        expected_unmet=row["expected_unmet"] or 0.0,
        unmet_unit=row["unmet_unit"],
        need_now=row["need_now"],
        capacity_now=row["capacity_now"],
        binds=row["binds"],
        act_by=row["act_by"],
        data_date=row["data_date"],
        days_of_data=row["days_of_data"],
        probability_open=row["probability_open"],
    )


def _harm(risk: Risk) -> tuple[int, float, tuple[str, str, str]]:
    rank = KINDS.index(risk.kind) if risk.kind in KINDS else len(KINDS)
    return (rank, -risk.expected_unmet, risk.key)


def by_harm(risks: Sequence[Risk], *, floor: int = AT_RISK_STEP) -> list[Risk]:
    """Risks from a step of chance on: last useful moment first, then expected harm.

    A moment already past counts as today; a risk without a known remedy comes last.
    """

    def order(risk: Risk) -> tuple[date, int, float, tuple[str, str, str]]:
        return (max(risk.act_by, risk.as_of) if risk.act_by else date.max, *_harm(risk))

    return sorted((risk for risk in risks if risk.step >= floor), key=order)


def what_name(risk: Risk, names: RoomNames, words: Words) -> str:
    """What may run short: ``Beds: ICU``, ``FFP2 masks``."""
    return kind_name(risk.kind, risk.category, names, words)


def kind_name(kind: str, category: str, names: RoomNames, words: Words) -> str:
    """The same of a kind of shortage and a category; "": the kind alone."""
    name = words.say(f"kind.{kind}") if kind in KINDS else kind
    if not category:
        return name
    if kind in ("beds", "staff"):
        return f"{name}{words.colon}{names.category(category)}"
    return names.category(category)


def risk_sentence(risk: Risk, words: Words) -> str:
    """How surely it runs short by when: ``64 chances in 100 of lacking beds by 23 November``."""
    return words.say(
        "risk.sentence",
        chances=words.chance(risk.probability).chances,
        lack=words.say(f"lack.{risk.kind}"),
        day=words.full_day(risk.by),
    )


def from_when(risk: Risk, words: Words) -> str:
    """Most likely first day among the paths that run short, with its range."""
    if risk.if_short is None or not risk.is_dated:
        return words.say("risk.no_date")
    early, middle, late = (risk.as_of + timedelta(days=day) for day in risk.if_short)
    span = words.span(early, late, is_short=True)
    return words.say("risk.from", middle=words.day(middle), span=span)


def act_by_text(risk: Risk, words: Words, *, is_short: bool = False) -> str:
    """Last useful moment to act, in words."""
    if risk.act_by is None:
        return words.say("decide.no_lead_time")
    if risk.is_late:
        return words.say("decide.late" if is_short else "decide.too_late")
    if risk.act_by == risk.as_of:
        return words.say("decide.today")
    return words.short_weekday(risk.act_by) if is_short else words.weekday(risk.act_by)


def risk_row(risk: Risk, names: RoomNames, words: Words) -> RiskRow:
    """A risk as a row of a list."""
    is_young = risk.days_of_data < 28
    return RiskRow(
        kind=risk.kind,
        what=what_name(risk, names, words),
        where=names.place(risk.place),
        place=risk.place,
        chance=words.chance(risk.probability),
        chance_7=None if risk.probability_7 is None else words.chance(risk.probability_7),
        chance_14=None if risk.probability_14 is None else words.chance(risk.probability_14),
        by=risk.by,
        from_when=from_when(risk, words),
        act_by=act_by_text(risk, words, is_short=True) if risk.step >= LISTED_STEP else "–",
        need=amount(risk.need_now, words),
        capacity=amount(risk.capacity_now, words),
        binds=words.say(f"binds.{risk.binds}") if risk.binds in BINDS else risk.binds,
        note=words.say("risk.young", count=risk.days_of_data) if is_young else "",
    )


def reason_text(risk: Risk, words: Words) -> str:
    """Why it may run short: need against capacity on the last day known, and what limits it."""
    binds = words.say(f"binds.{risk.binds}") if risk.binds in BINDS else risk.binds
    if risk.need_now is None or risk.capacity_now is None or risk.kind not in KINDS:
        return words.say("reason.unknown", binds=binds)
    # Means over the futures have fractions; nobody sees a tenth of a bed.
    need, usable = round(risk.need_now, 1 if risk.kind == "products" else None), risk.capacity_now
    reason = words.say(
        f"reason.{risk.kind}",
        need=words.number(need),
        patients=words.count("reason.patients", round(risk.need_now)),
        capacity=words.number(round(usable)),
        beds=words.count("reason.usable", round(usable)),
        binds=binds,
    )
    alone = open_text(risk, words)
    return words.say("reason.open", reason=reason, alone=alone) if alone else reason


def open_text(risk: Risk, words: Words) -> str:
    """The chance if nobody orders again; "" where no further order is foreseen."""
    if risk.probability_open is None:
        return ""
    return words.say(
        "risk.open",
        chance=words.chance(risk.probability_open).in_100,
        day=words.day(risk.as_of + timedelta(days=risk.horizon_days)),
    )


BINDS = ("beds", "staff", "equipment", "stock")


def amount(value: float | None, words: Words) -> str:
    """A need or capacity; a missing one is said, never shown as 0 or as a gap."""
    return words.say("state.missing") if value is None else words.number(value)
