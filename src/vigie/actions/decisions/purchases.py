"""What hospitals should order within a week, as a list and as a file for a purchasing system."""

from __future__ import annotations

from typing import Any

from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.room import Room
from vigie.actions.views.room_names import read_names
from vigie.actions.views.stock_views import advice_lines, by_order_date, read_advice
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import words_for
from vigie.governance import Action, Caller

__all__ = ["PURCHASE_COLUMNS", "purchase_rows", "tell_purchases"]

PURCHASE_COLUMNS = (
    "purchase",
    "order_by",
    "is_late",
    "place",
    "place_name",
    "contact",
    "product",
    "product_name",
    "gtin",
    "standard_code",
    "supplier",
    "packs",
    "pack_size",
    "quantity",
    "unit",
    "stock",
    "on_order",
    "cover_q10",
    "cover_q50",
    "cover_q90",
    "late_probability",
    "lead_time_q50",
    "lead_time_q90",
    "as_of",
    "release",
    "capped_supplier",
    "cap_per_day",
    "waiting",
)
_AS_STORED = (
    "supplier",
    "packs",
    "unit",
    "stock",
    "on_order",
    "cover_q10",
    "cover_q50",
    "cover_q90",
    "late_probability",
    "lead_time_q10",
    "lead_time_q50",
    "lead_time_q90",
    "as_of",
    "capped_supplier",
    "cap_per_day",
    "waiting",
)


def tell_purchases(
    tables: ReleaseTables, *, language: Language, place: str = ""
) -> list[dict[str, Any]]:
    """What is to be ordered before the next review of stock, a week ahead, by order date.

    Late ones come first, the likeliest to run short before all. Rows have PURCHASE_COLUMNS and
    ``advice``, the sentence of the pages.

    Args:
        tables: of the release.
        language: of names and sentences.
        place: "" for all.
    """
    words, names = words_for(language), read_names(tables, language)
    products = {row["product"]: row for row in tables.table("products").to_pylist()}
    advice = read_advice(tables, place=place)
    rows = []
    for each in by_order_date(advice.values()):
        product, where = products.get(each.product, {}), names.places.get(each.place)
        rows.append(
            {
                # The same order keeps its key in every file made of the day.
                "purchase": f"purchase-{each.as_of}-{each.place}-{each.product}",
                "order_by": each.order_date,
                "is_late": each.is_late,
                "place": each.place,
                "place_name": names.place(each.place),
                "contact": where.contact if where else "",
                "product": each.product,
                "product_name": names.category(each.product),
                "gtin": product.get("gtin"),
                "standard_code": product.get("standard_code"),
                "pack_size": product.get("pack_size"),
                "quantity": each.row["order_quantity"],
                "release": tables.release,
                "advice": advice_lines(each, names, words)[0],
            }
            | {name: each.row[name] for name in _AS_STORED}
        )
    return rows


def purchase_rows(
    room: Room, caller: Caller, release: str | None = None, *, language: Language = "en"
) -> list[dict[str, Any]]:
    """The same for a file.

    Raises:
        NotFound: no such release, or none in force yet.
        AccessRefused: the caller may not export.
    """
    admit(room, caller, Action.EXPORT, "purchases")
    return tell_purchases(open_release(room, caller, release), language=language)
