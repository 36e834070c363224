"""What will be asked for in every future, around the fit of one product."""

from __future__ import annotations

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray
from vigie.supply.patient_demand import UseFit, trend

__all__ = ["is_lumpy", "patient_demand_paths", "ratio_paths"]

_ADI, _CV_SQUARED = 1.32, 0.49
"""Mean days between uses, and squared variation of sizes, from which use comes in lumps."""

_FEWEST_SIZES = 5
_LARGEST_CHANCE = 0.98


def patient_demand_paths(
    fit: UseFit, patients: PathArray, rng: np.random.Generator, *, first_phase: int
) -> PathArray:
    """Demand of one product at all places, for the patients of every future.

    Args:
        fit: of the product.
        patients: (place, ward, day, sample), patients in bed, float32, contiguous.
        rng: chance of the product.
        first_phase: phase of the first future day, 0..6.

    Returns:
        (place, day, sample), units per day, >= 0.

    Source: docs/models/patient-demand.md, equations 8 to 13.
    """
    # Imported here: only rooms whose use follows patients wait for the compiler.
    from vigie.supply.demand_kernel import draw_units

    days, samples = patients.shape[2:]
    factor = ratio_paths(fit, days, samples, rng)
    phases = (np.arange(days) + first_phase) % 7
    house = fit.usual[:, None] * fit.doses.background[phases]
    chance = fit.chance
    seed = int(rng.integers(0, 2**63))
    lumpy = is_lumpy(fit.demand)
    units = draw_units(
        patients,
        fit.doses.per_patient_day,
        house,
        factor,
        (chance.inverse_size, chance.burst_chance, chance.burst_times),
        seed,
    )
    for place in np.flatnonzero(lumpy):
        inside = np.einsum("wts,w->ts", patients[place], fit.doses.per_patient_day)
        mean = (inside + house[place, :, None]) * factor[place]
        units[place] = _in_lumps(fit.demand[place], mean, rng)
    return units


def ratio_paths(fit: UseFit, days: int, samples: int, rng: np.random.Generator) -> PathArray:
    """Ratio of use to doses on every future day: today's, its trend, and what may come of it.

    What all sites share has one number a future, so that it does not average out over sites.

    Returns:
        (place, day, sample), mean 1 around the trend times the level of today.
    """
    shared_sd, site_sd = fit.spread.by_day(days)
    growth = trend(np.asarray(fit.ratio.slope[-1]), np.arange(1, days + 1.0))
    centre = growth - (shared_sd**2 + site_sd**2) / 2
    z_shared = rng.standard_normal(samples, dtype=np.float32)
    z_site = rng.standard_normal((len(fit.usual), samples), dtype=np.float32)
    out = site_sd.astype(np.float32)[None, :, None] * z_site[:, None, :]
    out += (centre[:, None] + shared_sd[:, None] * z_shared).astype(np.float32)
    np.exp(out, out=out)
    out *= fit.ratio.level[:, -1].astype(np.float32)[:, None, None]
    return out


def is_lumpy(demand: FloatArray) -> BoolArray:
    """Places whose use comes rarely and in sizes that differ much.

    Args:
        demand: (place, time), units, NaN where unknown.

    Returns:
        (place,), whether days between uses are 1.32 or more on average and the squared
        coefficient of variation of the sizes is 0.49 or more.

    Source: Syntetos, Boylan and Croston 2005, Journal of the Operational Research Society 56.
    """
    known = np.isfinite(demand)
    positive = known & (demand > 0)
    count = positive.sum(axis=1)
    interval = known.sum(axis=1) / np.maximum(count, 1)
    sizes = np.where(positive, demand, 0.0)
    mean = sizes.sum(axis=1) / np.maximum(count, 1)
    square = (sizes**2).sum(axis=1) / np.maximum(count, 1)
    variation = np.divide(square, mean**2, out=np.ones_like(mean), where=mean > 0) - 1
    is_known = count >= _FEWEST_SIZES
    return np.asarray(is_known & (interval >= _ADI) & (variation >= _CV_SQUARED))


def _in_lumps(history: FloatArray, mean: PathArray, rng: np.random.Generator) -> PathArray:
    """A hurdle: whether anything is asked for, and then a size that has been.

    Args:
        history: (time,), units of one place.
        mean: (day, sample), units expected.
    """
    sizes = history[np.isfinite(history) & (history > 0)]
    chance = np.minimum(mean / sizes.mean(), _LARGEST_CHANCE)
    is_asked = rng.random(mean.shape, dtype=np.float32) < chance
    drawn = sizes[rng.integers(0, len(sizes), mean.shape)]
    # Where lumps cannot come more often, they are larger.
    larger = mean / np.maximum(chance * sizes.mean(), 1e-9)
    return np.where(is_asked, np.rint(drawn * np.maximum(larger, 1.0)), 0.0).astype(np.float32)
