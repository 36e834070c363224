"""Patients in bed on every day and in every future: each stay is simulated, none approximated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.stays.law import StayLaw
from vigie.paths import FloatArray, IntArray, PathArray

__all__ = [
    "FLOW_MODEL",
    "BedFlow",
    "Wards",
    "bed_flow",
    "booked_arrivals",
    "ready_flow",
    "split_arrivals",
]

FLOW_MODEL = "vigie-bed-flow"
"""Name of the model in tables, scores and releases."""


@dataclass(frozen=True, slots=True, eq=False)
class Wards:
    """Wards of the sites, and where a stay goes on.

    Attributes:
        law_unit: (place, ward), unit of the law; -1 where the site has no such ward.
        next_ward: (ward, cause), ward of the same site to which a stay that ends so goes on; -1
            where the patient leaves. A move to a ward that a site lacks leaves the site.

    Raises:
        ValueError: shapes do not fit.
    """

    law_unit: IntArray
    next_ward: IntArray

    def __post_init__(self) -> None:
        if self.law_unit.ndim != 2 or len(self.next_ward) != self.law_unit.shape[1]:
            raise ValueError(
                f"wards: units {self.law_unit.shape} and onward moves {self.next_ward.shape} "
                "need the same wards"
            )
        if self.next_ward.size and self.next_ward.max() >= len(self.next_ward):
            raise ValueError("wards: a stay goes on to a ward that does not exist")


@dataclass(frozen=True, slots=True, eq=False)
class BedFlow:
    """What the beds see.

    Attributes:
        census: (place, ward, day, sample), patients in bed at the end of the day; day 0 is
            tomorrow. Demand: no bed limits it.
        same_day: same shape, stays that began and ended on the day: never counted at midnight.
        moved_in: same shape, patients who came from another ward of the site.
    """

    census: PathArray
    same_day: PathArray
    moved_in: PathArray

    @property
    def daytime(self) -> PathArray:
        """Beds used over the day at most: the census and those who came and left."""
        return np.asarray(self.census + self.same_day)


def bed_flow(
    arrivals: PathArray,
    present: IntArray,
    wards: Wards,
    law: StayLaw,
    rng: np.random.Generator,
) -> BedFlow:
    """Simulate the stays of all who are in bed today and of all who come.

    Sample s takes set s modulo the number of sets of the law, in all wards of all sites: what is
    not known about stays is wrong everywhere at once.

    Args:
        arrivals: (place, ward, day, sample), patients who come from outside, whole, >= 0.
        present: (place, ward, age), patients in bed today by nights since their entry.
        wards: of the sites.
        law: of the stays; its units are those of ``wards.law_unit``.
        rng: source of chance; the same seed gives the same futures.

    Raises:
        ValueError: shapes do not fit, counts are negative, or a site without a ward has patients
            in it.

    Source: docs/models/bed-flow.md.
    """
    from vigie.hospital.stays.kernels import fill_alias, flow_site

    _check(arrivals, present, wards, law)
    places, count, days, samples = arrivals.shape
    sets, units = law.hazards.shape[:2]
    mass = _outcomes(law, days)
    threshold = np.empty(mass.shape, dtype=np.float32)
    other = np.empty(mass.shape, dtype=np.int16)
    fill_alias(mass, threshold, other)
    survival = np.ascontiguousarray(law.survival.reshape(sets * units, -1))
    hazards = np.ascontiguousarray(law.hazards.reshape(sets * units, *law.hazards.shape[2:]))
    seeds = np.asarray(rng.integers(0, 2**63, places)).astype(np.uint64)
    flow = BedFlow(*(np.zeros((places, count, days, samples), dtype=np.float32) for _ in range(3)))
    rows = np.arange(sets, dtype=np.int64)[:, None] * units
    for place in range(places):
        has = wards.law_unit[place] >= 0
        # A site without a ward: whoever would go there leaves.
        onward = np.where(
            (wards.next_ward >= 0) & has[np.maximum(wards.next_ward, 0)], wards.next_ward, -1
        )
        flow_site(
            arrivals[place],
            present[place],
            rows + np.maximum(wards.law_unit[place], 0),
            threshold,
            other,
            survival,
            hazards,
            onward,
            seeds[place],
            flow.census[place],
            flow.same_day[place],
            flow.moved_in[place],
        )
    return flow


def _outcomes(law: StayLaw, days: int) -> FloatArray:
    """(law, outcome): chances to leave within the horizon by cause and day, and to stay longer."""
    sets, units, causes, longest = law.hazards.shape
    span = min(days, longest)
    within = law.leaving[..., :span].reshape(sets * units, causes * span)
    beyond = np.maximum(1 - within.sum(axis=1, keepdims=True), 0.0)
    mass = np.concatenate([within, beyond], axis=1)
    return np.asarray(mass / mass.sum(axis=1, keepdims=True))


def _check(arrivals: PathArray, present: IntArray, wards: Wards, law: StayLaw) -> None:
    if arrivals.ndim != 4 or arrivals.shape[:2] != wards.law_unit.shape:
        raise ValueError(
            f"arrivals have shape {arrivals.shape}, expected (place, ward, day, "
            f"sample) with places and wards {wards.law_unit.shape}"
        )
    if present.shape[:2] != wards.law_unit.shape:
        raise ValueError(f"patients present {present.shape} for wards {wards.law_unit.shape}")
    if wards.law_unit.max() >= law.hazards.shape[1]:
        raise ValueError(f"wards name a unit beyond the {law.hazards.shape[1]} of the law")
    if wards.next_ward.shape[1] != law.hazards.shape[2]:
        raise ValueError("wards and law do not have the same ways of leaving")
    if (arrivals < 0).any() or (present < 0).any():
        raise ValueError("a number of patients is negative")
    missing = wards.law_unit < 0
    if present[missing].any() or arrivals[missing].any():
        raise ValueError("a site has patients in a ward that it does not have")


def split_arrivals(
    admissions: PathArray, shares: FloatArray, rng: np.random.Generator, *, known: float = np.inf
) -> PathArray:
    """Admissions of a site, shared out among its wards of entry.

    Args:
        admissions: (place, day, sample), whole, >= 0.
        shares: (place, ward), share of the admissions that enter there, adding up to 1.
        rng: source of chance.
        known: admissions from which the shares were told: each future draws shares of its own
            from a Dirichlet law of this weight. Infinite: the shares are certain.

    Returns:
        (place, ward, day, sample), adding up to the admissions.

    Source: docs/models/bed-flow.md, equation 1.
    """
    places, days, samples = admissions.shape
    wards = shares.shape[1]
    shape = (places, wards, samples)
    drawn = np.broadcast_to(shares[:, :, None], shape)
    if np.isfinite(known):
        mass = rng.standard_gamma(np.broadcast_to(known * shares[:, :, None], shape))
        drawn = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    left = admissions.astype(np.int64)
    rest = np.ones((places, samples))
    out = np.zeros((places, wards, days, samples), dtype=np.float32)
    for ward in range(wards):
        share = np.where(rest > 1e-12, drawn[:, ward] / np.where(rest > 1e-12, rest, 1.0), 0.0)
        if ward == wards - 1:
            out[:, ward] = left
            break
        taken = rng.binomial(left, np.clip(share, 0.0, 1.0)[:, None])
        out[:, ward] = taken
        left = left - taken
        rest = rest - drawn[:, ward]
    return out


def booked_arrivals(
    bookings: IntArray, no_show_share: float, samples: int, rng: np.random.Generator
) -> PathArray:
    """Patients who come for booked treatment.

    Args:
        bookings: (place, ward, day), patients booked, >= 0.
        no_show_share: share of them who do not come, 0 to 1.
        samples: number of futures.
        rng: source of chance.

    Returns:
        (place, ward, day, sample), whole.
    """
    if not 0 <= no_show_share <= 1:
        raise ValueError(f"share of bookings that do not come: {no_show_share}, expected 0 to 1")
    booked = np.broadcast_to(bookings[..., None], (*bookings.shape, samples))
    return rng.binomial(booked, 1 - no_show_share).astype(np.float32)


def ready_flow() -> None:
    """Compile the loops, which the first flow on a machine would wait for otherwise."""
    arrivals = np.ones((1, 1, 2, 2), dtype=np.float32)
    present = np.zeros((1, 1, 2), dtype=np.int64)
    wards = Wards(np.zeros((1, 1), dtype=np.int64), np.full((1, 1), -1))
    law = StayLaw(np.array([0.5, 1.0]).reshape(1, 1, 1, 2))
    bed_flow(arrivals, present, wards, law, np.random.default_rng(0))
