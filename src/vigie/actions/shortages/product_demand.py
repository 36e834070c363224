"""Demand for a product at every place: it follows the patients forecast where they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, values_on
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.epidemiology import flat_paths
from vigie.paths import BoolArray, DateArray, FloatArray, JointDraws, PathArray
from vigie.supply import (
    PATIENT_STOCK_MODEL,
    STOCK_MODEL,
    PatientUse,
    UseFit,
    demand_paths,
    fit_patient_use,
    is_worth_it,
    patient_demand_paths,
)

__all__ = ["Patients", "ProductDemand", "patients_ahead", "product_demand"]


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """Patients in bed at the places of the stock, as known and in every future.

    Attributes:
        is_known: (place,), whether patients are reported lately and forecast; the other axes
            hold these places alone.
        history: (place known, ward, time), on the days of the stock's history, NaN where missing.
        ahead: (place known, ward, day, sample), on the days looked at.
        doses: (ward,) by product, units per patient-day of the table of doses.
    """

    is_known: BoolArray
    history: FloatArray
    ahead: PathArray
    doses: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class ProductDemand:
    """Demand of one product.

    Attributes:
        paths: (place, 1, day, sample), units per day.
        models: name of the model of each place.
        fit: of the places whose patients are known; None: no use follows patients.
    """

    paths: PathArray
    models: tuple[str, ...]
    fit: UseFit | None = None


def patients_ahead(
    inputs: Inputs, occupancy: str, places: Sequence[str], past: DateArray, ahead: DateArray
) -> Patients | None:
    """Patients of the places, drawn up once for all products; None when none can be followed.

    Args:
        inputs: of the run.
        occupancy: measure of patients in bed by ward kind; "": none.
        places: of the stock.
        past: days of the stock's history.
        ahead: days looked at.
    """
    if not occupancy or not inputs.is_drawn(occupancy):
        return None
    history, paths = inputs.histories[occupancy], inputs.paths[occupancy]
    rows = {place: i for i, place in enumerate(paths.places)}
    values = history.select(places, paths.categories)
    recent = np.isfinite(values[:, :, -MOST_DAYS_BEHIND:]).any(axis=(1, 2))
    is_known = recent & np.array([place in rows for place in places], dtype=bool)
    if not is_known.any():
        return None
    values = values[is_known]
    drawn = paths.values[[rows[place] for place in np.array(places)[is_known].tolist()]]
    seen = values_on(values, history.dates, past)
    future = _ahead(values, history.dates, drawn, paths.dates, ahead)
    return Patients(is_known, seen, future, _doses(inputs, paths.categories))


def product_demand(
    product: str,
    used: FloatArray,
    held: FloatArray,
    horizon: int,
    draws: JointDraws,
    patients: Patients | None,
) -> ProductDemand:
    """Demand of one product, each place by the model that it can have.

    Args:
        product: its key.
        used: (place, 1, time), units used per day, NaN where missing.
        held: (place, 1, time), units on hand, NaN where missing.
        horizon: days looked at.
        draws: chance of the run.
        patients: None: demand goes on as it was.
    """
    followed = None if patients is None else _followed(product, used, held, draws, patients)
    if followed is None or patients is None:
        flat = demand_paths(used, held, horizon, draws, model=flat_paths)
        return ProductDemand(flat, (STOCK_MODEL,) * len(used))
    paths, fit = followed
    if patients.is_known.all():
        return ProductDemand(paths[:, None], (PATIENT_STOCK_MODEL,) * len(used), fit)
    both = demand_paths(used, held, horizon, draws, model=flat_paths)
    both[patients.is_known, 0] = paths
    names = np.where(patients.is_known, PATIENT_STOCK_MODEL, STOCK_MODEL)
    return ProductDemand(both, tuple(names.tolist()), fit)


def _followed(
    product: str, used: FloatArray, held: FloatArray, draws: JointDraws, patients: Patients
) -> tuple[PathArray, UseFit] | None:
    """Demand at the places whose patients are known; None where the flat model does better."""
    here = patients.is_known
    known = PatientUse(used[here, 0], held[here, 0], patients.history, patients.doses.get(product))
    if not np.isfinite(known.use).any():
        return None
    fit = fit_patient_use(known)
    if not is_worth_it(fit, known):
        return None
    # The joint draws are the run's chance; a product's own is told from theirs and its key.
    rng = np.random.default_rng([int(draws.position[0] * 2**53), crc32(product.encode())])
    return patient_demand_paths(fit, patients.ahead, rng, first_phase=used.shape[2] % 7), fit


def _ahead(
    seen: FloatArray, seen_days: DateArray, drawn: PathArray, days: DateArray, wanted: DateArray
) -> PathArray:
    """Paths on the days wanted; days reported already stand in all futures, later ones end."""
    at = np.clip((wanted - days[0]).astype(int), 0, len(days) - 1)
    if at[0] == 0 and len(at) == len(days) and (np.diff(at) == 1).all() and wanted[0] == days[0]:
        return np.ascontiguousarray(drawn)
    out = np.ascontiguousarray(drawn[:, :, at])
    reported = values_on(seen, seen_days, wanted)
    for day in np.flatnonzero(wanted < days[0]):
        known = reported[:, :, day, None]
        out[:, :, day] = np.where(np.isfinite(known), known, out[:, :, day])
    return out


def _doses(inputs: Inputs, wards: Sequence[str]) -> dict[str, FloatArray]:
    """Doses in force on the day of the run, by product; the newest row of a ward rules."""
    table = inputs.reference.get("doses", pa.table({}))
    found: dict[str, FloatArray] = {}
    newest: dict[tuple[str, str], date] = {}
    for row in table.to_pylist():
        product, ward = row["product"], row["ward_kind"]
        since = row["valid_from"] or date.min
        if ward not in wards or since > inputs.as_of:
            continue
        if since >= newest.get((product, ward), date.min):
            newest[product, ward] = since
            doses = found.setdefault(product, np.zeros(len(wards)))
            doses[list(wards).index(ward)] = row["per_patient_day"]
    return found
