"""Length of stay from stays that are seen in part: hazards, shrunk from ward to kind to all.

Three steps down: all wards together, the wards of a kind, the ward of a site. At each step a ward
first gets its own factor on the hazards of the step above, then, as far as its own stays allow,
its own hazard of every day. So a ward with few stays has the shape of its kind, and a ward with
many its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from vigie.hospital.stays.law import LONGEST_STAY_DAYS, StayLaw
from vigie.hospital.stays.records import OPEN, StayRecords
from vigie.paths import FloatArray, IntArray

__all__ = ["StayRules", "fit_stays"]

_FACTOR_WEIGHTS = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0])
_DAY_WEIGHTS = np.array([5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1000.0, 10000.0])
_USUAL_WEIGHT = 20.0
_LARGEST_HAZARD = 0.95


@dataclass(frozen=True, slots=True)
class StayRules:
    """How stays are read.

    Attributes:
        days: longest stay that is told apart.
        half_life_days: after so many days a stay counts half; infinite: all the same.
        fewest_at_risk: stays at risk below which the hazards of a day are those of the tail.
        tail_days: days before that one from which the hazard of the tail is taken.
        sets: draws of the hazards; 1: the mean alone.
    """

    days: int = LONGEST_STAY_DAYS
    half_life_days: float = 28.0
    fewest_at_risk: float = 30.0
    tail_days: int = 7
    sets: int = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Weighted stays: ``risk`` (unit, day) could end, ``events`` (unit, cause, day) did."""

    risk: FloatArray
    events: FloatArray

    def merged(self, group: IntArray, groups: int) -> _Counts:
        risk = np.zeros((groups, self.risk.shape[1]))
        events = np.zeros((groups, *self.events.shape[1:]))
        np.add.at(risk, group, self.risk)
        np.add.at(events, group, self.events)
        return _Counts(risk, events)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """Hazards of a step, as posterior: ``base`` (unit, cause, day) and what weighs against it."""

    base: FloatArray
    counts: _Counts
    weight: float

    def mean(self) -> FloatArray:
        risk = self.counts.risk[:, None]
        return (self.counts.events + self.weight * self.base) / (risk + self.weight)


def fit_stays(
    records: StayRecords,
    kind: IntArray,
    rng: np.random.Generator,
    rules: StayRules | None = None,
) -> StayLaw:
    """Hazards of leaving, by ward and cause.

    Args:
        records: stays as they were seen.
        kind: (unit,), kind of each ward, 0 to the number of kinds - 1: wards of a kind are alike.
        rng: source of chance of the sets.
        rules: how stays are read; None: the defaults.

    Returns:
        A law of as many sets as the rules ask for; a ward without any stay has that of its kind,
        a kind without any that of all.

    Raises:
        ValueError: kinds do not fit the units, or no stay is known at all.

    Source: docs/models/length-of-stay.md, equations 2 to 6.
    """
    rules = rules or StayRules()
    if kind.shape != (records.units,):
        raise ValueError(f"kind has shape {kind.shape} for {records.units} wards")
    if not len(records.unit):
        raise ValueError("no stay is known: a length of stay cannot be told")
    counts = _counts(records, rules)
    of_one = np.zeros(records.units, dtype=np.int64)
    of_all = _with_tail(counts.merged(of_one, 1), _raw_risk(records, rules), rules)
    kinds = int(kind.max()) + 1
    kind_step = _step(counts.merged(kind, kinds), np.repeat(of_all, kinds, axis=0))
    step = _step(counts, kind_step.mean()[kind])
    return StayLaw(_closed(_sets(step, rules.sets, rng)))


def _counts(records: StayRecords, rules: StayRules) -> _Counts:
    """Weights fall with the days since: a factor of the stay times one of the day of the stay."""
    days = np.arange(rules.days)
    own = np.exp2(-records.age_days / rules.half_life_days)
    later = np.exp2(days / rules.half_life_days)
    last = np.minimum(records.last_day, rules.days - 1)
    seen = records.first_day < rules.days
    change = np.zeros((records.units, rules.days + 1))
    np.add.at(change, (records.unit[seen], records.first_day[seen]), own[seen])
    np.add.at(change, (records.unit[seen], last[seen] + 1), -own[seen])
    risk = np.maximum(np.cumsum(change, axis=1)[:, :-1], 0.0) * later
    ended = seen & (records.cause != OPEN) & (records.last_day < rules.days)
    events = np.zeros((records.units, records.causes, rules.days))
    at = (records.unit[ended], records.cause[ended], last[ended])
    np.add.at(events, at, own[ended] * later[last[ended]])
    return _Counts(risk, events)


