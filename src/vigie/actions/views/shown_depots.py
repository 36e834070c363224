"""What the page of a depot shows of its stock."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DepotLine", "DepotPart"]


@dataclass(frozen=True, slots=True)
class DepotLine:
    """A product on the page of a depot, as read.

    Attributes:
        product: its name.
        stock, expired, reserve, free, promised, on_order: amounts; "–" where not known.
        day: of the last report.
        notes: what is wrong, what left since the report, and what expires.
    """

    product: str
    stock: str
    expired: str
    reserve: str
    free: str
    promised: str
    on_order: str
    day: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepotPart:
    """The part of a depot's page on what it holds.

    Attributes:
        lines: one a product, by name.
        note: why there is none; "".
        serves: whom it serves, one sentence or one a product.
        has_lots: whether lots are told of any product.
    """

    lines: tuple[DepotLine, ...]
    note: str
    serves: tuple[str, ...]
    has_lots: bool
