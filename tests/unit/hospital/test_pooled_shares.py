"""The pooled forecast of shares: what it learns, what it never does, short and broken input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital import ShareHistory, share_days_needed, share_forecasts, share_quantiles
from vigie.hospital.pooled_shares.features import share_features
from vigie.paths import QUANTILE_LEVELS, wis

MEDIAN = QUANTILE_LEVELS.index(0.5)
DATES = np.datetime64("2021-01-04") + np.arange(900)


def region(seed, days=330, places=8):
    """Shares that fall back to a wave, which follows the patients per bed of two weeks before."""
    rng = np.random.default_rng(seed)
    patients = 0.15 + 0.1 * np.sin(np.arange(days + 14) / 25 + rng.uniform(0, 6))
    usual = rng.uniform(0.2, 0.5, (places, 1))
    share = np.empty((places, days))
    gap = np.zeros(places)
    for day in range(days):
        gap = 0.9 * gap + rng.normal(0, 0.02, places)
        share[:, day] = usual[:, 0] + 1.2 * patients[day] + gap
    beside = np.broadcast_to(patients[14:], share.shape) + rng.normal(0, 0.003, share.shape)
    return ShareHistory(np.clip(share, 0, 1), DATES[:days], (beside,))


def until(history, days):
    return ShareHistory(
        history.share[:, :days],
        history.dates[:days],
        tuple(each[:, :days] for each in history.companions),
    )


def persistence(share, horizon):
    """As the reference defines it, in one line a place."""
    days = share.shape[1]
    told = []
    for row in share:
        changes = [row[day] - row[day - horizon] for day in range(days) if day > days - 91
                   and day >= horizon]  # fmt: skip
        both = np.array(changes + [-each for each in changes])
        told.append(np.clip(row[-1] + np.quantile(both, QUANTILE_LEVELS), 0, 1))
    return np.array(told)


def test_it_is_better_than_persistence_and_as_wide_as_its_misses():
    ours, theirs, inside = 0.0, 0.0, []
    for seed in range(2):
        whole = region(seed)
        days = [240, 261, 282, 303]
        made = share_forecasts(whole, days, [14])[:, :, 0]
        for day, found in zip(days, made, strict=True):
            truth = whole.share[:, day + 14]
            ours += wis(found, truth, QUANTILE_LEVELS).sum()
            theirs += wis(persistence(whole.share[:, : day + 1], 14), truth, QUANTILE_LEVELS).sum()
            inside.append((found[:, 1] <= truth) & (truth <= found[:, -2]))
    assert ours < 0.8 * theirs
    assert 0.85 <= np.mean(inside) <= 1.0


def test_many_origins_at_once_are_the_forecasts_of_histories_cut_there():
    whole = region(3)
    made = share_forecasts(whole, [220, 227, 300], [7, 14])
    for day, each in zip([220, 227, 300], made, strict=True):
        assert np.allclose(each, share_quantiles(until(whole, day + 1), [7, 14]), atol=1e-12)


def test_what_comes_after_an_origin_changes_nothing():
    whole = region(4)
    rng = np.random.default_rng(0)
    share, beside = whole.share.copy(), whole.companions[0].copy()
    share[:, 251:] = rng.uniform(0, 1, share[:, 251:].shape)
    share[2, 260:] = np.nan
    beside[:, 251:] = rng.uniform(0, 1, share[:, 251:].shape)
    other = ShareHistory(share, whole.dates, (beside,))
    assert np.array_equal(
        share_forecasts(whole, [243, 250], [7, 28]), share_forecasts(other, [243, 250], [7, 28])
    )


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(2, 170), size=st.sampled_from([0.01, 0.3, 3]))
def test_quantiles_never_cross_and_stay_within_all_and_nothing(seed, days, size):
    rng = np.random.default_rng(seed)
    share = np.clip(rng.normal(0.4, size, (3, days)), 0, 1)
    share[rng.random(share.shape) < 0.2] = np.nan
    share[:, 0] = [0, 0.5, 1]
    beside = np.where(rng.random(share.shape) < 0.5, np.nan, share)
    found = share_quantiles(ShareHistory(share, DATES[:days], (beside,)), [1, 14])
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=-1) >= -1e-12).all()


def test_places_in_another_order_give_the_same_forecast():
    history = until(region(5), 200)
    order = np.random.default_rng(0).permutation(len(history.share))
    moved = ShareHistory(history.share[order], history.dates, (history.companions[0][order],))
    assert np.allclose(
        share_quantiles(moved, [7]), share_quantiles(history, [7])[order], rtol=1e-6, atol=1e-9
    )


def test_a_companion_that_runs_ahead_helps():
    errors = np.zeros(2)
    for seed in range(2):
        whole = region(seed)
        alone = ShareHistory(whole.share, whole.dates)
        days = [260, 281, 302]
        for at, each in enumerate((whole, alone)):
            made = share_forecasts(each, days, [14])[:, :, 0, MEDIAN]
            errors[at] += np.abs(made - whole.share[:, np.array(days) + 14].T).sum()
    assert errors[0] < errors[1]


@pytest.mark.parametrize("horizon", [7, 28])
def test_a_short_past_gives_persistence(horizon):
    share = region(6).share[:, : share_days_needed(horizon) - 1]
    found = share_quantiles(ShareHistory(share, DATES[: share.shape[1]]), [horizon])[:, 0]
    assert np.allclose(found, persistence(share, horizon), atol=1e-12)
    longer = region(6).share[:, : share_days_needed(horizon)]
    other = share_quantiles(ShareHistory(longer, DATES[: longer.shape[1]]), [horizon])[:, 0]
    assert not np.allclose(other, persistence(longer, horizon), atol=1e-6)


def test_days_before_the_first_share_change_nothing():
    history = until(region(7), 190)
    late = ShareHistory(
        np.pad(history.share, ((0, 0), (30, 0)), constant_values=np.nan),
        history.dates[0] - 30 + np.arange(220),
        (np.pad(history.companions[0], ((0, 0), (30, 0)), constant_values=0.9),),
    )
    assert np.allclose(share_quantiles(late, [7]), share_quantiles(history, [7]), atol=1e-12)


def test_the_longer_ago_a_place_was_heard_of_the_wider_is_its_range():
    whole = region(8)
    share = whole.share[:, :250].copy()
    share[0, -5:] = np.nan
    silent = ShareHistory(share, whole.dates[:250])
    share = share.copy()
    share[0, -5:] = share[0, -6]
    heard = ShareHistory(share, whole.dates[:250])
    widths = [np.ptp(share_quantiles(each, [7])[:, 0, 2:-2], axis=1) for each in (silent, heard)]
    assert widths[0][0] > 1.2 * widths[1][0]
    assert np.allclose(widths[0][1:], widths[1][1:], rtol=0.1)


def test_causes_are_what_their_names_say():
    history = until(region(9), 40)
    found = share_features(history)
    level, day = history.share, 35
    week, month = level[:, 29:36].mean(axis=1), level[:, 8:36].mean(axis=1)
    assert np.allclose(found.causes[:, day, 2], week - level[:, day])
    assert np.allclose(found.causes[:, day, 3], month - level[:, day])
    assert np.allclose(found.causes[:, day, 6], level[:, day] - level[:, day - 1])
    assert np.allclose(found.causes[:, day, 14], level[:, day].mean() - level[:, day])
    weekdays = found.causes[:, :, -14::2]
    assert (weekdays.sum(axis=2) == 1).all()
    assert (weekdays[0, 0] == [1, 0, 0, 0, 0, 0, 0]).all(), "4 January 2021 was a Monday"
    ends = ShareHistory(np.full((1, 40), 0.5), np.datetime64("2021-12-10") + np.arange(40))
    turn = share_features(ends).ahead(7)[0, :, -1]
    dates = ends.dates[turn > 0] + 7
    assert (dates[0], dates[-1]) == (np.datetime64("2021-12-20"), np.datetime64("2022-01-06"))


def test_bad_input_is_named():
    dates = DATES[:9]
    with pytest.raises(ValueError, match=r"give \(place, day\)"):
        ShareHistory(np.ones(9), dates)
    with pytest.raises(ValueError, match="they are parts of 1"):
        ShareHistory(np.full((2, 9), 45.0), dates)
    with pytest.raises(ValueError, match=r"a companion has shape \(2, 8\)"):
        ShareHistory(np.ones((2, 9)), dates, (np.ones((2, 8)),))
    with pytest.raises(ValueError, match="give every day once"):
        ShareHistory(np.ones((2, 9)), DATES[:18:2])
    with pytest.raises(ValueError, match=r"places \[1\] have no value"):
        ShareHistory(np.array([[0.1] * 9, [np.nan] * 9]), dates)
    history = ShareHistory(np.ones((2, 9)), dates)
    with pytest.raises(ValueError, match="days from 1 on"):
        share_quantiles(history, [0])
    with pytest.raises(ValueError, match="no origins"):
        share_forecasts(history, [], [7])
    with pytest.raises(ValueError, match="a value in every place is day 1"):
        share_forecasts(history, [0], [7])
    with pytest.raises(ValueError, match="from day 9 to 9 of 9"):
        share_forecasts(history, [9], [7])
