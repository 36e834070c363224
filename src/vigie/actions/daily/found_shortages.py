"""Shortages and plans of one run: every rule applied, gathered while paths are written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vigie.actions.daily.checking import keyed
from vigie.actions.daily.run_forecasts import RunForecasts
from vigie.actions.decisions.plan_outcomes import all_wishes
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, Stream
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.scenarios.what_ifs import Reproduction, WhatIfs
from vigie.actions.shortages.capacity_futures import CapacityFutures, futures_of_rules
from vigie.actions.shortages.declared_shortages import declared_rows
from vigie.actions.shortages.loan_plans import LoanPlans, plan_loans, without_neighbours
from vigie.actions.shortages.product_run import product_run
from vigie.actions.shortages.product_shortages import ProductResult
from vigie.actions.shortages.room_depots import no_depots
from vigie.actions.shortages.shared_vehicles import SharedVehicles, litres_of
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_days import staff_day_rows
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows, equipment_rows, staff_rows
from vigie.actions.shortages.ward_staffing import Staffing, staffing
from vigie.actions.shortages.ward_what_ifs import JudgedWards
from vigie.lake import DataFile
from vigie.paths import path_rows
from vigie.planning import OPTIMAL_MODEL, CategoryPlan, Wishes, move_rows, plan_row
from vigie.schemas import (
    ARCS,
    DEPOT_STOCK,
    LOTS,
    ORDERS,
    PATH_ARRAYS,
    PLACES,
    PLAN_MOVES,
    PLANS,
    PRODUCTS,
    SCENARIO_SHORTAGES,
    SHORTAGE_DAYS,
    SHORTAGES,
    STAFF_DAYS,
    STOCK_ADVICE,
    Table,
)

__all__ = ["FoundShortages", "in_order"]


@dataclass(slots=True)
class FoundShortages:
    """Shortages and plans of one run, gathered while paths are written."""

    room: Room
    run: str
    inputs: Inputs
    chance: Chance
    shortages: list[pa.Table]
    days: list[pa.Table]
    staff_days: list[pa.Table]
    advice: list[pa.Table]
    plans: dict[str, list[CategoryPlan]]
    skipped: dict[int, str]
    models: dict[str, str]
    products: Iterator[ProductResult]
    wishes: Wishes
    loans: LoanPlans
    vehicles: SharedVehicles
    conflicts: list[str]
    product_moves: list[int]
    what_ifs: WhatIfs
    usual_orders: dict[str, object] | None
    depot_stock: pa.Table

    def __init__(
        self, room: Room, run: str, inputs: Inputs, chance: Chance, reproduction: Reproduction
    ) -> None:
        self.room, self.run, self.inputs, self.chance = room, run, inputs, chance
        self.shortages, self.days, self.advice, self.plans = [], [], [], {}
        self.staff_days = []
        self.skipped, self.models = {}, {}
        self.products = iter(())
        self.usual_orders, self.depot_stock = None, no_depots()
        self.wishes = all_wishes(room, inputs.as_of)
        self.loans, self.conflicts, self.product_moves = LoanPlans(), [], [0, 0]
        litres = litres_of(inputs.reference[PRODUCTS.name])
        most = room.values.plan.vehicle_litres_per_day
        declared = room.declarations.scenarios
        self.what_ifs = WhatIfs(declared, room.values.shortages, inputs, chance, reproduction)
        self.vehicles = SharedVehicles(litres if most > 0 else {}, most)

    def look_at_products(self, files: Mapping[str, Sequence[DataFile]]) -> None:
        """Apply the rules for products; they are made a few at a time, as their paths are.

        Args:
            files: of the tables of orders and lots, by name.
        """
        for rule in self.room.values.shortages:
            if rule.kind == "products":
                self._products(rule, files)

    def look_at_wards(self) -> list[pa.Table]:
        """Apply the other rules; the rows of each that has what it needs."""
        rules = [rule for rule in self.room.values.shortages if rule.kind != "products"]
        # Beds and staff are judged from the same staff on the same paths: drawn up once.
        futures = futures_of_rules(rules, self.inputs, self.chance)
        staff = [
            staffing(rule, self.inputs, futures[at]) if rule.kind == "staff" else None
            for at, rule in enumerate(rules)
        ]
        for_beds = next((each for each in staff if each is not None), None)
        tables = []
        beds: dict[int, BedPaths] = {}
        judged = zip(rules, staff, futures, strict=True)
        for number, (rule, own, ahead) in enumerate(judged):
            self.models |= {} if ahead is None else ahead.models(rule)
            paths: list[BedPaths] = []
            rows = self._rows(rule, for_beds if rule.kind == "beds" else own, ahead, paths)
            if rows is None:
                self._skip(rule)
            else:
                tables.append(rows)
            if paths:
                beds[number] = paths[0]
        seed = self.what_ifs.seed
        self.what_ifs.look_at_wards(JudgedWards(rules, self.inputs, futures, staff, beds, seed))
        self.loans = plan_loans(
            rules,
            self.inputs,
            beds,
            for_beds,
            self.room.values.plan,
            self.wishes,
            self.chance.stream(Stream.LOANS),
        )
        return tables

    def _rows(
        self,
        rule: ShortageRule,
        staff: Staffing | None,
        futures: CapacityFutures | None,
        beds: list[BedPaths],
    ) -> pa.Table | None:
        if rule.kind == "beds":
            rules = self.room.values.shortages
            equipment = next((each for each in rules if each.kind == "equipment"), None)
            return bed_rows(
                rule, self.inputs, staff, equipment, futures, days=self.days, found=beds
            )
        if rule.kind == "staff":
            if staff is None:
                return None
            self.staff_days.append(staff_day_rows(staff, self.inputs))
            return staff_rows(staff, self.inputs, self.days)
        if rule.kind == "equipment":
            return equipment_rows(rule, self.inputs, self.days)
        return declared_rows(rule, self.inputs)

    def _products(self, rule: ShortageRule, files: Mapping[str, Sequence[DataFile]]) -> None:
        found = product_run(
            self.room,
            rule,
            self.inputs,
            files[ORDERS.name],
            files.get(LOTS.name, ()),
            self.chance,
            self.wishes,
            self.what_ifs.of_products,
        )
        if found is None:
            self._skip(rule)
            return
        self.products, self.depot_stock = found.results, found.depot_stock
        if found.usual_orders is not None:
            self.usual_orders = found.usual_orders

    def _skip(self, rule: ShortageRule) -> None:
        names = ", ".join(name for name in rule.measures.values() if name)
        self.skipped[self.room.values.shortages.index(rule)] = (
            f"{rule.kind}: not all of {names} are reported by day and within the last "
            f"{MOST_DAYS_BEHIND} days"
        )

    def path_batches(self, made: RunForecasts) -> Iterator[pa.RecordBatch]:
        """Rows of the path table; on the way the products' shortages and plans are kept."""
        for _, paths, _ in made.published():
            yield from keyed(path_rows(paths), PATH_ARRAYS, self.run).to_batches()
        for result in self.products:
            self.shortages.append(result.shortages)
            self.what_ifs.keep_product(result.product, result.again)
            self.days.append(result.days)
            self.advice.append(result.advice)
            for planner, plan in result.plans.items():
                self.plans.setdefault(planner, []).append(plan)
            self.vehicles.keep(result.optimal)
            self.conflicts += result.optimal.conflicts
            self.product_moves[0] += result.optimal.moves_before_pruning
            self.product_moves[1] += len(result.plans[OPTIMAL_MODEL].moves)
            yield from keyed(path_rows(result.stock), PATH_ARRAYS, self.run).to_batches()

    def batches(self) -> dict[Table, Iterator[pa.RecordBatch]]:
        """Rows of each table that is filled from here, once all is looked at and joined."""
        return {
            SHORTAGES: self._shortage_batches(),
            SHORTAGE_DAYS: _joined(self.days, SHORTAGE_DAYS, self.run),
            STAFF_DAYS: _joined(self.staff_days, STAFF_DAYS, self.run),
            STOCK_ADVICE: _joined(self.advice, STOCK_ADVICE, self.run),
            DEPOT_STOCK: in_order(self.depot_stock, DEPOT_STOCK, self.run),
            SCENARIO_SHORTAGES: in_order(
                self.what_ifs.table(self.shortages), SCENARIO_SHORTAGES, self.run
            ),
            PLANS: self._plan_batches(),
            PLAN_MOVES: self._move_batches(),
        }

    def _shortage_batches(self) -> Iterator[pa.RecordBatch]:
        for rows in self.shortages:
            yield from keyed(rows, SHORTAGES, self.run).to_batches()

    def join(self) -> None:
        """Plan products that share vehicles again where they clash, and take in the loans."""
        again = self.vehicles.planned_again(self.wishes)
        if again:
            parts = self.plans[OPTIMAL_MODEL]
            self.plans[OPTIMAL_MODEL] = [again.get(part.category, part) for part in parts]
        for planner, loans in self.loans.plans.items():
            self.plans.setdefault(planner, []).extend(loans)

    def notes(self) -> dict[str, str]:
        """Short facts on the rules and plans, for the manifest."""
        products = dict(zip(("moves_before", "moves"), self.product_moves, strict=True))
        notes = {"skipped_rules": json.dumps([self.skipped[at] for at in sorted(self.skipped)])}
        notes["plans"] = json.dumps({"products": products} | self.loans.kinds)
        if self.usual_orders is not None:
            notes["usual_orders"] = json.dumps(self.usual_orders)
        conflicts = [*dict.fromkeys([*self.conflicts, *self.loans.conflicts])]
        if conflicts:
            notes["plan_conflicts"] = json.dumps(conflicts)
        sites = self.inputs.reference[PLACES.name]
        named = [row["place"] for row in sites.to_pylist() if row["kind"] == "site"]
        if lonely := without_neighbours(self.inputs.reference[ARCS.name], named):
            notes["without_neighbours"] = json.dumps(lonely)
        return notes

    def _with_moves(self) -> Iterator[tuple[str, str, list[CategoryPlan]]]:
        """Key, planner and parts of every plan that moves anything."""
        for number, (planner, parts) in enumerate(self.plans.items(), start=1):
            if any(part.moves for part in parts):
                yield str(number), planner, parts

    def _plan_batches(self) -> Iterator[pa.RecordBatch]:
        for key, planner, parts in self._with_moves():
            yield from plan_row(self.run, key, planner, parts, self._day()).to_batches()

    def _move_batches(self) -> Iterator[pa.RecordBatch]:
        for key, _, parts in self._with_moves():
            yield from move_rows(self.run, key, parts, self._day()).to_batches()

    def _day(self) -> np.datetime64:
        return np.datetime64(self.inputs.as_of, "D")


def _joined(parts: Sequence[pa.Table], of: Table, run: str) -> Iterator[pa.RecordBatch]:
    """Rows gathered in parts, in the order of their file; none without parts."""
    if parts:
        yield from in_order(pa.concat_tables(parts), of, run)


def in_order(rows: pa.Table, of: Table, run: str) -> Iterator[pa.RecordBatch]:
    """Rows of a table, with their run, in the order of its file."""
    ordered = rows.sort_by([(name, "ascending") for name in of.order])
    yield from keyed(ordered, of, run).to_batches()
