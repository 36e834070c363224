"""How long an order of today takes, in every future."""

import numpy as np
import pytest

from tests.unit.supply.orders_made import TODAY, UNTIL, many, rows_of
from vigie.supply import lead_time_paths, learn_order_law, order_draws, read_order_lines


def law_of(cancel=0.0):
    lines = many(
        np.random.default_rng(0), 1500, delay=lambda rng: rng.integers(-1, 3), cancel=cancel
    )
    return learn_order_law(read_order_lines(rows_of(lines), today=TODAY, known_until=UNTIL))


def test_an_order_of_today_takes_as_long_as_orders_did():
    law = law_of()
    draws = order_draws(np.random.default_rng(1), law, 4000)
    days = lead_time_paths(law, "Acme", "mask", 21, draws)
    # Promised after 8 days, and come one day earlier to two days later.
    assert np.median(days) == pytest.approx(8.5, abs=1)
    assert ((days >= 6) & (days <= 11)).mean() > 0.85
    assert (days == np.ceil(days)).all()


def test_orders_that_are_cancelled_or_come_after_the_days_looked_at_are_infinite():
    law = law_of(cancel=0.3)
    draws = order_draws(np.random.default_rng(1), law, 4000)
    days = lead_time_paths(law, "Acme", "mask", 21, draws)
    assert np.isinf(days).mean() == pytest.approx(0.3, abs=0.1)
    assert np.isinf(lead_time_paths(law, "Acme", "mask", 4, draws)).mean() > 0.9


def test_the_same_chance_gives_the_same_lead_times():
    law = law_of()
    one, other = (
        lead_time_paths(law, "Acme", "mask", 21, order_draws(np.random.default_rng(5), law, 50))
        for _ in range(2)
    )
    assert np.array_equal(one, other)
