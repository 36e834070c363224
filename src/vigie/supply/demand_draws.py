"""What will be asked for in every future, around the fit of one product."""

from __future__ import annotations

import numpy as np

from vigie.paths import PathArray
from vigie.supply.lumps import in_lumps
from vigie.supply.patient_demand import UseFit, trend

__all__ = ["patient_demand_paths", "ratio_paths"]


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
    units = draw_units(
        patients,
        fit.doses.per_patient_day,
        house,
        factor,
        (chance.inverse_size, chance.burst_chance, chance.burst_times),
        seed,
    )
    for place in np.flatnonzero(fit.is_lumpy):
        inside = np.einsum("wts,w->ts", patients[place], fit.doses.per_patient_day)
        mean = (inside + house[place, :, None]) * factor[place]
        units[place] = in_lumps(fit.demand[place], mean, rng)
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
