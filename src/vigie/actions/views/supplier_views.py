"""Suppliers that cannot deliver all, as pages and commands say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import pyarrow.compute as pc

from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["cap_text", "supplier_lines"]


def cap_text(row: Mapping[str, Any], words: Words) -> str:
    """What a supplier with a cap owes a place; "" where nobody with one delivers there.

    Args:
        row: of the table of stock advice.
        words: of the reader.
    """
    if not row["capped_supplier"]:
        return ""
    said = {"supplier": row["capped_supplier"], "cap": words.number(row["cap_per_day"])}
    if round(row["waiting"]) < 1:
        return words.say("stock.capped_none", **said)
    last = row["as_of"] + timedelta(days=row["horizon_days"])
    waiting, rest = (words.about(round(row[name])) for name in ("waiting", "waiting_end"))
    key = "stock.capped_all" if waiting == rest else "stock.capped"
    return words.say(key, waiting=waiting, rest=rest, day=words.day(last), **said)


def supplier_lines(
    tables: ReleaseTables,
    names: RoomNames,
    words: Words,
    inside: Collection[str] | None = None,
) -> tuple[str, ...]:
    """What each supplier with a cap owes of each product, most first; none without caps.

    Args:
        tables: of the release.
        names: of the room.
        words: of the reader.
        inside: places that count; None: all.
    """
    advice = tables.table("stock_advice")
    rows = advice.filter(pc.is_valid(advice["capped_supplier"])).to_pylist()
    owed: dict[tuple[str, str], float] = {}
    caps: dict[tuple[str, str], float] = {}
    for row in rows:
        if inside is None or row["place"] in inside:
            key = (row["category"], row["capped_supplier"])
            owed[key] = owed.get(key, 0.0) + row["waiting"]
            caps[key] = row["cap_per_day"]
    return tuple(
        words.count(
            "supplier.capped",
            round(owed[product, supplier]),
            what=names.category(product),
            about=words.about(round(owed[product, supplier])),
            supplier=supplier,
            cap=words.number(caps[product, supplier]),
        )
        for product, supplier in sorted(owed, key=lambda key: (-owed[key], key))
    )
