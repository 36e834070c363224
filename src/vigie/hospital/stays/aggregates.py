"""Length of stay where only admissions and patients in bed are published.

What leaves on a day is what was in bed, plus who came, minus who is still there. Who came on each
day is known, so the exits of the days tell how long they stayed; those in bed at the start had a
stay under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import gammaincc, ndtr

from vigie.hospital.stays.law import LONGEST_STAY_DAYS, StayLaw
from vigie.paths import FloatArray

__all__ = ["AggregateRules", "AggregateStays", "StayFamily", "fit_stays_from_totals"]

_STEPS = 60
"""Rounds in which wards and what they have in common are told in turn."""


class StayFamily(StrEnum):
    """Shape of the law of a stay."""

    GAMMA = "gamma"
    LOG_NORMAL = "log-normal"


@dataclass(frozen=True, slots=True)
class AggregateRules:
    """What is looked for.

    Attributes:
        shortest_mean_days, longest_mean_days: mean stays that are compared.
        points: number of means compared, evenly on the logarithm.
        variations: standard deviations over means that are compared.
        noises: variances that are compared of what enters or leaves a ward unseen on a day, over
            the mean exits of the day.
        longest_days: days of the totals that are read, the last ones.
        days: longest stay that is told apart.
    """

    shortest_mean_days: float = 0.5
    longest_mean_days: float = 60.0
    points: int = 60
    variations: tuple[float, ...] = (0.6, 0.8, 1.0, 1.2, 1.5)
    noises: tuple[float, ...] = (0.02, 0.2, 1.0, 5.0)
    longest_days: int = 90
    days: int = LONGEST_STAY_DAYS


@dataclass(frozen=True, slots=True, eq=False)
class AggregateStays:
    """Stays as totals tell them.

    Attributes:
        mean_days: (unit,), posterior mean of the mean stay, nights.
        low_days, high_days: (unit,), its 90 % interval.
        variation: standard deviation of a stay over its mean; common to the wards, and weakly
            known.
        family: shape of the law; as weakly known.
        law: of the stays, one cause, one set, at the mean.
    """

    mean_days: FloatArray
    low_days: FloatArray
    high_days: FloatArray
    variation: float
    family: StayFamily
    law: StayLaw


def fit_stays_from_totals(
    admissions: FloatArray, census: FloatArray, rules: AggregateRules | None = None
) -> AggregateStays:
    """Mean stay of each ward from its admissions and its patients in bed.

    Args:
        admissions: (unit, day), patients who came, NaN where missing.
        census: (unit, day + 1), patients at the end of each day, the first one at the end of the
            day before the first of the admissions; NaN where missing.
        rules: what is looked for; None: the defaults.

    Returns:
        Stays; a ward that tells nothing has the mean of all.

    Raises:
        ValueError: shapes do not fit, or no ward has two days in a row.

    Source: docs/models/length-of-stay.md, equations 7 to 10.
    """
    rules = rules or AggregateRules()
    if census.shape != (len(admissions), admissions.shape[1] + 1):
        raise ValueError(
            f"census has shape {census.shape} for admissions {admissions.shape}: one day more"
        )
    admissions = admissions[:, -rules.longest_days :]
    census = census[:, -rules.longest_days - 1 :]
    exits = census[:, :-1] + admissions - census[:, 1:]
    if not np.isfinite(exits).any():
        raise ValueError("no ward has admissions and two censuses in a row: no stay can be told")
    means = np.geomspace(rules.shortest_mean_days, rules.longest_mean_days, rules.points)
    shapes = [(variation, family) for variation in rules.variations for family in StayFamily]
    laws = [_law(mean, *shape, rules.days) for shape in shapes for mean in means]
    evidence = np.empty((len(rules.noises), len(exits), len(laws)))
    for number, law in enumerate(laws):
        due = _due(admissions, census, law)
        for each, noise in enumerate(rules.noises):
            evidence[each, :, number] = _log_likelihood(exits, due, noise)
    grid = evidence.reshape(len(rules.noises), len(exits), len(shapes), len(means))
    _, weight = max((_shared(each) for each in grid), key=lambda found: found[0])
    of_mean, of_shape = weight.sum(axis=1), weight.sum(axis=(0, 2))
    mean = of_mean @ means
    below = np.cumsum(of_mean, axis=1)
    low, high = (means[(below >= level).argmax(axis=1)] for level in (0.05, 0.95))
    shape = shapes[int(of_shape.argmax())]
    hazards = np.stack([_law(each, *shape, rules.days) for each in mean])
    return AggregateStays(mean, low, high, *shape, StayLaw(hazards[None, :, None]))


def _law(mean: float, variation: float, family: StayFamily, longest: int) -> FloatArray:
    """(day,): hazards of whole nights, from a law that is rounded to them and keeps its mean."""
    middle = np.arange(1, longest) - 0.5
    if family is StayFamily.GAMMA:
        shape = 1 / variation**2
        beyond = gammaincc(shape, middle * shape / mean)
    else:
        spread = np.sqrt(np.log1p(variation**2))
        beyond = ndtr((np.log(mean) - spread**2 / 2 - np.log(middle)) / spread)
    there = np.concatenate([[1.0], beyond])
    after = np.concatenate([there[1:], [0.0]])
    hazards = np.where(there > 1e-12, 1 - after / np.maximum(there, 1e-12), 1.0)
    hazards[-1] = 1.0
    return np.asarray(hazards)


@dataclass(frozen=True, slots=True, eq=False)
class _Due:
    """Exits that a law lets expect: ``mean`` (unit, day), ``covariance`` (unit, day, day)."""

    mean: FloatArray
    covariance: FloatArray


def _due(admissions: FloatArray, census: FloatArray, hazards: FloatArray) -> _Due:
    """Of each day's patients a known number came: who leaves late cannot have left before."""
    days = admissions.shape[1]
    survival = np.concatenate([[1.0], np.cumprod(1 - hazards)[:-1]])
    leaving = survival * hazards
    # Row 0: in bed at the start, where a ward in balance holds age a in proportion to S(a + 1).
    shares = np.zeros((days + 1, days))
    in_bed = max(float(survival[1:].sum()), 1e-9)
    shares[0] = [leaving[day + 1 :].sum() / in_bed for day in range(days)]
    for day in range(days):
        span = min(days - day, len(leaving))
        shares[day + 1, day : day + span] = leaving[:span]
    # Who came on a day without a report: as many as on other days.
    counted = np.isfinite(admissions).sum(axis=1)
    usual = np.nansum(admissions, axis=1) / np.maximum(counted, 1)
    came = np.where(np.isfinite(admissions), admissions, usual[:, None])
    patients = np.concatenate([np.nan_to_num(census[:, :1]), came], axis=1)
    mean = patients @ shares
    together = np.einsum("uc,cs,ct->ust", patients, shares, shares, optimize=True)
    return _Due(mean, mean[:, :, None] * np.eye(days) - together)


