"""Shortages of products, and the plan that moves stock: a few products at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasting import History
from vigie.actions.lending_questions import ways_within
from vigie.actions.order_book import OrderBook
from vigie.actions.product_demand import Patients, patients_ahead, product_demand
from vigie.actions.product_orders import Arrivals
from vigie.actions.product_what_ifs import ProductAgain, ProductCase, ProductWhatIfs
from vigie.actions.room import ShortageRule
from vigie.actions.shortage_days import LEAST_PROBABILITY, DayPaths, shortage_days
from vigie.actions.shortage_rows import Inputs, Series, shortage_rows
from vigie.actions.side_by_side import side_by_side
from vigie.actions.stock_advice import StockAhead, advice_rows, with_order_dates
from vigie.actions.usual_orders import UsualOrders
from vigie.paths import (
    DateArray,
    JointDraws,
    PathArray,
    SamplePaths,
    last_seen,
    probability_by,
    step_dates,
)
from vigie.planning import (
    NEAREST_SURPLUS_MODEL,
    OPTIMAL_MODEL,
    CategoryPlan,
    Exchange,
    Lanes,
    MoveRules,
    ThingPlan,
    Use,
    Wishes,
    category_plan,
    nearest_surplus,
    optimal_plan,
)
from vigie.supply import (
    STOCK_MODEL,
    OpenDeliveries,
    Unmet,
    burn_rate,
    first_stock_out,
    net_need,
    peak_shortfall,
    stock_paths,
)

__all__ = ["PlanTerms", "ProductResult", "product_results"]


@dataclass(frozen=True, slots=True)
class ProductResult:
    """One product at all places.

    Attributes:
        product: its key.
        shortages: rows of the table of shortages, without run.
        days: rows of the table of shortage days, without run.
        advice: rows of the table of stock advice, without run.
        stock: paths of stock on hand.
        plans: moves between places, by planner.
        optimal: the optimal one, with all that it tells.
        again: under the scenarios that touch it.
    """

    product: str
    shortages: pa.Table
    days: pa.Table
    advice: pa.Table
    stock: SamplePaths
    plans: Mapping[str, CategoryPlan]
    optimal: ThingPlan
    again: Sequence[ProductAgain] = ()


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What plans of products keep to.

    Attributes:
        wishes: of people.
        longest_drive_hours: goods go no further, one way.
    """

    wishes: Wishes = field(default_factory=Wishes)
    longest_drive_hours: float = 24.0


@dataclass(frozen=True, slots=True)
class _Terms:
    unit: str
    pack_size: float
    unmet: Unmet
    lead_time_days: float


def product_results(
    rule: ShortageRule,
    inputs: Inputs,
    draws: JointDraws,
    arrivals: Arrivals,
    occupancy: str = "",
    asked: PlanTerms | None = None,
    what_ifs: ProductWhatIfs | None = None,
    book: OrderBook | None = None,
    usual: UsualOrders | None = None,
) -> Iterator[ProductResult]:
    """Risk, stock paths and plan of each product; both measures are reported by day and lately.

    Args:
        rule: of kind products.
        inputs: of the run.
        draws: chance of the run.
        arrivals: what open orders bring.
        occupancy: measure of patients in bed, that use follows where it is reported; "": none.
        asked: what plans keep to; None: nothing but their rules.
        what_ifs: scenarios; None: none is of products.
        book: the orders, from which lead times are told; None: those of the list are taken.
        usual: how sites order; None: nothing is ordered anew.
    """
    asked = asked or PlanTerms()
    history = inputs.histories[rule.measures["stock"]]
    terms = _terms(inputs)
    ways = ways_within(inputs.reference["arcs"], history.places, asked.longest_drive_hours)
    dates = _dates_ahead(history, inputs, draws)
    patients = patients_ahead(inputs, occupancy, history.places, history.dates, dates)
    yield from side_by_side(
        partial(
            _one,
            rule,
            inputs,
            draws,
            arrivals,
            product,
            terms[product],
            ways,
            patients,
            asked,
            what_ifs,
            book,
            usual,
        )
        for product in history.categories
        if product in terms
    )


