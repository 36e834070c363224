"""Entries beside patients in bed: on their days and places, completed by persistence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from tests.unit.actions.given_figures import AS_OF, rule_of
from vigie.actions.forecasts.bed_entries import entries_beside, entry_measures
from vigie.actions.forecasts.bed_flow_forecasts import has_entries, occupancy_paths
from vigie.actions.forecasts.beside import Beside
from vigie.actions.forecasts.flow_models import forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.hospital import level_paths

CHANCE = Chance(3, AS_OF, 600, 10)
DAYS = 120


def beds(seed: int = 1, places: str = "ABCD") -> tuple[History, History]:
    """Patients in bed of the days up to yesterday, and who came."""
    rng = np.random.default_rng(seed)
    day = np.arange(-40, DAYS)
    level = rng.uniform(4, 12, (len(places), 1, 1)) * np.where(day % 7 < 5, 1.2, 0.5)
    came = rng.poisson(level)
    there, in_bed = np.zeros((len(places), 1), dtype=int), np.zeros(came.shape)
    for at in range(came.shape[2]):
        there = rng.binomial(there + came[:, :, at], 0.75)
        in_bed[:, :, at] = there
    last = np.datetime64(AS_OF - timedelta(days=1), "D")
    dates = last - np.arange(DAYS)[::-1]
    names = (tuple(places), ("icu",), dates)
    of_beds = History("beds", "level", "day", *names, in_bed[:, :, 40:], AS_OF, np.inf)
    of_entries = History("came", "flow", "day", *names, came[:, :, 40:] * 1.0, AS_OF, np.inf)
    return of_beds, of_entries


def with_entries(history: History, entries: History) -> History:
    found = entries_beside(history, entries)
    assert found is not None
    return replace(history, beside=Beside(entries=found))


def test_rules_of_beds_name_the_entries_of_their_need() -> None:
    rules = [
        rule_of("beds", need="beds", capacity="staffed", entries="came"),
        rule_of("beds", need="cots", capacity="staffed", entries=""),
        rule_of("staff", rostered="r", absent="a", occupancy="beds"),
    ]
    assert entry_measures(rules) == {"beds": "came"}


def test_entries_lie_on_the_days_and_places_of_the_patients() -> None:
    history, entries = beds()
    shorter = replace(
        entries,
        places=("D", "B", "X"),
        dates=entries.dates[5:-2],
        values=entries.values[[3, 1, 0], :, 5:-2],
    )
    found = entries_beside(history, shorter)
    assert found is not None
    assert np.isnan(found.values[[0, 2]]).all()
    assert np.isnan(found.values[:, :, :5]).all()
    assert np.isnan(found.values[:, :, -2:]).all()
    np.testing.assert_array_equal(found.values[[3, 1], :, 5:-2], shorter.values[:2])
    both = found.values[[1, 3], :, 5:-2].sum(axis=0)
    np.testing.assert_allclose(found.whole[0, :, 5:-2], both)


def test_entries_that_are_no_daily_flow_are_not_read() -> None:
    history, entries = beds()
    assert entries_beside(history, replace(entries, kind="level")) is None
    assert entries_beside(history, replace(entries, step="week")) is None
    assert entries_beside(history, replace(entries, places=("P", "Q", "R", "S"))) is None


def test_model_applies_where_entries_are_known_and_persistence_stays_the_baseline() -> None:
    history, entries = beds()
    assert [model.name for model in models_of(history)] == ["vigie-persistence"]
    told = with_entries(history, entries)
    assert has_entries(told)
    assert [model.name for model in models_of(told)] == ["vigie-persistence", "vigie-bed-flow"]
    assert not has_entries(replace(told, kind="share"))


def test_wards_without_entries_keep_the_paths_of_persistence() -> None:
    history, entries = beds()
    entries.values[1] = np.nan
    paths = occupancy_paths(with_entries(history, entries), 10, CHANCE)
    as_today = level_paths(history.values, 10, CHANCE.draws())
    np.testing.assert_array_equal(paths[1], as_today[1])
    assert (paths[0] != as_today[0]).any()
    assert (paths == np.rint(paths)).all()
    assert (paths >= 0).all()


def test_beds_that_can_never_be_filled_are_not_filled() -> None:
    history, entries = beds()
    top = float(history.values.max())
    paths = occupancy_paths(with_entries(replace(history, upper=top), entries), 10, CHANCE)
    assert paths.max() == top


def test_entries_that_end_before_the_census_are_forecast_over_more_days() -> None:
    history, entries = beds()
    whole = occupancy_paths(with_entries(history, entries), 10, CHANCE)
    late = replace(entries, dates=entries.dates[:-3], values=entries.values[:, :, :-3])
    found = occupancy_paths(with_entries(history, late), 10, CHANCE)
    assert found.shape == whole.shape
    low, high = np.quantile(whole, [0.02, 0.98], axis=-1)
    middle = np.median(found, axis=-1)
    assert ((middle >= low) & (middle <= high)).mean() > 0.95


def test_days_that_are_only_scored_are_near_to_those_of_today() -> None:
    told = with_entries(*beds())
    model = models_of(told)[1]
    today = forecast_by(model, told, CHANCE)
    scored = forecast_by(model, told, replace(CHANCE, asked=(1, 7)))
    assert scored.values.shape == today.values.shape
    error = np.abs(np.median(scored.values, axis=-1) - np.median(today.values, axis=-1))
    assert error.max() <= 0.15 * history_size(told)


def history_size(history: History) -> float:
    return float(np.nanmean(history.values, axis=-1).max())
