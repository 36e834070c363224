"""What the page of a depot shows of its stock."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DepotLine", "DepotPart"]


@dataclass(frozen=True, slots=True)
class DepotLine:
    """A product on the page of a depot, as read.

    Attributes:
        product: its name.
        stock, reserve, free, promised, on_order: amounts; "–" where not known.
        day: of the last report.
        note: what is wrong; "" when nothing is.
    """

    product: str
    stock: str
    reserve: str
    free: str
    promised: str
    on_order: str
    day: str
    note: str


@dataclass(frozen=True, slots=True)
class DepotPart:
    """The part of a depot's page on what it holds.

    Attributes:
        lines: one a product, by name.
        note: why there is none; "".
        serves: whom it serves, one sentence or one a product.
    """

    lines: tuple[DepotLine, ...]
    note: str
    serves: tuple[str, ...]
