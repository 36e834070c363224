"""Rows of the table of shortages under scenarios, beside those of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from vigie.schemas import SCENARIO_SHORTAGES

__all__ = ["LEAST_PROBABILITY", "Baseline", "baseline_of", "compared", "what_if_table"]

LEAST_PROBABILITY = 0.01
"""Rows that do not change are kept from this chance on, with or without the scenario."""

_FIGURES = ("probability_7", "probability_14", "probability", "if_short_q50", "expected_unmet")
_KEY = ("kind", "place", "category")

Row = Mapping[str, object]
Baseline = Mapping[tuple[str, str, str], Row]
"""Rows of shortages by kind, place and category."""


def baseline_of(shortages: Sequence[pa.Table]) -> Baseline:
    """The rows of the run, as they stand in its table of shortages."""
    names = [*_KEY, *_FIGURES]
    return {
        (row["kind"], row["place"], row["category"]): row
        for table in shortages
        for row in table.select(names).to_pylist()
    }


def compared(
    scenario: str, label: str, judged: pa.Table, baseline: Baseline
) -> list[dict[str, object]]:
    """Rows of the scenario: those that differ, or have 1 in 100 or more with or without it.

    Args:
        scenario: its name.
        label: of every row.
        judged: rows of shortages under the scenario.
        baseline: the rows of the run.
    """
    found = []
    shared = [*_KEY, "as_of", "horizon_days", "unmet_unit", *_FIGURES]
    for row in judged.select(shared).to_pylist():
        before = baseline.get((row["kind"], row["place"], row["category"]))
        if before is None:
            continue
        differs = any(row[name] != before[name] for name in _FIGURES)
        largest = max(row["probability"], before["probability"])
        if not differs and largest < LEAST_PROBABILITY:
            continue
        row |= {f"baseline_{name}": before[name] for name in _FIGURES}
        row["difference"] = row["probability"] - before["probability"]
        row["scenario"], row["label"] = scenario, label
        found.append(row)
    return found


def what_if_table(rows: Sequence[Row]) -> pa.Table:
    """The table, all columns but ``run``."""
    return pa.Table.from_pylist(list(rows), SCENARIO_SHORTAGES.schema_before_run())
