"""vigie show shortages and plan: what runs short, when and why, and who can help."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from vigie.cli.context import Context
from vigie.cli.digits import digits

__all__ = ["show_moves", "show_shortages"]

_SHORTAGE_COLUMNS = (
    "kind",
    "place",
    "category",
    "probability_7",
    "probability_14",
    "probability",
    "probability_open",
    "from",
    "range",
    "act_by",
    "binds",
    "expected_unmet",
    "unmet_unit",
    "reason",
)
_ROUNDED = ("probability_7", "probability_14", "probability", "probability_open", "expected_unmet")
_MOVE_COLUMNS = (
    "move",
    "kind",
    "category",
    "from_place",
    "to_place",
    "quantity",
    "unit",
    "depart_date",
    "arrive_date",
    "km",
    "receiver",
    "sender",
    "state",
    "reason",
)


def show_shortages(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show shortages: first what must be acted on first; all columns with --json."""
    from vigie.actions.showing import open_release
    from vigie.actions.told_shortages import tell_shortages

    room = context.room()
    rows = tell_shortages(
        open_release(room, context.caller(), arguments.release),
        language=arguments.language or "en",
        kind=arguments.kind or "",
        place=arguments.place or "",
    )
    cells = [
        row | {"range": "" if row["from"] is None else f"{row['from_early']}..{row['from_late']}"}
        for row in rows[: arguments.limit]
    ]
    _give(context, rows, _SHORTAGE_COLUMNS, cells, "No shortages in this release.")
    return 0


def show_moves(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show plan: moves with the chance of a shortage before and after at both ends."""
    from vigie.actions.showing import open_release
    from vigie.actions.told_shortages import tell_moves
    from vigie.charts import cell_text

    room = context.room()
    rows = tell_moves(
        open_release(room, context.caller(), arguments.release),
        language=arguments.language or "en",
        kind=arguments.kind or "",
        place=arguments.place or "",
    )
    cells = [
        row
        | {
            end: f"{cell_text(row[f'{end}_before'])} -> {cell_text(row[f'{end}_after'])}"
            for end in ("receiver", "sender")
        }
        for row in rows[: arguments.limit]
    ]
    _give(context, rows, _MOVE_COLUMNS, cells, "No moves in the plan of this release.")
    return 0


def _give(
    context: Context,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    shown: Sequence[Mapping[str, Any]],
    nothing: str,
) -> None:
    cells = [
        [digits(row[name]) if name in _ROUNDED else row[name] for name in columns] for row in shown
    ]
    lines = list(context.table(columns, cells)) if rows else [nothing]
    if len(rows) > len(shown):
        lines.append(f"... {len(rows) - len(shown)} more; see --limit or --json.")
    context.give(list(rows), lines)
