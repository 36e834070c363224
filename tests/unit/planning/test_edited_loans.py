"""A changed loan of machines, staff or patients is held against every rule, and told by how far."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.planning.lending_cases import patients_by_law
from vigie.planning import (
    EditRule,
    Lanes,
    Lending,
    LendingRules,
    Loans,
    WantedMove,
    Ways,
    judge_loan_edit,
    judge_loans,
    loan_echo,
    moveable,
    standard_outcome,
)

DAYS, SAMPLES = 8, 400
RULES = LendingRules(risk_days=DAYS, most_per_day=4)


def lanes(places=3):
    """Ways between the first two places only."""
    km = np.full((places, places), np.inf)
    km[0, 1] = km[1, 0] = 30.0
    return Lanes(km, np.where(np.isfinite(km), 1.0, np.inf))


def machines(own=(20.0, 4.0, 9.0)):
    """About 8 machines are needed everywhere."""
    need = np.random.default_rng(1).poisson(8, (3, 1, DAYS, SAMPLES)).astype(np.float32)
    return Lending(
        "equipment", "machines", ("A", "B", "C"), ("ventilator",), np.array(own)[:, None], need,
        loan_echo(1, 3, DAYS), lanes(), np.ones(1),
    )  # fmt: skip


def beds(a=(60.0, 6.0), b=(80.0, 7.0)):
    """A hands patients over to B; about 40 are in general wards and 3 in intensive care."""
    lending = patients_by_law(3, places=3, days=DAYS, samples=SAMPLES)
    rng = np.random.default_rng(2)
    mean = np.array([40.0, 3.0])[:, None, None]
    need = rng.poisson(np.broadcast_to(mean, (3, 2, DAYS, SAMPLES))).astype(np.float32)
    came = rng.poisson(np.broadcast_to(mean / 6, need.shape)).astype(np.float32)
    own = np.array([a, b, (50.0, 9.0)])
    return replace(lending, own=own, need=need, admissions=came, lanes=lanes())


def judged(lending, quantity, day=1, others=(), rules=RULES, category=None, **ends):
    wanted = WantedMove(
        ends.get("from_place", lending.places[0]), ends.get("to_place", lending.places[1]),
        quantity, day,
    )  # fmt: skip
    name = category or lending.categories[0]
    beside = [each if isinstance(each, tuple) else (name, each) for each in others]
    return judge_loan_edit(lending, name, wanted, beside, rules)


def broken(found):
    return {each.rule: each for each in found[1]}


@pytest.mark.parametrize(
    ("quantity", "day", "rule", "found", "limit", "told"),
    [
        (1.5, 0, EditRule.LOT, 1.5, 1, "nearest: 1 or 2"),
        (23, 0, EditRule.STOCK, 23, 20, "has 20; it would lend 23: 3 too much"),
        (1, 9, EditRule.DAY, 9, 7, "too late to help in time by 2 days"),
        (1, -1, EditRule.DAY, -1, 0, "too early by 1 days"),
    ],
)
def test_a_rule_that_machines_break_says_by_how_far(quantity, day, rule, found, limit, told):
    breach = broken(judged(machines(), quantity, day))[rule]
    assert (breach.found, breach.limit) == (found, limit)
    assert told in breach.text


def test_machines_help_the_one_and_harm_the_other_by_what_every_future_says():
    lending = machines()
    effect, _ = judged(lending, 7, 0, rules=replace(RULES, most_per_day=None))
    short = (lending.need[:, 0] > lending.own[:, :, None]).any(axis=1).mean(axis=-1)
    assert effect.sender_before == pytest.approx(short[0])
    assert effect.receiver_before == pytest.approx(short[1])
    # What is free of the seven is away on the first three days, and in use there on the same.
    lent = lending.need[:, 0].copy()
    sent = np.clip(20 - lent[0, 0], 0, 7)
    lent[0, :3] += sent
    lent[1, :3] -= sent
    after = (lent > lending.own[:, :, None]).any(axis=1).mean(axis=-1)
    assert effect.sender_after == pytest.approx(after[0])
    assert effect.receiver_after == pytest.approx(after[1])


def test_staff_keep_the_share_that_stays():
    staff = replace(machines((30.0, 4.0, 9.0)), kind="staff", unit="staff")
    rules = replace(RULES, largest_share=0.5, most_per_day=None)
    breach = broken(judged(staff, 10, 0, rules=rules, others=(WantedMove("A", "B", 8, 1),)))
    assert "has 30 and may lend 15" in breach[EditRule.STOCK].text
    assert "with 8 of other open moves: 3 too much" in breach[EditRule.STOCK].text


def test_no_more_patients_go_than_are_nearly_sure_to_come():
    lending = beds()
    most = moveable(lending, RULES)[0, 0, 0]
    assert most >= 2
    assert EditRule.NEW not in broken(judged(lending, most))
    other = WantedMove("S0", "S1", 1, 1)
    breach = broken(judged(lending, most, others=(other,)))[EditRule.NEW]
    assert (breach.found, breach.limit) == (most + 1, most)
    assert f"only {most:g} are 90 % sure to come: 1 too many" in breach.text
    late = moveable(lending, replace(RULES, decision_days=2))[0, 0, 1]
    assert EditRule.NEW not in broken(judged(lending, late, day=2, others=(other,)))


def test_no_more_patients_go_on_a_day_than_are_allowed():
    breach = broken(judged(beds(), 5))[EditRule.DAILY]
    assert (breach.found, breach.limit) == (5, 4)
    assert 'would leave "S0" on the day, of at most 4: 1 too many' in breach.text


def test_harm_by_later_intensive_care_is_told_at_the_place_that_takes_the_patients():
    assert EditRule.HARM not in broken(judged(beds(b=(80.0, 30.0)), 2))
    lending = beds(b=(80.0, 8.0))
    others = tuple(WantedMove("S0", "S1", 4, day) for day in (1, 2))
    effect, breaches = judged(lending, 4, 3, others)
    breach = next(each for each in breaches if each.rule is EditRule.HARM)
    assert '"S1" would be short of icu itself' in breach.text
    assert "limit 0.02" in breach.text
    assert breach.found > 0.02
    assert effect.receiver_after <= effect.receiver_before + 0.02


def test_loans_of_other_ward_kinds_count_at_who_takes_patients():
    lending = beds(b=(80.0, 6.0))
    alone, _ = judged(lending, 1, category="icu", from_place="S0")
    others = tuple(("general", WantedMove("S0", "S1", 4, day)) for day in (1, 2, 3))
    beside, _ = judged(lending, 1, others=others, category="icu")
    assert beside.receiver_after > alone.receiver_after + 0.01


def test_the_rise_at_who_takes_patients_is_that_of_the_plan_within_chance():
    lending = beds(b=(48.0, 6.0))
    effect, _ = judged(lending, 3)
    one = np.zeros(1, dtype=np.int64)
    ways = Ways(one + 1, one, one, one + 1, np.zeros(1))
    units = np.zeros((1, 3))
    units[0, 0] = 3
    before = standard_outcome(lending, DAYS).short[1, 0]
    after = [
        judge_loans(lending, Loans(ways, units), risk_days=DAYS, rng=np.random.default_rng(seed))
        for seed in range(8)
    ]
    mean = np.mean([each.short[1, 0] for each in after])
    assert effect.receiver_before == pytest.approx(before)
    assert mean > before + 0.02
    assert effect.receiver_after == pytest.approx(mean, abs=0.006)


def test_who_has_no_beds_for_what_patients_may_need_later_takes_none():
    lending = patients_by_law(3, places=3, days=DAYS, samples=50, without_icu=2)
    lending = replace(lending, lanes=Lanes(np.full((3, 3), 10.0), np.ones((3, 3))))
    effect, (breach,) = judged(lending, 1, from_place="S2", to_place="S0")
    assert effect is None
    assert breach.rule is EditRule.LATER
    assert '"S0" has no icu' in breach.text
    assert EditRule.LATER not in broken(judged(lending, 1, from_place="S1", to_place="S0"))


def test_without_a_way_or_a_known_capacity_nothing_is_judged():
    for ends, rule in (({"to_place": "C"}, EditRule.LANE), ({"from_place": "D"}, EditRule.STOCK)):
        effect, (breach,) = judged(machines(), 1, 0, **ends)
        assert effect is None
        assert breach.rule is rule


def test_a_wish_beyond_all_who_come_is_refused_at_once():
    breach = broken(judged(beds(), 10**9))[EditRule.NEW]
    assert breach.found == 10**9
