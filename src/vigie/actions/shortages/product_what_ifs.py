"""Products judged again under the changes of a scenario: orders, use per patient, patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.shortages.counted_changes import EPIDEMIC_KIND, CountedChange
from vigie.actions.shortages.epidemic_changes import EpidemicChange
from vigie.actions.shortages.product_demand import Patients, ProductDemand
from vigie.actions.shortages.put_off_entries import spared_on
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import DateArray, FloatArray, PathArray
from vigie.supply import OpenDeliveries, net_need

__all__ = ["PRODUCT_KINDS", "ProductAgain", "ProductCase", "ProductWhatIfs", "moved_orders"]

_THROUGH_PATIENTS = ("electives", EPIDEMIC_KIND)
PRODUCT_KINDS = ("orders", "doses", *_THROUGH_PATIENTS)
"""Kinds of change that are of products; electives and R through patients."""


@dataclass(frozen=True, slots=True, eq=False)
class ProductCase:
    """One product as the run judged it.

    Attributes:
        product: its key.
        places: axis 0.
        dates: days from the day after the last told stock.
        use: demand, and by what patients it was foreseen.
        patients: None: not known.
        on_order: what open orders bring, with samples or without.
        coming: of a demand and of open orders, all that comes with the orders foreseen along them.
        judge: rows of shortages of a need, see ``vigie.supply.net_need``.
        first_phase: weekday phase of the first day.
    """

    product: str
    places: tuple[str, ...]
    dates: DateArray
    use: ProductDemand
    patients: Patients | None
    on_order: OpenDeliveries
    coming: Callable[[PathArray, OpenDeliveries], PathArray]
    judge: Callable[[PathArray], pa.Table]
    first_phase: int


@dataclass(frozen=True, slots=True, eq=False)
class ProductAgain:
    """One product under one scenario.

    Attributes:
        scenario: its name.
        rows: of shortages, of the places touched.
        touched: numbers of the changes that touch the product somewhere.
        without_patients: its use does not follow patients: all of it is scaled.
    """

    scenario: str
    rows: pa.Table
    touched: frozenset[int]
    without_patients: bool


@dataclass(frozen=True, slots=True, eq=False)
class ProductWhatIfs:
    """The scenarios of a run that are of products.

    Attributes:
        counted: changes by scenario; places in them of other kinds are left alone.
        inputs: of the run.
        occupancy: measure of patients in bed; "": none.
        entries: measure of daily entries; "": none.
        epidemics: what R changes, by scenario.
        patients: under each scenario, made when a product first asks.
    """

    counted: Mapping[str, Sequence[CountedChange]]
    inputs: Inputs
    occupancy: str
    entries: str
    epidemics: Mapping[str, EpidemicChange] = field(default_factory=dict)
    patients: dict[str, PathArray | None] = field(default_factory=dict)

    def judged_again(self, case: ProductCase) -> list[ProductAgain]:
        """One product under every scenario that touches it."""
        found = (self._again(name, each, case) for name, each in self.counted.items())
        return [each for each in found if each is not None]

    def _again(
        self, name: str, counted: Sequence[CountedChange], case: ProductCase
    ) -> ProductAgain | None:
        follows = case.use.fit is not None and case.patients is not None
        touched: set[int] = set()
        at = np.zeros(len(case.places), dtype=bool)
        for number, each in enumerate(counted):
            kind = each.change.kind
            is_ours = kind == "electives" and follows and bool(self.entries)
            is_ours |= kind == EPIDEMIC_KIND and follows
            is_ours |= kind in ("orders", "doses") and bool(each.of([case.product])[0])
            here = each.at(case.places)
            if is_ours and kind in _THROUGH_PATIENTS:
                assert case.patients is not None, "use follows patients"
                here = here & case.patients.is_known
            if is_ours and here.any() and each.on(case.dates).any():
                touched.add(number)
                at |= here
        if not touched:
            return None
        of_use = [counted[n] for n in touched if counted[n].change.kind != "orders"]
        demand = case.use.paths
        if of_use:
            demand = demand * self._use_share(name, of_use, case)
        orders = [counted[n] for n in sorted(touched) if counted[n].change.kind == "orders"]
        # What does not come as told is still on order: the site counts on it.
        units, settled = (
            moved_orders(each, orders, case.places, case.dates)
            for each in (case.on_order.units, case.on_order.settled)
        )
        on_order = replace(case.on_order, units=units, settled=settled)
        rows = case.judge(net_need(demand, case.coming(demand, on_order)))
        named = pa.array([place for place, here in zip(case.places, at, strict=True) if here])
        doses = any(each.change.kind == "doses" for each in of_use)
        return ProductAgain(
            name,
            rows.filter(pc.is_in(rows["place"], named)),
            frozenset(touched),
            doses and not follows,
        )

    def _use_share(
        self, name: str, of_use: Sequence[CountedChange], case: ProductCase
    ) -> PathArray:
        """(place, 1, day, sample or 1), use under the changes as a share of the use foreseen.

        Where use follows patients, only what they use is scaled, not what the house uses anyway.
        """
        factor = np.ones((len(case.places), len(case.dates)), dtype=np.float32)
        for each in of_use:
            if each.change.kind == "doses":
                where = each.at(case.places)[:, None] & each.on(case.dates)[None, :]
                factor[where] *= np.float32(each.change.factor)
        share = factor[:, None, :, None]
        fit, patients = case.use.fit, case.patients
        if fit is None or patients is None:
            return share
        known = np.flatnonzero(patients.is_known)
        doses = fit.doses.per_patient_day
        inside = _units(patients.ahead, doses)
        phase = (np.arange(len(case.dates)) + case.first_phase) % 7
        house = (fit.usual[:, None] * fit.doses.background[phase])[:, :, None].astype(np.float32)
        other = self._patients(name, of_use, case, patients)
        after = inside if other is None else _units(other, doses)
        after = after * factor[known][:, :, None]
        of_known = np.divide(
            after + house, inside + house, out=np.ones_like(inside), where=inside + house > 0
        )
        shares = np.repeat(share, of_known.shape[2], axis=3)
        shares[known, 0] = of_known
        return shares

    def _patients(
        self, name: str, of_use: Sequence[CountedChange], case: ProductCase, patients: Patients
    ) -> PathArray | None:
        """Patients under a scenario; None where they are those of the run."""
        if not any(each.change.kind in _THROUGH_PATIENTS for each in of_use):
            return None
        if name not in self.patients:
            places = [case.places[at] for at in np.flatnonzero(patients.is_known)]
            wards = self.inputs.paths[self.occupancy].categories
            spared = spared_on(of_use, self.inputs, self.entries, places, wards, case.dates)
            epidemic = self.epidemics.get(name)
            more = None
            if epidemic is not None:
                more = epidemic.patients_on(self.occupancy, places, wards, case.dates)
            # The same for all products; two threads that both make it make the same.
            self.patients[name] = _changed(patients.ahead, more, spared)
        return self.patients[name]


def _changed(
    patients: PathArray, more: PathArray | None, spared: PathArray | None
) -> PathArray | None:
    """Patients with those who come more and without those spared; None where neither is told."""
    if more is None and spared is None:
        return None
    out = patients if more is None else np.maximum(patients + more, np.float32(0))
    return out if spared is None else np.maximum(out - spared, np.float32(0))


def _units(patients: PathArray, doses: FloatArray) -> PathArray:
    """(place, day, sample), units that patients use."""
    out = np.zeros((len(patients), *patients.shape[2:]), dtype=np.float32)
    for ward in np.flatnonzero(doses):
        out += patients[:, ward] * np.float32(doses[ward])
    return out


def moved_orders(
    arriving: PathArray,
    counted: Sequence[CountedChange],
    places: Sequence[str],
    dates: DateArray,
) -> PathArray:
    """Deliveries of open orders that come later, or in part.

    Args:
        arriving: (place, 1, day) or (place, 1, day, sample), units.
        counted: changes of orders; those that overlap are applied one after the other.
        places, dates: axes.

    Returns:
        The same with what would come on the days of a change moved behind by its delay; what is
        moved behind the last day is not seen.
    """
    for each in counted:
        here, days = each.at(places), each.on(dates)
        if not (here.any() and days.any()):
            continue
        moved = arriving.copy()
        moved[:, 0][np.ix_(np.flatnonzero(here), np.flatnonzero(days))] = 0
        delay = each.change.delay_days
        for day in np.flatnonzero(days):
            if day + delay < len(dates):
                part = np.float32(each.change.factor) * arriving[here, :, day]
                moved[here, :, day + delay] += part
        arriving = moved
    return arriving
