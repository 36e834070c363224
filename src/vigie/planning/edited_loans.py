"""A loan that somebody changes or adds, held against the rules of a plan of loans.

Machines and staff move from who lends; patients move to who lends a bed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.paths import FloatArray
from vigie.planning.edited_moves import Breach, EditRule, Effect, WantedMove
from vigie.planning.lending import Lending, LendingRules, Loans, Ways
from vigie.planning.lending_harm import HarmCheck, PatientMove
from vigie.planning.lending_limits import moveable
from vigie.planning.lending_outcome import LendingBooks, StandardOutcome, standard_outcome

__all__ = ["judge_loan_edit"]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Indices of a move, and day of the decision that it begins with."""

    lender: int
    borrower: int
    category: int
    lag: int
    day: int


def judge_loan_edit(
    lending: Lending,
    category: str,
    wanted: WantedMove,
    others: Sequence[tuple[str, WantedMove]],
    rules: LendingRules,
    *,
    seed: int = 1,
) -> tuple[Effect | None, tuple[Breach, ...]]:
    """What a loan does at both ends together with the other open ones, and the rules it breaks.

    Args:
        lending: what is held and needed, without any loan.
        category: the machine, skill or ward kind.
        wanted: the loan as it would be; patients leave on the day they are admitted.
        others: the other open loans of the kind, each with its category: patients of one ward
            kind may need another.
        rules: of plans.
        seed: of the stays drawn of patients.

    Returns:
        The effect, P(short of the category by the day of risk); None when the loan cannot be made
        at all; and all rules that are broken.

    Source: docs/models/lending-plan.md, section "A move that people change".
    """
    at = _number(lending, category)
    found = _ends(lending, at, wanted)
    if isinstance(found, Breach):
        return None, (found,)
    rest = [(each, _ends(lending, _number(lending, of), each)) for of, each in others]
    moves = [(each, ends) for each, ends in rest if isinstance(ends, _Ends)]
    moves.append((wanted, found))
    loans = _loans(lending, moves)
    standard = standard_outcome(lending, rules.risk_days)
    books = LendingBooks(lending, loans, standard, rules.risk_days, np.random.default_rng(seed))
    rise = _rises(lending, loans, books, standard, found, rules, seed)
    lender, borrower = (float(standard.short[each, at]) for each in (found.lender, found.borrower))
    helped = float(books.risk(found.borrower)[at])
    lent = min(1.0, lender + float(rise[found.lender][at]))
    effect = (
        Effect(lender, lent, borrower, helped)
        if lending.is_of_patients
        else Effect(borrower, helped, lender, lent)
    )
    beside = sum(each.quantity for each, ends in moves[:-1] if _is_beside(ends, found))
    breaches = (
        _whole(lending, wanted),
        _held(lending, wanted, found, beside, rules),
        _new(lending, wanted, found, moves, rules),
        _a_day(lending, wanted, moves, rules),
        *_harm(lending, found, rise, standard, rules.largest_harm),
    )
    return effect, tuple(each for each in breaches if each is not None)


def _number(lending: Lending, category: str) -> int:
    return lending.categories.index(category) if category in lending.categories else -1


def _ends(lending: Lending, category: int, wanted: WantedMove) -> _Ends | Breach:
    """Where a loan goes, or why it cannot be made at all."""
    at = {place: index for index, place in enumerate(lending.places)}
    for place in (wanted.from_place, wanted.to_place):
        if category < 0 or place not in at or not lending.is_known()[at[place], category]:
            text = f'capacity and need of "{place}" are not known: nothing can be judged'
            return Breach(EditRule.STOCK, text, 0.0, 0.0)
    sender, receiver = at[wanted.from_place], at[wanted.to_place]
    if not math.isfinite(lending.lanes.km[sender, receiver]):
        text = (
            f'no way short enough leads from "{wanted.from_place}" to "{wanted.to_place}"; ways '
            "stand in reference/arcs.csv, the hours allowed under [plan] in vigie.toml"
        )
        return Breach(EditRule.LANE, text, math.inf, 0.0)
    # Patients are admitted on the day they leave: what is decided today begins tomorrow.
    first = 1 if lending.is_of_patients else 0
    lag = 1 if lending.is_of_patients else int(lending.lanes.days[sender, receiver])
    last = lending.horizon - lag + first
    if not first <= wanted.depart_day <= last:
        is_early = wanted.depart_day < first
        by = first - wanted.depart_day if is_early else wanted.depart_day - last
        where = "too early" if is_early else "too late to help in time"
        text = f"the day of leaving is {where} by {by} days"
        limit = float(first if is_early else last)
        return Breach(EditRule.DAY, text, float(wanted.depart_day), limit)
    lender, borrower = (receiver, sender) if lending.is_of_patients else (sender, receiver)
    if lending.is_without()[lender, borrower, category]:
        return _without(lending, wanted, lender, borrower, category)
    return _Ends(lender, borrower, category, lag, wanted.depart_day - first)


def _without(
    lending: Lending, wanted: WantedMove, lender: int, borrower: int, category: int
) -> Breach:
    has = lending.is_there()
    lacks = (lending.echo[category].max(axis=1) > 0) & has[borrower] & ~has[lender]
    names = ", ".join(name for name, is_so in zip(lending.categories, lacks, strict=True) if is_so)
    text = (
        f'"{wanted.to_place}" has no {names}, which some of these patients need later and which '
        f'"{wanted.from_place}" has'
    )
    return Breach(EditRule.LATER, text, wanted.quantity, 0.0)


