"""The figures that stand, their totals, and whether they may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import HISTORY_DAYS
from vigie.actions.rooms.reading import as_known_sql, facts_sql
from vigie.actions.rooms.rebuilding import BuiltDatasets
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.cap_checks import cap_check_rows
from vigie.actions.shortages.depot_checks import depot_check_rows
from vigie.actions.shortages.lot_checks import lot_fault_rows
from vigie.actions.shortages.order_checks import order_fault_rows
from vigie.actions.shortages.planned_shifts import shift_fault_rows
from vigie.actions.shortages.recounts import recount_rows
from vigie.actions.shortages.untold_checks import untold_rows
from vigie.lake import DataFile
from vigie.quality import (
    CONFLICTS_SQL,
    Check,
    check_query,
    coverage,
    not_carried_out,
    verdict,
)
from vigie.schemas import (
    CHECK_RESULTS,
    CONFLICTS,
    COVERAGE,
    DERIVED,
    LOTS,
    MEASURES,
    ORDERS,
    PLACES,
    PLANNED_SHIFTS,
    REPORTS,
    Table,
)

__all__ = ["Judgement", "judge", "keyed", "window_sql"]

_COVERED_DAYS, _COMPLETED_DAYS = 120, 28
"""Days of totals that a release holds, and of these the last with a completed estimate."""

_COVERED_PRODUCT_DAYS, _COMPLETED_PRODUCT_DAYS = 56, 2
"""The same for daily measures by product, of which there are dozens."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the checks said.

    Attributes:
        facts: the figures that stand, within the models' window.
        conflicts, coverage, results: rows of the tables of these names.
        is_blocked: a blocking check failed.
        reasons: which figure, which check, which rows; empty unless blocked.
        summary: number of checks by outcome.
    """

    facts: pa.Table
    conflicts: pa.Table
    coverage: pa.Table
    results: pa.Table
    is_blocked: bool
    reasons: tuple[str, ...]
    summary: Mapping[str, int]


def window_sql(room: Room, day: date) -> str:
    """Condition on facts: within the window that the models and checks look at, up to the day."""
    by_step: dict[str, list[str]] = {step: [] for step in HISTORY_DAYS}
    for name, row in room.measures().items():
        by_step[str(row["step"])].append(name)
    cases = []
    for step, names in by_step.items():
        if step != "day" and names:
            listed = ", ".join(f"'{name}'" for name in names)
            first = day - timedelta(days=HISTORY_DAYS[step])
            cases.append(f"WHEN measure IN ({listed}) THEN DATE '{first}'")
    daily = f"DATE '{day - timedelta(days=HISTORY_DAYS['day'])}'"
    first_sql = f"CASE {' '.join(cases)} ELSE {daily} END" if cases else daily
    return f"reference_date <= DATE '{day}' AND reference_date > {first_sql}"


def judge(
    room: Room,
    run: str,
    day: date,
    tables: Mapping[str, Sequence[DataFile]],
    status: pa.Table,
    built: BuiltDatasets,
) -> Judgement:
    """Reconcile the feeds, add up over places, run every check.

    Args:
        room: the room.
        run: key of the run.
        day: as_of.
        tables: files of the facts and of the figures that datasets make.
        status: state of the feeds.
        built: what the datasets made.
    """
    known_sql = as_known_sql(
        room, tables[REPORTS.name], tables[DERIVED.name], room.end_of(day), window_sql(room, day)
    )
    facts = room.engine.query(known_sql)
    measures, places = room.reference(MEASURES.name), room.reference(PLACES.name)
    relations = {"facts": facts, "measures": measures}
    standing = room.engine.query(facts_sql("SELECT * FROM facts"), relations)
    conflicts = room.engine.query(CONFLICTS_SQL, relations)
    totals = _totals(standing, measures, places, day)
    relations |= {
        "ruled": standing,
        "places": places,
        "coverage": totals,
        "feeds_status": status,
    }
    relations |= _dataset_relations(room, built)
    results = [_carried_out(room, check, day, relations) for check in room.declarations.checks]
    results.append(recount_rows(room, day, standing, tables[ORDERS.name]))
    results.append(order_fault_rows(room, day, tables[ORDERS.name]))
    results.append(lot_fault_rows(room, day, standing, tables[LOTS.name]))
    results.append(depot_check_rows(room, day, standing, tables[LOTS.name]))
    results.append(cap_check_rows(room, day, tables[ORDERS.name]))
    results.append(shift_fault_rows(room, day, tables[PLANNED_SHIFTS.name]))
    results.append(untold_rows(room, day, standing))
    nothing = CHECK_RESULTS.arrow_schema().empty_table()
    result_rows = pa.concat_tables(
        [nothing, *(keyed(each, CHECK_RESULTS, run) for each in results)]
    )
    said = verdict(result_rows)
    checks = len(room.declarations.checks)
    return Judgement(
        standing,
        keyed(conflicts, CONFLICTS, run),
        keyed(totals, COVERAGE, run),
        result_rows,
        said.blocked,
        said.reasons,
        {"checks": checks, "blocking": len(said.reasons), "warnings": len(said.warnings)},
    )


def _carried_out(
    room: Room, check: Check, day: date, relations: Mapping[str, pa.Table]
) -> pa.Table:
    """The result of a check; a failure when the engine refuses its statement."""
    query = check_query(check, day)
    try:
        return room.engine.query(query.sql, relations, query.parameters)
    except room.engine.Error as error:
        return not_carried_out(check, room.engine.said(error))


def _totals(standing: pa.Table, measures: pa.Table, places: pa.Table, day: date) -> pa.Table:
    """Totals over places; of daily products fewer days, and the completed estimate of two."""
    texts = ["measure", "place", "category"]
    # Encoded once, texts are not copied when rows are chosen.
    known = pa.table(
        {name: standing[name].dictionary_encode() for name in texts}
        | {name: standing[name] for name in ("reference_date", "value")}
    )
    is_product = pc.and_(
        pc.equal(measures["dimension"], "product"), pc.equal(measures["step"], "day")
    )
    products = measures.filter(is_product)["measure"].combine_chunks()
    of_products = pc.is_in(standing["measure"], products)
    parts = [
        coverage(
            known.filter(chosen),
            measures,
            places,
            completed_since=day - timedelta(days=completed),
            since=day - timedelta(days=covered),
        )
        for chosen, covered, completed in (
            (pc.invert(of_products), _COVERED_DAYS, _COMPLETED_DAYS),
            (of_products, _COVERED_PRODUCT_DAYS, _COMPLETED_PRODUCT_DAYS),
        )
    ]
    return pa.concat_tables(parts)


def _dataset_relations(room: Room, built: BuiltDatasets) -> dict[str, pa.Table]:
    """Rows of the datasets that a check names."""
    wanted = {check.figure for check in room.declarations.checks if check.target == "dataset"}
    found: dict[str, pa.Table] = {}
    for name in wanted:
        if name in built.tables:
            of, files = built.tables[name]
            relation = room.lake.relation(of, files)
        else:
            files = tuple(file for file in built.derived if file.partition == name)
            relation = room.lake.relation(DERIVED, files)
        found[name] = room.engine.query(f"SELECT * FROM {relation}")
    return found


def keyed(rows: pa.Table, of: Table, run: str) -> pa.Table:
    """Rows with the run's key, in the columns of the named table."""
    keyed = rows.append_column("run", pa.repeat(pa.scalar(run), rows.num_rows))
    return keyed.select(list(of.names)).cast(of.arrow_schema())
