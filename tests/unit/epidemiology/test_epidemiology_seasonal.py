"""The seasonal regression on waves that come every year at the same time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from vigie.epidemiology import HubRound, SeasonalRules, flat_round, seasonal_round
from vigie.errors import BadData
from vigie.paths import wis

HORIZONS = (0, 1, 2, 3)
PEOPLE = np.geomspace(5e5, 3e7, 12)


def year_after_year(weeks: int, seed: int = 1) -> np.ndarray:
    """(location, week): rates between 1 and 30 per 100,000, the same wave each year, with noise."""
    phase = 2 * np.pi * np.arange(weeks) / 52
    rate = np.exp(1.7 * (1 - np.cos(phase)))
    noise = np.random.default_rng(seed).normal(0, 0.05, size=(len(PEOPLE), weeks))
    return rate * np.exp(noise) * PEOPLE[:, None] / 1e5


def at_week(counts: np.ndarray, last: int) -> HubRound:
    weeks = np.datetime64("2022-02-05") + 7 * np.arange(counts.shape[1])
    end: date = weeks[last].astype(date)
    reference = (weeks[last] + 7).astype(date)
    names = tuple(f"{number:02}" for number in range(len(counts)))
    return HubRound(reference, end, names, weeks[: last + 1], counts[:, : last + 1])


def forecast(given: HubRound) -> np.ndarray:
    return seasonal_round(given, PEOPLE, HORIZONS, np.random.default_rng(1))


@pytest.mark.parametrize("last", [112, 126, 130, 140])
def test_a_wave_seen_before_is_foreseen_on_its_rise_at_its_peak_and_on_its_fall(last: int) -> None:
    counts = year_after_year(160)
    given = at_week(counts, last)
    truth = counts[:, last + 1 : last + 5]
    ours = forecast(given)
    flat = flat_round(given, HORIZONS, np.random.default_rng(1))
    assert wis(ours, truth).sum() < 0.6 * wis(flat, truth).sum()
    assert (np.diff(ours, axis=-1) >= 0).all()
    assert (ours >= 0).all()


def test_without_a_past_season_it_is_the_flat_baseline() -> None:
    given = at_week(year_after_year(160), SeasonalRules().fewest_weeks - 2)
    flat = flat_round(given, HORIZONS, np.random.default_rng(1))
    assert np.array_equal(forecast(given), flat)


def test_places_that_are_silent_do_not_stop_the_others() -> None:
    counts = year_after_year(160)
    counts[3] = np.nan
    counts[5, 120:] = np.nan
    ours = forecast(at_week(counts, 126))
    assert np.isfinite(ours).all()
    rest = [0, 1, 2, 4, *range(6, 12)]
    assert np.median(ours[rest, 0, 11] / counts[rest, 127]) == pytest.approx(1, abs=0.15)


def test_a_past_without_duty_to_report_teaches_nothing() -> None:
    given = at_week(year_after_year(160), 126)
    rules = SeasonalRules(holes=((date(2000, 1, 1), date(2030, 1, 1)),))
    with pytest.raises(BadData, match="can be learnt from"):
        seasonal_round(given, PEOPLE, HORIZONS, np.random.default_rng(1), rules)
