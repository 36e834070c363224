"""A changed move is held against every rule, and told by how far it breaks them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.planning import (
    EditRule,
    Exchange,
    Lanes,
    Use,
    WantedMove,
    judge_edit,
    need_of_stock,
)

PLACES = ("A", "B", "C")
DAYS, SAMPLES = 10, 200


def exchange(stock: tuple[float, float, float] = (300.0, 20.0, 100.0)) -> Exchange:
    """Use of about 10 a day at each place; no way leads to or from C."""
    rng = np.random.default_rng(1)
    used = rng.poisson(10, (3, DAYS, SAMPLES))
    km = np.full((3, 3), np.inf)
    km[0, 1] = km[1, 0] = 40.0
    return Exchange(
        kind="products",
        category="masks",
        unit="1",
        places=PLACES,
        stock=np.array(stock),
        need=np.cumsum(used, axis=1, dtype=np.float32),
        use=Use.LOST,
        pack_size=10.0,
        lanes=Lanes(km, np.where(np.isfinite(km), 2.0, np.inf)),
    )


def judged(quantity: float, day: int = 0, others: tuple[WantedMove, ...] = (), **changes: str):
    wanted = WantedMove(changes.get("from_place", "A"), changes.get("to_place", "B"), quantity, day)
    return judge_edit(exchange(), wanted, others, risk_days=10, largest_harm=0.02)


def rules(breaches) -> set[EditRule]:
    return {each.rule for each in breaches}


def test_a_move_within_the_rules_helps_and_harms_nobody() -> None:
    effect, breaches = judged(100)
    assert breaches == ()
    assert effect is not None
    assert effect.receiver_after < effect.receiver_before
    assert effect.sender_after - effect.sender_before <= 0.02


@pytest.mark.parametrize(
    ("quantity", "day", "rule", "found", "limit", "told"),
    [
        (105, 0, EditRule.LOT, 105, 10, "nearest: 100 or 110"),
        (310, 0, EditRule.STOCK, 310, 300, "10 too much"),
        (100, 9, EditRule.DAY, 9, 8, "too late to arrive in time by 1 days"),
        (100, -2, EditRule.DAY, -2, 0, "in the past by 2 days"),
    ],
)
def test_a_broken_rule_says_by_how_far(
    quantity: float, day: int, rule: EditRule, found: float, limit: float, told: str
) -> None:
    _, breaches = judged(quantity, day)
    breach = next(each for each in breaches if each.rule is rule)
    assert (breach.found, breach.limit) == (found, limit)
    assert told in breach.text


def test_the_harm_of_a_sender_is_told_with_its_limit() -> None:
    effect, breaches = judged(220)
    (breach,) = breaches
    assert breach.rule is EditRule.HARM
    assert effect is not None
    assert breach.found == pytest.approx(effect.sender_after - effect.sender_before)
    assert f"rises by {breach.found:.3f}" in breach.text
    assert "limit 0.02" in breach.text


def test_other_moves_count_at_the_sender() -> None:
    assert judged(180)[1] == ()
    other = WantedMove("A", "B", 100, 1)
    effect, breaches = judged(180, others=(other,))
    assert EditRule.HARM in rules(breaches)
    assert effect is not None
    _, breaches = judged(210, others=(other,))
    stock = next(each for each in breaches if each.rule is EditRule.STOCK)
    assert "with 100 of other open moves" in stock.text


def test_without_a_way_or_a_known_stock_nothing_is_judged() -> None:
    effect, breaches = judged(10, to_place="C")
    assert effect is None
    assert rules(breaches) == {EditRule.LANE}
    effect, breaches = judged(10, from_place="nowhere")
    assert effect is None
    assert rules(breaches) == {EditRule.STOCK}


@given(
    st.integers(0, 2**32 - 1),
    st.floats(0, 200),
    st.integers(0, 15),
)
def test_need_read_back_from_stock_is_exact_while_stock_lasts(
    seed: int, stock: float, lam: int
) -> None:
    """Compared with the run of the store day by day, path by path."""
    rng = np.random.default_rng(seed)
    used = rng.poisson(lam, (2, 8, 5)).astype(np.float32)
    held = np.array([stock, 100.0])
    paths = np.zeros_like(used)
    for place in range(2):
        for sample in range(5):
            left = np.float32(held[place])
            for day in range(8):
                left = max(np.float32(0), left - used[place, day, sample])
                paths[place, day, sample] = left
    need = need_of_stock(held, paths, np.array([lam, np.nan]))
    true = np.cumsum(used, axis=1)
    lasts = np.minimum.accumulate(paths > 0, axis=1)
    assert np.allclose(need[lasts], true[lasts], atol=1e-3)
    assert (np.diff(need, axis=1) >= -1e-3).all()
    is_out = ~lasts
    assert (need[is_out] >= (held[:, None, None] * np.ones_like(need))[is_out] - 1e-3).all()
