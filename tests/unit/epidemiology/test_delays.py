"""Delays: whole days exactly as by brute force, fits that find the truth, sources for all."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vigie.epidemiology.delays import (
    FEWEST_PAIRS,
    LARGEST_TAIL,
    PUBLISHED_DELAYS,
    Delay,
    DelayFamily,
    added_days,
    added_delay,
    day_probabilities,
    delay_design,
    fit_delay,
    generation_probabilities,
    given_probabilities,
    published_delay,
)

FAMILIES = list(DelayFamily)
means, shares = st.floats(0.3, 30.0), st.floats(0.15, 1.5)


def law(delay):
    """The same law by scipy.stats."""
    first, second = delay.parameters
    if delay.family is DelayFamily.GAMMA:
        return stats.gamma(first, scale=second)
    return stats.lognorm(second, scale=np.exp(first))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, deadline=None)
@given(mean=means, share=shares)
def test_days_are_those_of_a_first_event_anywhere_in_its_day(family, mean, share):
    delay = Delay(family, mean, mean * share)
    days = int(3 * mean + 3 * delay.sd_days) + 2
    found = day_probabilities(delay, days)
    hours = (np.arange(4000) + 0.5) / 4000
    at_most = law(delay).cdf(np.arange(days)[:, None] + 1 - hours).mean(axis=1)
    assert found.tail == pytest.approx(1 - at_most[-1], abs=1e-6)
    expected = np.diff(at_most, prepend=0) / at_most[-1]
    assert np.allclose(found.probability, expected, atol=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=30, deadline=None)
@given(mean=means, share=shares)
def test_the_law_has_the_mean_and_spread_it_was_given(family, mean, share):
    delay = Delay(family, mean, mean * share)
    assert law(delay).mean() == pytest.approx(mean)
    assert law(delay).std() == pytest.approx(mean * share)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=30, deadline=None)
@given(mean=means, share=st.floats(0.15, 1.0))
def test_probabilities_of_days_add_up_to_1_and_leave_a_small_tail(family, mean, share):
    found = day_probabilities(Delay(family, mean, mean * share))
    assert found.probability.sum() == pytest.approx(1)
    assert (found.probability >= 0).all()
    assert not found.is_cut
    assert found.mean_days == pytest.approx(mean, rel=0.05, abs=0.05)


def test_a_last_day_chosen_too_early_is_told():
    cut = day_probabilities(Delay(DelayFamily.GAMMA, 9.0, 4.5), 15)
    assert cut.is_cut
    assert cut.tail > LARGEST_TAIL
    assert not day_probabilities(Delay(DelayFamily.GAMMA, 9.0, 4.5), 40).is_cut


def test_nobody_infects_on_the_day_of_infection():
    delay = Delay(DelayFamily.GAMMA, 1.5, 1.0)
    plain, found = day_probabilities(delay), generation_probabilities(delay)
    assert plain.probability[0] > 0
    assert found.probability[0] == 0
    assert np.allclose(found.probability[1:], plain.probability[1:] / (1 - plain.probability[0]))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Delay(DelayFamily.GAMMA, 0.0, 1.0), "mean_days is 0"),
        (lambda: Delay(DelayFamily.GAMMA, np.nan, 1.0), "mean_days is nan"),
        (lambda: Delay(DelayFamily.GAMMA, 1.0, np.inf), "sd_days is inf"),
        (lambda: Delay(DelayFamily.GAMMA, 1.0, 1.0, -1.0), "mean_sd_days is -1"),
        (lambda: day_probabilities(Delay(DelayFamily.GAMMA, 5.0, 2.0), 0), "give 1 to 400"),
        (lambda: day_probabilities(Delay(DelayFamily.GAMMA, 50.0, 2.0), 10), "keep more days"),
        (lambda: day_probabilities(Delay(DelayFamily.GAMMA, 399.0, 90.0)), "beyond 400 days"),
        (lambda: generation_probabilities(Delay(DelayFamily.GAMMA, 0.01, 0.01), 9), "longer inter"),
        (lambda: given_probabilities(np.array([0.5, 0.4])), "add up to 0.9"),
        (lambda: given_probabilities(np.array([1.5, -0.5])), "missing or negative"),
        (lambda: given_probabilities(np.array([])), "give 1 to 400"),
        (lambda: published_delay("plague"), "there are: covid-19"),
    ],
)
def test_a_delay_that_cannot_be_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_design_keeps_mean_and_spread_of_what_is_not_known():
    design = delay_design(Delay(DelayFamily.GAMMA, 5.0, 2.0, 0.5, 0.2))
    weights = np.array([weight for weight, _ in design])
    first = np.array([each.mean_days for _, each in design])
    second = np.array([each.sd_days for _, each in design])
    assert len(design) == 9
    assert weights.sum() == pytest.approx(1)
    assert weights @ first == pytest.approx(5.0)
    assert np.sqrt(weights @ (first - 5) ** 2) == pytest.approx(0.5)
    assert np.sqrt(weights @ (second - 2) ** 2) == pytest.approx(0.2)
    assert not any(each.is_uncertain for _, each in design)
    assert len(delay_design(Delay(DelayFamily.GAMMA, 5.0, 2.0))) == 1


def line_list(delay, pairs, rng, last_day=40.0, growth=0.12):
    """Pairs of days in a growing epidemic, as seen on its last day."""
    first = last_day + np.log(rng.random(8 * pairs)) / growth
    second = first + law(delay).rvs(8 * pairs, random_state=rng)
    seen = (first > 0) & (second < last_day)
    begun = np.floor(first[seen]).astype(int)
    return (np.floor(second[seen]).astype(int) - begun)[:pairs], (int(last_day) - 1 - begun)[:pairs]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_fit_finds_the_truth_although_late_second_events_are_missing(family):
    truth = Delay(family, 7.0, 3.5)
    delays, seen = line_list(truth, 3000, np.random.default_rng(3))
    found = fit_delay(delays, seen, family, "made up")
    assert delays.mean() < 6.0  # the naive mean is far too short
    assert abs(found.mean_days - 7.0) < 3 * found.mean_sd_days
    assert abs(found.sd_days - 3.5) < 3 * found.sd_sd_days
    assert found.mean_sd_days < 0.6
    assert found.source == "made up"


def test_intervals_of_a_fit_hold_the_truth_as_often_as_they_say():
    truth, inside = Delay(DelayFamily.GAMMA, 4.0, 2.0), 0
    for seed in range(40):
        delays, seen = line_list(truth, 200, np.random.default_rng(seed))
        found = fit_delay(delays, seen, DelayFamily.GAMMA)
        inside += abs(found.mean_days - 4.0) < 1.645 * found.mean_sd_days
    assert 30 <= inside <= 40


@pytest.mark.parametrize(
    ("delays", "seen", "message"),
    [
        (np.arange(5), np.full(5, 9), f"at least {FEWEST_PAIRS}"),
        (np.arange(30) - 1, np.full(30, 99), "negative or above 399 days, the first in row 0"),
        (np.arange(30), np.full(30, 20), "after the day the list was made, the first in row 21"),
        (np.full(30, 3), np.full(30, 20), "all delays are equal"),
        (np.arange(30), np.full(29, 20), "differ"),
        (np.repeat([0, 1, 2], 10), np.repeat([0, 1, 2], 10), "do not tell how long"),
    ],
)
def test_a_line_list_that_tells_nothing_is_refused(delays, seen, message):
    with pytest.raises(ValueError, match=message):
        fit_delay(delays, seen, DelayFamily.GAMMA)


@pytest.mark.parametrize("name", PUBLISHED_DELAYS)
def test_a_published_delay_names_its_source_and_can_be_used(name):
    delay = published_delay(name)
    assert re.search(r"and others, .*\b(19|20)\d\d\b", delay.source)
    assert not day_probabilities(delay).is_cut
    assert generation_probabilities(delay).probability.sum() == pytest.approx(1)


def test_published_medians_are_those_of_their_sources():
    assert law(published_delay("covid-19 incubation, 2020")).median() == pytest.approx(5.1)
    assert law(published_delay("influenza a incubation")).median() == pytest.approx(1.4)


def test_two_stages_add_up():
    first = Delay(DelayFamily.LOG_NORMAL, 5.0, 2.0, 0.3, 0.1, "one")
    second = Delay(DelayFamily.GAMMA, 4.0, 3.0, 0.4, 0.2, "two")
    both = added_delay(first, second)
    assert both.mean_days == pytest.approx(9.0)
    assert both.sd_days == pytest.approx(np.hypot(2, 3))
    assert both.mean_sd_days == pytest.approx(0.5)
    assert both.source == "one; then two"
    days = added_days(day_probabilities(first), day_probabilities(second))
    assert days.probability.sum() == pytest.approx(1)
    assert days.mean_days == pytest.approx(9.0, rel=0.01)
