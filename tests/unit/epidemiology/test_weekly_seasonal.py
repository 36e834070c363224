"""The seasonal regression on waves that come every year at the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from vigie.epidemiology.weekly import (
    HubRound,
    WeeklyRules,
    flat_round,
    weekly_draft,
    weekly_quantiles,
)
from vigie.errors import BadData
from vigie.paths import wis

HORIZONS = (0, 1, 2, 3)
RULES = WeeklyRules(weights={"seasonal": 1.0})
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
    draft = weekly_draft(given, PEOPLE, HORIZONS, np.random.default_rng(1), RULES)
    return weekly_quantiles(draft, given, [], RULES)


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
    given = at_week(year_after_year(160), RULES.fewest_weeks["seasonal"] - 2)
    flat = flat_round(given, HORIZONS, np.random.default_rng(1))
    draft = weekly_draft(given, PEOPLE, HORIZONS, np.random.default_rng(1), RULES)
    assert draft.scale.counts(draft.levels) == pytest.approx(flat, rel=1e-6, abs=1e-6)


def test_places_that_are_silent_do_not_stop_the_others() -> None:
    counts = year_after_year(160)
    counts[3] = np.nan
    counts[5, 120:] = np.nan
    ours = forecast(at_week(counts, 126))
    assert np.isfinite(ours).all()
    rest = [0, 1, 2, 4, *range(6, 12)]
    assert np.median(ours[rest, 0, 11] / counts[rest, 127]) == pytest.approx(1, abs=0.15)


def test_weeks_without_a_duty_to_report_teach_nothing() -> None:
    given = at_week(year_after_year(160), 126)
    season = (given.weeks[73].astype(date), given.weeks[82].astype(date))
    rules = replace(RULES, holes=(season,))
    spoilt = given.counts.copy()
    spoilt[:, 75:79] *= 40
    draft = weekly_draft(
        replace(given, counts=spoilt), PEOPLE, HORIZONS, np.random.default_rng(1), rules
    )
    median = weekly_quantiles(draft, given, [], rules)[:, 0, 11]
    assert np.median(median / year_after_year(160)[:, 127]) == pytest.approx(1, abs=0.2)


def test_too_few_weeks_to_learn_from_are_said() -> None:
    given = at_week(year_after_year(160), 126)
    rules = replace(
        RULES, holes=((date(2000, 1, 1), date(2030, 1, 1)),), fewest_weeks={"seasonal": 0}
    )
    with pytest.raises(BadData, match="can be learnt from"):
        weekly_draft(given, PEOPLE, HORIZONS, np.random.default_rng(1), rules)