def _one(
    rule: ShortageRule,
    inputs: Inputs,
    draws: JointDraws,
    arrivals: Arrivals,
    product: str,
    terms: _Terms,
    ways: Lanes,
    patients: Patients | None,
    asked: PlanTerms,
    what_ifs: ProductWhatIfs | None,
    book: OrderBook | None,
    usual: UsualOrders | None,
) -> ProductResult:
    stock_measure, use_measure = rule.measures["stock"], rule.measures["consumption"]
    history = inputs.histories[stock_measure]
    places = history.places
    held = history.select(places, [product])
    used = _on_dates(inputs, use_measure, places, product, history.dates)
    stock = np.maximum(last_seen(held)[:, :, -1], 0)
    dates = _dates_ahead(history, inputs, draws)
    use = product_demand(product, used, held, len(dates), draws, patients)
    demand = use.paths
    on_order = arrivals(places, product, dates)
    known = np.isfinite(stock)
    amount = np.nan_to_num(stock)

    def further(demand: PathArray, on_order: OpenDeliveries) -> PathArray:
        """All that comes, with the orders that are foreseen along a demand."""
        if usual is None:
            return on_order.units
        return usual.all_coming(
            product, stock[:, 0], demand, on_order, dates, terms.pack_size, terms.unmet
        )

    coming = further(demand, on_order)
    need = net_need(demand, coming)
    start = int((dates <= np.datetime64(inputs.as_of, "D")).sum())
    begins = max(0, start - (1 - inputs.offset(stock_measure)))
    series = Series(
        kind="products",
        places=places,
        categories=(product,),
        offset=inputs.offset(stock_measure),
        model=STOCK_MODEL,
        unit=terms.unit,
        need_now=burn_rate(used, held).astype(np.float32),
        capacity_now=stock.astype(np.float32),
        binds=[["stock"]] * len(places),
        history=_select(inputs, stock_measure, product),
        remedy_days=[terms.lead_time_days],
    )

    def judge(need: PathArray) -> pa.Table:
        looked = need[:, :, begins:]
        lacking = peak_shortfall(looked, amount)
        return shortage_rows(series, inputs, first_stock_out(looked, amount), lacking, known)

    again: Sequence[ProductAgain] = ()
    if what_ifs is not None:
        phase = len(history.dates) % 7
        case = ProductCase(product, places, dates, use, patients, on_order, further, judge, phase)
        again = what_ifs.judged_again(case)
    looked = need[:, :, begins:]
    first = first_stock_out(looked, amount)
    rows = shortage_rows(series, inputs, first, peak_shortfall(looked, amount), known)
    rows = _with_models(rows, dict(zip(places, use.models, strict=True)))
    # With open orders alone: advice must not rest on the orders that it is about.
    nobody = need if usual is None else net_need(demand, on_order.units)
    alone = first if usual is None else first_stock_out(nobody[:, :, begins:], amount)
    ahead = StockAhead.of_product(
        stock, demand, nobody, alone, begins, terms.pack_size, terms.unmet
    )
    advice = advice_rows(series, inputs, ahead, book)
    if usual is not None:
        open_rows = shortage_rows(series, inputs, alone, np.zeros_like(alone), known)
        rows = _beside_open(rows, open_rows, usual.is_foreseen(product)[known[:, 0]])
    rows = with_order_dates(rows, advice)
    held_on = stock_paths(amount, demand, coming, terms.unmet)
    # Whole units: what a fraction of a mask adds is bytes only.
    paths = np.rint(held_on.stock)
    by_day = DayPaths(
        need=demand[:, :, begins:],
        capacity=paths[:, :, begins:],
        short=held_on.unmet[:, :, begins:] > np.float32(0),
        first_day=first,
        unmet=held_on.unmet[:, :, begins:],
        delivered=(coming.mean(axis=-1) if coming.ndim == 4 else coming)[:, :, begins:],
    )
    at_risk = known & (probability_by(first, looked.shape[2]) >= LEAST_PROBABILITY)
    exchange = Exchange(
        kind="products",
        category=product,
        unit=terms.unit,
        places=places,
        stock=stock[:, 0],
        # A shortage later than that can be met by the plan of a later day.
        need=need[:, 0, start : start + MoveRules().risk_days],
        use=Use(terms.unmet.value),
        pack_size=terms.pack_size,
        lanes=ways,
    )
    return ProductResult(
        product,
        rows,
        shortage_days(series, inputs, by_day, at_risk),
        advice,
        SamplePaths(stock_measure, places, (product,), dates, np.ascontiguousarray(paths)),
        *_plans(exchange, asked),
        again,
    )


