"""Caps of suppliers that change nothing, or leave somebody with nothing, as results of a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pyarrow as pa

from vigie.actions.rooms.check_rows import CheckRow, check_warning, table_of_checks
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.product_orders import told_orders
from vigie.actions.shortages.supplier_caps import SupplierCaps, read_supplier_caps
from vigie.errors import nearest
from vigie.feeds import reference_lines
from vigie.lake import DataFile
from vigie.schemas import ORDERS, SUPPLIER_CAPS, SUPPLIER_SHARES

__all__ = ["CAP_CHECK", "cap_check_rows"]

CAP_CHECK = "supplier_cap"
"""How the names of these checks in the table of results begin."""


def cap_check_rows(room: Room, day: date, orders: Sequence[DataFile]) -> pa.Table:
    """Suppliers that no order names, and places that order of one that has no part for them.

    Args:
        room: the room.
        day: as_of.
        orders: files of the table of orders.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none where no cap is declared, or where no
        rule of the room is about products.
    """
    caps = read_supplier_caps(
        room.reference(SUPPLIER_CAPS.name), room.reference(SUPPLIER_SHARES.name)
    )
    if caps is None or not any(rule.kind == "products" for rule in room.values.shortages):
        return table_of_checks()
    lines = told_orders(room, orders, day).select(["supplier", "product", "place"])
    told = {
        (row["supplier"] or "", row["product"] or "", row["place"] or "")
        for row in lines.to_pylist()
    }
    rows = [*_unknown(room, caps, {supplier for supplier, _, _ in told if supplier})]
    rows += _without_part(caps, told)
    return table_of_checks(rows)


def _unknown(room: Room, caps: SupplierCaps, known: set[str]) -> Iterator[CheckRow]:
    lines = reference_lines(room.folder, SUPPLIER_CAPS)
    for cap in caps.caps:
        if cap.supplier not in known:
            line = lines.get((cap.supplier, cap.product, cap.begins))
            near = nearest(cap.supplier, known) or "none"
            yield _row(
                "unknown",
                "",
                cap.product,
                f"reference/supplier_caps.csv, line {line}: no order told lately names a supplier "
                f'"{cap.supplier}", so the cap changes nothing. Nearest: {near}.',
            )


def _without_part(caps: SupplierCaps, told: set[tuple[str, str, str]]) -> Iterator[CheckRow]:
    found: dict[tuple[str, str], list[str]] = {}
    for supplier, product, place in sorted(told):
        is_capped = any(
            cap.supplier == supplier and cap.product in ("", product) for cap in caps.caps
        )
        is_shared = is_capped and place and caps.has_shares(supplier, product)
        if is_shared and not caps.shares(supplier, product, [place])[0]:
            found.setdefault((supplier, product), []).append(place)
    for (supplier, product), places in found.items():
        named = ", ".join(places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
        yield _row(
            "without_part",
            places[0] if len(places) == 1 else "",
            product,
            f"reference/supplier_shares.csv gives no part of {product} of {supplier} to {named}: "
            "what they ordered there waits for as long as the cap holds. Add rows for them.",
            rows=len(places),
        )


def _row(name: str, place: str, product: str, message: str, rows: int = 1) -> CheckRow:
    return check_warning(
        f"{CAP_CHECK}_{name}",
        "supplier_cap",
        ORDERS.name,
        message,
        place=place,
        category=product,
        rows=rows,
    )
