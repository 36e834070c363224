"""Stock-outs of all products: how probably, when, how much is missing, what to order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import (
    FloatArray,
    JointDraws,
    PathArray,
    ShortageSummary,
    first_passage,
    shortage_summary,
)
from vigie.supply.demand import FlowModel, demand_paths
from vigie.supply.inventory import Unmet, net_need, peak_shortfall
from vigie.supply.ordering import OrderAdvice, order_advice

__all__ = ["STOCK_MODEL", "ProductTerms", "StockRisks", "first_stock_out", "stock_risks"]

STOCK_MODEL = "vigie-flat-stock"
"""Name of the model in tables, scores and releases."""

_COVER_LEVELS = (0.1, 0.5, 0.9)
_TOLERANCE = 1e-5
"""Share of the stock below which a difference is rounding of single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class ProductTerms:
    """What the list of products says, in the order of the product axis.

    Attributes:
        pack_size: (product,), units in a pack, > 0.
        lead_time_days: (product,), days from order to receipt, NaN where unknown.
        unmet: what becomes of demand that stock cannot meet.
    """

    pack_size: FloatArray
    lead_time_days: FloatArray
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StockRisks:
    """Risks of all products; arrays are (place, product) and NaN where stock is unknown.

    Attributes:
        summary: P(stock-out by D), first days and expected unmet units.
        cover_days: (level, place, product), 10, 50 and 90 % quantile of the days that today's
            stock lasts without deliveries; the horizon means "at least so long".
        latest_order_day: see ``OrderAdvice``.
        late_probability: see ``OrderAdvice``.
        order_quantity: see ``OrderAdvice``, units.
    """

    summary: ShortageSummary
    cover_days: FloatArray
    latest_order_day: FloatArray
    late_probability: FloatArray
    order_quantity: FloatArray


def first_stock_out(need: PathArray, stock: FloatArray) -> PathArray:
    """First day on which demand cannot be met, horizon + 1 where none.

    Args:
        need: (..., day, sample), as ``net_need`` gives it.
        stock: (...), units on hand today.

    Returns:
        (..., sample).
    """
    limit = stock + _TOLERANCE * np.maximum(stock, 1.0)
    return first_passage(need > limit.astype(np.float32)[..., None, None])


def stock_risks(
    consumption: FloatArray,
    stock_history: FloatArray,
    stock: FloatArray,
    arrivals: PathArray,
    terms: ProductTerms,
    draws: JointDraws,
    *,
    model: FlowModel,
    season: int = 7,
) -> StockRisks:
    """Risks of every product at every place, one product at a time to bound memory.

    Args:
        consumption: (place, product, time), units per day, NaN where missing.
        stock_history: same shape, units on hand each day, NaN where missing.
        stock: (place, product), units on hand today; NaN where unknown.
        arrivals: (place, product, day) or (place, product, day, sample), units delivered; its
            days are the horizon.
        terms: of the products, in the order of the axis.
        draws: chance of the run.
        model: model of flows.
        season: 7 for daily series, 1 for weeks and months.

    Returns:
        Risks; the caller reads ``days_of_data`` of the consumption for what they rest on.

    Source: docs/models/stock.md.
    """
    places, products, horizon = arrivals.shape[:3]
    known = np.isfinite(stock)
    first = np.empty((places, products, draws.sample_count), dtype=np.float32)
    cover, unmet = np.empty_like(first), np.empty_like(first)
    advice: list[OrderAdvice] = []
    for product in range(products):
        one = slice(product, product + 1)
        demand = demand_paths(
            consumption[:, one], stock_history[:, one], horizon, draws, model=model, season=season
        )[:, 0]
        on_hand = np.where(known[:, product], stock[:, product], 0.0)
        need = net_need(demand, arrivals[:, product])
        first[:, product] = first_stock_out(need, on_hand)
        unmet[:, product] = peak_shortfall(need, on_hand)
        asked = np.cumsum(demand, axis=1, out=demand)
        cover[:, product] = first_stock_out(asked, on_hand) - 1
        advice.append(_advice(need, first[:, product], on_hand, terms, product))
    return _masked(known, shortage_summary(first, horizon, unmet), cover, advice)


def _advice(
    need: PathArray, first: PathArray, stock: FloatArray, terms: ProductTerms, product: int
) -> OrderAdvice:
    return order_advice(
        need,
        first,
        stock,
        lead_time_days=float(terms.lead_time_days[product]),
        pack_size=float(terms.pack_size[product]),
        unmet=terms.unmet[product],
    )


def _masked(
    known: np.ndarray, summary: ShortageSummary, cover: PathArray, advice: list[OrderAdvice]
) -> StockRisks:
    def by_product(name: str) -> FloatArray:
        values = np.stack([getattr(each, name) for each in advice], axis=1)
        return np.where(known, values, np.nan)

    days = np.quantile(cover, _COVER_LEVELS, axis=-1, method="inverted_cdf")
    return StockRisks(
        summary=summary.only(known),
        cover_days=np.where(known, days, np.nan),
        latest_order_day=by_product("latest_day"),
        late_probability=by_product("late_probability"),
        order_quantity=by_product("quantity"),
    )
