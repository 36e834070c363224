"""What loans do in each future: who is sent, who still holds, who is short, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray, PathArray
from vigie.planning.lending import Lending, Loans

__all__ = ["LendingBooks", "LendingOutcome", "StandardOutcome", "judge_loans", "standard_outcome"]


@dataclass(frozen=True, slots=True, eq=False)
class LendingOutcome:
    """What came of loans in the futures given; 0 where capacity is unknown.

    Attributes:
        unmet: (place, category), expected unit-days of need without capacity, to the horizon.
        short: (place, category), P(short by the day of risk).
        cost: unmet of all, weighted by category.
        unsent_units: expected units that were promised and could not begin.
    """

    unmet: FloatArray
    short: FloatArray
    cost: float
    unsent_units: float


@dataclass(frozen=True, slots=True, eq=False)
class StandardOutcome:
    """Without any loan: as ``LendingOutcome``."""

    unmet: FloatArray
    short: FloatArray


def standard_outcome(lending: Lending, risk_days: int) -> StandardOutcome:
    """What happens without loans."""
    known = lending.is_known()
    unmet, short = np.zeros(known.shape), np.zeros(known.shape)
    for place in range(len(lending.places)):
        unmet[place], short[place] = _place(lending, place, None, risk_days)
    return StandardOutcome(np.where(known, unmet, 0.0), np.where(known, short, 0.0))


def judge_loans(
    lending: Lending, loans: Loans, *, risk_days: int, rng: np.random.Generator
) -> LendingOutcome:
    """Run every future with whole loans.

    A lender sends what is free on the day, a place hands over the patients who come on it, in the
    order of the ways. A patient stays for a time drawn from the law of stays, and goes on to other
    categories of beds as drawn, the same at both ends.

    Args:
        lending: what is held and needed.
        loans: in whole units.
        risk_days: days over which P(short) is looked at.
        rng: chance of the stays of patients.

    Source: docs/models/lending-plan.md, equation 6.
    """
    books = LendingBooks(lending, loans, standard_outcome(lending, risk_days), risk_days, rng)
    return books.outcome()


@dataclass(frozen=True, slots=True, eq=False)
class _Played:
    way: int
    day: int
    units: int
    sent: IntArray
    first_draw: int


class LendingBooks:
    """Capacity of the places concerned in each future; loans can be taken back one by one."""

    def __init__(
        self,
        lending: Lending,
        loans: Loans,
        standard: StandardOutcome,
        risk_days: int,
        rng: np.random.Generator,
    ) -> None:
        self._lending, self._loans, self._standard = lending, loans, standard
        self._risk_days = risk_days
        self._draws, self._has = _draws(lending, rng), lending.is_there()
        self._change: dict[int, PathArray] = {}
        self._lent: dict[int, PathArray] = {}
        self._unsent = 0.0
        self._moves: dict[tuple[int, int], _Played] = {}
        for day in range(loans.units.shape[1]):
            self._play(day)

    def _play(self, day: int) -> None:
        """The units that begin on a day, in the order of the ways."""
        lending, ways = self._lending, self._loans.ways
        free: dict[tuple[int, int], PathArray] = {}
        for way in np.flatnonzero(self._loans.units[:, day] > 0).tolist():
            place = int((ways.borrower if lending.is_of_patients else ways.lender)[way])
            category = int(ways.category[way])
            key = (place, category)
            if key not in free:
                free[key] = self._free(place, category, day)
            units = round(float(self._loans.units[way, day]))
            move = self._played(way, day, units, free[key])
            free[key] = free[key] - move.sent
            self._unsent += float((units - move.sent).mean(dtype=np.float64))
            self._moves[way, day] = move
            self._book(move, 1.0)

    def _played(self, way: int, day: int, units: int, free: PathArray) -> _Played:
        ways = self._loans.ways
        sent = np.clip(np.floor(free + 1e-4), 0, units).astype(np.int64)
        draw = (7919 * int(ways.lender[way]) + 104729 * int(ways.borrower[way])) + 31 * day
        return _Played(way, day, units, sent, draw + 13 * int(ways.category[way]))

    def _free(self, place: int, category: int, day: int) -> PathArray:
        lending = self._lending
        if lending.admissions is not None:
            return np.asarray(lending.admissions[place, category, day], dtype=np.float32)
        held = np.float32(lending.own[place, category])
        lent = self._lent[place][category, day] if place in self._lent else np.float32(0)
        return np.asarray(held - lending.need[place, category, day] - lent)

    def _book(self, move: _Played, sign: float) -> None:
        ways = self._loans.ways
        lender, borrower = int(ways.lender[move.way]), int(ways.borrower[move.way])
        signed = np.float32(sign)
        if self._lending.courses is not None:
            begins = move.day + int(ways.lag[move.way]) - 1
            used = self._followed(move, self._lending.courses, self._lending.horizon - begins)
            for place, sense in ((lender, -signed), (borrower, signed)):
                # Beds of a kind that a place does not have are needed elsewhere, not here.
                here = self._has[place][:, None, None]
                self._of(self._change, place)[:, begins:] += sense * np.where(here, used, 0)
            return
        for category, at, amount in self._parts(move, at_lender=True):
            self._of(self._lent, lender)[category, at] += signed * amount
            self._of(self._change, lender)[category, at] -= signed * amount
        for category, at, amount in self._parts(move, at_lender=False):
            self._of(self._change, borrower)[category, at] += signed * amount

    def _of(self, books: dict[int, PathArray], place: int) -> PathArray:
        if place not in books:
            books[place] = np.zeros(self._lending.need.shape[1:], dtype=np.float32)
        return books[place]

    def _parts(self, move: _Played, *, at_lender: bool) -> Iterator[tuple[int, int, PathArray]]:
        """(category, day, units in each future) of what a move takes from or brings to a place."""
        lending, ways = self._lending, self._loans.ways
        lag, moved = int(ways.lag[move.way]), int(ways.category[move.way])
        profile = (lending.at_lender if at_lender else lending.at_borrower)(lag)[moved]
        sent = move.sent.astype(np.float32)
        for category, age in np.argwhere(profile > 0).tolist():
            at = move.day + age
            if at < lending.horizon:
                part = float(profile[category, age])
                whole = part >= 1
                yield category, at, sent if whole else self._staying(move, category, part)

    def _staying(self, move: _Played, category: int, part: float) -> PathArray:
        """Of the units sent, those in use: the same patients at both ends and on all days."""
        most = int(move.sent.max(initial=0))
        rows = (move.first_draw + 3571 * category + np.arange(most)) % len(self._draws)
        is_there = self._draws[rows] < part
        is_sent = np.arange(most)[:, None] < move.sent[None, :]
        return np.asarray((is_there & is_sent).sum(axis=0, dtype=np.float32))

    def _followed(self, move: _Played, courses: IntArray, days: int) -> PathArray:
        """(category, age, sample): beds used by the patients sent, each in one bed at a time."""
        drawn = courses[int(self._loans.ways.category[move.way])]
        most = int(move.sent.max(initial=0))
        used = np.zeros((len(courses), days, len(move.sent)), dtype=np.float32)
        for number in range(most):
            row = (move.first_draw + number) % len(self._draws)
            patient = (self._draws[row] * np.float32(len(drawn))).astype(np.int64)
            at = drawn[np.minimum(patient, len(drawn) - 1), :days].T
            is_sent = number < move.sent
            for category in range(len(courses)):
                used[category] += (at == category) & is_sent
        return used

    def _left(self, way: int, day: int) -> PathArray:
        """What may still be sent by a way on a day, the other moves as they are."""
        ways, lending = self._loans.ways, self._lending
        place = int((ways.borrower if lending.is_of_patients else ways.lender)[way])
        category = int(ways.category[way])
        free = self._free(place, category, day)
        if lending.is_of_patients:
            for (other, on), move in self._moves.items():
                if on == day and (ways.borrower[other], ways.category[other]) == (place, category):
                    free = free - move.sent
        return free

    def units_of(self, way: int, day: int) -> int:
        """Units that a move holds; 0 where there is none."""
        move = self._moves.get((way, day))
        return 0 if move is None else move.units

    def extend(self, way: int, day: int, units: int) -> float:
        """More, or less, of a move; others send what they sent.

        Args:
            way, day: of the move; it may be a new one.
            units: that are added, below 0 taken back.

        Returns:
            Weighted unit-days that this saves.
        """
        key, ways = (way, day), self._loans.ways
        ends = {int(ways.lender[way]), int(ways.borrower[way])}
        cost = sum(self._cost(place) for place in ends)
        before = self._moves.pop(key, None)
        if before is not None:
            self._book(before, -1.0)
        promised = units + (0 if before is None else before.units)
        if promised > 0:
            move = self._played(way, day, promised, self._left(way, day))
            self._moves[key] = move
            self._book(move, 1.0)
        return cost - sum(self._cost(place) for place in ends)

    def saved_by(self, way: int, day: int) -> float:
        """Weighted unit-days that would lack without one move, the others as they are."""
        move = self._moves[way, day]
        ways = self._loans.ways
        ends = {int(ways.lender[way]), int(ways.borrower[way])}
        now = sum(self._cost(place) for place in ends)
        self._book(move, -1.0)
        without = sum(self._cost(place) for place in ends)
        self._book(move, 1.0)
        return without - now

    def remove(self, way: int, day: int) -> None:
        """Take a move back."""
        self._book(self._moves.pop((way, day)), -1.0)

    def moves(self) -> list[tuple[int, int]]:
        """(way, day) of what is lent."""
        return list(self._moves)

    def risk(self, place: int) -> FloatArray:
        """(category,): P(short by the day of risk) of a place."""
        if place not in self._change:
            return np.asarray(self._standard.short[place])
        return _place(self._lending, place, self._change[place], self._risk_days)[1]

    def _cost(self, place: int) -> float:
        unmet, _ = _place(self._lending, place, self._change.get(place), 0)
        known = self._lending.is_known()[place]
        return float((np.where(known, unmet, 0.0) * self._lending.weights).sum())

    def loans(self) -> Loans:
        """What is lent."""
        units = np.zeros_like(self._loans.units)
        for (way, day), move in self._moves.items():
            units[way, day] = move.units
        return Loans(self._loans.ways, units)

    def outcome(self) -> LendingOutcome:
        """What comes of the loans."""
        unmet, short = self._standard.unmet.copy(), self._standard.short.copy()
        known = self._lending.is_known()
        for place, change in self._change.items():
            u, s = _place(self._lending, place, change, self._risk_days)
            unmet[place], short[place] = np.where(known[place], (u, s), 0.0)
        cost = float((unmet * self._lending.weights).sum())
        return LendingOutcome(unmet, short, cost, self._unsent)


def _place(
    lending: Lending, place: int, change: PathArray | None, risk_days: int
) -> tuple[FloatArray, FloatArray]:
    """Expected unmet and P(short) by category of one place."""
    held = np.nan_to_num(lending.own[place]).astype(np.float32)[:, None, None]
    excess = lending.need[place] - held
    if change is not None:
        excess -= change
    # Rounding of single precision is no shortage.
    tolerance = 1e-4 * np.maximum(np.abs(held), 1.0)
    short = (excess[:, :risk_days] > tolerance).any(axis=1).mean(axis=-1)
    np.maximum(excess, 0, out=excess)
    return excess.sum(axis=1, dtype=np.float32).mean(axis=-1, dtype=np.float64), short


def _draws(lending: Lending, rng: np.random.Generator) -> PathArray:
    """Chances of patients to be still in bed; nothing is drawn where all comes back on a day."""
    is_fixed = lending.courses is None and bool(((lending.echo <= 0) | (lending.echo >= 1)).all())
    rows = 1 if is_fixed else 1009
    return rng.random((rows, lending.need.shape[-1]), dtype=np.float32)
