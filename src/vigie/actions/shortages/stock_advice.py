"""Rows of the table of stock advice: what to order of a product, by when, and what stock covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.order_book import OrderBook
from vigie.actions.shortages.shortage_rows import Inputs, Series
from vigie.paths import BoolArray, FloatArray, PathArray
from vigie.schemas import PRODUCTS, STOCK_ADVICE
from vigie.supply import Unmet, cover_quantiles, fill_rate_of_need, order_advice

__all__ = ["StockAhead", "advice_rows", "with_order_dates"]

_LEVELS = (0.1, 0.5, 0.9)
_CAPPED = ("capped_supplier", "cap_per_day", "waiting", "waiting_end")
_SCHEMA = STOCK_ADVICE.schema_before_run()


@dataclass(frozen=True, slots=True, eq=False)
class StockAhead:
    """One product at all places with open orders alone; day 1 is that after the last report.

    Attributes:
        stock: (place,), units last told; NaN where unknown.
        demand: (place, day, sample), units asked for.
        leaving: same shape, these and the units that expire unused.
        need: (place, day, sample), what leaves less deliveries of open orders, added up.
        first_day: (place, sample), first short day, 1 is the first day looked at.
        begins: days of ``demand`` and ``need`` before the first day looked at.
        pack_size: units in a pack.
        unmet: what becomes of demand that stock cannot meet.
    """

    stock: FloatArray
    demand: PathArray
    leaving: PathArray
    need: PathArray
    first_day: PathArray
    begins: int
    pack_size: float
    unmet: Unmet

    @classmethod
    def of_product(
        cls,
        stock: FloatArray,
        demand: PathArray,
        leaving: PathArray,
        need: PathArray,
        first_day: PathArray,
        begins: int,
        pack_size: float,
        unmet: Unmet,
    ) -> StockAhead:
        """From arrays whose second axis is the one product."""
        arrays = (stock[:, 0], demand[:, 0], leaving[:, 0], need[:, 0], first_day[:, 0])
        return cls(*arrays, begins, pack_size, unmet)

    @property
    def looked(self) -> PathArray:
        """Need on the days looked at."""
        return self.need[:, self.begins :]

    def at(self, chosen: BoolArray) -> StockAhead:
        """The same of some places."""
        if chosen.all():
            return self
        names = ("stock", "demand", "leaving", "need", "first_day")
        arrays = {name: getattr(self, name)[chosen] for name in names}
        return replace(self, **arrays)


def advice_rows(
    series: Series,
    inputs: Inputs,
    ahead: StockAhead,
    book: OrderBook | None,
    told: Mapping[str, pa.Array],
) -> pa.Table:
    """Rows of the table of stock advice (without run), one a place whose stock is known.

    Args:
        series: of one product.
        inputs: of the run.
        ahead: what stock meets.
        book: orders of the run; None: none are told, lead times are those of the list.
        told: columns on what expires and what was sent, a row a place.
    """
    [product] = series.categories
    known = np.isfinite(ahead.stock)
    places, ahead = np.array(series.places)[known].tolist(), ahead.at(known)
    suppliers = ["" if book is None else book.supplier(place, product) for place in places]
    figures = _held(inputs, ahead) | _asked(series, inputs, ahead, suppliers, book)
    count = len(places)
    if book is not None:
        figures["on_order"] = book.on_order(places, product)
    columns: dict[str, pa.Array] = {
        "place": pa.array(places, pa.string()),
        "category": pa.array([product] * count, pa.string()),
        "as_of": pa.array([inputs.as_of] * count, pa.date32()),
        "horizon_days": pa.array([inputs.horizon_days] * count, pa.int64()),
        "unit": pa.array([series.unit] * count, pa.string()),
        "on_order": pa.nulls(count, pa.float64()),
        "latest_order_date": _dates(inputs.as_of, figures.pop("latest_day")),
        "supplier": pa.array(suppliers, pa.string()),
    }
    # Filled in where a supplier has a cap.
    columns |= {
        field.name: pa.nulls(count, field.type) for field in _SCHEMA if field.name in _CAPPED
    }
    columns |= {
        name: pa.array(values, mask=~np.isfinite(values)) for name, values in figures.items()
    }
    columns |= {name: values.filter(pa.array(known)) for name, values in told.items()}
    return pa.table(columns).select(_SCHEMA.names).cast(_SCHEMA)


def _held(inputs: Inputs, ahead: StockAhead) -> dict[str, FloatArray]:
    """What stock and open orders are worth, by column; arrays are (place,)."""
    cover = cover_quantiles(ahead.leaving, ahead.stock, _LEVELS)
    # Counted from the day of the run, as the days of the other figures are.
    cover = np.clip(cover - ahead.begins, 0, inputs.horizon_days)
    asked = ahead.demand[:, ahead.begins :]
    is_short = ahead.first_day <= ahead.looked.shape[1]
    return _by_level("cover", cover) | {
        "stock": ahead.stock,
        "probability": np.count_nonzero(is_short, axis=-1) / is_short.shape[-1],
        "fill_rate": fill_rate_of_need(ahead.looked, asked, ahead.stock, ahead.unmet),
    }


def _asked(
    series: Series,
    inputs: Inputs,
    ahead: StockAhead,
    suppliers: Sequence[str],
    book: OrderBook | None,
) -> dict[str, FloatArray]:
    """What to order and by when, by column; arrays are (place,)."""
    [product] = series.categories
    names = ("latest_day", "late_probability", "order_quantity", "packs")
    columns = {name: np.full(len(suppliers), np.nan) for name in names}
    days = np.full((len(_LEVELS), len(suppliers)), np.nan)
    for supplier in sorted(set(suppliers)):
        of = np.array([each == supplier for each in suppliers])
        lead = _lead_times(inputs, product, supplier, book)
        days[:, of] = np.quantile(lead, _LEVELS, method="inverted_cdf")[:, None]
        here = ahead.at(of)
        advice = order_advice(
            here.looked,
            here.first_day,
            here.stock,
            # The first day looked at is today where its stock is not told yet.
            lead_time_days=lead + (1 - series.offset),
            pack_size=ahead.pack_size,
            unmet=ahead.unmet,
        )
        columns["latest_day"][of] = advice.latest_day
        columns["late_probability"][of] = advice.late_probability
        columns["order_quantity"][of] = advice.quantity
    columns["packs"] = np.rint(columns["order_quantity"] / ahead.pack_size)
    return columns | _by_level("lead_time", days)


def _lead_times(inputs: Inputs, product: str, supplier: str, book: OrderBook | None) -> PathArray:
    """(sample,) as past orders took, else (1,) as the list of products says; NaN: unknown."""
    if book is not None:
        drawn = book.lead_times(supplier, product, inputs.horizon_days)
        if drawn is not None:
            return drawn
    listed = inputs.reference[PRODUCTS.name].select(["product", "lead_time_days"]).to_pylist()
    told = {row["product"]: row["lead_time_days"] for row in listed}.get(product)
    return np.array([np.nan if told is None else told], dtype=np.float32)


def _by_level(name: str, values: FloatArray) -> dict[str, FloatArray]:
    """(level, place) as columns, rounded up to whole days."""
    return {
        f"{name}_q{level * 100:.0f}": np.ceil(each)
        for level, each in zip(_LEVELS, values, strict=True)
    }


def _dates(as_of: date, days: FloatArray) -> pa.Array:
    """Days after the day of the run as dates; null where there is none."""
    return pa.array(
        [None if np.isnan(day) else as_of + timedelta(days=int(day)) for day in days.tolist()],
        pa.date32(),
    )


def with_order_dates(shortages: pa.Table, advice: pa.Table) -> pa.Table:
    """Rows of the table of shortages whose last useful day to act is that of the order.

    Where even an order of today comes too late that day is today: what helps is to order now, and
    a move from a neighbour. Where no lead time is known, and where no future runs short, it stays.

    Args:
        shortages: rows of one product, without run.
        advice: its rows of the table of stock advice.
    """
    by_place = {row["place"]: row for row in advice.to_pylist()}
    days = []
    for place, known in zip(
        shortages["place"].to_pylist(), shortages["act_by"].to_pylist(), strict=True
    ):
        row = by_place[place]
        is_told = known is not None and row["packs"] is not None
        days.append((row["latest_order_date"] or row["as_of"]) if is_told else known)
    at = shortages.schema.get_field_index("act_by")
    return shortages.set_column(at, "act_by", pa.array(days, pa.date32()))
