"""Depots as senders of a plan."""

import numpy as np
import pyarrow as pa
import pytest

from vigie.planning import (
    Depot,
    Exchange,
    Lanes,
    MoveRules,
    Use,
    nearest_surplus,
    optimal_plan,
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