def _dates_ahead(history: History, inputs: Inputs, draws: JointDraws) -> DateArray:
    """Days from the day after the last report of stock to the horizon."""
    days = (inputs.as_of - history.last_date).days + inputs.horizon_days
    return step_dates(history.dates[-1], "day", min(days, draws.steps))


def _beside_open(rows: pa.Table, alone: pa.Table, foreseen: np.ndarray) -> pa.Table:
    """Rows with the chance and the last moment to act if nobody orders again.

    An order is advised as if it were the next one: foreseen orders would hide that it is needed.

    Args:
        rows: with the orders that sites usually place.
        alone: the same, with open orders only.
        foreseen: (row,), whether orders of the place are foreseen.
    """
    at = rows.schema.get_field_index("act_by")
    rows = rows.set_column(at, "act_by", alone["act_by"])
    chance = pc.if_else(pa.array(foreseen), alone["probability"], pa.scalar(None, pa.float64()))
    at = rows.schema.get_field_index("probability_open")
    return rows.set_column(at, "probability_open", chance)


def _with_models(rows: pa.Table, models: Mapping[str, str]) -> pa.Table:
    """Rows that name the model of their place."""
    at = rows.schema.get_field_index("model_id")
    names = pa.array([models[place] for place in rows["place"].to_pylist()], pa.string())
    return rows.set_column(at, "model_id", names)


def _plans(exchange: Exchange, asked: PlanTerms) -> tuple[dict[str, CategoryPlan], ThingPlan]:
    """By name of the planner, and the optimal one with all that it tells."""
    rules = MoveRules()
    [optimal] = optimal_plan([exchange], rules, wishes=asked.wishes)
    return {
        OPTIMAL_MODEL: category_plan(optimal.exchange, optimal.flows, rules.risk_days),
        NEAREST_SURPLUS_MODEL: nearest_surplus(optimal.exchange),
    }, optimal


def _on_dates(
    inputs: Inputs, measure: str, places: Sequence[str], product: str, dates: np.ndarray
) -> np.ndarray:
    """Values of a measure on the dates of another; NaN where missing."""
    history = inputs.histories[measure]
    values = history.select(places, [product])
    at = (dates - history.dates[0]).astype(int)
    inside = (at >= 0) & (at < len(history.dates))
    out = np.full((*values.shape[:2], len(dates)), np.nan)
    out[:, :, inside] = values[:, :, at[inside]]
    return out


def _select(inputs: Inputs, measure: str, product: str) -> History:
    history = inputs.histories[measure]
    return replace(history, categories=(product,), values=history.select(history.places, [product]))


def _terms(inputs: Inputs) -> dict[str, _Terms]:
    return {
        row["product"]: _Terms(
            row["unit"],
            float(row["pack_size"]),
            Unmet(row["unmet"]),
            float(row["lead_time_days"]) if row["lead_time_days"] is not None else 1.0,
        )
        for row in inputs.reference["products"].to_pylist()
    }