def _log_likelihood(exits: FloatArray, due: _Due, noise: float) -> FloatArray:
    """(unit,): of the exits of all days; days without a count tell nothing."""
    known = np.isfinite(exits)
    apart = np.where(known, exits - due.mean, 0.0)
    both = known[:, :, None] & known[:, None, :]
    eye = np.eye(exits.shape[1])
    extra = noise * np.maximum(due.mean, 0.2)[:, :, None] * eye
    covariance = np.where(both, due.covariance + extra, eye)
    lower = np.linalg.cholesky(covariance)
    scaled = np.linalg.solve(lower, apart[..., None])[..., 0]
    log_det = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    return np.asarray(-0.5 * (scaled**2).sum(axis=1) - log_det)


def _shared(evidence: FloatArray) -> tuple[float, FloatArray]:
    """Evidence of all wards, and the weights of each ward.

    Wards share a normal law of the logarithm of their means and how often each shape is met.

    Args:
        evidence: (unit, shape, point), log likelihoods.

    Returns:
        Log evidence; (unit, shape, point), weights of each ward, adding up to 1.
    """
    units, shapes, points = evidence.shape
    at = np.arange(points, dtype=np.float64)
    highest = evidence.max(axis=(1, 2), keepdims=True)
    scaled = np.exp(evidence - highest)
    centre, spread, often = points / 2, points / 4, np.full(shapes, 1 / shapes)
    for _ in range(_STEPS):
        prior = np.exp(-0.5 * ((at - centre) / spread) ** 2)
        joint = scaled * (often[:, None] * prior / prior.sum())
        total = joint.sum(axis=(1, 2))
        weight = joint / total[:, None, None]
        of_point = weight.sum(axis=1)
        centre = float((of_point @ at).mean())
        spread = max(float(np.sqrt((((at - centre) ** 2) * of_point).sum(axis=1).mean())), 0.5)
        often = (weight.sum(axis=(0, 2)) + 1) / (units + shapes)
    return float((np.log(total) + highest[:, 0, 0]).sum()), weight
