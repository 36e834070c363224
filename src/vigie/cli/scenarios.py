"""vigie show scenarios: each scenario of a release beside its baseline, and what it assumes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence

from vigie.cli.context import Context
from vigie.errors import NotFound, nearest

__all__ = ["show_scenarios"]

_COLUMNS = (
    "scenario",
    "measure",
    "category",
    "place",
    "date",
    "median",
    "without",
    "difference",
    "from",
    "to",
)
_NOTE = (
    "Median of the last day ahead, under the scenario and without it; difference: expected total "
    "up to that day less that without (negative: fewer), with its 90 in 100 range."
)
_NONE = (
    "No scenario in this release. It takes an [[epidemics]] in vigie.toml and a file "
    "scenarios/NAME.toml: docs/models/scenarios.md."
)


def show_scenarios(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place; every day, and the inputs, with --json."""
    from vigie.actions.showing import show_table

    room, caller, release = context.room(), context.caller(), arguments.release
    inputs = show_table(room, caller, "scenario_inputs", release).to_pylist()
    if arguments.name:
        names = [row["scenario"] for row in inputs]
        if arguments.name not in names:
            near = nearest(arguments.name, names) or "none"
            raise NotFound(f'No scenario "{arguments.name}" in this release. Nearest: {near}.')
        inputs = [row for row in inputs if row["scenario"] == arguments.name]
    wanted = {"scenario": arguments.name, "place": arguments.place}
    equals = {name: value for name, value in wanted.items() if value}
    rows = show_table(room, caller, "scenarios", release, **equals).to_pylist()
    ends = {row["scenario"]: row["date"] for row in rows}
    for row in rows:
        ends[row["scenario"]] = max(ends[row["scenario"]], row["date"])
    newest = [row for row in rows if row["date"] == ends[row["scenario"]]]
    shown = newest[: arguments.limit]
    lines = context.table(_COLUMNS, [_cells(row) for row in shown]) if shown else []
    if len(newest) > len(shown):
        lines.append(f"... {len(newest) - len(shown)} more; see --limit or --json.")
    lines += [_NOTE] if shown else []
    lines += [_NONE] if not inputs else []
    lines += [line for row in inputs for line in _told(row)]
    context.give({"figures": rows, "inputs": inputs}, lines)
    return 0


def _cells(row: Mapping[str, object]) -> Sequence[object]:
    keys = ("q50", "baseline_q50", "difference_mean", "difference_q05", "difference_q95")
    head = [row[name] for name in ("scenario", "measure", "category", "place", "date")]
    return [*head, *(f"{row[key]:.0f}" for key in keys)]


def _told(row: Mapping[str, str]) -> list[str]:
    """Title, assumptions, and what of them does not count."""
    lines = [f"{row['scenario']}: {row['title_en']}. Not a forecast. {row['why_en']}"]
    for change in json.loads(row["changes"]):
        where = f" in {', '.join(change['places'])}" if change["places"] else ""
        days = f"{change['first_date']} to {change['last_date']}"
        counted = days if change["first_date"] else "no day of this run"
        lines.append(f"  R x {change['factor']:g}{where}: {counted}")
    return [*lines, f"  {row['message']}"] if row["message"] else lines
