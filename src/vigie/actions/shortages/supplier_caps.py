"""What suppliers of a room can deliver at most, as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.paths import DateArray, FloatArray
from vigie.supply import CappedSupplier

__all__ = ["SupplierCap", "SupplierCaps", "read_supplier_caps", "with_waiting"]

_WEEK_DAYS = 7.0
_LEAST_WAITING = 0.5
"""Expected units below which nothing waits."""


@dataclass(frozen=True, slots=True)
class SupplierCap:
    """A row of the reference table supplier_caps, in units a day.

    Attributes:
        supplier: as orders name it.
        product: key; "": each product without a row of its own.
        begins, ends: first day, and first day no more; None: still valid.
        units_per_day: to all places together, >= 0.
    """

    supplier: str
    product: str
    begins: date
    ends: date | None
    units_per_day: float


@dataclass(frozen=True, slots=True)
class SupplierCaps:
    """All caps of a room.

    Attributes:
        caps: in the order of their table.
        parts: declared part by place, by supplier and product ("": those without rows).
    """

    caps: tuple[SupplierCap, ...]
    parts: Mapping[tuple[str, str], Mapping[str, float]]

    def on(self, product: str, dates: DateArray) -> dict[str, FloatArray]:
        """Units a day by supplier, (day,), infinite on days without a cap; none without any day.

        Args:
            product: its key; rows that name it rule over those for all.
            dates: (day,).
        """
        found: dict[str, FloatArray] = {}
        for supplier in sorted({cap.supplier for cap in self.caps}):
            own = [cap for cap in self.caps if (cap.supplier, cap.product) == (supplier, product)]
            general = [cap for cap in self.caps if (cap.supplier, cap.product) == (supplier, "")]
            units = np.full(len(dates), np.inf)
            for cap in own or general:
                units[_holds(cap, dates)] = cap.units_per_day
            if np.isfinite(units).any():
                found[supplier] = units
        return found

    def has_shares(self, supplier: str, product: str) -> bool:
        """Whether parts are declared; else past orders tell them."""
        return (supplier, product) in self.parts or (supplier, "") in self.parts

    def shares(self, supplier: str, product: str, places: Sequence[str]) -> FloatArray:
        """(place,): declared parts; 0 for places that no row names."""
        told = self.parts.get((supplier, product)) or self.parts.get((supplier, ""), {})
        return np.array([told.get(place, 0.0) for place in places])


def read_supplier_caps(caps: pa.Table, shares: pa.Table) -> SupplierCaps | None:
    """The caps of a room; None where none is declared.

    Args:
        caps: the reference table supplier_caps.
        shares: the reference table supplier_shares.
    """
    if not caps.num_rows:
        return None
    parts: dict[tuple[str, str], dict[str, float]] = {}
    for row in shares.to_pylist():
        own = parts.setdefault((row["supplier"], row["product"] or ""), {})
        own[row["place"]] = row["share"]
    return SupplierCaps(tuple(_cap(row) for row in caps.to_pylist()), parts)


def with_waiting(
    advice: pa.Table, places: Sequence[str], capped: Sequence[CappedSupplier]
) -> pa.Table:
    """Rows of the table of stock advice that say whose cap orders of the place wait for.

    Of several suppliers with a cap the one that owes the place most is told. Said where units
    wait, and where the supplier of the last order has a cap.

    Args:
        advice: rows of one product, without run.
        places: axis 0 of what is owed.
        capped: suppliers of the product that have a cap.
    """
    if not capped:
        return advice
    at = {place: index for index, place in enumerate(places)}
    told: list[tuple[str, float, float, float] | None] = []
    columns = (advice[name].to_pylist() for name in ("place", "supplier"))
    for place, supplier in zip(*columns, strict=True):
        owed = [(float(each.waiting[at[place]].max()), each) for each in capped]
        most, each = max(
            owed, key=lambda pair: (pair[0], pair[1].supplier == supplier, pair[1].supplier)
        )
        is_said = most >= _LEAST_WAITING or each.supplier == supplier
        per_day, rest = float(each.units_per_day.min()), float(each.waiting[at[place], -1])
        told.append((each.supplier, per_day, most, rest) if is_said else None)
    for number, name in enumerate(("capped_supplier", "cap_per_day", "waiting", "waiting_end")):
        place = advice.schema.get_field_index(name)
        values = [None if row is None else row[number] for row in told]
        kept = pa.array(values, advice.schema.field(name).type)
        advice = advice.set_column(place, advice.schema.field(name), kept)
    return advice


def _cap(row: Mapping[str, object]) -> SupplierCap:
    daily, weekly, begins, ends = (
        row[name] for name in ("units_per_day", "units_per_week", "valid_from", "valid_to")
    )
    assert isinstance(begins, date)
    assert ends is None or isinstance(ends, date)
    units = daily if isinstance(daily, int | float) else None
    if units is None:
        assert isinstance(weekly, int | float), "a cap is told a day or a week"
        units = weekly / _WEEK_DAYS
    return SupplierCap(str(row["supplier"]), str(row["product"] or ""), begins, ends, float(units))


def _holds(cap: SupplierCap, dates: DateArray) -> np.ndarray:
    holds = dates >= np.datetime64(cap.begins, "D")
    return holds if cap.ends is None else holds & (dates < np.datetime64(cap.ends, "D"))
