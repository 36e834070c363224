"""Leading indicators: a true one is found with its lead, a random one is not selected."""

import numpy as np
import pytest

from vigie.epidemiology import leading_indicators

LEAD_DAYS = 10
LEADS = (7, 8, 9, 10, 11, 12, 14, 17)
WEEK = np.array([1.3, 1.2, 1.0, 1.0, 1.0, 0.8, 0.7])


def world(seed, places=8, days=420):
    """Counts that follow a wave, and a signal that shows the same wave 10 days before."""
    rng = np.random.default_rng(seed)
    growth = np.convolve(rng.normal(0, 0.12, days + 60), np.ones(14) / 14, mode="same")
    wave = np.cumsum(np.clip(growth, -0.2, 0.2))
    wave = 1.2 * (wave - wave.mean()) / wave.std()
    size = rng.uniform(10, 60, (places, 1))
    rate = size * np.exp(wave) * WEEK[np.arange(days + 60) % 7]
    counts = rng.poisson(rate)[:, 30 : 30 + days].astype(float)
    shown = np.exp(wave)[30 + LEAD_DAYS : 30 + LEAD_DAYS + days]
    return counts, (shown * np.exp(rng.normal(0, 0.05, days)))[None], rng


def random_signals(rng, counts):
    days = counts.shape[1]
    walk = rng.normal(0, 0.05, days)
    return {
        "noise": np.exp(rng.normal(0, 0.3, days))[None],
        "walk": np.exp(np.cumsum(walk))[None],
        "wave": np.exp(np.cumsum(np.convolve(walk, np.ones(14) / 4, mode="same")))[None],
        "places": np.exp(np.cumsum(rng.normal(0, 0.05, counts.shape), axis=1)),
        "degrees": rng.normal(0, 1, days).cumsum()[None],
    }


def found_leads(seeds):
    """The lead found in each world; fails where anything but the true signal is selected."""
    leads = []
    for seed in seeds:
        counts, shown, rng = world(seed)
        signals = {**random_signals(rng, counts), "true": shown}
        ranked = leading_indicators(counts, signals, horizon=7, leads=LEADS)
        assert [each.signal for each in ranked if each.is_selected] == ["true"], seed
        assert ranked[0].gain > 0.05
        assert ranked[0].stability >= 0.75
        leads.append(ranked[0].lead_days)
    return np.array(leads)


def test_a_signal_that_leads_is_found_with_its_lead_and_random_ones_are_not_selected():
    leads = found_leads(range(200, 204))
    assert (np.abs(leads - LEAD_DAYS) <= 3).all()
    assert abs(np.median(leads) - LEAD_DAYS) <= 1


@pytest.mark.long
def test_in_many_worlds_the_lead_is_right_and_chance_is_not_selected():
    leads = found_leads(range(300, 324))
    assert (np.abs(leads - LEAD_DAYS) <= 3).all()
    assert abs(np.median(leads) - LEAD_DAYS) <= 1


def test_the_past_of_the_counts_themselves_adds_nothing():
    counts, _, _ = world(3)
    total = counts.sum(axis=0, keepdims=True)
    assert not leading_indicators(counts, {"own": total}, horizon=7, leads=(7, 14))[0].is_selected


def test_a_signal_that_is_known_too_shortly_is_not_judged():
    counts, shown, _ = world(3)
    shown[:, :300] = np.nan
    told = leading_indicators(counts, {"young": shown}, horizon=7, leads=LEADS)[0]
    assert (told.gain, told.stability, told.is_selected) == (0.0, 0.0, False)
    silent = np.full((1, counts.shape[1]), np.nan)
    assert not leading_indicators(counts, {"none": silent}, horizon=7, leads=LEADS)[0].is_selected


@pytest.mark.parametrize(
    ("shape", "leads", "message"),
    [
        ((1, 30), (3,), "leads"),
        ((1, 30), (), "leads"),
        ((3, 30), (7,), "signal odd"),
        ((1, 29), (7,), "signal odd"),
    ],
)
def test_signals_and_leads_that_do_not_fit_are_refused(shape, leads, message):
    with pytest.raises(ValueError, match=message):
        leading_indicators(np.ones((2, 30)), {"odd": np.ones(shape)}, horizon=7, leads=leads)
