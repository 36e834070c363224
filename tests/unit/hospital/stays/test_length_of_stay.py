"""Length of stay from stays seen in part, and from totals alone, on invented wards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.stays import (
    OPEN,
    AggregateRules,
    StayLaw,
    StayRecords,
    StayRules,
    fit_stays,
    fit_stays_from_totals,
    stay_records,
    with_blocked_discharges,
)

HOME, UP, DEATH = range(3)
WINDOW = 30
PLAIN = StayRules(days=61, half_life_days=np.inf, sets=1)


def true_hazards(rng, wards, apart):
    """(ward, cause, day): a rise and fall of going home, early moves up, a tail to 60 nights."""
    day = np.arange(61)
    home = 0.055 + 0.13 * np.exp(-0.5 * ((np.log(day + 1) - np.log(6)) / 0.7) ** 2)
    hazards = np.stack([home, 0.05 * np.exp(-day / 2.2), np.full(61, 0.006)])
    hazards = hazards * np.exp(rng.normal(0, [apart, 0.25, 0.25], (wards, 3)))[:, :, None]
    hazards[:, :, -1] = [1, 0, 0]
    return hazards


def invented(seed, wards=100, apart=0.1):
    """Stays that begin in a window of 30 days, and the law that made them."""
    rng = np.random.default_rng(seed)
    law = StayLaw(true_hazards(rng, wards, apart)[None])
    rows = []
    for ward in range(wards):
        count = rng.integers(30, 151)
        begin = rng.integers(0, WINDOW, count)
        chances = law.leaving[0, ward].ravel()
        drawn = rng.choice(chances.size, count, p=chances / chances.sum())
        rows.append(np.stack([np.full(count, ward), begin, begin + drawn % 61, drawn // 61]))
    unit, begin, end, cause = np.concatenate(rows, axis=1)
    return law, unit, begin, end, cause


def as_records(unit, begin, end, cause, wards, start=0, causes=3):
    epoch = np.datetime64("2020-03-01")
    return stay_records(
        unit, epoch + begin, epoch + end, cause,
        window_start=epoch + start, as_of=epoch + WINDOW - 1, units=wards, causes=causes,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_stays_seen_in_part_tell_the_mean_that_completed_ones_do_not(seed):
    law, *rows = invented(seed)
    records = as_records(*rows, wards=100)
    true = law.mean_days[0]
    ended = records.cause != OPEN
    naive = np.array([records.last_day[ended & (records.unit == w)].mean() for w in range(100)])
    fitted = fit_stays(records, np.zeros(100, dtype=int), np.random.default_rng(0), PLAIN)
    error = fitted.mean_days[0] - true
    assert np.sqrt(((naive - true) ** 2).mean()) > 1.5
    assert np.sqrt((error**2).mean()) < 0.75
    assert abs(error.mean()) < 0.35
    share = fitted.cause_share[0, :, UP]
    assert np.sqrt(((share - law.cause_share[0, :, UP]) ** 2).mean()) < 0.03


def test_stays_found_in_bed_do_not_make_stays_look_longer():
    """A window that opens on running wards sees long stays more often: left truncation."""
    rng = np.random.default_rng(3)
    law = StayLaw(true_hazards(rng, 1, 0.0)[None])
    unit = np.repeat(np.arange(40), 250)
    begin = rng.integers(-60, WINDOW, unit.size)
    drawn = rng.choice(183, begin.size, p=law.leaving[0, 0].ravel() / law.leaving[0, 0].sum())
    end, cause = begin + drawn % 61, drawn // 61
    records = as_records(unit, begin, end, cause, wards=40)
    assert records.without_days > 0
    fitted = fit_stays(records, np.zeros(40, dtype=int), rng, PLAIN)
    assert fitted.mean_days[0].mean() == pytest.approx(law.mean_days[0, 0], abs=0.35)
    blind = StayRecords(
        records.unit, np.zeros_like(records.first_day), records.last_day, records.cause,
        records.age_days, 40, 3,
    )  # fmt: skip
    longer = fit_stays(blind, np.zeros(40, dtype=int), rng, PLAIN)
    assert longer.mean_days[0].mean() > law.mean_days[0, 0] + 1


def test_a_ward_without_stays_has_the_law_of_its_kind():
    law, unit, begin, end, cause = invented(5, wards=20)
    records = as_records(unit, begin, end, cause, wards=21)
    kinds = np.array([0] * 10 + [1] * 10 + [1])
    fitted = fit_stays(records, kinds, np.random.default_rng(0), PLAIN).mean_days[0]
    own = fitted[10:20]
    assert own.min() < fitted[20] < own.max()
    assert law.mean_days.shape == (1, 20)


def test_recent_stays_count_more():
    rng = np.random.default_rng(8)
    begin = np.repeat(np.arange(0, 120), 40)
    mean = np.where(begin < 80, 10.0, 5.0)
    end = begin + rng.geometric(1 / mean)
    epoch = np.datetime64("2020-03-01")
    one = np.zeros(begin.size, dtype=int)
    records = stay_records(
        one, epoch + begin, epoch + end, one,
        window_start=epoch, as_of=epoch + 119, units=1, causes=1,
    )  # fmt: skip
    kind = np.zeros(1, dtype=int)
    fast = fit_stays(records, kind, rng, StayRules(half_life_days=10, sets=1)).mean_days[0, 0]
    slow = fit_stays(records, kind, rng, StayRules(half_life_days=np.inf, sets=1)).mean_days[0, 0]
    assert fast < 6 < slow


def test_sets_are_uncertain_where_stays_are_few():
    _, unit, begin, end, cause = invented(6, wards=10)
    many = as_records(unit, begin, end, cause, wards=10)
    few = as_records(unit[::20], begin[::20], end[::20], cause[::20], wards=10)
    rules = StayRules(days=61, half_life_days=np.inf, sets=40)
    kind = np.zeros(10, dtype=int)
    spread = [
        fit_stays(each, kind, np.random.default_rng(1), rules).mean_days.std(axis=0).mean()
        for each in (many, few)
    ]
    assert 0.05 < spread[0] < spread[1]


def test_records_say_what_is_wrong():
    day = np.datetime64("2020-03-01")
    zero = np.zeros(1, dtype=int)
    with pytest.raises(ValueError, match="1 stays end before they begin"):
        stay_records(zero, np.array([day + 3]), np.array([day]), zero, window_start=day,
                     as_of=day + 9, units=1, causes=1)  # fmt: skip
    with pytest.raises(ValueError, match="a ward outside 0 to 0"):
        stay_records(zero + 1, np.array([day]), np.array([day]), zero, window_start=day,
                     as_of=day + 9, units=1, causes=1)  # fmt: skip
    never = np.array([], "datetime64[D]")
    nothing = stay_records(
        zero[:0], never, never, zero[:0], window_start=day, as_of=day + 9, units=1, causes=1
    )
    with pytest.raises(ValueError, match="no stay is known"):
        fit_stays(nothing, zero, np.random.default_rng(0))


@settings(max_examples=30, deadline=None)
@given(
    share=st.floats(0, 1), extra=st.floats(1, 20), hazard=st.floats(0.02, 0.9)
)  # fmt: skip
def test_blocked_discharges_lengthen_stays_by_their_share_and_change_no_outcome(
    share, extra, hazard
):
    hazards = np.full((1, 1, 2, 180), hazard / 2)
    hazards[..., -1] = 0.5
    law = StayLaw(hazards)
    blocked = with_blocked_discharges(law, 0, share, extra)
    assert np.allclose(blocked.cause_share, law.cause_share, atol=1e-6)
    assert np.allclose(blocked.leaving.sum(axis=(2, 3)), 1)
    longer = blocked.mean_days - law.mean_days
    due = share * extra * law.cause_share[0, 0, 0]
    # Whoever would stay beyond the last day of the law leaves on it.
    assert -1e-9 <= longer[0, 0] <= due + 1e-6
    if hazard > 0.2:
        assert longer[0, 0] == pytest.approx(due, rel=0.02, abs=1e-6)


def test_totals_alone_tell_the_mean_stay():
    law, unit, begin, end, _ = invented(0)
    rules = AggregateRules(points=30, variations=(0.8, 1.2))
    admissions, census = np.zeros((100, WINDOW)), np.zeros((100, WINDOW + 1))
    np.add.at(admissions, (unit, begin), 1)
    for day in range(WINDOW):
        inside = (begin <= day) & (day < end)
        census[:, day + 1] = np.bincount(unit[inside], minlength=100)
    found = fit_stays_from_totals(admissions, census, rules)
    error = found.mean_days - law.mean_days[0]
    assert np.sqrt((error**2).mean()) < 0.85
    assert np.allclose(found.law.mean_days[0], found.mean_days, rtol=0.05)
    inside = (found.low_days <= law.mean_days[0]) & (law.mean_days[0] <= found.high_days)
    assert inside.mean() > 0.5
    admissions[0, 4:9] = np.nan
    census[1, 3] = np.nan
    assert np.isfinite(fit_stays_from_totals(admissions, census, rules).mean_days).all()


def test_totals_of_a_ward_in_balance_tell_its_stay_too():
    rng = np.random.default_rng(2)
    came = rng.poisson(6, 160)
    end = np.repeat(np.arange(160), came) + rng.geometric(1 / 8, came.sum())
    begin = np.repeat(np.arange(160), came)
    census = np.array([((begin <= day) & (day < end)).sum() for day in range(99, 160)])
    found = fit_stays_from_totals(came[None, 100:].astype(float), census[None].astype(float))
    assert found.mean_days[0] == pytest.approx(8, abs=1.5)


def test_totals_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one day more"):
        fit_stays_from_totals(np.ones((2, 5)), np.ones((2, 5)))
    with pytest.raises(ValueError, match="no ward has"):
        fit_stays_from_totals(np.ones((2, 5)), np.full((2, 6), np.nan))
