"""Help that comes back: machines, staff and beds lent between places, on sample paths.

A machine is lent and returns; a member of staff works elsewhere for some days; a new patient who
is taken to another place uses a bed there for as long as the stay lasts: a bed is lent. One
question serves the three: who lends, who borrows, and how much of a unit is away on each day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray, PathArray
from vigie.planning.exchange import Lanes

__all__ = [
    "ADDING_STANDARD_ERRORS",
    "STANDARD_ERRORS",
    "Lending",
    "LendingRules",
    "Loans",
    "StayTold",
    "Ways",
    "loan_echo",
    "ways_of_lending",
]

_PATIENTS = "patients"
STANDARD_ERRORS = 2.0
"""Held back of the harm accepted, less than for stock: whole units and limits day by day leave a
margin of their own."""
ADDING_STANDARD_ERRORS = 2.5
"""The same while units are added, which takes every lender to it."""


@dataclass(frozen=True, slots=True)
class LendingRules:
    """What a plan of loans may do.

    Attributes:
        decision_days: days on which help may begin, from today.
        lender_level: share of futures in which a lender keeps what it needs on each day.
        risk_days: days over which P(short) is looked at.
        largest_harm: rise of a lender's P(short by risk_days) that is accepted.
        largest_share: share of what it has that a lender may be without at a time, 0 to 1.
        moveable_level: quantile of a place's admissions of which all may be taken elsewhere.
        most_per_day: units that may leave a place, and come to it, on a day; None: any number.
        cost_per_km: shortage, in unit-days, that is as bad as moving a unit one kilometre.
        least_saved: shortage, in weighted unit-days, that a move must save to be worth it.
        lost_share: share of what a plan saves that may be given up for fewer moves, 0 to 1.
        pieces: straight pieces of the expected shortage; None: exact.
        nearest: lenders that a place may turn to, the nearest; None: all.
        harm_draws: futures in which harm by patients is looked at, at least; where there are
            fewer, patients are drawn again on the same ones.
    """

    decision_days: int = 3
    lender_level: float = 0.95
    risk_days: int = 14
    largest_harm: float = 0.02
    largest_share: float = 1.0
    moveable_level: float = 0.1
    most_per_day: float | None = None
    cost_per_km: float = 1e-3
    least_saved: float = 0.5
    lost_share: float = 0.03
    pieces: int | None = 12
    nearest: int | None = 8
    harm_draws: int = 8000


@dataclass(frozen=True, slots=True)
class StayTold:
    """What is told of the stays of one category of patients.

    Attributes:
        mean_days: mean nights of a stay in it.
        source: movements or totals.
        later: category that a patient may need later; "": none.
        later_share: share of the patients who do, 0 to 1.
    """

    mean_days: float
    source: str
    later: str = ""
    later_share: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lending:
    """One kind of help at all places; several categories that may hang together.

    Attributes:
        kind: equipment, staff or patients, as in the table ``plan_moves``.
        unit: unit of what is lent.
        places: keys, axis 0.
        categories: machines, skills or ward kinds, axis 1.
        own: (place, category), capacity held today; NaN where unknown: neither lends nor borrows.
        need: (place, category, day, sample), what must be held to be short of nothing; what
            capacity itself changes in a future is counted as need. Day 0 is tomorrow.
        echo: (category, category, age), of a unit of the first category lent, the part of a unit
            of the second that is used at the borrower ``age`` days after it began, 0 to 1.
        lanes: ways; for patients from who hands over to who takes.
        weights: (category,), what a unit-day of shortage counts.
        admissions: (place, category, day, sample), new patients; None: not patients.
        courses: (category, patient, age), patients drawn from the law of ``echo``: the category
            of bed in which one who was admitted to the first is ``age`` days later, below 0 once
            gone; None: in each category apart, with the chance that ``echo`` says.
        stays: what is told of the stays of patients, one for each category; none: nothing.

    Raises:
        ValueError: shapes do not fit, or echo is not 0 to 1.
    """

    kind: str
    unit: str
    places: tuple[str, ...]
    categories: tuple[str, ...]
    own: FloatArray
    need: PathArray
    echo: FloatArray
    lanes: Lanes
    weights: FloatArray
    admissions: PathArray | None = None
    courses: IntArray | None = None
    stays: tuple[StayTold, ...] = ()

    def __post_init__(self) -> None:
        cells = (len(self.places), len(self.categories))
        if self.own.shape != cells or self.need.shape[:2] != cells or self.need.ndim != 4:
            raise ValueError(
                f"{self.kind}: own {self.own.shape} and need {self.need.shape} do not fit {cells}"
            )
        if self.echo.shape[:2] != (cells[1], cells[1]) or self.weights.shape != (cells[1],):
            raise ValueError(
                f"{self.kind}: echo {self.echo.shape}, weights {self.weights.shape} for {cells}"
            )
        if not ((self.echo >= 0).all() and (self.echo <= 1).all()):
            raise ValueError(f"{self.kind}: a part of a unit in use is not 0 to 1")
        if self.admissions is not None and self.admissions.shape != self.need.shape:
            raise ValueError(f"{self.kind}: admissions {self.admissions.shape} do not fit need")
        if (self.kind == _PATIENTS) != (self.admissions is not None):
            raise ValueError(f"{self.kind}: admissions go with patients and with nothing else")
        drawn = self.courses
        if drawn is not None and (len(drawn) != cells[1] or drawn.shape[2] < self.horizon):
            raise ValueError(f"{self.kind}: courses {drawn.shape} for {cells} and {self.horizon}")

    @property
    def horizon(self) -> int:
        """Days of need."""
        return int(self.need.shape[2])

    @property
    def is_of_patients(self) -> bool:
        """Whether beds are lent to patients, who go to the lender."""
        return self.admissions is not None

    def is_known(self) -> BoolArray:
        """(place, category): whether capacity is known."""
        return np.isfinite(self.own)

    def is_there(self) -> BoolArray:
        """(place, category): whether a place has this at all: known, and held or needed."""
        is_used = (self.own > 0) | (self.need > 0).any(axis=(2, 3))
        return np.asarray(self.is_known() & is_used)

    def is_without(self) -> BoolArray:
        """(lender, borrower, category): whether the lender lacks a category that is needed later.

        Whoever is lent to may have beds of the category to which its patients go on: then their
        need must not end where nobody counts it.
        """
        followed = self.echo.max(axis=2) > 0
        has = self.is_there()
        here, there = has[None, :, None, :], has[:, None, None, :]
        return np.asarray((followed[None, None] & here & ~there).any(axis=-1))

    def at_borrower(self, lag: int) -> FloatArray:
        """(category, category, age): relief by a unit, by days after the day it left."""
        return _shifted(self.echo, lag - 1, self.horizon)

    def at_lender(self, lag: int) -> FloatArray:
        """(category, category, age): what the lender is without, travel there and back."""
        travelling = range(2 * lag - 1)
        parts = [_shifted(self.echo, by, self.horizon) for by in travelling]
        return np.asarray(np.max(parts, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Who may lend what to whom; arrays are (way,).

    Attributes:
        lender, borrower: index of the place.
        category: index of what is lent.
        lag: days under way, >= 1.
        km: distance.
    """

    lender: IntArray
    borrower: IntArray
    category: IntArray
    lag: IntArray
    km: FloatArray

    def only(self, kept: BoolArray) -> Ways:
        """Some of the ways."""
        return Ways(
            self.lender[kept],
            self.borrower[kept],
            self.category[kept],
            self.lag[kept],
            self.km[kept],
        )

    def __len__(self) -> int:
        return len(self.lender)


