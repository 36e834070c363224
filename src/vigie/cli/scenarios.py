"""vigie show scenarios: each scenario of a release beside its baseline, and what it assumes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from vigie.cli.context import Context
from vigie.cli.digits import digits
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
_SHORTAGE_COLUMNS = (
    "scenario",
    "kind",
    "category",
    "place",
    "in 100",
    "without",
    "lacking",
    "without",
    "unit",
)
_SHORTAGE_NOTE = (
    "Chance of a shortage by day 14 (the horizon, if shorter) in 100 and expected need without "
    "capacity, under the scenario and without it; the largest changes first."
)
_NOTE = (
    "Median of the last day ahead, under the scenario and without it; difference: expected total "
    "up to that day less that without (negative: fewer), with its 90 in 100 range."
)
_NONE = (
    "No scenario in this release. It takes a file scenarios/NAME.toml: docs/models/scenarios.md."
)


def show_scenarios(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place, and the shortages that change; all rows with --json."""
    from vigie.actions.pages.showing import show_table

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
    shortages = show_table(room, caller, "scenario_shortages", release, **equals).to_pylist()
    lines += _shortage_lines(context, shortages, arguments.limit)
    lines += [_NONE] if not inputs else []
    lines += [line for row in inputs for line in _told(row)]
    context.give({"figures": rows, "shortages": shortages, "inputs": inputs}, lines)
    return 0


def _shortage_lines(
    context: Context, rows: Sequence[Mapping[str, Any]], limit: int | None
) -> list[str]:
    """The shortages whose chance or expected lack differs, the largest changes first."""
    differ = [row for row in rows if _changes(row) != (0, 0)]
    if not differ:
        return ["No shortage changes under a scenario."] if rows else []
    differ.sort(key=lambda row: (row["scenario"], *(-abs(each) for each in _changes(row))))
    shown = differ[:limit]
    lines = context.table(_SHORTAGE_COLUMNS, [_shortage_cells(row) for row in shown])
    if len(differ) > len(shown):
        lines.append(f"... {len(differ) - len(shown)} more; see --limit or --json.")
    return [*lines, _SHORTAGE_NOTE]


def _chances(row: Mapping[str, Any]) -> tuple[float, float]:
    name = "probability" if row["probability_14"] is None else "probability_14"
    return row[name], row[f"baseline_{name}"]


def _changes(row: Mapping[str, Any]) -> tuple[float, float]:
    """Of the chance and of the expected lack."""
    under, without = _chances(row)
    lacking = (row["expected_unmet"] or 0.0) - (row["baseline_expected_unmet"] or 0.0)
    return round(under - without, 9), lacking


def _shortage_cells(row: Mapping[str, Any]) -> Sequence[object]:
    from vigie.charts import cell_text

    head = [row[name] for name in ("scenario", "kind", "category", "place")]
    lacking = [digits(row[f"{of}expected_unmet"]) for of in ("", "baseline_")]
    return [*head, *(cell_text(each) for each in _chances(row)), *lacking, row["unmet_unit"]]


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
        lines.append(f"  {_what(change)}{where}: {counted}")
        ways = change.get("reaches", {}).items()
        lines += [f"    reaches {', '.join(wards)} through {way}" for way, wards in ways]
    return [*lines, f"  {row['message']}"] if row["message"] else lines


def _what(change: Mapping[str, Any]) -> str:
    """A change in a few words, as its file has it."""
    if change["kind"] == "reproduction":
        return f"R x {change['factor']:g}"
    of = f" of {', '.join(change['categories'])}" if change["categories"] else ""
    names = ("factor", "add", "mode", "share", "mean_stay_days", "delay_days")
    is_alone = not any(name in change for name in names[1:3]) and "delay_days" not in change
    given = [
        f"{name} {change[name]}"
        for name in names
        if name in change and (name != "factor" or is_alone or change[name] != 1)
    ]
    if "returns" in change:
        returns = change["returns"]
        given.append(
            f"{returns['share']:g} of them come back from day {returns['after_days']} after, over "
            f"{returns['over_days']} days"
        )
    return f"{change['kind']}{of}: {', '.join(given)}"
