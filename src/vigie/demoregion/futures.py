"""Patients in bed in many futures of the demo region, drawn from its true laws on one day.

All futures are simulated at once, as copies of the sites side by side: site i of future s is
column s * sites + i.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.demoregion.catalogue import WARDS
from vigie.demoregion.epidemic import ADMISSIONS_EVENNESS, admitted
from vigie.demoregion.laws import TrueLaws
from vigie.demoregion.stays import (
    BACK_FROM_HDU_SHARE,
    BACK_FROM_ICU_SHARE,
    GENERAL,
    HDU,
    ICU,
    IN_HDU,
    IN_ICU,
    ON_THE_WARD,
    ON_TO_A_UNIT,
    RECOVERING,
    TO_ICU_SHARE,
    TO_UNIT_SHARE,
    USUAL_EVENNESS,
    USUAL_SPREAD,
    WORSE_SHARE,
    Stays,
    expanded,
    midnights,
)
from vigie.demoregion.truth import HiddenTruth

__all__ = ["occupancy_futures"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_POOL = 200_000
"""Lengths of stay drawn of each law, from which residual ones are taken."""
_HOME, _TO_HDU, _TO_ICU = 0, 1, 2


def occupancy_futures(
    rng: np.random.Generator,
    truth: HiddenTruth,
    laws: TrueLaws,
    day: int,
    days: int,
    futures: int,
) -> IntArray:
    """Patients in bed at the end of each day, as they might have been.

    Who is in bed at the end of the day before ``day`` is known, with since when and in which
    stage of the disease; how long they stay, and who else comes, is drawn from the true laws.

    Args:
        rng: source of chance.
        truth: what happened up to the day before; nothing later of it is read.
        laws: of the region.
        day: index of the first day drawn.
        days: number of days drawn.
        futures: number of futures.

    Returns:
        (days, futures * sites, wards).
    """
    sites = laws.usual_beds.shape[0]
    flow = _Flow(rng, laws, days, futures)
    seen = truth.stays.where((truth.stays.from_day < day) & (truth.stays.to_day >= day))
    flow.usual_in_bed(seen.where(~seen.is_epidemic), day)
    flow.ill_in_bed(seen.where(seen.is_epidemic), _first_stays(truth.stays), day)
    ahead = slice(day, day + days)
    usual = np.tile(laws.usual_admissions_mean[ahead], (1, futures, 1))
    begin, site, ward = expanded(admitted(rng, usual, USUAL_EVENNESS))
    mean_stay = np.array([each.stay_days for each in WARDS])
    flow.stay(site, ward, begin, begin + midnights(rng, mean_stay[ward], USUAL_SPREAD))
    ill = np.tile(laws.epidemic_admissions_mean[ahead], (1, futures))
    flow.ill_from_now(*expanded(admitted(rng, ill, ADMISSIONS_EVENNESS)))
    start = np.zeros((sites, len(WARDS)), dtype=np.int64)
    np.add.at(start, (seen.site, seen.ward), 1)
    in_bed = np.tile(start, (futures, 1)) + np.cumsum(flow.changes, axis=0)
    return np.asarray(in_bed, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _First:
    """Of each patient, by number: first day and site of the stays that touch the days."""

    day: IntArray
    site: IntArray


def _first_stays(stays: Stays) -> _First:
    count = int(stays.patient.max(initial=-1)) + 1
    order = np.argsort(-stays.from_day, kind="stable")
    day, site = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    day[stays.patient[order]] = stays.from_day[order]
    site[stays.patient[order]] = stays.site[order]
    return _First(day, site)


class _Flow:
    """Gathers what stays change; days count from the first day drawn."""

    def __init__(self, rng: np.random.Generator, laws: TrueLaws, days: int, futures: int) -> None:
        self.rng, self.days, self.futures = rng, days, futures
        self.sites = laws.usual_beds.shape[0]
        columns = self.sites * futures
        self.changes = np.zeros((days, columns, len(WARDS)), dtype=np.int64)
        shift = np.repeat(np.arange(futures) * self.sites, self.sites)
        self.nearest_hdu = np.tile(laws.nearest_hdu, futures) + shift
        self.nearest_icu = np.tile(laws.nearest_icu, futures) + shift

    def stay(self, column: IntArray, ward: IntArray | int, begin: IntArray, end: IntArray) -> None:
        """Count stays; those that began before the first day are in bed already."""
        wards = np.broadcast_to(np.asarray(ward), column.shape)
        for when, sign in ((begin, 1), (end, -1)):
            inside = (when >= 0) & (when < self.days)
            cell = (when[inside] * self.changes.shape[1] + column[inside]) * len(WARDS)
            counts = np.bincount(cell + wards[inside], minlength=self.changes.size)
            self.changes += sign * counts.reshape(self.changes.shape)

    def usual_in_bed(self, stays: Stays, day: int) -> None:
        """Patients without the disease who are in bed."""
        for ward, each in enumerate(WARDS):
            inside = stays.where(stays.ward == ward)
            pool = _pool(self.rng, each.stay_days, USUAL_SPREAD)
            begin, end, column, _ = self._residual(inside, day, pool)
            self.stay(column, ward, begin, end)

    def ill_in_bed(self, stays: Stays, first: _First, day: int) -> None:
        """Patients with the disease who are in bed, by the stage they are in."""
        is_first = stays.from_day == first.day[stays.patient]
        groups = (
            (GENERAL, is_first, _general_pool(self.rng), self._on_from_the_ward),
            (GENERAL, ~is_first, _pool(self.rng, *RECOVERING), None),
            (HDU, np.ones_like(is_first), _pool(self.rng, *IN_HDU), self._from_hdu),
            (ICU, np.ones_like(is_first), _pool(self.rng, *IN_ICU), self._from_icu),
        )
        for ward, belongs, pool, goes_on in groups:
            inside = stays.where((stays.ward == ward) & belongs)
            begin, end, column, kind = self._residual(inside, day, pool)
            self.stay(column, ward, begin, end)
            home = self._columns(first.site[inside.patient])
            if goes_on is not None:
                goes_on(end, column, home, kind)

    def ill_from_now(self, begin: IntArray, column: IntArray) -> None:
        """Patients with the disease who come."""
        kind = _kinds(self.rng, begin.size)
        end = begin + _first_lengths(self.rng, kind)
        self.stay(column, GENERAL, begin, end)
        self._on_from_the_ward(end, column, column, kind)

    def _on_from_the_ward(
        self, end: IntArray, column: IntArray, home: IntArray, kind: IntArray
    ) -> None:
        soon = end < self.days
        to_hdu, to_icu = soon & (kind == _TO_HDU), soon & (kind == _TO_ICU)
        self._enter(HDU, end[to_hdu], self.nearest_hdu[home[to_hdu]], home[to_hdu])
        self._enter(ICU, end[to_icu], self.nearest_icu[home[to_icu]], home[to_icu])

    def _enter(self, ward: int, begin: IntArray, column: IntArray, home: IntArray) -> None:
        mean, spread = IN_HDU if ward == HDU else IN_ICU
        end = begin + midnights(self.rng, np.full(begin.size, mean), spread)
        self.stay(column, ward, begin, end)
        (self._from_hdu if ward == HDU else self._from_icu)(end, column, home, end)

    def _from_hdu(self, end: IntArray, column: IntArray, home: IntArray, _: IntArray) -> None:
        goes_on = (self.rng.random(end.size) < BACK_FROM_HDU_SHARE) & (end < self.days)
        worse = goes_on & (self.rng.random(end.size) < WORSE_SHARE)
        self._enter(ICU, end[worse], self.nearest_icu[column[worse]], home[worse])
        self._recover(end, home, goes_on & ~worse)

    def _from_icu(self, end: IntArray, column: IntArray, home: IntArray, _: IntArray) -> None:
        back = (self.rng.random(end.size) < BACK_FROM_ICU_SHARE) & (end < self.days)
        self._recover(end, home, back)

    def _recover(self, begin: IntArray, home: IntArray, chosen: BoolArray) -> None:
        count = int(chosen.sum())
        end = begin[chosen] + midnights(self.rng, np.full(count, RECOVERING[0]), RECOVERING[1])
        self.stay(home[chosen], GENERAL, begin[chosen], end)

    def _residual(
        self, stays: Stays, day: int, pool: tuple[IntArray, IntArray]
    ) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Begin, end, column and kind of stays in bed, once a future.

        The length is drawn among those of the law that are longer than the stay has lasted.
        """
        lengths, kinds = pool
        begin = np.tile(stays.from_day - day, self.futures)
        shortest = np.searchsorted(lengths, -begin, side="left")
        at = shortest + (self.rng.random(begin.size) * (lengths.size - shortest)).astype(np.int64)
        at = np.minimum(at, lengths.size - 1)
        end = np.maximum(begin + lengths[at], 0)
        return begin, end, self._columns(stays.site), kinds[at]

    def _columns(self, site: IntArray) -> IntArray:
        shift = np.repeat(np.arange(self.futures) * self.sites, site.size)
        return np.asarray(np.tile(site, self.futures) + shift, dtype=np.int64)