@dataclass(frozen=True, slots=True, eq=False)
class Loans:
    """Units that begin on each decision day; day 0 is today, in use from tomorrow.

    Attributes:
        ways: who lends what to whom.
        units: (way, decision day).
    """

    ways: Ways
    units: FloatArray

    @property
    def count(self) -> int:
        """Moves: ways and days on which anything is lent."""
        return int((self.units > 0).sum())


def loan_echo(categories: int, days: int, horizon: int) -> FloatArray:
    """Echo of loans of so many days, each category apart.

    Args:
        categories: how many.
        days: of use at the borrower, >= 1.
        horizon: days of need.
    """
    in_use = (np.arange(horizon) < days).astype(np.float64)
    return np.asarray(np.eye(categories)[:, :, None] * in_use)


def ways_of_lending(lending: Lending, rules: LendingRules) -> Ways:
    """Ways between places of known capacity that help within the horizon.

    Args:
        lending: what is held and needed.
        rules: how many of the nearest lenders a place may turn to.
    """
    km, days = lending.lanes.km, lending.lanes.days
    if lending.is_of_patients:
        km, days = km.T, days.T
    is_way = np.isfinite(km) & (days <= lending.horizon)
    if rules.nearest is not None and len(km) > rules.nearest:
        far = np.where(is_way, km, np.inf)
        rank = np.argsort(np.argsort(far, axis=0, kind="stable"), axis=0, kind="stable")
        is_way &= rank < rules.nearest
    known = lending.is_known()
    every = is_way[:, :, None] & known[:, None, :] & known[None, :, :]
    every &= (lending.echo.max(axis=(1, 2)) > 0)[None, None, :] & ~lending.is_without()
    lender, borrower, category = np.nonzero(every)
    # A patient is admitted elsewhere on the same day: nobody waits on the road.
    lag = np.ones(len(lender)) if lending.is_of_patients else days[lender, borrower]
    return Ways(lender, borrower, category, lag.astype(np.int64), km[lender, borrower])


def _shifted(echo: FloatArray, by: int, horizon: int) -> FloatArray:
    out = np.zeros((*echo.shape[:2], horizon))
    span = max(0, min(horizon - by, echo.shape[2]))
    out[:, :, by : by + span] = echo[:, :, :span]
    return out
