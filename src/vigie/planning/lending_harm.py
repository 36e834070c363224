"""Harm of those who take new patients, looked at in more futures than a plan is made on.

The same futures are looked at with and without the moves, so that a rise of P(short) is a share of
futures of its own. Where no more futures of the patients in bed can be had, those who are moved are
drawn again on the same ones: what chance their stays add is then averaged out of the rise, and
less has to be held back for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.paths import BoolArray, FloatArray, IntArray, PathArray
from vigie.planning.harm import harm_seen
from vigie.planning.lending import Lending, Ways

__all__ = ["HarmCheck", "PatientMove"]

BedCounts = NDArray[np.uint16]
"""Half the memory of sample paths: hundreds of moves are tried, each in thousands of futures."""


@dataclass(frozen=True, slots=True)
class PatientMove:
    """New patients that are taken to another place.

    Attributes:
        way: index.
        day: of the decision, 0 is today; they are admitted on the next.
        units: patients.
    """

    way: int
    day: int
    units: int


@dataclass(slots=True, eq=False)
class _Followed:
    units: int
    beds: BedCounts


class HarmCheck:
    """Rise of P(short) of lenders by the patients they take, future by future."""

    def __init__(
        self, futures: Lending, ways: Ways, *, draws: int, risk_days: int, seed: int
    ) -> None:
        """Args:
        futures: in which harm is looked at; need and admissions of the places of the plan.
        ways: those of the moves.
        draws: futures, patients drawn again counted, that are looked at at least.
        risk_days: days over which P(short) is looked at.
        seed: of the stays drawn.
        """
        self._futures, self._ways, self._seed = futures, ways, seed
        self._days = min(risk_days, futures.horizon)
        self._samples = futures.need.shape[-1]
        self._repeats = max(1, -(-draws // self._samples))
        self._has = futures.is_there()
        self._followed: dict[tuple[int, int], _Followed] = {}

    def rise(self, place: int, moves: Iterable[PatientMove]) -> tuple[FloatArray, FloatArray]:
        """Rise of P(short) of a place that takes patients.

        Args:
            place: who takes them.
            moves: all that it takes.

        Returns:
            (category,), the rise; and (category,), how many futures of their own it rests on:
            those looked at, or more where drawing patients again took chance out of it.
        """
        futures, samples = self._futures, self._samples
        taken = list(moves)
        self._forget(place, taken)
        held = np.nan_to_num(futures.own[place]).astype(np.float32)
        excess = futures.need[place, :, : self._days] - held[:, None, None]
        tolerance = (1e-4 * np.maximum(held, 1.0)).astype(np.float32)
        before = (excess > tolerance[:, None, None]).any(axis=1)
        used = sum((self._beds(move) for move in taken), np.zeros((), np.uint16))
        drawn = np.broadcast_to(used, (*excess.shape[:2], self._repeats * samples))
        by_repeat = drawn.reshape(*excess.shape[:2], self._repeats, samples)
        after = (excess[:, :, None] + by_repeat > tolerance[:, None, None, None]).any(axis=1)
        risen = after.mean(axis=1, dtype=np.float64) - before
        mean = risen.mean(axis=1)
        chance = np.maximum(mean * (1 - mean), 0.0)
        spread = risen.var(axis=1)
        share = np.divide(spread, chance, out=np.ones_like(mean), where=chance > 0)
        return mean, samples / np.clip(share, 1 / self._repeats, 1.0)

    def harmed(
        self,
        place: int,
        moves: Iterable[PatientMove],
        largest_harm: float,
        standard_errors: float,
    ) -> list[int]:
        """Categories of a place whose risk rises by more than keeps to a limit in other futures.

        Args:
            place: who takes patients.
            moves: all that it takes.
            largest_harm: rise of P(short) that is accepted, 0 to 1.
            standard_errors: held back.

        Source: docs/models/lending-plan.md, equation 8.
        """
        rise, futures = self.rise(place, moves)
        known = self._futures.is_known()[place]
        return [
            at
            for at in np.flatnonzero(known & self._has[place]).tolist()
            if rise[at] > harm_seen(largest_harm, float(futures[at]), standard_errors) + 1e-9
        ]

    def _forget(self, place: int, moves: Collection[PatientMove]) -> None:
        """Drop what was drawn for moves to a place that were tried and are no more."""
        kept = {(move.way, move.day) for move in moves}
        of_place = [key for key in self._followed if int(self._ways.lender[key[0]]) == place]
        for key in of_place:
            if key not in kept:
                del self._followed[key]

    def _beds(self, move: PatientMove) -> BedCounts:
        """(category, day, future): beds in use by the patients of a move where they are taken.

        One patient more, or some fewer, of a move leave the others as they were drawn.
        """
        known = self._followed.get((move.way, move.day))
        units = min(move.units, int(self._coming(move).max(initial=0.0)))
        if known is None or known.units > units:
            shape = (len(self._futures.categories), self._days, self._repeats * self._samples)
            known = _Followed(0, np.zeros(shape, np.uint16))
            self._followed[move.way, move.day] = known
        while known.units < units:
            self._add(known.beds, move, known.units)
            known.units += 1
        return known.beds

    def _coming(self, move: PatientMove) -> PathArray:
        """(sample,), whole patients who are newly admitted where a move begins."""
        ways, came = self._ways, self._futures.admissions
        if came is None or move.day >= self._days:
            return np.zeros(self._samples, np.float32)
        here = came[int(ways.borrower[move.way]), int(ways.category[move.way]), move.day]
        return np.asarray(np.floor(here + np.float32(1e-4)))

    def _add(self, beds: BedCounts, move: PatientMove, number: int) -> None:
        """The bed of one patient more, in the futures in which so many come."""
        ways, futures = self._ways, self._futures
        category = int(ways.category[move.way])
        is_sent = np.tile(self._coming(move) > number, self._repeats)
        rng = np.random.default_rng((self._seed, move.way, move.day, number))
        of_category = _bed_of(futures, category, len(is_sent), self._days - move.day, rng)
        for other in np.flatnonzero(self._has[int(ways.lender[move.way])]).tolist():
            beds[other, move.day :] += of_category(other) & is_sent


def _bed_of(
    futures: Lending, category: int, count: int, days: int, rng: np.random.Generator
) -> Callable[[int], BoolArray]:
    """Whether one patient in each of so many futures is in a bed of a category, by day."""
    if futures.courses is not None:
        drawn: IntArray = futures.courses[category]
        at = drawn[rng.integers(len(drawn), size=count), :days].T
        return lambda other: np.asarray(at == other)
    chance = rng.random((len(futures.categories), count), dtype=np.float32)
    echo = futures.echo[category]
    return lambda other: np.asarray(chance[other] < echo[other, :days, None])
