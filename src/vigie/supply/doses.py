"""Use per patient-day by ward kind: a table of doses, drawn to what is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from vigie.paths import FloatArray

__all__ = ["PRIOR_SITE_DAYS", "Doses", "expected_use", "fit_doses"]

PRIOR_SITE_DAYS = 60.0
"""Site-days of data that weigh as much as the table of doses."""

_BACKGROUND_SHARE = 0.05
"""Share of use that does not hang on patients, before anything is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Doses:
    """What one product takes, before the habits of sites.

    Attributes:
        per_patient_day: (ward,), units per patient-day, >= 0.
        background: (weekday,), units per day and usual patient of the site that are used
            whatever the wards do; the phase is the index of the day modulo 7.
    """

    per_patient_day: FloatArray
    background: FloatArray


def expected_use(
    doses: Doses, occupancy: FloatArray, usual: FloatArray, first_phase: int = 0
) -> FloatArray:
    """Units that patients and the rest of the house take per day, before habit and ratio.

    Args:
        doses: of the product.
        occupancy: (place, ward, day), patients.
        usual: (place,), patients usually in the house.
        first_phase: phase of the first day, 0..6.

    Returns:
        (place, day); NaN where a ward's patients are unknown.

    Source: docs/models/patient-demand.md, equation 1.
    """
    days = np.arange(occupancy.shape[2]) + first_phase
    patients = np.einsum("pwt,w->pt", occupancy, doses.per_patient_day)
    return np.asarray(patients + usual[:, None] * doses.background[days % 7])


def fit_doses(
    use: FloatArray,
    occupancy: FloatArray,
    usual: FloatArray,
    scale: FloatArray,
    prior: FloatArray | None,
) -> Doses:
    """Doses by weighted, non-negative regression of use on patients, drawn to the prior.

    With one ward the result is (n dose_seen + n0 dose_prior) / (n + n0), n site-days of data and
    n0 = 60; with several it is the same rule for all of them together, so that wards whose
    patients rise and fall together keep the proportions of the table.

    Args:
        use: (place, time), units, NaN where unknown.
        occupancy: (place, ward, time), patients, NaN where unknown.
        usual: (place,), patients usually in the house, > 0.
        scale: (place, time), how much of the doses a site uses on a day, about 1 (habit times
            ratio of the day).
        prior: (ward,), doses of the table; None: every patient takes the same.

    Returns:
        Doses; those of the prior where nothing is seen.

    Source: docs/models/patient-demand.md, equations 2 and 3.
    """
    wards = occupancy.shape[1]
    known = np.isfinite(use) & np.isfinite(occupancy).all(axis=1)
    at_place, at_time = np.nonzero(known)
    y = use[known]
    size = scale[known]
    base = usual[at_place]
    background = np.zeros((len(y), 7))
    background[np.arange(len(y)), at_time % 7] = base
    columns = np.concatenate([occupancy.transpose(0, 2, 1)[known], background], axis=1)
    start = _prior(prior, y / size, columns[:, :wards], base)
    # A day's spread grows with its use, so that sites of all sizes count alike.
    weight = 1.0 / np.maximum(columns @ start, 1e-9)
    rows = columns * (size * weight)[:, None]
    normal = rows.T @ rows
    right = rows.T @ (y * weight)
    strength = PRIOR_SITE_DAYS / max(len(y), 1)
    floor = 1e-9 * max(float(np.trace(normal)), 1.0)
    pull = np.maximum(np.diag(normal) * strength, floor)
    lower = np.linalg.cholesky(normal + np.diag(pull))
    target = np.linalg.solve(lower, right + pull * start)
    found, _ = nnls(lower.T, target)
    return Doses(found[:wards], found[wards:])


def _prior(
    table: FloatArray | None, use: FloatArray, patients: FloatArray, usual: FloatArray
) -> FloatArray:
    """(ward + 7,), doses and background by weekday before anything is seen."""
    wards = patients.shape[1]
    total = float(use.sum())
    if table is None or not (table > 0).any():
        dose = np.full(wards, total / max(float(patients.sum()), 1e-9))
    else:
        dose = table.astype(float)
    per_usual = total / max(float(usual.sum()), 1e-9)
    if not len(use):
        per_usual = float(dose.mean())
    return np.concatenate([dose, np.full(7, _BACKGROUND_SHARE * per_usual)])
