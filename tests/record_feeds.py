"""Feeds of records, orders and lots, declared as the rooms of tests have them."""

from __future__ import annotations

__all__ = ["LOTS_FEED", "ORDERS_FEED", "lot_file"]

_HEAD = """\
[feed]
table = "TABLE"
owner = "Purchasing"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"

[source]
kind = "upload"

[format]
kind = "csv"

"""
ORDERS_FEED = (
    _HEAD.replace("TABLE", "orders")
    + """\
[columns]
order = { from = "line" }
place = { from = "hospital" }
product = { from = "product" }
quantity = { from = "quantity" }
ordered_date = { from = "ordered", format = "%Y-%m-%d" }
eta_date = { from = "expected", format = "%Y-%m-%d" }
status = { from = "status" }
known_at = { name = "orders_(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})", format = "%Y-%m-%d" }
"""
)
LOTS_FEED = (
    _HEAD.replace("TABLE", "lots")
    + """\
[columns]
place = { from = "hospital" }
product = { from = "product" }
lot = { from = "lot" }
expires_date = { from = "expires" }
quantity = { from = "quantity" }
unit = { from = "unit" }
counted_date = { from = "counted" }
gtin = { from = "gtin" }
known_at = { name = "lots_(?P<date>\\\\d{4}-\\\\d{2}-\\\\d{2})", format = "%Y-%m-%d" }
"""
)
_HEADER = "hospital,product,lot,expires,quantity,unit,counted,gtin\n"


def lot_file(*rows: str) -> str:
    """Rows of hospital, product, lot, expires, quantity, unit, counted, gtin."""
    return _HEADER + "".join(f"{row}\n" for row in rows)
