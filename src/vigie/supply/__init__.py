"""Products: use, stock, deliveries and stock-outs, as functions of the shared futures.

Here live the burn rate, demand that follows patients, stock paths, the law of orders and the
deliveries it leads to, stock-out risks, order advice, lots and books to recount. The flat model of
use is passed in (``FlowModel``); help between places lives in ``planning``.
"""

from vigie.supply.burn import (
    BURN_DAYS,
    burn_rate,
    days_of_stock,
    months_of_stock,
    uncensored_use,
)
from vigie.supply.capped_deliveries import (
    capped_deliveries,
    of_places,
    shares_of_orders,
    within_cap,
)
from vigie.supply.censored_use import expected_above, ran_out
from vigie.supply.delivery_paths import (
    CappedSupplier,
    OpenDeliveries,
    OrderDraws,
    arrival_chances,
    delivery_paths,
    open_deliveries,
    order_draws,
)
from vigie.supply.demand import FlowModel, demand_paths
from vigie.supply.demand_draws import patient_demand_paths, ratio_paths
from vigie.supply.demand_guard import is_worth_it, past_errors
from vigie.supply.doses import Doses, expected_use, fit_doses
from vigie.supply.identifiers import (
    CODE_SYSTEMS,
    gtin_fault,
    lot_number_fault,
    standard_code_fault,
)
from vigie.supply.inventory import StockPaths, Unmet, net_need, peak_shortfall, stock_paths
from vigie.supply.lead_times import lead_time_paths
from vigie.supply.lots import expired_by_day, lots_left, lots_within
from vigie.supply.lumps import is_lumpy
from vigie.supply.order_faults import (
    LONG_OVERDUE_DAYS,
    OrderFault,
    OrderFaultKind,
    order_faults,
)
from vigie.supply.order_law import OrderLaw, OrderRules, learn_order_law
from vigie.supply.order_lines import OrderLines, read_order_lines
from vigie.supply.ordering import ACCEPTED_RISK, REVIEW_DAYS, OrderAdvice, order_advice
from vigie.supply.patient_demand import (
    PATIENT_STOCK_MODEL,
    PatientUse,
    UseFit,
    fit_patient_use,
    mean_paths,
)
from vigie.supply.rationing import Rationed, rationed, shared_out
from vigie.supply.reorder_guard import judged_reordering, usual_suppliers
from vigie.supply.reorder_past import PastStores
from vigie.supply.reorder_paths import StoreAhead, usual_orders
from vigie.supply.reordering import ReorderLaw, ReorderRules, learn_reordering
from vigie.supply.risk import STOCK_MODEL, first_stock_out
from vigie.supply.shortfall import (
    cover_quantiles,
    expected_unmet_on,
    fill_rate,
    fill_rate_of_need,
    probability_on,
)
from vigie.supply.stock_book import BOOK_DAYS, BookFault, BookFaultKind, book_faults
from vigie.supply.use_ratio import UseRatio, follow_ratio
from vigie.supply.use_spread import DayChance, RatioSpread, day_chance, ratio_spread

__all__ = [
    "ACCEPTED_RISK",
    "BOOK_DAYS",
    "BURN_DAYS",
    "CODE_SYSTEMS",
    "LONG_OVERDUE_DAYS",
    "PATIENT_STOCK_MODEL",
    "REVIEW_DAYS",
    "STOCK_MODEL",
    "BookFault",
    "BookFaultKind",
    "CappedSupplier",
    "DayChance",
    "Doses",
    "FlowModel",
    "OpenDeliveries",
    "OrderAdvice",
    "OrderDraws",
    "OrderFault",
    "OrderFaultKind",
    "OrderLaw",
    "OrderLines",
    "OrderRules",
    "PastStores",
    "PatientUse",
    "RatioSpread",
    "Rationed",
    "ReorderLaw",
    "ReorderRules",
    "StockPaths",
    "StoreAhead",
    "Unmet",
    "UseFit",
    "UseRatio",
    "arrival_chances",
    "book_faults",
    "burn_rate",
    "capped_deliveries",
    "cover_quantiles",
    "day_chance",
    "days_of_stock",
    "delivery_paths",
    "demand_paths",
    "expected_above",
    "expected_unmet_on",
    "expected_use",
    "expired_by_day",
    "fill_rate",
    "fill_rate_of_need",
    "first_stock_out",
    "fit_doses",
    "fit_patient_use",
    "follow_ratio",
    "gtin_fault",
    "is_lumpy",
    "is_worth_it",
    "judged_reordering",
    "lead_time_paths",
    "learn_order_law",
    "learn_reordering",
    "lot_number_fault",
    "lots_left",
    "lots_within",
    "mean_paths",
    "months_of_stock",
    "net_need",
    "of_places",
    "open_deliveries",
    "order_advice",
    "order_draws",
    "order_faults",
    "past_errors",
    "patient_demand_paths",
    "peak_shortfall",
    "probability_on",
    "ran_out",
    "ratio_paths",
    "ratio_spread",
    "rationed",
    "read_order_lines",
    "shared_out",
    "shares_of_orders",
    "standard_code_fault",
    "stock_paths",
    "uncensored_use",
    "usual_orders",
    "usual_suppliers",
    "within_cap",
]
