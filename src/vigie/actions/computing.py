"""The models' part of a run: paths, forecasts, shortages, plan; written as they are made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.checking import keyed
from vigie.actions.declared_shortages import declared_rows
from vigie.actions.forecasting import (
    MOST_DAYS_BEHIND,
    Chance,
    History,
    by_category,
    forecast_measure,
    histories,
    total_history,
)
from vigie.actions.places import members_of_totals
from vigie.actions.product_shortages import ProductResult, product_results
from vigie.actions.room import Room, ShortageRule
from vigie.actions.shortage_rows import Inputs
from vigie.actions.ward_shortages import (
    Staffing,
    bed_rows,
    equipment_rows,
    staff_rows,
    staffing,
)
from vigie.lake import DataFile, as_of_sql
from vigie.paths import SamplePaths, forecast_rows, path_rows
from vigie.planning import NEAREST_SURPLUS_MODEL, CategoryPlan, move_rows, plan_row
from vigie.schemas import (
    FORECASTS,
    ORDERS,
    PATH_ARRAYS,
    PLAN_MOVES,
    PLANS,
    REFERENCE,
    SHORTAGES,
    Table,
)

__all__ = ["Computed", "compute"]

_PATH_ROW_GROUP = 700


@dataclass(frozen=True, slots=True)
class Computed:
    """What the models made.

    Attributes:
        tables: files of the result tables.
        models: name of the model per measure or task.
        notes: short facts for the manifest.
    """

    tables: Mapping[str, tuple[DataFile, ...]]
    models: Mapping[str, str]
    notes: Mapping[str, str]


def compute(
    room: Room, run: str, day: date, facts: pa.Table, orders: Sequence[DataFile]
) -> Computed:
    """Forecast, find shortages, plan; and write the results of the run.

    Args:
        room: the room.
        run: key of the run.
        day: as_of.
        facts: the figures that stand, as ``vigie.actions.checking`` reads them.
        orders: files of the table of orders.
    """
    chance = Chance(room.values.seed, day, room.values.sample_count, room.values.horizon_days)
    room.progress("Forecasting")
    known, paths, models = _forecasts(room, facts, chance)
    members = members_of_totals(room.reference("places"), day)
    inputs = Inputs(
        as_of=day,
        horizon_days=chance.horizon_days,
        histories=known,
        paths=paths,
        models=models,
        reference={of.name: room.reference(of.name) for of in REFERENCE},
        members=members,
    )
    room.progress("Looking for shortages, and for who can help")
    drawn = _drawn(room, inputs, chance)
    found = _Found(room, run, inputs, chance)
    found.look_at_products(orders)
    with ThreadPoolExecutor(1) as pool:
        # Wards are judged while the paths are written, which makes the products on the way.
        wards = pool.submit(found.look_at_wards)
        paths_files = room.lake.write(
            PATH_ARRAYS, found.path_batches(drawn), run, partition=run, row_group=_PATH_ROW_GROUP
        )
        found.shortages[:0] = wards.result()
    tables = {
        FORECASTS.name: _write(room, FORECASTS, run, _forecast_batches(run, _published(drawn))),
        PATH_ARRAYS.name: paths_files,
        SHORTAGES.name: _write(room, SHORTAGES, run, found.shortage_batches()),
        PLANS.name: _write(room, PLANS, run, found.plan_batches()),
        PLAN_MOVES.name: _write(room, PLAN_MOVES, run, found.move_batches()),
    }
    notes = {"skipped_rules": json.dumps([found.skipped[at] for at in sorted(found.skipped)])}
    return Computed(tables, dict(models) | {"plan": NEAREST_SURPLUS_MODEL}, notes)


_SIMULATED_ROLES = {
    "beds": ("need",),
    "staff": ("occupancy", "absent"),
    "equipment": ("in_use",),
    "declared": ("declared",),
}
"""Roles of the rules whose future is drawn; the others (capacity, roster) stand as they are."""


def _forecasts(
    room: Room, facts: pa.Table, chance: Chance
) -> tuple[dict[str, History], dict[str, SamplePaths], dict[str, str]]:
    """Histories of all measures in use, and paths of those that are forecast or simulated."""
    measures = room.measures()
    rules = room.values.shortages
    compared = {name for rule in rules for name in rule.measures.values() if name}
    drawn = {name for name, row in measures.items() if row["is_forecast"]}
    drawn |= {rule.measures[r] for rule in rules for r in _SIMULATED_ROLES.get(rule.kind, ())}
    known: dict[str, History] = {}
    paths: dict[str, SamplePaths] = {}
    models: dict[str, str] = {}
    for history in histories(
        facts, measures, sorted((drawn | compared) & set(measures)), chance.as_of
    ):
        known[history.measure] = history
        if history.measure in drawn:
            paths[history.measure], models[history.measure] = forecast_measure(history, chance)
    return known, paths, models


Drawn = tuple[History, History, SamplePaths, str]
"""History of a measure; that of the places or totals drawn; their paths; the model."""


def _drawn(room: Room, inputs: Inputs, chance: Chance) -> list[Drawn]:
    """Paths of the forecast measures: of places, and of the totals over them."""
    measures = room.measures()
    found: list[Drawn] = []
    for name, paths in inputs.paths.items():
        if not measures[name]["is_forecast"]:
            continue
        history = inputs.histories[name]
        found.append((history, history, paths, inputs.models[name]))
        totals = total_history(history, inputs.members)
        if totals is not None and measures[name]["over_places"] == "sum":
            found.append((history, totals, *forecast_measure(totals, chance)))
    return found


def _published(drawn: Sequence[Drawn]) -> Iterator[tuple[History, SamplePaths, str]]:
    """The same by category, as the tables hold them."""
    for history, of, paths, model in drawn:
        for part in by_category(paths, of):
            yield history, part, model


def _forecast_batches(
    run: str, published: Iterator[tuple[History, SamplePaths, str]]
) -> Iterator[pa.RecordBatch]:
    for history, paths, model in published:
        last = np.datetime64(history.last_date, "D")
        rows = forecast_rows(paths, model, last)
        yield from keyed(rows, FORECASTS, run).to_batches()


@dataclass(slots=True)
class _Found:
    """Shortages and plans of one run, gathered while paths are written."""

    room: Room
    run: str
    inputs: Inputs
    chance: Chance
    shortages: list[pa.Table]
    plans: list[CategoryPlan]
    skipped: dict[int, str]
    products: Iterator[ProductResult]

    def __init__(self, room: Room, run: str, inputs: Inputs, chance: Chance) -> None:
        self.room, self.run, self.inputs, self.chance = room, run, inputs, chance
        self.shortages, self.plans, self.skipped = [], [], {}
        self.products = iter(())

    def look_at_products(self, orders: Sequence[DataFile]) -> None:
        """Apply the rules for products; they are made a few at a time, as their paths are."""
        for rule in self.room.values.shortages:
            if rule.kind == "products":
                self._products(rule, orders)

    def look_at_wards(self) -> list[pa.Table]:
        """Apply the other rules; the rows of each that has what it needs."""
        rules = [rule for rule in self.room.values.shortages if rule.kind != "products"]
        # Beds and staff are judged from the same staff on the same paths: drawn up once.
        staff = [staffing(rule, self.inputs) if rule.kind == "staff" else None for rule in rules]
        for_beds = next((each for each in staff if each is not None), None)
        tables = []
        for rule, own in zip(rules, staff, strict=True):
            rows = self._rows(rule, for_beds if rule.kind == "beds" else own)
            if rows is None:
                self._skip(rule)
            else:
                tables.append(rows)
        return tables

    def _rows(self, rule: ShortageRule, staff: Staffing | None) -> pa.Table | None:
        if rule.kind == "beds":
            rules = self.room.values.shortages
            equipment = next((each for each in rules if each.kind == "equipment"), None)
            return bed_rows(rule, self.inputs, staff, equipment)
        if rule.kind == "staff":
            return None if staff is None else staff_rows(staff, self.inputs)
        rows_of = {"equipment": equipment_rows, "declared": declared_rows}
        return rows_of[rule.kind](rule, self.inputs)

    def _products(self, rule: ShortageRule, orders: Sequence[DataFile]) -> None:
        known = self.inputs.histories
        if not all(name in known and known[name].is_current for name in rule.measures.values()):
            self._skip(rule)
            return
        room, day = self.room, self.inputs.as_of
        relation = room.lake.relation(ORDERS, orders)
        on_order = room.engine.query(
            f"SELECT * FROM ({as_of_sql(ORDERS, relation, room.end_of(day))}) "
            "WHERE reason IS NULL AND place IS NOT NULL"
        )
        self.products = product_results(rule, self.inputs, self.chance.draws(), on_order)

    def _skip(self, rule: ShortageRule) -> None:
        names = ", ".join(name for name in rule.measures.values() if name)
        self.skipped[self.room.values.shortages.index(rule)] = (
            f"{rule.kind}: not all of {names} are reported by day and within the last "
            f"{MOST_DAYS_BEHIND} days"
        )

    def path_batches(self, drawn: Sequence[Drawn]) -> Iterator[pa.RecordBatch]:
        """Rows of the path table; on the way the products' shortages and plans are kept."""
        for _, paths, _ in _published(drawn):
            yield from keyed(path_rows(paths), PATH_ARRAYS, self.run).to_batches()
        for result in self.products:
            self.shortages.append(result.shortages)
            self.plans.append(result.plan)
            yield from keyed(path_rows(result.stock), PATH_ARRAYS, self.run).to_batches()

    def shortage_batches(self) -> Iterator[pa.RecordBatch]:
        """Rows of the table of shortages."""
        for rows in self.shortages:
            yield from keyed(rows, SHORTAGES, self.run).to_batches()

    def _has_moves(self) -> bool:
        return any(plan.moves for plan in self.plans)

    def plan_batches(self) -> Iterator[pa.RecordBatch]:
        """The plan, if there is anything to move."""
        if self._has_moves():
            rows = plan_row(self.run, "1", NEAREST_SURPLUS_MODEL, self.plans, self._day())
            yield from rows.to_batches()

    def move_batches(self) -> Iterator[pa.RecordBatch]:
        """Moves of the plan."""
        if self._has_moves():
            yield from move_rows(self.run, "1", self.plans, self._day()).to_batches()

    def _day(self) -> np.datetime64:
        return np.datetime64(self.inputs.as_of, "D")


def _write(
    room: Room, of: Table, run: str, batches: Iterator[pa.RecordBatch]
) -> tuple[DataFile, ...]:
    return room.lake.write(of, batches, run, partition=run)
