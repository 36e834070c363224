"""Products: use, stock, deliveries and stock-outs, as functions of the shared futures.

Here live the burn rate, demand and stock paths, deliveries of open orders, stock-out risks and
order advice. The model of use is passed in (``FlowModel``); help between places lives in
``planning``.
"""

from vigie.supply.burn import (
    BURN_DAYS,
    burn_rate,
    days_of_stock,
    months_of_stock,
    uncensored_use,
)
from vigie.supply.deliveries import PAST_DUE_DELAY_DAYS, deliveries
from vigie.supply.demand import FlowModel, demand_paths
from vigie.supply.identifiers import CODE_SYSTEMS, gtin_fault, standard_code_fault
from vigie.supply.inventory import StockPaths, Unmet, net_need, peak_shortfall, stock_paths
from vigie.supply.ordering import ACCEPTED_RISK, REVIEW_DAYS, OrderAdvice, order_advice
from vigie.supply.risk import (
    STOCK_MODEL,
    ProductTerms,
    StockRisks,
    first_stock_out,
    stock_risks,
)

__all__ = [
    "ACCEPTED_RISK",
    "BURN_DAYS",
    "CODE_SYSTEMS",
    "PAST_DUE_DELAY_DAYS",
    "REVIEW_DAYS",
    "STOCK_MODEL",
    "FlowModel",
    "OrderAdvice",
    "ProductTerms",
    "StockPaths",
    "StockRisks",
    "Unmet",
    "burn_rate",
    "days_of_stock",
    "deliveries",
    "demand_paths",
    "first_stock_out",
    "gtin_fault",
    "months_of_stock",
    "net_need",
    "order_advice",
    "peak_shortfall",
    "standard_code_fault",
    "stock_paths",
    "stock_risks",
    "uncensored_use",
]
