"""A feed of lots, declared and written."""

from __future__ import annotations

__all__ = ["LOTS_FEED", "lot_file"]

LOTS_FEED = """\
[feed]
table = "lots"
owner = "Purchasing"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"

[source]
kind = "upload"

[format]
kind = "csv"

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
_HEADER = "hospital,product,lot,expires,quantity,unit,counted,gtin\n"


def lot_file(*rows: str) -> str:
    """Rows of hospital, product, lot, expires, quantity, unit, counted, gtin."""
    return _HEADER + "".join(f"{row}\n" for row in rows)
