"""Products: use, stock, deliveries and stock-outs, as functions of the shared futures.

Here live the burn rate, demand and stock paths, the law of orders and the deliveries it leads to,
stock-out risks and order advice. The model of use is passed in (``FlowModel``); help between
places lives in ``planning``.
"""

from vigie.supply.burn import (
    BURN_DAYS,
    burn_rate,
    days_of_stock,
    months_of_stock,
    uncensored_use,
)
from vigie.supply.deliveries import PAST_DUE_DELAY_DAYS, deliveries
from vigie.supply.delivery_paths import (
    OrderDraws,
    arrival_chances,
    delivery_paths,
    order_draws,
)
from vigie.supply.demand import FlowModel, demand_paths
from vigie.supply.identifiers import CODE_SYSTEMS, gtin_fault, standard_code_fault
from vigie.supply.inventory import StockPaths, Unmet, net_need, peak_shortfall, stock_paths
from vigie.supply.order_faults import (
    LONG_OVERDUE_DAYS,
    OrderFault,
    OrderFaultKind,
    order_faults,
)
from vigie.supply.order_law import OrderLaw, OrderRules, learn_order_law
from vigie.supply.order_lines import OrderLines, read_order_lines
from vigie.supply.ordering import ACCEPTED_RISK, REVIEW_DAYS, OrderAdvice, order_advice
from vigie.supply.rationing import Rationed, rationed, shared_out
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
    "LONG_OVERDUE_DAYS",
    "PAST_DUE_DELAY_DAYS",
    "REVIEW_DAYS",
    "STOCK_MODEL",
    "FlowModel",
    "OrderAdvice",
    "OrderDraws",
    "OrderFault",
    "OrderFaultKind",
    "OrderLaw",
    "OrderLines",
    "OrderRules",
    "ProductTerms",
    "Rationed",
    "StockPaths",
    "StockRisks",
    "Unmet",
    "arrival_chances",
    "burn_rate",
    "days_of_stock",
    "deliveries",
    "delivery_paths",
    "demand_paths",
    "first_stock_out",
    "gtin_fault",
    "learn_order_law",
    "months_of_stock",
    "net_need",
    "order_advice",
    "order_draws",
    "order_faults",
    "peak_shortfall",
    "rationed",
    "read_order_lines",
    "shared_out",
    "standard_code_fault",
    "stock_paths",
    "stock_risks",
    "uncensored_use",
]
