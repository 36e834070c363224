"""The baseline planner: whom it helps, what it never does, and risks as simulated."""

import datetime
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.planning import (
    NEAREST_SURPLUS_MODEL,
    Exchange,
    Lanes,
    PlanRules,
    Use,
    lanes,
    move_rows,
    nearest_surplus,
    plan_row,
)
from vigie.schemas import PLAN_MOVES, PLANS
from vigie.supply import Unmet, net_need, stock_paths

HORIZON, SAMPLES = 14, 200
USES = pytest.mark.parametrize("use", list(Use))
SEEDS = st.integers(0, 10_000)


def complete_lanes(places, seed, days=(1.0, 2.0)):
    rng = np.random.default_rng(seed)
    km = rng.uniform(5, 200, (places, places))
    np.fill_diagonal(km, np.inf)
    return Lanes(km, np.where(np.isfinite(km), rng.choice(days, km.shape), np.inf))


def random_demand(places, seed):
    rng = np.random.default_rng(seed)
    mean = rng.uniform(2, 20, (places, 1, 1)) * rng.gamma(20, 1 / 20, (1, 1, SAMPLES))
    return rng.poisson(mean, (places, HORIZON, SAMPLES)).astype(np.float32)


def random_exchange(use, seed, places=8):
    rng = np.random.default_rng(seed)
    demand = random_demand(places, seed)
    if use is Use.HELD:
        need, pack = demand, 1.0
        stock = np.round(demand.mean(axis=(1, 2)) * rng.uniform(0.7, 3, places))
    else:
        need, pack = net_need(demand, np.zeros((places, HORIZON), np.float32)), 10.0
        stock = np.round(demand.mean(axis=(1, 2)) * rng.uniform(2, 40, places))
    return Exchange(
        kind="equipment" if use is Use.HELD else "products",
        category="thing",
        unit="1",
        places=tuple(f"p{i}" for i in range(places)),
        stock=stock,
        need=need,
        use=use,
        pack_size=pack,
        lanes=complete_lanes(places, seed),
    )


def balances(exchange, plan):
    sent, got = Counter(), Counter()
    for move in plan.moves:
        sent[move.from_place] += move.quantity
        got[move.to_place] += move.quantity
    return sent, got


@USES
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_plan_conserves_units_in_whole_packs_and_nobody_sends_on(use, seed):
    exchange = random_exchange(use, seed)
    sent, got = balances(exchange, nearest_surplus(exchange))
    assert sum(sent.values()) == sum(got.values())
    assert not set(sent) & set(got)
    assert all(quantity % exchange.pack_size == 0 for quantity in sent.values())


@USES
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_no_sender_goes_below_its_floor(use, seed):
    exchange = random_exchange(use, seed)
    sent, _ = balances(exchange, nearest_surplus(exchange))
    for place, quantity in sent.items():
        at = exchange.places.index(place)
        keeps = exchange.stock[at] - quantity
        peak = exchange.need[at, :7].max(axis=0)
        assert np.mean(peak <= keeps) >= 0.95
        assert keeps >= 0


@USES
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_plan_does_no_harm_and_never_adds_unmet_need_at_a_receiver(use, seed):
    exchange = random_exchange(use, seed)
    plan = nearest_surplus(exchange)
    for move in plan.moves:
        assert move.sender_after - move.sender_before <= 0.02 + 1e-9
        assert move.receiver_after <= move.receiver_before
        assert move.receiver_before > 0.2
    if plan.moves and use is not Use.HELD:
        assert plan.unmet_after < plan.unmet_before


@pytest.mark.parametrize("use", [Use.LOST, Use.BACKORDER])
def test_risks_and_unmet_need_are_those_of_the_stores_run_day_by_day(use):
    form = Unmet(use.value)
    for seed in range(4):
        exchange, demand = random_exchange(use, seed), random_demand(8, seed)
        plan = nearest_surplus(exchange)
        assert plan.moves
        stock, arrivals = exchange.stock.copy(), np.zeros((8, HORIZON), np.float32)
        for move in plan.moves:
            stock[exchange.places.index(move.from_place)] -= move.quantity
            arrivals[exchange.places.index(move.to_place), move.arrive_day - 1] += move.quantity
        run = stock_paths(stock, demand, arrivals, form)
        risk = (run.unmet > 1e-3).any(axis=1).mean(axis=1)
        for move in plan.moves:
            assert move.receiver_after == pytest.approx(
                risk[exchange.places.index(move.to_place)], abs=0.011
            )
            assert move.sender_after == pytest.approx(
                risk[exchange.places.index(move.from_place)], abs=0.011
            )
        missing = run.unmet.sum(axis=1) if form is Unmet.LOST else run.backlog.max(axis=1)
        assert plan.unmet_after == pytest.approx(missing.mean(axis=1).sum(), rel=1e-3, abs=0.1)


def constant_exchange(stock, per_day, km, *, use=Use.LOST, pack=1.0, days=1.0):
    """Places that need the same every day in every future."""
    count = len(stock)
    daily = np.array(per_day, dtype=np.float32)[:, None, None] * np.ones((1, HORIZON, 2))
    need = daily if use is Use.HELD else np.cumsum(daily, axis=1)
    ways = np.array(km, dtype=float)
    way_days = np.where(np.isfinite(ways), days, np.inf)
    names = tuple("abcdef"[:count])
    return Exchange("products", "mask", "1", names, np.array(stock, dtype=float),
                    need.astype(np.float32), use, pack, Lanes(ways, way_days))  # fmt: skip


INF = np.inf
STAR = [[INF, 50, 50], [10, INF, 99], [30, 99, INF]]


def moved(exchange, rules=None):
    plan = nearest_surplus(exchange, rules)
    return [(m.from_place, m.to_place, m.quantity) for m in plan.moves]


