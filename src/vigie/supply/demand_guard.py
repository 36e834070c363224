"""Whether demand that follows patients would have done better than the flat one, here, lately."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray
from vigie.supply.doses import expected_use
from vigie.supply.patient_demand import PatientUse, UseFit, trend

__all__ = ["FEWEST_ORIGINS", "is_worth_it", "past_errors"]

FEWEST_ORIGINS = 2
"""Past origins below which nothing is compared."""

_ORIGINS, _APART_DAYS = 6, 14
_HORIZON_DAYS = 14
_FLAT_DAYS = 7
_FIRST_DAYS = 28


def is_worth_it(fit: UseFit, known: PatientUse) -> bool:
    """Whether to follow patients: the fit did no worse than the flat model at past origins.

    With fewer than two origins nothing is known: then a table of doses decides.

    Args:
        fit: of the product.
        known: what it was fitted on.
    """
    ours, flat, origins = past_errors(fit, known.occupancy)
    if origins < FEWEST_ORIGINS:
        return known.prior is not None
    return ours <= flat


def past_errors(fit: UseFit, occupancy: FloatArray) -> tuple[float, float, int]:
    """Errors of the sum over 14 days at past origins: of this fit, and of the flat model.

    Patients are left as they were at each origin, so that this tells what doses, habits and
    drift are worth without any forecast of patients; the flat model repeats the mean of the last
    seven days. Both read days up to the origin alone, but for the doses.

    Args:
        fit: of the product.
        occupancy: (place, ward, time), patients, NaN where missing.

    Returns:
        Mean absolute error of each in units a site, and the number of origins.

    Source: docs/models/patient-demand.md, the guard.
    """
    times = fit.demand.shape[1]
    ours, flat, origins = 0.0, 0.0, 0
    for number in range(_ORIGINS):
        origin = times - 1 - _HORIZON_DAYS - _APART_DAYS * number
        if origin < _FIRST_DAYS:
            break
        ahead = np.arange(1, _HORIZON_DAYS + 1)
        came = fit.demand[:, origin + ahead]
        before = fit.demand[:, origin + 1 - _FLAT_DAYS : origin + 1]
        patients = _last_seen(occupancy[:, :, : origin + 1])
        steady = np.repeat(patients[:, :, None], _HORIZON_DAYS, axis=2)
        meant = expected_use(fit.doses, steady, fit.usual, (origin + 1) % 7)
        growth = np.exp(trend(np.asarray(fit.ratio.slope[origin]), ahead.astype(float)))
        meant = meant * fit.ratio.level[:, [origin]] * growth
        known = np.isfinite(came)
        has_both = known.any(axis=1) & np.isfinite(before).any(axis=1)
        if not has_both.any():
            continue
        count = np.maximum(np.isfinite(before).sum(axis=1), 1)
        level = np.nansum(before, axis=1) / count
        total = np.where(known, came, 0.0).sum(axis=1)
        ours += float(np.abs(np.where(known, meant, 0.0).sum(axis=1) - total)[has_both].mean())
        flat += float(np.abs(level * known.sum(axis=1) - total)[has_both].mean())
        origins += 1
    return ours / max(origins, 1), flat / max(origins, 1), origins


def _last_seen(occupancy: FloatArray) -> FloatArray:
    """(place, ward), the last value known; 0 where none is."""
    known = np.isfinite(occupancy)
    at = occupancy.shape[2] - 1 - known[:, :, ::-1].argmax(axis=2)
    last = np.take_along_axis(occupancy, at[:, :, None], axis=2)[:, :, 0]
    return np.nan_to_num(last)
