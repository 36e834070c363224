"""What past orders teach, against orders whose law is known."""

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.supply.orders_made import TODAY, UNTIL, many, rows_of
from vigie.supply import OrderRules, learn_order_law, read_order_lines
from vigie.supply.delivery_paths import arrival_chances
from vigie.supply.order_hazards import Episodes, OrderClasses, hazard_table
from vigie.supply.order_shocks import latent_correlation

STEADY = OrderRules(half_life_days=1e6)


def lines_of(made):
    return read_order_lines(rows_of(made), today=TODAY, known_until=UNTIL)


def chances_of(made, new, rules=STEADY, days=40):
    """P(arrival on each day) of the lines of ``new``, by the law of ``made``."""
    law = learn_order_law(lines_of(made), rules)
    asked = lines_of(new)
    return arrival_chances(asked, law, np.arange(len(asked.state)), days)


def test_hazards_are_those_counted_line_by_line():
    rng = np.random.default_rng(3)
    pair = rng.integers(0, 3, 60)
    first = rng.integers(0, 30, 60)
    last = first + rng.integers(0, 12, 60)
    zero, happened = first + rng.integers(0, 6, 60), rng.random(60) < 0.7
    classes, edges = OrderClasses(np.array([0, 0, 1]), 2), np.array([-5, 0, 3, 6])
    prior = np.full(4, 0.2)
    found = hazard_table(
        Episodes(pair, first, last, zero, happened), classes, edges, prior,
        known_day=45, half_life_days=10.0,
    )  # fmt: skip
    events, risk = np.zeros((3, 4)), np.zeros((3, 4))
    for line in range(60):
        for day in range(first[line], last[line] + 1):
            column = max(np.searchsorted(edges, day - zero[line], side="right") - 1, 0)
            weight = 0.5 ** ((45 - day) / 10.0)
            risk[pair[line], column] += weight
            events[pair[line], column] += weight * (day == last[line] and happened[line])
    pool = (events.sum(axis=0) + 20 * prior) / (risk.sum(axis=0) + 20)
    ours = (events[:2].sum(axis=0) + 20 * pool) / (risk[:2].sum(axis=0) + 20)
    pair0 = (events[0] + 20 * ours) / (risk[0] + 20)
    np.testing.assert_allclose(found[[0, 1, 3]], [pool, ours, pair0])


def test_the_law_finds_the_delays_that_were_drawn():
    rng = np.random.default_rng(1)
    made = many(rng, 3000, delay=lambda r: r.choice([-1, 0, 2, 5], p=[0.2, 0.5, 0.2, 0.1]))
    new = [{"order": "new", "told": 0, "ordered": 0, "eta": 8}]
    found = chances_of(made, new)[0]
    np.testing.assert_allclose(found[[6, 7, 9, 12]], [0.2, 0.5, 0.2, 0.1], atol=0.035)


def test_an_order_that_is_late_already_is_judged_by_those_that_were_as_late():
    rng = np.random.default_rng(2)
    made = many(rng, 4000, delay=lambda r: r.choice([0, 3, 6], p=[0.6, 0.2, 0.2]))
    late = [{"order": "late", "told": -10, "ordered": -12, "eta": -4}]
    found = chances_of(made, late)[0]
    assert found[:1].sum() < 0.05
    assert found[1] == pytest.approx(1.0, abs=0.1)


def test_open_orders_that_are_overdue_make_the_law_slower():
    rng = np.random.default_rng(4)
    made = many(rng, 800, delay=lambda r: 0, supplier="Acme")
    stuck = [
        {"order": f"s{at}", "told": -30, "ordered": -30, "eta": -20, "place": f"P{at % 5}"}
        for at in range(200)
    ]
    new = [{"order": "new", "told": 0, "ordered": 0, "eta": 8}]
    before, after = (chances_of(each, new)[0][:12].sum() for each in (made, made + stuck))
    assert before > 0.95
    assert after < before - 0.1


def test_orders_long_gone_teach_that_such_orders_hardly_come():
    rng = np.random.default_rng(5)
    made = many(rng, 600, delay=lambda r: 0)
    gone = [{"order": f"g{at}", "told": -390, "ordered": -400, "eta": -390} for at in range(50)]
    found = chances_of(made + gone, gone[:1], OrderRules())[0]
    assert found.sum() < 0.05