def _loans(lending: Lending, moves: Sequence[tuple[WantedMove, _Ends]]) -> Loans:
    ends = [each for _, each in moves]
    lender, borrower, category, lag = (
        np.array([getattr(each, name) for each in ends], dtype=np.int64)
        for name in ("lender", "borrower", "category", "lag")
    )
    units = np.zeros((len(moves), lending.horizon))
    for way, (each, at) in enumerate(moves):
        units[way, at.day] = each.quantity
    return Loans(Ways(lender, borrower, category, lag, np.zeros(len(moves))), units)


def _rises(
    lending: Lending, loans: Loans, books: LendingBooks, standard: StandardOutcome,
    ends: _Ends, rules: LendingRules, seed: int,
) -> dict[int, FloatArray]:  # fmt: skip
    """Rise of P(short), by place at both ends: (category,)."""
    found = {at: books.risk(at) - standard.short[at] for at in (ends.lender, ends.borrower)}
    if lending.is_of_patients:
        check = HarmCheck(
            lending, loans.ways, draws=rules.harm_draws, risk_days=rules.risk_days, seed=seed
        )
        taken = [
            PatientMove(way, day, books.units_of(way, day))
            for way, day in books.moves()
            if loans.ways.lender[way] == ends.lender
        ]
        found[ends.lender] = check.rise(ends.lender, taken)[0]
    return found


def _is_beside(other: _Ends, ends: _Ends) -> bool:
    return (other.lender, other.category) == (ends.lender, ends.category)


def _whole(lending: Lending, wanted: WantedMove) -> Breach | None:
    if abs(wanted.quantity - round(wanted.quantity)) <= 1e-6:
        return None
    near = [f"{each}" for each in (math.floor(wanted.quantity), math.ceil(wanted.quantity)) if each]
    text = f"{wanted.quantity:g} is no whole number of {lending.unit}; nearest: "
    return Breach(EditRule.LOT, text + " or ".join(near), wanted.quantity, 1.0)


def _held(
    lending: Lending, wanted: WantedMove, ends: _Ends, beside: float, rules: LendingRules
) -> Breach | None:
    """Machines and staff: no more than the part of what is held that may be lent."""
    if lending.is_of_patients:
        return None
    held = float(lending.own[ends.lender, ends.category])
    most = float(np.floor(rules.largest_share * held + 1e-6))
    lent = wanted.quantity + beside
    if lent <= most + 1e-6:
        return None
    kept = "" if rules.largest_share >= 1 else f" and may lend {most:g}"
    others = f", with {beside:g} of other open moves" if beside > 0 else ""
    text = (
        f'"{wanted.from_place}" has {held:g}{kept}; it would lend {lent:g}{others}: '
        f"{lent - most:g} too much"
    )
    return Breach(EditRule.STOCK, text, lent, most)


def _new(
    lending: Lending, wanted: WantedMove, ends: _Ends,
    moves: Sequence[tuple[WantedMove, _Ends]], rules: LendingRules,
) -> Breach | None:  # fmt: skip
    """Patients: no more than are nearly sure to be newly admitted on the day."""
    least = moveable(lending, replace(rules, decision_days=lending.horizon))
    if least is None:
        return None
    key = (ends.borrower, ends.category, ends.day)
    most = float(least[key])
    sent = sum(each.quantity for each, at in moves if (at.borrower, at.category, at.day) == key)
    if sent <= most + 1e-6:
        return None
    others = sent - wanted.quantity
    beside = f", with {others:g} of other open moves" if others > 0 else ""
    sure = 100 * (1 - rules.moveable_level)
    text = (
        f'"{wanted.from_place}" would hand over {sent:g} new patients on the day{beside}, and '
        f"only {most:g} are {sure:.0f} % sure to come: {sent - most:g} too many"
    )
    return Breach(EditRule.NEW, text, sent, most)


def _a_day(
    lending: Lending,
    wanted: WantedMove,
    moves: Sequence[tuple[WantedMove, _Ends]],
    rules: LendingRules,
) -> Breach | None:
    """No more than may leave a place, or come to one, on a day."""
    most = rules.most_per_day
    if most is None:
        return None
    same = [each for each, _ in moves if each.depart_day == wanted.depart_day]
    for verb, side in (("leave", "from_place"), ("come to", "to_place")):
        place = getattr(wanted, side)
        count = sum(each.quantity for each in same if getattr(each, side) == place)
        if count > most + 1e-6:
            text = (
                f'{count:g} {lending.unit} would {verb} "{place}" on the day, of at most {most:g}: '
                f"{count - most:g} too many"
            )
            return Breach(EditRule.DAILY, text, count, most)
    return None


def _harm(
    lending: Lending,
    ends: _Ends,
    rise: dict[int, FloatArray],
    standard: StandardOutcome,
    largest: float,
) -> list[Breach]:
    """Every category of either end whose risk rises by too much."""
    found = []
    for place in (ends.lender, ends.borrower):
        for at in np.flatnonzero(lending.is_known()[place] & (rise[place] > largest + 1e-9)):
            before, by = float(standard.short[place, at]), float(rise[place][at])
            text = (
                f'"{lending.places[place]}" would be short of {lending.categories[at]} itself: its '
                f"P(short) rises by {by:.3f} ({before:.3f} -> {before + by:.3f}), limit {largest:g}"
            )
            found.append(Breach(EditRule.HARM, text, by, largest))
    return found
