"""vigie show: the briefing, and the tables of a release as lists."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vigie.cli.context import Context
from vigie.cli.digits import digits
from vigie.cli.scenarios import show_scenarios
from vigie.cli.scores import show_scores
from vigie.cli.shortages import show_moves, show_purchases, show_shortages

__all__ = ["show"]

_REPRODUCTION_COLUMNS = (
    "measure",
    "category",
    "place",
    "date",
    "r_q50",
    "r_q05",
    "r_q95",
    "probability_growing",
    "growth_rate_q50",
    "doubling_days",
    "probability_peak_passed",
    "quality",
)
_SIGNAL_COLUMNS = (
    "target",
    "signal",
    "ranked_on",
    "horizon",
    "lead_days",
    "gain",
    "stability",
    "placebo_gain",
    "is_selected",
)
_NOWCAST_COLUMNS = (
    "measure",
    "category",
    "place",
    "date",
    "reported",
    "q50",
    "q05",
    "q95",
    "share_reported",
)
_FEED_COLUMNS = (
    "feed",
    "state",
    "last_known_at",
    "last_reference_date",
    "rows",
    "rejected",
    "message",
)
_TABLES = {
    "feeds": ("feeds_status", _FEED_COLUMNS),
    "signals": ("leading_signals", _SIGNAL_COLUMNS),
}
_NO_REPRODUCTION = (
    "No reproduction number in this release. It takes an [[epidemics]] in vigie.toml and a week of "
    "daily admissions."
)
_NO_NOWCAST = (
    "No nowcast in this release. It takes an [[epidemics]] in vigie.toml and reports that grew "
    "from run to run; vigie release show tells what is missing."
)


def show(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show WHAT: the briefing, or one of the lists of a release."""
    of_its_own: Mapping[str, Callable[[Context, argparse.Namespace], int]] = {
        "briefing": _briefing,
        "shortages": show_shortages,
        "orders": show_purchases,
        "plan": show_moves,
        "scores": show_scores,
        "reproduction": _reproduction,
        "nowcasts": _nowcasts,
        "scenarios": show_scenarios,
    }
    if arguments.what in of_its_own:
        return of_its_own[arguments.what](context, arguments)
    name, columns = _TABLES[arguments.what]
    rows = _rows(context, arguments, name, {})
    shown = rows[: arguments.limit]
    is_rounded = arguments.what == "signals"
    cells = [[digits(row[c]) if is_rounded else row[c] for c in columns] for row in shown]
    lines = context.table(columns, cells) if rows else [f"No {arguments.what} in this release."]
    context.give(rows, [*lines, *_more(len(rows), len(shown))])
    return 0


def _briefing(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.pages.briefing_text import render_text
    from vigie.actions.pages.showing import show_briefing

    room = context.room()
    language = arguments.language or room.values.languages[0]
    briefing = show_briefing(room, context.caller(), language, arguments.release)
    context.give(briefing, render_text(briefing).splitlines())
    return 0


def _reproduction(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place; every day kept with --json."""
    rows = _rows(context, arguments, "reproduction", _at_place(arguments))
    newest = [row for row in rows if row["growth_rate_q50"] is not None]
    shown = newest[: arguments.limit]
    cells = [[digits(row[name]) for name in _REPRODUCTION_COLUMNS] for row in shown]
    lines = context.table(_REPRODUCTION_COLUMNS, cells) if rows else [_NO_REPRODUCTION]
    context.give(rows, [*lines, *_more(len(newest), len(shown))])
    return 0


def _nowcasts(context: Context, arguments: argparse.Namespace) -> int:
    """The last day of each place; every day kept, and what was known when, with --json."""
    rows = _rows(context, arguments, "nowcasts", _at_place(arguments))
    newest = list({(row["measure"], row["category"], row["place"]): row for row in rows}.values())
    shown = newest[: arguments.limit]
    cells = [
        [digits(v) if isinstance(v, float) and v < 1 else v for v in map(row.get, _NOWCAST_COLUMNS)]
        for row in shown
    ]
    lines = context.table(_NOWCAST_COLUMNS, cells) if rows else [_NO_NOWCAST]
    context.give(rows, [*lines, *_more(len(newest), len(shown))])
    return 0


def _rows(
    context: Context, arguments: argparse.Namespace, name: str, equals: Mapping[str, str]
) -> list[dict[str, Any]]:
    from vigie.actions.pages.showing import show_table

    room, caller = context.room(), context.caller()
    rows: list[dict[str, Any]] = show_table(
        room, caller, name, arguments.release, **equals
    ).to_pylist()
    return rows


def _at_place(arguments: argparse.Namespace) -> dict[str, str]:
    return {"place": arguments.place} if arguments.place else {}


def _more(found: int, shown: int) -> Sequence[str]:
    return [f"... {found - shown} more; see --limit or --json."] if found > shown else []
