"""Plans by linear programs: against a slow one with every future spelled out, and guard rails."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from vigie.planning import (
    Ending,
    Exchange,
    Flows,
    Lanes,
    LinearProgram,
    MoveRules,
    Use,
    Vehicles,
    convex_cost,
    in_lots,
    judge_flows,
    optimal_plan,
    proportional_share,
    sender_limits,
    solve_moves,
    ways_of,
)

EXACT = MoveRules(
    decision_days=2,
    gap_days=2,
    risk_days=4,
    pieces=None,
    cost_per_km=1e-3,
    days_per_move=0,
    helped_above=-1,
)


def exchange(seed, places=4, days=4, samples=12, *, pack=1.0, use=Use.LOST, cover=9):
    rng = np.random.default_rng(seed)
    km = rng.uniform(5, 120, (places, places)) * np.where(
        rng.random((places, places)) < 0.8, 1, np.inf
    )
    np.fill_diagonal(km, np.inf)
    lag = np.where(np.isfinite(km), rng.integers(1, 3, km.shape), np.inf)
    rate = rng.uniform(1, 8, places)
    demand = rng.poisson(rate[:, None, None], (places, days, samples))
    arriving = rng.poisson(1, (places, days))[..., None]
    need = np.cumsum(demand - arriving, axis=1).astype(np.float32)
    stock = np.round(rate * rng.uniform(0, cover, places))
    names = tuple(f"S{at}" for at in range(places))
    return Exchange("products", "masks", "piece", names, stock, need, use, pack, Lanes(km, lag))


def level_of(given, flows):
    places, horizon = given.need.shape[:2]
    return given.stock[:, None] - flows.sent(places, horizon) + flows.received(places, horizon)


def cost_of(given, flows, rules):
    """Expected backlog over all places and days, plus the cost of the way."""
    missing = np.maximum(given.need - level_of(given, flows)[..., None], 0).mean(axis=2)
    km = given.lanes.km[flows.sender, flows.receiver]
    return missing.sum() + rules.cost_per_km * (km[:, None] * flows.units).sum()


def slow_optimum(given, limits, rules):
    """The least cost by a program with a variable for every future of every place and day."""
    sender, receiver, lag = ways_of(given)
    places, horizon, samples = given.need.shape
    days, ways = rules.decision_days, len(sender)
    moves, cells = ways * days, places * horizon * samples
    cost = np.concatenate([
        np.repeat(rules.cost_per_km * given.lanes.km[sender, receiver], days),
        np.full(cells, 1 / samples),
    ])  # fmt: skip
    rows, bounds = [], []
    for place in range(places):
        for day in range(horizon):
            level = np.zeros(moves)
            for way in range(ways):
                for leave in range(days):
                    if sender[way] == place and leave <= day:
                        level[way * days + leave] -= 1
                    if receiver[way] == place and leave + lag[way] - 1 <= day:
                        level[way * days + leave] += 1
            for sample in range(samples):
                row = np.zeros(moves + cells)
                row[:moves] = -level
                row[moves + (place * horizon + day) * samples + sample] = -1
                rows.append(row)
                bounds.append(given.stock[place] - given.need[place, day, sample])
        for leave in range(days):
            row = np.zeros(moves + cells)
            for way in np.flatnonzero(sender == place):
                row[way * days : way * days + leave + 1] = 1
            rows.append(row)
            bounds.append(limits[place, leave])
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(bounds), method="highs")
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize("block", range(4))
def test_the_convex_program_finds_the_optimum_of_the_slow_one(block):
    for seed in range(50 * block, 50 * block + 50):
        given = exchange(seed, places=3, days=3, samples=6)
        limits = np.repeat(np.floor(given.stock / 2)[:, None], 2, axis=1)
        flows, ending = solve_moves(given, ways_of(given), limits, EXACT)
        assert ending is Ending.OPTIMAL
        assert cost_of(given, flows, EXACT) == pytest.approx(
            slow_optimum(given, limits, EXACT), rel=1e-6, abs=1e-6
        )


def test_few_pieces_cost_little():
    given = exchange(1, places=12, days=10, samples=100, cover=25)
    limits = sender_limits(given, MoveRules())
    costs = [
        cost_of(given, solve_moves(given, ways_of(given), limits, rules)[0], rules)
        for rules in (MoveRules(pieces=pieces, days_per_move=0) for pieces in (None, 20))
    ]
    assert costs[0] <= costs[1] + 1e-9 <= 1.02 * costs[0]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), level=st.floats(-30, 60), weight=st.floats(0, 3))
def test_the_convex_cost_is_expected_shortage_and_its_worst_tenth(seed, level, weight):
    need = np.random.default_rng(seed).integers(-9, 40, (5, 40)).astype(np.float32)
    short = np.sort(np.maximum(need - level, 0), axis=1)
    due = short.mean(axis=1) + weight * short[:, -4:].mean(axis=1)
    exact = convex_cost(need, tail_weight=weight)
    assert np.allclose(exact.at(np.full(5, level)), due, atol=1e-4)
    chords = convex_cost(need, 6, tail_weight=weight)
    assert (chords.at(np.full(5, level)) >= due - 1e-4).all()
    assert (np.diff(chords.slopes, axis=1) >= -1e-9).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), pack=st.sampled_from([1.0, 3.0, 10.0]))
def test_plans_harm_no_sender_keep_to_lots_and_send_only_what_is_there(seed, pack):
    given = exchange(seed, places=6, days=8, samples=200, pack=pack, cover=20)
    rules = MoveRules(decision_days=4, gap_days=4, risk_days=8)
    [plan] = optimal_plan([given], rules, planning_samples=60)
    flows = plan.flows
    assert np.allclose(flows.units / pack, np.round(flows.units / pack))
    sent = flows.sent(6, 8)[:, -1]
    assert (sent <= sender_limits(given, rules)[:, -1] + 1e-6).all()
    assert flows.units.sum() == pytest.approx(sent.sum())
    assert flows.received(6, 30)[:, -1].sum() == pytest.approx(sent.sum())
    senders = np.unique(flows.sender[flows.units.sum(axis=1) > 0])
    rise = plan.after.stock_out - plan.before.stock_out
    assert (rise[senders] <= rules.harm_seen(200) + 1e-9).all()
    assert plan.after.backlog_unit_days.sum() <= plan.before.backlog_unit_days.sum() + 1e-6
    # Whoever sends has it on its own: nothing that was received is sent on.
    assert (sent <= given.stock + 1e-9).all()


def test_the_loss_to_lots_is_told():
    lost = []
    for pack in (1e-3, 50.0):
        given = exchange(3, places=10, days=8, samples=150, pack=pack, cover=25)
        lost.append(optimal_plan([given], MoveRules(lost_share=0))[0].lost_to_lots())
    assert abs(lost[0]) < 0.1
    assert lost[1] > 1


def test_same_seed_same_plan():
    plans = [optimal_plan([exchange(7, 10, 8, 150, cover=25)], MoveRules())[0] for _ in range(2)]
    assert plans[0].flows.units.any()
    assert np.array_equal(plans[0].flows.units, plans[1].flows.units)


def test_an_optimal_plan_beats_shares_and_nothing_on_futures_it_has_not_seen():
    gains = []
    for seed in range(6):
        whole = exchange(seed, places=20, days=10, samples=1200, cover=25)
        split = [
            Exchange("products", "masks", "piece", whole.places, whole.stock,
                     np.ascontiguousarray(whole.need[..., part]), whole.use, 1.0, whole.lanes)
            for part in (slice(200), slice(200, None))
        ]  # fmt: skip
        rules = MoveRules(decision_days=4, gap_days=5, risk_days=10)
        [plan] = optimal_plan([split[0]], rules, planning_samples=100, nearest_ways=None)
        shared = proportional_share(split[0], ways_of(split[0]), sender_limits(split[0], rules))
        nothing, planned, shares = (
            judge_flows(split[1], flows, risk_days=10).unmet_units.sum()
            for flows in (None, plan.flows, shared)
        )
        gains.append((1 - planned / nothing, 1 - shares / nothing))
    optimal, proportional = np.mean(gains, axis=0)
    assert optimal > 0.2
    assert optimal > proportional + 0.02


def test_vehicles_bind_all_products_together():
    things = [exchange(seed, places=8, days=8, samples=120, cover=20) for seed in range(3)]
    things = [
        Exchange("products", f"p{at}", "piece", each.places, each.stock, each.need, each.use, 1.0,
                 things[0].lanes)
        for at, each in enumerate(things)
    ]  # fmt: skip
    rules = MoveRules(decision_days=3, gap_days=4, risk_days=8, days_per_move=0)
    volume = np.array([1.0, 2.0, 0.5])

    def load(plans):
        total = np.zeros((8, 3))
        for each, size in zip(plans, volume, strict=True):
            np.add.at(total, each.flows.sender, size * each.flows.units)
        return total

    free = optimal_plan(things, rules)
    room = np.full((8, 3), max(1.0, 0.4 * load(free).max()))
    bound = optimal_plan(things, rules, vehicles=Vehicles(volume, room))
    assert (load(free) > room + 1e-6).any()
    assert (load(bound) <= room + 1e-6).all()
    backlog = [sum(p.after.backlog_unit_days.sum() for p in plans) for plans in (free, bound)]
    before = sum(p.before.backlog_unit_days.sum() for p in free)
    assert backlog[0] - 1e-6 <= backlog[1] < before


def test_fairness_lowers_the_worst_share():
    given = exchange(11, places=10, days=8, samples=80, cover=20)
    limits = sender_limits(given, MoveRules())
    worst = []
    for fairness in (0.0, 1e4):
        flows, _ = solve_moves(
            given, ways_of(given), limits, MoveRules(fairness=fairness, days_per_move=0)
        )
        missing = np.maximum(given.need - level_of(given, flows)[..., None], 0).mean(axis=2)
        worst.append((missing.sum(axis=1) / np.maximum(given.need[:, -1].mean(axis=1), 1)).max())
    assert worst[1] <= worst[0] + 1e-6


def test_a_sender_that_runs_out_sends_what_it_has():
    need = np.cumsum(np.full((2, 3, 4), 5, dtype=np.float32), axis=1)
    lanes = Lanes(
        np.array([[np.inf, 10], [np.inf, np.inf]]), np.array([[np.inf, 1], [np.inf, np.inf]])
    )
    given = Exchange("products", "masks", "piece", ("A", "B"), np.array([8.0, 0.0]), need, Use.LOST,
                     1.0, lanes)  # fmt: skip
    flows = Flows(np.array([0]), np.array([1]), np.array([1]), np.array([[0.0, 6.0]]))
    outcome = judge_flows(given, flows, risk_days=3)
    # After the first day A holds 3 of the 6 that it promised.
    assert outcome.unsent_units == pytest.approx(3)
    assert outcome.unmet_units.tolist() == pytest.approx([10, 12], rel=1e-3)
    nothing = judge_flows(given, None, risk_days=3)
    assert nothing.unmet_units.tolist() == pytest.approx([7, 15], rel=1e-3)
    assert nothing.stock_out.tolist() == [1, 1]


def test_what_waits_is_counted_once_as_unmet_and_every_day_as_backlog():
    need = np.cumsum(np.array([[[4.0], [0.0], [0.0]]], dtype=np.float32), axis=1)
    lanes = Lanes(np.full((1, 1), np.inf), np.full((1, 1), np.inf))
    for use in (Use.LOST, Use.BACKORDER):
        given = Exchange("products", "x", "piece", ("A",), np.array([1.0]), need, use, 1.0, lanes)
        outcome = judge_flows(given, None, risk_days=3)
        assert outcome.unmet_units[0] == pytest.approx(3, rel=1e-3)
        assert outcome.backlog_unit_days[0] == pytest.approx(9, rel=1e-3)


def test_lots_keep_to_limits_and_to_room():
    flows = Flows(np.array([0, 0]), np.array([1, 2]), np.array([1, 1]), np.array([[7.0], [8.0]]))
    limits = np.array([[15.0], [0.0], [0.0]])
    assert in_lots(flows, 5.0, limits).units.ravel().tolist() == [5, 10]
    tight = in_lots(flows, 5.0, limits, room=np.full((3, 1), 10.0))
    assert tight.units.ravel().tolist() == [5, 5]


def test_rules_that_cannot_all_be_kept_are_named():
    program = LinearProgram()
    sent = program.add_columns(np.ones(2), np.zeros(2), np.full(2, np.inf))
    limit = program.add_rows(
        np.array([-np.inf]), np.array([10.0]), ["A keeps its stock for 7 days"]
    )
    wish = program.add_rows(np.array([25.0]), np.array([np.inf]), ["A sends 25 to B"])
    other = program.add_rows(np.array([-np.inf]), np.array([50.0]), ["room in A's vehicles"])
    for row in (limit, wish, other):
        program.add_entries(np.repeat(row, 2), sent, 1.0)
    assert program.solve().ending is Ending.INFEASIBLE
    named = program.conflicts()
    assert named
    assert set(named) <= {"A keeps its stock for 7 days", "A sends 25 to B"}


def test_machines_are_refused():
    given = exchange(0, use=Use.HELD)
    with pytest.raises(ValueError, match="machines come back"):
        judge_flows(given, None, risk_days=3)