def test_the_nearest_helps_first_and_the_next_gives_what_is_still_missing():
    exchange = constant_exchange([40, 170, 900], [10, 10, 10], STAR)
    assert moved(exchange) == [("b", "a", 30.0), ("c", "a", 70.0)]
    plan = nearest_surplus(exchange)
    assert (plan.unmet_before, plan.unmet_after) == (100.0, 0.0)
    assert [m.receiver_after for m in plan.moves] == [0.0, 0.0]


def test_who_runs_short_first_is_helped_first():
    km = [[INF, 9, 9], [9, INF, 9], [9, 9, INF]]
    exchange = constant_exchange([60, 30, 215], [10, 10, 10], km)
    assert moved(exchange) == [("c", "b", 75.0)]


def test_quantities_are_whole_packs_at_both_ends():
    exchange = constant_exchange([40, 171, 900], [10, 10, 10], STAR, pack=40)
    assert moved(exchange) == [("c", "a", 120.0)]


def test_help_that_comes_after_the_horizon_or_on_no_way_is_no_help():
    late = constant_exchange([40, 900, 900], [10, 10, 10], STAR, days=15.0)
    assert moved(late) == []
    nowhere = constant_exchange([40, 900], [10, 10], [[INF, INF], [INF, INF]])
    assert moved(nowhere) == []


def test_what_is_lost_before_help_comes_is_not_sent():
    lost = constant_exchange([0, 900], [10, 1], [[INF, 5], [5, INF]], days=3.0)
    waits = constant_exchange([0, 900], [10, 1], [[INF, 5], [5, INF]], days=3.0,
                              use=Use.BACKORDER)  # fmt: skip
    assert moved(lost) == [("b", "a", 120.0)]
    assert moved(waits) == [("b", "a", 140.0)]


def test_a_place_whose_stock_is_unknown_neither_sends_nor_receives():
    exchange = constant_exchange([40, np.nan, 900], [10, 10, 10], STAR)
    assert moved(exchange) == [("c", "a", 100.0)]
    exchange = constant_exchange([np.nan, 900, 900], [10, 10, 10], STAR)
    assert moved(exchange) == []


def test_machines_move_whole_and_stay_useful_every_day():
    exchange = constant_exchange([3, 9, 20], [5, 8, 10], STAR, use=Use.HELD)
    assert moved(exchange) == [("b", "a", 1.0), ("c", "a", 1.0)]
    plan = nearest_surplus(exchange)
    assert (plan.unmet_before, plan.unmet_after) == (28.0, 0.0)


def test_a_sender_that_would_be_harmed_later_is_held_back():
    """It keeps enough for 7 days, but on day 14 it would be short itself."""
    exchange = constant_exchange([0, 180], [10, 10], [[INF, 5], [5, INF]])
    (move,) = nearest_surplus(exchange).moves
    assert move.sender_after == 0.0
    assert move.quantity == 40
    unguarded = PlanRules(largest_harm=1.0)
    assert moved(exchange, unguarded) == [("b", "a", 110.0)]


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_places_in_another_order_give_the_same_plan(seed):
    exchange = random_exchange(Use.LOST, seed)
    order = np.random.default_rng(seed).permutation(8)
    ways = Lanes(exchange.lanes.km[np.ix_(order, order)], exchange.lanes.days[np.ix_(order, order)])
    shuffled = Exchange(
        "products",
        "thing",
        "1",
        tuple(exchange.places[i] for i in order),
        exchange.stock[order],
        exchange.need[order],
        Use.LOST,
        10.0,
        ways,
    )
    assert moved(shuffled) == moved(exchange)


def test_lanes_come_from_arcs_and_take_at_least_a_day():
    arcs = pa.table(
        {
            "from_place": ["a", "b", "a", "z"],
            "to_place": ["b", "a", "a", "b"],
            "km": [12.0, 13.0, 0.0, 1.0],
            "hours": [0.5, 25.0, 0.0, 1.0],
        }
    )
    ways = lanes(arcs, ["a", "b"])
    assert ways.km.tolist() == [[INF, 12], [13, INF]]
    assert ways.days.tolist() == [[INF, 1], [2, INF]]


def test_plans_are_rows_of_their_tables():
    exchange = constant_exchange([40, 170, 900], [10, 10, 10], STAR, days=2.0)
    plans = [nearest_surplus(exchange), nearest_surplus(exchange)]
    today = np.datetime64("2024-03-31")
    rows = move_rows("r1", "p", plans, today)
    assert rows.schema.equals(PLAN_MOVES.arrow_schema())
    first, *_, last = rows.to_pylist()
    assert first["depart_date"] == datetime.date(2024, 3, 31)
    assert first["arrive_date"] == datetime.date(2024, 4, 2)
    assert (first["from_place"], first["quantity"], first["state"]) == ("b", 30.0, "proposed")
    assert [first["move"], last["move"]] == [1, 4]
    plan = plan_row("r1", "p", NEAREST_SURPLUS_MODEL, plans, today)
    assert plan.schema.equals(PLANS.arrow_schema())
    assert plan["moves"].to_pylist() == [4]
    assert plan["unmet_before"].to_pylist() == [200.0]
    assert move_rows("r1", "p", [], today).num_rows == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stock": np.ones(3)}, "do not fit 8 places"),
        ({"pack_size": 0.0}, "not positive"),
        ({"lanes": complete_lanes(3, 0)}, "for 8 places"),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused(change, message):
    exchange = random_exchange(Use.LOST, 0)
    given_ = {name: getattr(exchange, name) for name in Exchange.__dataclass_fields__}
    with pytest.raises(ValueError, match=message):
        Exchange(**(given_ | change))
