"""Shortages of products, and the plan that moves stock: a few products at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.room import ShortageRule
from vigie.actions.rooms.side_by_side import side_by_side
from vigie.actions.shortages.left_since import Departures
from vigie.actions.shortages.lending_questions import arcs_within
from vigie.actions.shortages.order_book import OrderBook
from vigie.actions.shortages.product_demand import Patients, patients_ahead, product_demand
from vigie.actions.shortages.product_lots import LotBook, expiry_columns, lots_today
from vigie.actions.shortages.product_orders import Arrivals
from vigie.actions.shortages.product_plans import PlanTerms, beside_depots, plans_of, stock_question
from vigie.actions.shortages.product_rows import beside_open, with_models
from vigie.actions.shortages.product_store import (
    ProductStore,
    ProductTerms,
    less_expired,
    product_terms,
)
from vigie.actions.shortages.product_what_ifs import ProductAgain, ProductCase, ProductWhatIfs
from vigie.actions.shortages.room_depots import RoomDepots
from vigie.actions.shortages.shortage_days import LEAST_PROBABILITY, DayPaths, shortage_days
from vigie.actions.shortages.shortage_rows import Inputs, Series
from vigie.actions.shortages.stock_advice import StockAhead, advice_rows, with_order_dates
from vigie.actions.shortages.supplier_caps import with_waiting
from vigie.actions.shortages.usual_orders import UsualOrders
from vigie.paths import (
    DateArray,
    FloatArray,
    JointDraws,
    PathArray,
    SamplePaths,
    last_seen,
    probability_by,
    step_dates,
)
from vigie.planning import (
    CategoryPlan,
    Lanes,
    ThingPlan,
    lanes,
)
from vigie.supply import (
    STOCK_MODEL,
    OpenDeliveries,
    StockPaths,
    burn_rate,
    net_need,
    stock_paths,
)

__all__ = ["ProductResult", "product_results"]


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
    depots: RoomDepots | None = None,
    lots: LotBook | None = None,
    left: Departures | None = None,
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
        depots: what they hold; None: there are none.
        lots: stock by day of expiry; None: none is told.
        left: moves that left before the run; None: none did.
    """
    asked = asked or PlanTerms()
    history = inputs.histories[rule.measures["stock"]]
    terms = product_terms(inputs)
    dates = _dates_ahead(history, inputs, draws)
    run = _Run(
        rule=rule,
        inputs=inputs,
        draws=draws,
        arrivals=arrivals,
        arcs=(arcs := arcs_within(inputs.reference["arcs"], asked.longest_drive_hours)),
        ways=lanes(arcs, history.places),
        dates=dates,
        patients=patients_ahead(inputs, occupancy, history.places, history.dates, dates),
        asked=asked,
        what_ifs=what_ifs,
        book=book,
        usual=usual,
        depots=depots,
        lots=lots or {},
        left=left or Departures(),
    )
    yield from side_by_side(
        partial(_one, run, product, terms[product])
        for product in history.categories
        if product in terms
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What all products of a run share, see ``product_results``.

    Attributes:
        arcs: rows of the table of ways, those that are too long left out.
        ways: between places.
        dates: days from the day after the last report of stock to the horizon.
        patients: whom use follows; None: nobody is known.
    """

    rule: ShortageRule
    inputs: Inputs
    draws: JointDraws
    arrivals: Arrivals
    arcs: pa.Table
    ways: Lanes
    dates: DateArray
    patients: Patients | None
    asked: PlanTerms
    what_ifs: ProductWhatIfs | None
    book: OrderBook | None
    usual: UsualOrders | None
    depots: RoomDepots | None
    lots: LotBook
    left: Departures

    @property
    def begins(self) -> int:
        """Days of ``dates`` before the first day looked at."""
        return max(0, self.start - (1 - self.inputs.offset(self.rule.measures["stock"])))

    @property
    def start(self) -> int:
        """Days of ``dates`` up to that of the run."""
        return int((self.dates <= np.datetime64(self.inputs.as_of, "D")).sum())


def _one(run: _Run, product: str, terms: ProductTerms) -> ProductResult:
    store = _store(run, product, terms)
    # What only the run needs is given back before scenarios need as much.
    result = _judged(run, product, store)
    return replace(result, again=_again(run, product, store))


def _judged(run: _Run, product: str, store: ProductStore) -> ProductResult:
    """The product as the run sees it, without scenarios."""
    terms = store.terms
    need = net_need(store.use.paths, store.coming)
    # Advice must not rest on the orders that it is about.
    alone = need
    if run.usual is not None:
        alone = net_need(store.use.paths, less_expired(store.on_order.units, store.expiring))
    ahead = StockAhead.of_product(
        store.stock,
        store.use.paths,
        store.use.paths if store.expiring is None else store.use.paths + store.expiring,
        alone,
        store.first_short(alone),
        run.begins,
        terms.pack_size,
        terms.unmet,
    )
    as_of, places = run.inputs.as_of, len(store.series.places)
    told = expiry_columns(store.lots, store.expiring, run.start, as_of, places)
    told["sent"] = pa.array(store.sent, mask=store.sent == 0)
    advice = advice_rows(store.series, run.inputs, ahead, run.book, told)
    advice = with_waiting(advice, store.series.places, store.on_order.capped)
    rows = with_models(
        store.rows(run.inputs, need), dict(zip(store.series.places, store.use.models, strict=True))
    )
    if run.usual is not None:
        foreseen = run.usual.is_foreseen(product)[store.known[:, 0]]
        rows = beside_open(rows, store.rows(run.inputs, alone), foreseen)
    held_on = stock_paths(store.amount, store.use.paths, store.coming, terms.unmet)
    # Whole units: what a fraction of a mask adds is bytes only.
    paths = np.ascontiguousarray(np.rint(held_on.stock))
    question = stock_question(store, need[:, 0, run.start :], run.ways)
    if run.depots is not None:
        question = beside_depots(question, run.depots, run.arcs, run.asked)
    plans, optimal = plans_of(question, run.asked)
    return ProductResult(
        product=product,
        shortages=with_order_dates(rows, advice),
        days=_days(run, store, held_on, paths, store.first_short(need)),
        advice=advice,
        stock=SamplePaths(
            run.rule.measures["stock"], store.series.places, (product,), run.dates, paths
        ),
        plans=plans,
        optimal=optimal,
    )


def _store(run: _Run, product: str, terms: ProductTerms) -> ProductStore:
    """Stock, use and deliveries of one product."""
    stock_measure, use_measure = run.rule.measures["stock"], run.rule.measures["consumption"]
    history = run.inputs.histories[stock_measure]
    places, dates = history.places, run.dates
    held = history.select(places, [product])
    used = run.inputs.histories[use_measure].on_days(places, [product], history.dates)
    sent = run.left.since_reports(places, product, held[:, 0], history.dates)
    stock = np.maximum(last_seen(held)[:, :, -1] - sent[:, None], 0)
    lots = None
    if product in run.lots:
        counts = run.lots[product]
        lots = lots_today(counts, places, stock[:, 0], used[:, 0], history.dates, run.start)
    if lots is not None:
        stock = np.maximum(stock - lots.expired[:, None], 0)
    use = product_demand(product, used, held, len(dates), run.draws, run.patients)
    on_order = run.arrivals(places, product, dates)
    expiring = None if lots is None else lots.gone(use.paths)
    coming = _gained(run, product, terms, stock, use.paths, on_order, expiring)
    series = Series(
        kind="products",
        places=places,
        categories=(product,),
        offset=run.inputs.offset(stock_measure),
        model=STOCK_MODEL,
        unit=terms.unit,
        need_now=burn_rate(used, held).astype(np.float32),
        capacity_now=stock.astype(np.float32),
        binds=[["stock"]] * len(places),
        history=_select(run.inputs, stock_measure, product),
        remedy_days=[terms.lead_time_days],
    )
    return ProductStore(
        terms, series, run.begins, stock, use, on_order, coming, sent, lots, expiring
    )


def _gained(
    run: _Run,
    product: str,
    terms: ProductTerms,
    stock: FloatArray,
    demand: PathArray,
    on_order: OpenDeliveries,
    expiring: PathArray | None,
) -> PathArray:
    """All that comes, with the orders that are foreseen along a demand, less what expires."""
    if expiring is not None:
        on_order = replace(on_order, units=less_expired(on_order.units, expiring))
    if run.usual is None:
        return on_order.units
    return run.usual.all_coming(
        product, stock[:, 0], demand, on_order, run.dates, terms.pack_size, terms.unmet
    )


def _gained_again(
    run: _Run, product: str, store: ProductStore, demand: PathArray, on_order: OpenDeliveries
) -> PathArray:
    """The same along the demand of a scenario: what is used less expires more."""
    expiring = None if store.lots is None else store.lots.gone(demand)
    return _gained(run, product, store.terms, store.stock, demand, on_order, expiring)


def _again(run: _Run, product: str, store: ProductStore) -> Sequence[ProductAgain]:
    """The product under the scenarios that touch it."""
    if run.what_ifs is None:
        return ()
    history = run.inputs.histories[run.rule.measures["stock"]]
    case = ProductCase(
        product=product,
        places=store.series.places,
        dates=run.dates,
        use=store.use,
        patients=run.patients,
        on_order=store.on_order,
        coming=partial(_gained_again, run, product, store),
        judge=partial(store.rows, run.inputs),
        first_phase=len(history.dates) % 7,
    )
    return run.what_ifs.judged_again(case)


def _days(
    run: _Run, store: ProductStore, held_on: StockPaths, paths: PathArray, first: PathArray
) -> pa.Table:
    """Rows of the table of shortage days, of places at some risk."""
    begins, coming = run.begins, store.coming
    delivered = coming.mean(axis=-1) if coming.ndim == 4 else coming
    if store.expiring is not None:
        delivered = delivered + store.expiring.mean(axis=-1)
    by_day = DayPaths(
        need=store.use.paths[:, :, begins:],
        capacity=paths[:, :, begins:],
        short=held_on.unmet[:, :, begins:] > np.float32(0),
        first_day=first,
        unmet=held_on.unmet[:, :, begins:],
        delivered=delivered[:, :, begins:],
    )
    days_looked_at = len(run.dates) - begins
    at_risk = store.known & (probability_by(first, days_looked_at) >= LEAST_PROBABILITY)
    return shortage_days(store.series, run.inputs, by_day, at_risk)


def _dates_ahead(history: History, inputs: Inputs, draws: JointDraws) -> DateArray:
    """Days from the day after the last report of stock to the horizon."""
    days = (inputs.as_of - history.last_date).days + inputs.horizon_days
    return step_dates(history.dates[-1], "day", min(days, draws.steps))


def _select(inputs: Inputs, measure: str, product: str) -> History:
    history = inputs.histories[measure]
    return replace(history, categories=(product,), values=history.select(history.places, [product]))
