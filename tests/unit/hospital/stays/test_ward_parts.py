"""Patients in bed by cause and by whether they wait: the same futures, told apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.stays import (
    CauseEntries,
    PartedWards,
    StayLaw,
    WaitingPatients,
    WardHistory,
    Wards,
    cause_ratios,
    expected_census,
    parted_ward_paths,
    ward_occupancy_paths,
    with_blocked_discharges,
)

DAYS, AHEAD = 150, 14


def geometric(mean, longest=120):
    """A law of one unit whose stays last a night with the same chance every day."""
    hazards = np.full((1, 1, 1, longest), 1 / (1 + mean))
    hazards[..., -1] = 1.0
    return StayLaw(hazards)


def region(seed, means=(3.0, 9.0), waits=0.0, wait_days=6.0, places=15):
    """Entries by cause, (cause, place, ward, day), census and those who wait, to the end.

    The first cause comes in waves, the second evenly; of those who are fit a share waits.
    """
    rng = np.random.default_rng(seed)
    day = np.arange(-80, DAYS + AHEAD)
    level = np.stack([5 * (1 + 0.8 * np.sin(day / 9)), 4 + 0 * day])
    entries = rng.poisson(level[:, None, None], (2, places, 1, len(day)))
    there = np.zeros((2, places, 1), dtype=int)
    wait = np.zeros((places, 1), dtype=int)
    census, waiting = (np.zeros((places, 1, len(day))) for _ in range(2))
    for at in range(len(day)):
        wait = rng.binomial(wait, 1 - 1 / wait_days)
        for cause, mean in enumerate(means):
            fit = rng.binomial(there[cause] + entries[cause, ..., at], 1 / (1 + mean))
            there[cause] += entries[cause, ..., at] - fit
            wait = wait + rng.binomial(fit, waits)
        census[..., at], waiting[..., at] = there.sum(axis=0) + wait, wait
    return entries[..., 80:].astype(float), census[..., 80:], waiting[..., 80:]


def parted(entries, census, waiting=None, *, names=("flu", "")):
    came = entries[..., :DAYS]
    total = came.sum(axis=0)
    history = WardHistory(census[..., :DAYS], total, total.sum(axis=0))
    causes = [
        CauseEntries(name, each, each.sum(axis=0)) for name, each in zip(names, came, strict=True)
    ]
    return PartedWards(history, causes, waiting)


def futures(entries, samples=200):
    """The future of all entries of each cause, as if it were known."""
    return [
        np.repeat(each[..., DAYS:].sum(axis=0)[..., None], samples, axis=-1).astype("f4")
        for each in entries
    ]


def test_one_cause_without_waits_is_the_flow_of_all_patients():
    entries, census, _ = region(1)
    whole = entries.sum(axis=0, keepdims=True)
    wards = parted(whole, census, names=("",))
    paths = futures(whole)
    told = parted_ward_paths(wards, paths, np.random.default_rng(5))
    simple = ward_occupancy_paths(wards.history, paths[0], np.random.default_rng(5))
    np.testing.assert_array_equal(told.census, simple)
    np.testing.assert_allclose(told.cause_now[0].sum(), census[..., DAYS - 1].sum())


def test_causes_add_up_to_all_patients_and_keep_their_own_stays():
    entries, census, _ = region(2)
    wards = parted(entries, census)
    told = parted_ward_paths(wards, futures(entries), np.random.default_rng(1))
    assert (told.cause_now.sum(axis=0) == census[..., DAYS - 1]).all()
    gap = np.abs(told.cause_ahead.sum(axis=0) - told.census.mean(axis=-1))
    assert gap.max() < 0.1 * census.mean()
    true = census[..., DAYS:].sum(axis=(0, 1))
    whole = sum(futures(entries))
    as_one = ward_occupancy_paths(wards.history, whole, np.random.default_rng(1))
    misses = [
        np.abs(paths.mean(axis=-1).sum(axis=(0, 1)) - true).mean()
        for paths in (told.census, as_one)
    ]
    assert misses[0] < 0.6 * misses[1], "in a wave the share of those who stay long changes"


def test_the_cause_that_stays_longer_is_told_from_totals():
    entries, census, _ = region(3, places=40)
    law = geometric(6.0)
    of_cause, whole = entries.sum(axis=1), census.sum(axis=0)
    ratios = cause_ratios(of_cause, whole, law)[:, 0]
    assert 2.2 < ratios[1] / ratios[0] < 4.2, "truly 3"
    flat = np.full((2, 1, 200), 50.0)
    same = cause_ratios(flat, np.full((1, 200), 600.0), law)[:, 0]
    np.testing.assert_allclose(same, 1.0, atol=1e-6)
    with pytest.raises(ValueError, match="7 causes share the beds"):
        cause_ratios(np.ones((7, 1, 100)), np.ones((1, 100)), law)


def test_sample_s_of_one_cause_goes_with_sample_s_of_the_others():
    entries, census, _ = region(4)
    wards = parted(entries, census)
    high, low = (np.full((1, AHEAD, 400), level, dtype="f4") for level in (150, 20))
    odd = np.arange(400) % 2 == 1
    first = np.where(odd, high, low)
    second = np.where(odd, low, high)
    apart = parted_ward_paths(wards, [first, second], np.random.default_rng(1)).census
    along = parted_ward_paths(wards, [first, first], np.random.default_rng(1)).census
    spread = [each.sum(axis=0)[0, -1].std() for each in (apart, along)]
    assert spread[1] > 2 * spread[0], "both high at once is worse than one after the other"


@settings(max_examples=20, deadline=None)
@given(
    mean=st.floats(0.5, 8), share=st.floats(0, 0.9), wait=st.floats(1, 12), night=st.integers(0, 20)
)
def test_two_stages_are_the_law_with_blocked_discharges(mean, share, wait, night):
    law = geometric(mean, 60)
    blocked = with_blocked_discharges(law, 0, np.array([share]), wait)
    fit = np.concatenate([law.hazards * (1 - share), law.hazards * share], axis=2)
    waits = np.zeros((1, 1, 2, 60))
    waits[..., 0, 1:], waits[..., 0, -1] = 1 / wait, 1.0
    both = StayLaw(np.concatenate([fit, waits], axis=1))
    arrivals = np.zeros((1, 2, 30))
    arrivals[0, 0, 3] = 10.0
    two = expected_census(
        arrivals,
        np.zeros((1, 2, 59), dtype=int),
        Wards(np.array([[0, 1]]), np.array([[-1, 1], [-1, -1]])),
        both,
    ).sum(axis=1)
    one = expected_census(
        arrivals[:, :1],
        np.zeros((1, 1, 59), dtype=int),
        Wards(np.zeros((1, 1), dtype=int), np.full((1, 1), -1)),
        blocked,
    )[:, 0]
    np.testing.assert_allclose(two, one, atol=1e-9)


def test_who_waits_today_leaves_by_the_law_of_waits():
    entries, census, waiting = region(5, means=(4.0, 4.0), waits=0.3, places=30)
    counted = WaitingPatients(6.0, waiting[..., :DAYS])
    told = parted_ward_paths(
        parted(entries, census, counted), futures(entries), np.random.default_rng(2)
    )
    assert (told.waiting_now == waiting[..., DAYS - 1]).all()
    true = waiting[..., DAYS:].sum(axis=(0, 1))
    found = told.waiting_ahead.sum(axis=(0, 1))
    assert np.abs(found - true).max() < 0.15 * true.mean()
    miss = told.census.mean(axis=-1).sum(axis=(0, 1)) - census[..., DAYS:].sum(axis=(0, 1))
    assert np.abs(miss).max() < 0.05 * census[..., DAYS:].sum(axis=(0, 1)).mean()
    # Nobody comes: those who wait are fewer by a sixth each day, but for those who become fit.
    nobody = [np.zeros_like(each) for each in futures(entries)]
    many = np.where(np.isfinite(census[..., :DAYS]), census[..., :DAYS], 0)
    all_wait = parted(entries, census, WaitingPatients(6.0, many))
    alone = parted_ward_paths(all_wait, nobody, np.random.default_rng(2))
    start = census[..., DAYS - 1].sum()
    expected = start * (5 / 6) ** np.arange(1, AHEAD + 1)
    np.testing.assert_allclose(alone.waiting_ahead.sum(axis=(0, 1)), expected, rtol=0.05)


def test_a_share_that_waits_tells_as_many_as_entries_leave():
    entries, census, waiting = region(6, means=(4.0, 4.0), waits=0.3, places=30)
    given_share = WaitingPatients(6.0, share=0.3)
    told = parted_ward_paths(
        parted(entries, census, given_share), futures(entries), np.random.default_rng(2)
    )
    true = waiting[..., DAYS - 1].sum()
    assert abs(told.waiting_now.sum() - true) < 0.2 * true


def test_the_booked_come_in_place_of_the_forecast_on_the_days_of_the_list():
    entries, census, _ = region(7, means=(4.0, 4.0))
    wards = parted(entries, census)
    wards = replace(wards, history=replace(wards.history, law=geometric(4.0)))
    booked = np.full((len(census), 1, 5), np.nan)

    def with_list(first_day, share=1.0):
        listed = booked.copy()
        listed[..., :4] = 0
        listed[..., 0] = first_day
        cause = replace(wards.causes[1], booked=listed, come_share=share)
        both = replace(wards, causes=[wards.causes[0], cause])
        flow = parted_ward_paths(both, futures(entries, 800), np.random.default_rng(3))
        return flow.cause_ahead[1].mean(axis=(0, 1))

    more = with_list(40, 0.5) - with_list(0)
    stays = geometric(4.0).survival[0, 0]
    np.testing.assert_allclose(more, 20 * stays[1 : AHEAD + 1], rtol=0.12, atol=0.2)
    # Days 2 to 4 are on the list and empty: nobody comes; the fifth is forecast again.
    few = with_list(0)
    assert few[3] < few[2] < few[1] < few[0]
    assert few[4] > few[3]


def test_entries_of_the_whole_alone_are_split_and_add_up():
    entries, census, _ = region(8, means=(4.0, 4.0))
    whole = entries.sum(axis=0)
    history = WardHistory(
        census[..., :DAYS], whole[..., :DAYS], whole[..., :DAYS].sum(axis=0), is_split=True
    )
    paths = futures(whole[None], 300)[0]
    told = ward_occupancy_paths(history, paths, np.random.default_rng(1))
    plain = ward_occupancy_paths(replace(history, is_split=False), paths, np.random.default_rng(1))
    np.testing.assert_allclose(told.mean(axis=(0, 1, 3)), plain.mean(axis=(0, 1, 3)), rtol=0.02)
    of_all = [each.sum(axis=0)[0, 0].var() for each in (told, plain)]
    assert of_all[0] < of_all[1], "entries of all together are known: only stays are left to chance"


def test_what_does_not_fit_is_refused():
    entries, census, _ = region(9)
    wards = parted(entries, census)
    with pytest.raises(ValueError, match="need one cause or more"):
        replace(wards, causes=[])
    with pytest.raises(ValueError, match='entries of cause "flu" have shapes'):
        replace(wards, causes=[CauseEntries("flu", entries[0], entries[0])])
    with pytest.raises(ValueError, match="at least 1 day"):
        WaitingPatients(0.5)
    with pytest.raises(ValueError, match="patients who wait have shape"):
        replace(wards, waiting=WaitingPatients(3.0, census[:1]))
    with pytest.raises(ValueError, match="for 2 causes"):
        parted_ward_paths(wards, futures(entries)[:1], np.random.default_rng(1))
    silent = replace(wards, history=replace(wards.history, entries=census[..., :DAYS] * np.nan))
    with pytest.raises(ValueError, match="no ward has enough"):
        parted_ward_paths(silent, futures(entries), np.random.default_rng(1))