def _pool(rng: np.random.Generator, mean_days: float, spread: float) -> tuple[IntArray, IntArray]:
    """Lengths of stay of a law, in order."""
    lengths = np.sort(midnights(rng, np.full(_POOL, mean_days), spread))
    return lengths, np.zeros(_POOL, dtype=np.int64)


def _general_pool(rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Lengths of first stays, in order, and where the patient goes after each."""
    kind = _kinds(rng, _POOL)
    lengths = _first_lengths(rng, kind)
    order = np.argsort(lengths, kind="stable")
    return lengths[order], kind[order]


def _first_lengths(rng: np.random.Generator, kind: IntArray) -> IntArray:
    """Lengths of first stays of patients who go on or go home."""
    short = midnights(rng, np.full(kind.size, ON_TO_A_UNIT[0]), ON_TO_A_UNIT[1])
    long = midnights(rng, np.full(kind.size, ON_THE_WARD[0]), ON_THE_WARD[1])
    return np.where(kind == _HOME, long, short)


def _kinds(rng: np.random.Generator, count: int) -> IntArray:
    drawn = rng.random(count)
    kind = np.where(drawn < TO_UNIT_SHARE, _TO_HDU, _HOME)
    return np.where(drawn < TO_ICU_SHARE, _TO_ICU, kind)
