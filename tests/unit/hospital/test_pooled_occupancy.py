"""The pooled occupancy forecast: what it learns, what it never does, and short or broken input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital import OccupancyHistory, continued_flow, occupancy_quantiles
from vigie.paths import QUANTILE_LEVELS, wis

MEDIAN = QUANTILE_LEVELS.index(0.5)


def wave(seed, days=120, places=12):
    """Stays of 12 days on admissions that rise and fall; all four series of it."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.3, 3, (places, 1))
    rate = size * 4 * np.exp(1.3 * np.sin(np.arange(days) / 18 + rng.uniform(0, 6)))
    came = rng.poisson(rate)
    icu, beds = np.zeros((2, places, days))
    for lag in range(40):
        stay = 0.92**lag
        icu[:, lag:] += came[:, : days - lag] * stay
        beds[:, lag:] += 3 * came[:, : days - lag] * 0.95**lag
    return OccupancyHistory(
        np.round(icu), came.astype(float), np.round(beds), rng.poisson(3 * rate).astype(float)
    )


def until(history, day):
    return OccupancyHistory(
        *(None if each is None else each[:, :day] for each in (
            history.occupancy, history.admissions, history.hospital_occupancy,
            history.hospital_admissions,
        ))
    )  # fmt: skip


def persistence(history, horizon):
    level = history.occupancy
    changes = level[:, horizon:] - level[:, :-horizon]
    both = np.concatenate([changes, -changes], axis=1)
    return np.maximum(level[:, -1:] + np.quantile(both, QUANTILE_LEVELS, axis=1).T, 0)


def test_it_is_better_than_persistence_on_waves_it_has_not_seen():
    ours, theirs, inside = 0.0, 0.0, []
    for seed in range(4):
        whole = wave(seed)
        for day in (80, 95, 105):
            known, truth = until(whole, day), whole.occupancy[:, day + 6]
            found = occupancy_quantiles(known, [7])[:, 0]
            ours += wis(found, truth, QUANTILE_LEVELS).sum()
            theirs += wis(persistence(known, 7), truth, QUANTILE_LEVELS).sum()
            inside.append((found[:, 1] <= truth) & (truth <= found[:, -2]))
    assert ours < 0.6 * theirs
    assert np.mean(inside) >= 0.85


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(2, 90))
def test_quantiles_never_cross_nor_fall_below_nothing(seed, days):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.uniform(0, 9, (4, 1)), (4, days)).astype(float)
    counts[rng.random(counts.shape) < 0.2] = np.nan
    counts[0, 0] = 3
    found = occupancy_quantiles(OccupancyHistory(counts), [1, 14])
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (np.diff(found, axis=-1) >= -1e-9).all()


def test_places_in_another_order_give_the_same_forecast():
    history = until(wave(5), 100)
    order = np.random.default_rng(0).permutation(len(history.occupancy))
    moved = OccupancyHistory(*(each[order] for each in (
        history.occupancy, history.admissions, history.hospital_occupancy,
        history.hospital_admissions,
    )))  # fmt: skip
    assert np.allclose(
        occupancy_quantiles(moved, [7]), occupancy_quantiles(history, [7])[order], rtol=1e-6
    )


def test_admissions_help():
    whole = wave(9)
    errors = []
    for known in (until(whole, 100), OccupancyHistory(whole.occupancy[:, :100])):
        median = occupancy_quantiles(known, [7])[:, 0, MEDIAN]
        errors.append(np.abs(median - whole.occupancy[:, 106]).sum())
    assert errors[0] < errors[1]


def test_a_short_past_gives_persistence_with_room():
    history = until(wave(2), 20)
    found = occupancy_quantiles(history, [14])[:, 0]
    assert np.allclose(found[:, MEDIAN], history.occupancy[:, -1], atol=1e-9)
    assert (found[:, -1] > found[:, 0]).all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="with counts"):
        OccupancyHistory(np.full((2, 9), np.nan))
    with pytest.raises(ValueError, match=r"a signal has shape \(2, 8\)"):
        OccupancyHistory(np.ones((2, 9)), np.ones((2, 8)))
    with pytest.raises(ValueError, match="days from 1 on"):
        occupancy_quantiles(OccupancyHistory(np.ones((2, 9))), [0])
    with pytest.raises(ValueError, match="tells of no change"):
        occupancy_quantiles(OccupancyHistory(np.ones((2, 1))), [7])


def test_a_flow_in_balance_goes_on_and_one_that_grows_rises():
    level = np.full(40, 80.0)
    assert continued_flow(level, np.full(40, 10.0), 14) == pytest.approx(80, rel=0.01)
    growing = 10 * np.exp(0.05 * np.arange(40))
    inside = np.array([growing[max(0, day - 7) : day + 1].sum() for day in range(40)])
    assert continued_flow(inside, growing, 7) > 1.2 * inside[-1]
    with pytest.raises(ValueError, match="15 or more"):
        continued_flow(np.ones(9), np.ones(9), 7)
