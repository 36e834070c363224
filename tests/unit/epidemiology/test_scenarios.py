"""Scenarios: the same draws with another R, labelled, compared with their baseline."""

import numpy as np
import pytest

from benchmarks.synthetic_epidemics import ADMISSION, GENERATION, epidemics
from vigie.epidemiology.renewal import (
    SCENARIO_LABEL,
    Multiplier,
    fit_renewal,
    scenario_paths,
)


def fitted(**given_arguments):
    counts = np.stack([each.past for each in epidemics(3, 5)])
    return fit_renewal(
        counts,
        first_weekday=0,
        generation=GENERATION,
        admission=ADMISSION,
        horizon_days=28,
        sample_count=200,
        rng=np.random.default_rng(1),
        **given_arguments,
    )


@pytest.fixture(scope="module")
def result():
    return fitted()


def test_no_multiplier_changes_nothing_and_is_like_the_forecast(result):
    found = scenario_paths(result, [], 3)
    assert np.array_equal(found.admissions, found.baseline)
    ahead = result.reproduction_number[:, result.past_days :]
    assert np.allclose(found.reproduction_number, ahead, rtol=1e-5)
    middles = [np.median(each.sum(axis=1), axis=-1) for each in (found.baseline, result.admissions)]
    assert np.allclose(middles[0], middles[1], rtol=0.1)


def test_a_measure_multiplies_the_reproduction_number_on_its_days_only(result):
    found = scenario_paths(result, [Multiplier(5, 10, 0.5), Multiplier(8, 9, 0.5, place=1)], 3)
    ratio = found.reproduction_number / result.unhindered
    assert np.allclose(ratio[0, :4], 1, rtol=1e-5)
    assert np.allclose(ratio[0, 4:10], 0.5, rtol=1e-5)
    assert np.allclose(ratio[1, 7:9], 0.25, rtol=1e-5)
    assert np.allclose(ratio[:, 10:], 1, rtol=1e-5)


def test_a_stronger_measure_gives_fewer_admissions_on_later_days(result):
    totals = [
        scenario_paths(result, [Multiplier(1, 28, factor)], 3).admissions[:, 14:].sum(axis=1)
        for factor in (0.6, 0.8, 1.0, 1.3)
    ]
    middles = [np.mean(each, axis=-1) for each in totals]
    assert (np.diff(np.stack(middles), axis=0) > 0).all()
    # Admissions of the first days were infected before: hardly any change.
    early = scenario_paths(result, [Multiplier(1, 28, 0.6)], 3)
    assert early.admissions[2, 0].mean() == pytest.approx(early.baseline[2, 0].mean(), rel=0.05)


def test_a_scenario_keeps_what_it_was_made_of_and_is_not_a_forecast(result):
    given_multipliers = [Multiplier(1, 7, 0.9)]
    found = scenario_paths(result, given_multipliers, 11)
    assert found.multipliers == tuple(given_multipliers)
    assert found.seed == 11
    assert found.label == SCENARIO_LABEL == "not a forecast"
    again = scenario_paths(result, given_multipliers, 11)
    assert np.array_equal(found.admissions, again.admissions)


def test_nobody_is_infected_twice_where_the_susceptible_are_known():
    few = np.array([2000.0, 20_000.0, 100_000.0])
    result = fitted(susceptible=few)
    found = scenario_paths(result, [Multiplier(1, 28, 3.0)], 3)
    new = found.reproduction_number
    assert (new[:, -1].mean(axis=-1) < 0.5 * 3 * result.unhindered[:, -1].mean(axis=-1)).all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Multiplier(0, 5, 1.0), "days run from 1"),
        (lambda: Multiplier(5, 4, 1.0), "days run from 1"),
        (lambda: Multiplier(1, 4, 0.0), "give above 0"),
        (lambda: Multiplier(1, 4, np.nan), "give above 0"),
    ],
)
def test_a_multiplier_that_cannot_be_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_multiplier_of_no_place_is_refused(result):
    with pytest.raises(ValueError, match="place 9 is not among 0 to 2"):
        scenario_paths(result, [Multiplier(1, 4, 0.5, place=9)], 0)
