"""The epidemic of the demo region: three waves, the last one rising, calls ahead of admissions."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.demoregion import DemoRegion, Extent, generate_region
from vigie.demoregion.epidemic import (
    GENERATION_INTERVAL_DAYS,
    IMPORTS_PER_MILLION_PER_DAY,
    delay_distribution,
    wave_reproduction_number,
)
from vigie.demoregion.truth import build_truth


def test_reproduction_number_rises_above_one_three_times():
    is_growing = wave_reproduction_number(np.arange(-729.0, 1.0)) > 1.0

    assert int(np.sum(~is_growing[:-1] & is_growing[1:])) == 3


def test_third_wave_is_rising_on_the_last_observed_day(wide_region: DemoRegion):
    truth = wide_region.truth
    end = truth.extent.days
    weekly = truth.epidemic_admissions.sum(axis=1)[end - 28 : end].reshape(4, 7).sum(axis=1)

    assert list(weekly) == sorted(weekly)
    assert weekly[3] > 1.5 * weekly[0]
    assert truth.reproduction_number[end - 1].mean() > 1.0


def test_wave_breaks_within_the_hidden_future(wide_region: DemoRegion):
    truth = wide_region.truth

    assert (truth.reproduction_number[-7:].mean(axis=0) < 1.0).all()


def test_calls_run_ahead_of_admissions(wide_region: DemoRegion):
    truth = wide_region.truth
    days = truth.extent.days
    kernel = np.ones(7) / 7
    calls = np.convolve(truth.calls[days - 60 : days].sum(axis=1), kernel, mode="valid")
    admitted = np.convolve(
        truth.epidemic_admissions[days - 60 : days + 28].sum(axis=1), kernel, mode="valid"
    )
    fits = [np.corrcoef(calls, admitted[lag : lag + calls.size])[0, 1] for lag in range(15)]

    assert 2 <= int(np.argmax(fits)) <= 9


@given(st.floats(2.0, 10.0), st.floats(0.2, 0.6))
def test_delay_distribution_has_the_mean_asked_for(mean_days: float, variation: float):
    probabilities = delay_distribution(mean_days, variation * mean_days, 80)

    assert probabilities.sum() == pytest.approx(1.0)
    assert probabilities @ np.arange(80) == pytest.approx(mean_days, abs=0.05)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_same_seed_gives_the_same_region_and_another_seed_another(seed: int):
    extent = Extent(2, 20, date(2020, 11, 8), future_days=3)
    first, again, other = (
        build_truth(np.random.default_rng(each), extent) for each in (seed, seed, seed + 1)
    )

    assert np.array_equal(first.occupancy, again.occupancy)
    assert np.array_equal(first.supplies.stock_on_hand, again.supplies.stock_on_hand)
    assert not np.array_equal(first.supplies.demand, other.supplies.demand)


@pytest.mark.parametrize(("count", "days"), [(0, 60), (401, 60), (3, 13)])
def test_region_that_cannot_be_is_refused(count: int, days: int):
    with pytest.raises(ValueError, match="use"):
        generate_region(np.random.default_rng(1), Extent(count, days, date(2020, 11, 8)))


@settings(max_examples=6, deadline=None)
@given(hospital_count=st.integers(1, 7), days=st.integers(14, 25), seed=st.integers(0, 999))
def test_any_size_can_be_made(hospital_count: int, days: int, seed: int):
    region = generate_region(
        np.random.default_rng(seed), Extent(hospital_count, days, date(2021, 3, 2), future_days=0)
    )

    assert len(region.truth.geography.sites) == hospital_count
    assert all(report.table.num_rows for report in region.reports)


def test_reproduction_number_of_the_nation_makes_the_next_infections_of_all_regions(
    wide_region: DemoRegion,
):
    truth = wide_region.truth
    infections = truth.infection_incidence.sum(axis=1).astype(float)
    interval = delay_distribution(*GENERATION_INTERVAL_DAYS, 18)
    interval[0] = 0.0
    interval /= interval.sum()
    days = range(60, truth.extent.length)
    infectious = [sum(interval[s] * infections[day - s] for s in range(1, 18)) for day in days]
    expected = truth.nation_reproduction_number[60:] * infectious
    imported = IMPORTS_PER_MILLION_PER_DAY * truth.geography.populations.sum() / 1e6

    assert np.corrcoef(expected, infections[60:])[0, 1] > 0.98
    assert infections[60:].sum() == pytest.approx(expected.sum() + imported * len(days), rel=0.02)
    between = truth.reproduction_number[60:]
    nation = truth.nation_reproduction_number[60:]
    assert (between.min(axis=1) <= nation).all()
    assert (nation <= between.max(axis=1)).all()
