"""Wishes, bans, moves that stand, and fewer moves, in the plan of stock."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planning.lending_cases import lanes_of
from vigie.planning import (
    Ban,
    Exchange,
    Flows,
    KeptMove,
    Lanes,
    MoveRules,
    Use,
    Wish,
    Wishes,
    joined_days,
    judge_flows,
    optimal_plan,
    pruned_flows,
    sender_limits,
)

RULES = MoveRules(decision_days=3, gap_days=4, risk_days=8)


def exchange(seed, places=8, days=8, samples=200, *, pack=5.0):
    rng = np.random.default_rng(seed)
    rate = rng.uniform(3, 20, places)
    demand = rng.poisson(rate[:, None, None], (places, days, samples))
    need = np.cumsum(demand, axis=1).astype(np.float32)
    stock = np.round(rate * rng.choice([2, 6, 30], places))
    names = tuple(f"S{at}" for at in range(places))
    return Exchange("products", "masks", "piece", names, stock, need, Use.LOST, pack,
                    lanes_of(rng, places))  # fmt: skip


def pair(stock=(100.0, 0.0), daily=(2.0, 2.0)):
    lanes = Lanes(np.array([[np.inf, 9], [9, np.inf]]), np.array([[np.inf, 1.0], [1.0, np.inf]]))
    need = np.cumsum(np.full((2, 8, 60), np.array(daily)[:, None, None]), axis=1)
    return Exchange("products", "masks", "piece", ("A", "B"), np.array(stock),
                    need.astype(np.float32), Use.LOST, 10.0, lanes)  # fmt: skip


def sent_to(plan, place, by_day):
    flows = plan.flows
    day = np.arange(flows.units.shape[1]) + flows.lag[:, None]
    here = (flows.receiver == plan.exchange.places.index(place))[:, None] & (day <= by_day)
    return flows.units[here].sum()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), asked=st.integers(1, 300))
def test_a_wish_is_kept_or_named(seed, asked):
    given_ = exchange(seed)
    wish = Wish("S0", asked, 2, "products", "masks")
    [plan] = optimal_plan([given_], RULES, wishes=Wishes((wish,)), planning_samples=60)
    if plan.conflicts:
        assert any(wish.in_words() in each for each in plan.conflicts)
    else:
        assert sent_to(plan, "S0", 2) >= asked
    sent = plan.flows.sent(8, 8)[:, -1]
    assert (sent <= sender_limits(given_, RULES)[:, -1] + 1e-6).all()


def test_a_wish_beyond_what_can_be_spared_names_the_sender_and_is_left_out():
    wish = Wish("B", 200, 3, "products", "masks")
    [plan] = optimal_plan([pair()], RULES, wishes=Wishes((wish,)))
    assert plan.conflicts == (
        "A keeps the masks that it needs", "B gets at least 200 of masks by day 3",
    )  # fmt: skip
    assert sent_to(plan, "B", 8) == 20


def test_a_ban_against_a_wish_is_named():
    asked = Wishes(
        (Wish("B", 20, 3, "products", "masks"),), (Ban("A", "B", both_ways=True),)
    )  # fmt: skip
    [plan] = optimal_plan([pair()], RULES, wishes=asked)
    assert "B gets at least 20 of masks by day 3" in plan.conflicts
    assert any(each.startswith("no move of") for each in plan.conflicts)
    assert not plan.flows.units.any()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_who_sends_nothing_sends_nothing(seed):
    [free] = optimal_plan([exchange(seed)], RULES, planning_samples=60)
    senders = free.flows.sender[free.flows.units.any(axis=1)]
    if not senders.size:
        return
    name = f"S{senders[0]}"
    [plan] = optimal_plan(
        [exchange(seed)], RULES, wishes=Wishes(bans=(Ban(from_place=name),)), planning_samples=60
    )
    assert not plan.flows.units[plan.flows.sender == senders[0]].any()


def test_moves_that_stand_are_planned_around_and_not_sent_on():
    kept = Wishes(kept=(KeptMove("A", "B", 20, 0, 1, "products", "masks"),))
    [plan] = optimal_plan([pair()], RULES, wishes=kept)
    # B needs 16 and gets 20: nothing more is to be done, and A has 20 less.
    assert not plan.flows.units.any()
    assert plan.before.unmet_units.sum() == 0
    full = pair(stock=(25.0, 0.0), daily=(2.0, 0.0))
    [plan] = optimal_plan([full], RULES, wishes=kept)
    assert plan.before.unmet_units[0] == pytest.approx(11, rel=1e-2)
    # What B got is not sent back.
    assert not plan.flows.units[plan.flows.sender == 1].any()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_fewer_moves_keep_nearly_all_that_is_saved(seed):
    given_ = exchange(seed, places=12)
    counts, saved = [], []
    for share in (0.0, 0.04):
        rules = MoveRules(decision_days=3, gap_days=4, risk_days=8, lost_share=share)
        [plan] = optimal_plan([given_], rules, planning_samples=60)
        counts.append((plan.flows.units > 0).sum())
        saved.append([
            (getattr(plan.before, of) - getattr(plan.after, of)).sum()
            for of in ("unmet_units", "backlog_unit_days")
        ])  # fmt: skip
    assert counts[1] <= counts[0]
    assert plan.moves_before_pruning == counts[0]
    assert (np.array(saved[1]) >= 0.95 * np.array(saved[0]) - 0.05).all()


def test_what_a_move_saves_is_what_the_simulation_loses_without_it():
    given_ = exchange(2, places=6, samples=100)
    [plan] = optimal_plan(
        [given_], MoveRules(decision_days=3, gap_days=4, risk_days=8, lost_share=0)
    )
    one, other = np.argsort(given_.stock - given_.need[:, -1].max(axis=1))[-2:]
    assert given_.stock[one] > given_.need[one].max() + 5
    useless = Flows(
        np.append(plan.flows.sender, other),
        np.append(plan.flows.receiver, one),
        np.append(plan.flows.lag, 1),
        np.vstack([plan.flows.units, [5.0, 0, 0]]),
    )
    kept = pruned_flows(given_, useless, 1e-6, risk_days=8)
    assert kept.units[-1].sum() == 0
    before, after = (
        judge_flows(given_, each, risk_days=8).unmet_units.sum() for each in (plan.flows, kept)
    )
    assert after == pytest.approx(before, abs=1e-3)


def test_moves_of_one_way_are_joined_where_limits_allow():
    flows = Flows(np.array([0]), np.array([1]), np.array([1]), np.array([[4.0, 3.0, 2.0]]))
    joined = joined_days(flows, np.array([[7.0, 7.0, 9.0], [0, 0, 0]]))
    assert joined.units.tolist() == [[7.0, 0.0, 2.0]]
