"""vigie show shortages and plan: what runs short, when and why, and who can help."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from vigie.cli.context import Context
from vigie.cli.digits import digits

__all__ = ["show_moves", "show_purchases", "show_shortages"]

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
_STAFF_COLUMNS = (
    "gap_hours_7",
    "gap_hours",
    "mix_broken",
    "registered_missing",
    "planned_shifts",
    "rest_breaches",
)
_PURCHASE_COLUMNS = (
    "order_by",
    "place",
    "product",
    "packs",
    "quantity",
    "unit",
    "supplier",
    "late_probability",
    "stock",
    "on_order",
    "cover",
    "advice",
)
_NO_PURCHASES = (
    "Nothing to order within a week in this release. Advice takes a [[shortage]] of kind products "
    "in vigie.toml, and orders or a lead_time_days in reference/products.csv."
)
_ROUNDED = (
    "probability_7",
    "probability_14",
    "probability",
    "probability_open",
    "late_probability",
    "expected_unmet",
    "expiring",
    "gap_hours_7",
    "gap_hours",
    "mix_broken",
    "registered_missing",
)
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
    from vigie.actions.pages.showing import open_release
    from vigie.actions.pages.told_shortages import tell_shortages

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
    columns: tuple[str, ...] = _SHORTAGE_COLUMNS
    if arguments.kind == "products":
        expiry = _told(("next_expiry_date", "expiring"), cells)
        columns = (*columns, "stock", "on_order", "cover", *expiry, "advice")
        cells = [row | {"cover": _cover(row)} for row in cells]
    if arguments.kind == "staff":
        columns = (*columns, *_told(_STAFF_COLUMNS, cells))
    _give(context, rows, columns, cells, "No shortages in this release.")
    return 0


def show_purchases(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show orders: what to order within a week, first what is late; more with --json."""
    from vigie.actions.decisions.purchases import tell_purchases
    from vigie.actions.pages.showing import open_release

    rows = tell_purchases(
        open_release(context.room(), context.caller(), arguments.release),
        language=arguments.language or "en",
        place=arguments.place or "",
    )
    cells = [row | {"cover": _cover(row)} for row in rows[: arguments.limit]]
    _give(context, rows, _PURCHASE_COLUMNS, cells, _NO_PURCHASES)
    return 0


def _told(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Of the columns, those that some row fills: what a room does not report takes no room."""
    return tuple(name for name in columns if any(row[name] is not None for row in rows))


def _cover(row: Mapping[str, Any]) -> str | None:
    """Days that stock lasts without deliveries, 80 in 100."""
    if row["cover_q10"] is None:
        return None
    return f"{row['cover_q10']:g}..{row['cover_q90']:g}"


def show_moves(context: Context, arguments: argparse.Namespace) -> int:
    """vigie show plan: moves with the chance of a shortage before and after at both ends.

    Below them stands what expires at depots.
    """
    from vigie.actions.pages.showing import open_release
    from vigie.actions.pages.told_shortages import tell_depot_expiry, tell_moves
    from vigie.charts import cell_text

    room = context.room()
    tables = open_release(room, context.caller(), arguments.release)
    place, kind = arguments.place or "", arguments.kind or ""
    rows = tell_moves(tables, language=arguments.language or "en", kind=kind, place=place)
    expiry: Sequence[str] = ()
    if kind in ("", "products"):
        expiry = tell_depot_expiry(tables, language=arguments.language or "en", place=place)
    cells = [
        row
        | {
            end: f"{cell_text(row[f'{end}_before'])} -> {cell_text(row[f'{end}_after'])}"
            for end in ("receiver", "sender")
        }
        for row in rows[: arguments.limit]
    ]
    _give(context, rows, _MOVE_COLUMNS, cells, "No moves in the plan of this release.", expiry)
    return 0


def _give(
    context: Context,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    shown: Sequence[Mapping[str, Any]],
    nothing: str,
    beside: Sequence[str] = (),
) -> None:
    cells = [
        [digits(row[name]) if name in _ROUNDED else row[name] for name in columns] for row in shown
    ]
    lines = list(context.table(columns, cells)) if rows else [nothing]
    if len(rows) > len(shown):
        lines.append(f"... {len(rows) - len(shown)} more; see --limit or --json.")
    context.give(list(rows), [*lines, *beside])