def test_the_share_of_cancelled_and_of_partial_orders_is_found():
    rng = np.random.default_rng(6)
    made = many(rng, 4000, delay=lambda r: 0, cancel=0.15, partial=0.3)
    law = learn_order_law(lines_of(made), STEADY)
    new = [{"order": "new", "told": 0, "ordered": 0, "eta": 8}]
    assert chances_of(made, new)[0].sum() == pytest.approx(0.85, abs=0.03)
    assert law.partial_share[0] == pytest.approx(0.3, abs=0.03)
    np.testing.assert_allclose(law.partial_fill, 0.5, atol=1e-6)


def test_lines_first_told_on_their_arrival_teach_nothing():
    rng = np.random.default_rng(12)
    made = [each for each in many(rng, 500, delay=lambda r: 0) if each.get("status") == "arrived"]
    told, nothing = (learn_order_law(lines_of(each)) for each in (made, []))
    for name in ("leaving", "cancelling", "partial_share"):
        np.testing.assert_allclose(getattr(told, name)[0], getattr(nothing, name)[0])


def test_recent_orders_weigh_more():
    rng = np.random.default_rng(7)
    old = many(rng, 2000, delay=lambda r: 0, days=90)
    old = [each for each in old if each["ordered"] < -40]
    recent = many(rng, 400, delay=lambda r: 6, days=30, start=5000)
    new = [{"order": "new", "told": 0, "ordered": 0, "eta": 8}]
    weighed = chances_of(old + recent, new, OrderRules(half_life_days=7.0))[0][7]
    same = chances_of(old + recent, new, STEADY)[0][7]
    assert weighed < 0.25 < 0.4 < same


def test_a_supplier_with_few_orders_leans_on_all_and_one_with_many_on_itself():
    rng = np.random.default_rng(8)
    good = many(rng, 2000, delay=lambda r: 0, supplier="Good")
    bad = many(rng, 2000, delay=lambda r: 7, supplier="Bad")
    one = many(rng, 3, delay=lambda r: 7, supplier="New")
    law = learn_order_law(lines_of(good + bad + one), STEADY)
    asked = lines_of(
        [
            {"order": name, "told": 0, "ordered": 0, "eta": 8, "supplier": name}
            for name in ("Good", "Bad", "New", "Unseen")
        ]
    )
    found = arrival_chances(asked, law, np.arange(4), 40)[:, :9].sum(axis=1)
    by = dict(zip(asked.supplier.to_pylist(), found, strict=True))
    assert by["Good"] > 0.95
    assert by["Bad"] < 0.1
    assert 0.1 < by["New"] < 0.95
    assert 0.1 < by["Unseen"] < 0.95


def test_without_past_orders_the_law_is_the_stated_assumption():
    law = learn_order_law(lines_of([]))
    asked = lines_of([{"order": "1", "told": 0, "ordered": 0, "eta": 8}])
    found = arrival_chances(asked, law, np.array([0]), 60)[0]
    assert law.line_count == 0
    assert found[:8].sum() > 0.4
    assert 0.85 < found.sum() < 1.0


def test_rows_fall_back_from_product_to_supplier_to_all():
    rng = np.random.default_rng(9)
    law = learn_order_law(lines_of(many(rng, 20, delay=lambda r: 0)))
    asked = (pa.array(["Acme", "Acme", "Other"]), pa.array(["mask", "gown", "mask"]))
    assert law.rows_of(*asked).tolist() == [2, 1, 0]


def test_correlation_of_lateness_is_found_from_its_covariance():
    rng = np.random.default_rng(10)
    shock, own = rng.standard_normal((2, 400_000))
    other = rng.standard_normal(400_000)
    level = 0.8416
    one, two = (np.sqrt(0.4) * shock + np.sqrt(0.6) * each > level for each in (own, other))
    covariance = float((one & two).mean() - one.mean() * two.mean())
    assert latent_correlation(float(one.mean()), covariance) == pytest.approx(0.4, abs=0.02)
    assert latent_correlation(0.2, -0.01) == 0.0


def test_a_supplier_that_fails_all_sites_in_some_weeks_is_seen_as_one_shock():
    rng = np.random.default_rng(11)
    bad_weeks = rng.random(20) < 0.4

    def made(shared):
        lines = []
        for each in many(rng, 1500, delay=lambda r: 0, days=100):
            if each.get("status") == "arrived":
                week = (each["ordered"] + 8) // 7
                is_late = bad_weeks[week] if shared else rng.random() < 0.4
                day = each["ordered"] + 8 + 5 * int(is_late)
                if day > 0:
                    continue
                each = {**each, "told": day, "eta": day}
            lines.append(each)
        return lines

    assert learn_order_law(lines_of(made(True))).shared > 0.4
    assert learn_order_law(lines_of(made(False))).shared < 0.05