def _raw_risk(records: StayRecords, rules: StayRules) -> FloatArray:
    """(day,): stays at risk, each counted once."""
    change = np.zeros(rules.days + 1)
    seen = records.first_day < rules.days
    np.add.at(change, records.first_day[seen], 1.0)
    np.add.at(change, np.minimum(records.last_day[seen], rules.days - 1) + 1, -1.0)
    return np.cumsum(change)[:-1]


def _with_tail(pooled: _Counts, seen: FloatArray, rules: StayRules) -> FloatArray:
    """(1, cause, day): pooled hazards, constant from where too few stays are left."""
    enough = np.flatnonzero(seen >= rules.fewest_at_risk)
    last = int(enough[-1]) if enough.size else -1
    start = max(0, last - rules.tail_days + 1)
    risk, events = pooled.risk[0], pooled.events[0]
    # A week at the overall hazard, so that a tail in which nobody left yet still ends.
    overall = (events.sum(axis=-1) + 0.5) / (risk.sum() + 1.0)
    tail = (events[:, start:].sum(axis=-1) + 7 * overall) / (risk[start:].sum() + 7.0)
    hazards = np.repeat(tail[:, None], rules.days, axis=1)
    if last >= 0:
        known = slice(0, last + 1)
        hazards[:, known] = (events[:, known] + overall[:, None]) / (risk[known] + 1.0)
    return hazards[None]


def _step(counts: _Counts, above: FloatArray) -> _Step:
    """One step down: a factor for each ward and cause, then the weight of the days."""
    expected = (counts.risk[:, None] * above).sum(axis=-1)
    happened = counts.events.sum(axis=-1)
    factor = np.ones_like(expected)
    for cause in range(expected.shape[1]):
        seen, due = happened[:, cause], expected[:, cause]
        weight = _best(_FACTOR_WEIGHTS, [_gamma_evidence(seen, due, k) for k in _FACTOR_WEIGHTS])
        factor[:, cause] = (seen + weight) / (due + weight)
    base = above * factor[:, :, None]
    total = base.sum(axis=1, keepdims=True)
    base = base * np.minimum(1.0, _LARGEST_HAZARD / np.maximum(total, 1e-12))
    evidence = [_day_evidence(counts, base, weight) for weight in _DAY_WEIGHTS]
    return _Step(base, counts, _best(_DAY_WEIGHTS, evidence))


def _best(weights: FloatArray, evidence: list[float]) -> float:
    """The weight with the most evidence, drawn to the usual one."""
    prior = -0.5 * (np.log(weights / _USUAL_WEIGHT) / 2) ** 2
    return float(weights[int(np.argmax(np.array(evidence) + prior))])


def _gamma_evidence(seen: FloatArray, due: FloatArray, weight: float) -> float:
    """Of Poisson events whose factor has a gamma law of mean 1 and variance 1 / weight."""
    parts = gammaln(weight + seen) - gammaln(weight) + weight * np.log(weight)
    return float((parts - (weight + seen) * np.log(weight + due)).sum())


def _day_evidence(counts: _Counts, base: FloatArray, weight: float) -> float:
    """Of the ways to leave on each day, or to stay, whose shares have a Dirichlet law."""
    stay = 1 - base.sum(axis=1)
    stayed = np.maximum(counts.risk - counts.events.sum(axis=1), 0.0)
    mass = np.maximum(weight * base, 1e-9)
    parts = (gammaln(mass + counts.events) - gammaln(mass)).sum(axis=1)
    parts += gammaln(weight * stay + stayed) - gammaln(weight * stay)
    parts += gammaln(weight) - gammaln(weight + stayed + counts.events.sum(axis=1))
    return float(parts[counts.risk > 0].sum())


def _sets(step: _Step, sets: int, rng: np.random.Generator) -> FloatArray:
    """(set, unit, cause, day): draws of the hazards, or their mean."""
    if sets == 1:
        return step.mean()[None]
    stay = 1 - step.base.sum(axis=1)
    stayed = np.maximum(step.counts.risk - step.counts.events.sum(axis=1), 0.0)
    mass = np.maximum(step.counts.events + step.weight * step.base, 1e-6)
    drawn = rng.standard_gamma(np.broadcast_to(mass, (sets, *mass.shape)))
    rest = rng.standard_gamma(np.broadcast_to(stayed + step.weight * stay, (sets, *stay.shape)))
    return np.asarray(drawn / (drawn.sum(axis=2) + rest)[:, :, None])


def _closed(hazards: FloatArray) -> FloatArray:
    """The last day ends every stay, by the causes that end the days before it."""
    last = hazards[..., -1]
    total = last.sum(axis=-1, keepdims=True)
    causes = last.shape[-1]
    hazards[..., -1] = np.where(total > 0, last / np.where(total > 0, total, 1.0), 1 / causes)
    return hazards
