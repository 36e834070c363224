"""Depots as senders of a plan."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.planning import (
    Depot,
    Exchange,
    KeptMove,
    Lanes,
    MoveRules,
    Use,
    WantedMove,
    Wishes,
    category_plan,
    judge_edit,
    nearest_surplus,
    optimal_plan,
    proportional_share,
    sender_limits,
    ways_of,
    with_depots,
)

SITES = tuple(f"S{number}" for number in range(12))
RULES = MoveRules(pieces=None, days_per_move=0)


def sites(stock=20.0, pack=5.0):
    """Sites that use 5 a day for 14 days, without a way to each other."""
    need = np.repeat(np.cumsum(np.full((12, 14, 1), 5.0), axis=1), 8, axis=2).astype(np.float32)
    closed = np.full((12, 12), np.inf)
    return Exchange(
        "products", "masks", "piece", SITES, np.full(12, stock), need, Use.LOST, pack,
        Lanes(closed, closed),
    )  # fmt: skip


def arcs(places=SITES, depot="D"):
    rows = [
        {"from_place": a, "to_place": b, "km": 30.0 + at, "hours": 3.0}
        for at, place in enumerate(places)
        for a, b in ((depot, place), (place, depot))
    ]
    return pa.Table.from_pylist(rows)


def sent(plan):
    [one] = plan
    flows = one.flows
    return {one.exchange.places[s] for s in flows.sender[flows.units.sum(axis=1) > 0]}, flows


def test_a_depot_helps_all_sites_it_has_a_way_to_and_keeps_its_reserve():
    whole = with_depots(sites(), [Depot("D", 400.0, reserve=100.0)], arcs())
    senders, flows = sent(optimal_plan([whole], RULES))
    assert senders == {"D"}
    assert flows.units.sum() == 300.0
    assert len(np.unique(flows.receiver[flows.units.sum(axis=1) > 0])) == 12


def test_nothing_is_sent_to_a_depot():
    rich = sites(stock=500.0)
    whole = with_depots(rich, [Depot("D", 0.0)], arcs())
    assert np.isinf(whole.lanes.km[:, 12]).all()
    [plan] = optimal_plan([whole], RULES)
    assert not plan.flows.units.any()


def test_a_depot_serves_only_the_places_it_is_there_for():
    only = Depot("D", 400.0, serves=frozenset({"S3", "S4"}))
    [plan] = optimal_plan([with_depots(sites(), [only], arcs())], RULES)
    moved = plan.flows.units.sum(axis=1) > 0
    assert {SITES[at] for at in plan.flows.receiver[moved]} == {"S3", "S4"}


def test_the_simple_planner_takes_from_a_depot_too():
    plan = nearest_surplus(with_depots(sites(), [Depot("D", 400.0)], arcs()))
    assert {move.from_place for move in plan.moves} == {"D"}
    assert plan.unmet_after < plan.unmet_before


def test_without_depots_the_exchange_is_the_same():
    given = sites()
    assert with_depots(given, [], arcs()) is given


@pytest.mark.parametrize(
    "depots",
    [[Depot("S1", 5.0)], [Depot("D", 5.0), Depot("D", 6.0)], [Depot("D", -1.0)],
     [Depot("D", 5.0, reserve=float("nan"))]],
)  # fmt: skip
def test_depots_that_make_no_sense_are_refused(depots):
    with pytest.raises(ValueError, match="masks"):
        with_depots(sites(), depots, arcs())


def test_a_depot_whose_stock_is_unknown_sends_nothing_and_keeps_its_row():
    whole = with_depots(sites(), [Depot("D", float("nan"), reserve=5.0)], arcs())
    assert whole.places[-1] == "D"
    [plan] = optimal_plan([whole], RULES)
    assert not plan.flows.units.any()
    assert not nearest_surplus(whole).moves


def test_a_depot_with_a_kept_move_still_serves_all_sites():
    whole = with_depots(sites(), [Depot("D", 400.0)], arcs())
    kept = Wishes(kept=(KeptMove("D", "S0", 40.0, 0, 1, "products", "masks"),))
    [plan] = optimal_plan([whole], RULES, wishes=kept)
    assert plan.flows.units.sum() <= 360.0
    assert len(np.unique(plan.flows.receiver[plan.flows.units.sum(axis=1) > 0])) >= 11


def test_the_same_share_for_all_takes_from_a_depot_too():
    whole = with_depots(sites(), [Depot("D", 400.0, reserve=100.0)], arcs())
    flows = proportional_share(whole, ways_of(whole, most=8), sender_limits(whole, RULES))
    sent = flows.units.sum(axis=1)
    assert {whole.places[at] for at in flows.sender[sent > 0]} == {"D"}
    assert 0 < sent.sum() <= 300.0
    assert (flows.units % 5.0 == 0).all()


def test_a_refused_edit_says_what_is_free_and_whom_a_depot_serves():
    depot = Depot("D", 400.0, reserve=380.0, serves=frozenset({"S3"}))
    whole = with_depots(sites(), [depot], arcs())

    def told(sender, receiver, quantity, of=depot):
        wanted = WantedMove(sender, receiver, quantity, 0)
        _, breaches = judge_edit(
            whole, wanted, [], risk_days=14, largest_harm=0.02, depots={"D": of}
        )
        return " ".join(each.text for each in breaches)

    assert told("D", "S3", 20.0) == ""
    assert "reserve of 380: only 20 above it are free, and it would send 25" in told(
        "D", "S3", 25.0
    )
    assert "does not serve" in told("D", "S4", 5.0)
    assert "does not come back" in told("S1", "D", 5.0)
    assert "too old" in told("D", "S3", 5.0, Depot("D", float("nan"), serves=frozenset({"S3"})))


LOTS = st.lists(st.tuples(st.integers(-3, 6), st.integers(0, 30)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(LOTS, st.integers(0, 40), st.integers(0, 60), st.integers(0, 80), st.integers(0, 7))
def test_a_depot_with_lots_is_a_shelf_kept_unit_by_unit(lots, undated, reserve, leaving, day):
    shelf = sorted([last for last, units in lots for _ in range(units)] + [99] * undated)
    depot = Depot("D", len(shelf), reserve, lots=tuple(sorted(lots)))
    stays = [last for last in shelf if last >= 0][-reserve:] if reserve else []
    free = [last for last in shelf if last >= 0][: -reserve or None]

    assert depot.usable(day) == sum(last >= day for last in shelf)
    assert depot.free == len(free)
    # Those of the reserve can be used longest, so all before them may leave.
    assert depot.free_on(day) == sum(last >= day for last in free)
    usable = [last for last in shelf if last >= 0]
    rest = [last for last in shelf if last < 0] + usable[leaving:]
    after = depot.less(leaving)
    assert (after.stock, after.usable(day)) == (len(rest), sum(last >= day for last in rest))
    assert len(stays) == min(reserve, len(usable))


def test_what_expires_before_it_could_arrive_stays_in_a_plan():
    depot = Depot("D", 400.0, reserve=100.0, lots=((-1, 50.0), (2, 120.0)))
    whole = with_depots(sites(), [depot], arcs(), last_day=2)
    [plan] = optimal_plan([whole], RULES)
    assert plan.flows.units.sum() == 400 - 50 - 120 - 100
    # A move that stands takes what expires first: all that is free then is left to the plan.
    kept = KeptMove("D", "S0", 120.0, 0, 1, "products", "masks")
    whole = with_depots(sites(), [depot], arcs(), last_day=2, kept=[kept])
    [plan] = optimal_plan([whole], RULES, wishes=Wishes(kept=(kept,)))
    assert plan.flows.units.sum() == 400 - 50 - 120 - 100
    assert plan.before.stock_out[-1] == plan.after.stock_out[-1] == 0


def test_an_edit_must_arrive_while_what_it_takes_can_be_used():
    depot = Depot("D", 100.0, lots=((1, 60.0),))
    whole = with_depots(sites(), [depot], arcs())

    def told(quantity, day, others=()):
        _, breaches = judge_edit(
            whole, WantedMove("D", "S3", quantity, day), others, risk_days=14, largest_harm=0.02,
            depots={"D": depot},
        )  # fmt: skip
        return " ".join(each.text for each in breaches)

    assert told(100.0, 0) == ""
    assert "60 of which can no longer be used when it arrives" in told(45.0, 1)
    assert told(40.0, 1, [WantedMove("D", "S1", 60.0, 0)]) == ""
    # The other may take the 60 today; what comes later has only the 40 left, whoever asks first.
    late = [WantedMove("D", "S1", 40.0, 1)]
    assert told(60.0, 0, late) == ""
    assert "it would send 105, with 40 of other open moves: 5 too much" in told(65.0, 0, late)


def poor_sites(seed, pack):
    """Four sites that use some 5 a day and hold too little, with ways between them."""
    rng = np.random.default_rng(seed)
    need = np.cumsum(rng.poisson(5.0, (4, 14, 8)), axis=1).astype(np.float32)
    km = rng.uniform(20, 200, (4, 4))
    np.fill_diagonal(km, np.inf)
    days = np.where(np.isfinite(km), 1.0, np.inf)
    return Exchange(
        "products", "masks", "piece", SITES[:4], rng.integers(0, 120, 4).astype(float), need,
        Use.LOST, pack, Lanes(km, days),
    )  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    stock=st.integers(0, 300),
    reserve=st.integers(0, 200),
    pack=st.sampled_from([1.0, 5.0, 12.0]),
)
def test_units_of_a_depot_are_conserved_in_packs_above_its_reserve(seed, stock, reserve, pack):
    depot = Depot("D", float(stock), float(reserve))
    whole = with_depots(poor_sites(seed, pack), [depot], arcs(SITES[:4]))
    [plan], [again] = (optimal_plan([whole], RULES) for _ in range(2))
    units, simple = plan.flows.units, nearest_surplus(whole)
    from_depot = plan.flows.sender == 4

    assert np.array_equal(units, again.flows.units), "the same question has the same plan"
    assert (units >= 0).all()
    assert (units % pack == 0).all()
    assert units[from_depot].sum() <= depot.free
    assert not (plan.flows.receiver == 4).any()
    assert sum(m.quantity for m in simple.moves if m.from_place == "D") <= depot.free
    left = whole.stock.copy()
    np.subtract.at(left, plan.flows.sender, units.sum(axis=1))
    assert (left >= -1e-6).all(), "no place sends what it does not hold"


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), stock=st.integers(0, 200), more=st.integers(0, 200))
def test_more_at_a_depot_never_leaves_sites_with_more_unmet(seed, stock, more):
    sites_alone = poor_sites(seed, 1.0)

    def unmet(units):
        whole = with_depots(sites_alone, [Depot("D", float(units))], arcs(SITES[:4]))
        [plan] = optimal_plan([whole], RULES)
        return category_plan(plan.exchange, plan.flows, RULES.risk_days).unmet_after

    assert unmet(stock + more) <= unmet(stock) + 1.0
