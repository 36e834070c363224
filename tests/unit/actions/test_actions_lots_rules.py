"""What holds of any lots at a store: more stock never raises a risk, and no risk falls by a day."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from promised_arrivals import arrivals_as_promised

from tests.unit.actions.given_figures import AS_OF, Given, inputs_of
from tests.unit.actions.test_actions_products import ARCS, MASKS, RULE
from vigie.actions.shortages.product_lots import LotCount
from vigie.actions.shortages.product_shortages import ProductResult, product_results
from vigie.schemas import ORDERS

NONE = arrivals_as_promised(ORDERS.arrow_schema().empty_table())
HORIZON = 7

Lot = tuple[int, float]


def judged(seed: int, stock: float, lots: list[Lot], back: int, unmet: str) -> ProductResult:
    """A product at A, of which some are used a day, and its lots counted some days ago."""
    rng = np.random.default_rng(seed)
    use = rng.poisson(10, 20).astype(float).tolist()
    held = [stock + sum(use[day + 1 :]) for day in range(20)]
    given: Given = {("stock", "A", "masks"): held, ("used", "A", "masks"): use}
    reference = {"products": [{**MASKS, "unmet": unmet}], "arcs": ARCS}
    inputs, chance = inputs_of(given, flows=["used"], reference=reference)
    ordered = sorted((np.inf if last > 20 else float(last), float(units)) for units, last in lots)
    last, units = (np.array(each) for each in zip(*ordered, strict=True))
    count = LotCount(np.datetime64(AS_OF, "D") - back, units, last)
    [made] = product_results(RULE, inputs, chance.draws(), NONE, lots={"masks": {"A": count}})
    return made


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    stock=st.integers(0, 90),
    more=st.integers(0, 60),
    lots=st.lists(st.tuples(st.integers(0, 60), st.integers(-3, 25)), min_size=1, max_size=4),
    back=st.integers(0, 4),
    unmet=st.sampled_from(["lost", "backorder"]),
)
def test_more_stock_never_raises_risk_and_no_risk_falls_from_day_to_day(
    seed: int, stock: int, more: int, lots: list[Lot], back: int, unmet: str
) -> None:
    made = judged(seed, stock, lots, back, unmet)
    [row], [richer] = (
        each.shortages.to_pylist() for each in (made, judged(seed, stock + more, lots, back, unmet))
    )

    for name in ("probability_7", "probability_14", "probability"):
        assert richer[name] <= row[name] + 1e-9
    assert richer["expected_unmet"] <= row["expected_unmet"] + 1e-3
    assert richer["capacity_now"] >= row["capacity_now"] - 1e-6
    by_day = made.days["probability_by"].to_pylist()
    assert by_day == sorted(by_day)
    assert not by_day or by_day[-1] == row["probability"]
    # What is told of the stock is used, has expired, will expire or is left.
    [advice] = made.advice.to_pylist()
    assert advice["stock"] + advice["expired"] == stock
    assert 0 <= advice["expiring"] <= advice["stock"] + 1e-6
    assert (made.stock.values >= 0).all()
    assert (made.stock.values <= advice["stock"]).all()
