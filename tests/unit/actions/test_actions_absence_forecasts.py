"""Absence of staff as a model: rosters and the epidemic beside it, and its paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.actions.given_figures import AS_OF, rule_of
from vigie.actions.forecasts.absence_forecasts import absent_paths, has_rosters, rosters_ahead
from vigie.actions.forecasts.bed_flow_forecasts import whole_paths
from vigie.actions.forecasts.flow_models import baseline_of, model_without_scores, models_of
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.actions.forecasts.staff_beside import roster_measures, staff_beside
from vigie.actions.rooms.room import EpidemicRule
from vigie.hospital import level_paths
from vigie.paths import covered_share

CHANCE = Chance(3, AS_OF, 300, 10)
DAYS, AHEAD = 150, 10
RULE = EpidemicRule("sick")
MEMBERS = {"N": tuple("ABCDEF"), "R1": tuple("ABC"), "R2": tuple("DEF")}


def of(measure: str, kind: str, values: np.ndarray, category: str = "nurse") -> History:
    dates = np.datetime64(AS_OF, "D") - np.arange(values.shape[2])[::-1]
    return History(measure, kind, "day", tuple("ABCDEF"), (category,), dates, values, AS_OF, np.inf)


def figures(wave: float = 0.0, seed: int = 1) -> tuple[History, History, History, np.ndarray]:
    """Absent, rostered, the sick of the days up to AS_OF, and who is absent afterwards."""
    rng = np.random.default_rng(seed)
    day = np.arange(DAYS + AHEAD)
    sick = rng.poisson(4 + 12 * np.exp(-(((day - DAYS) / 25) ** 2)), (6, 1, day.size))
    level = np.convolve(
        np.pad(sick.mean(axis=(0, 1)), (6, 0), mode="edge"), np.ones(7) / 7, "valid"
    )
    roster = np.broadcast_to(np.where(day % 7 < 5, 20, 12), (6, 1, day.size)).astype(float)
    share = 1 / (1 + np.exp(2.5 - wave * np.log1p(level)))
    away = rng.binomial(roster.astype(int), share).astype(float)
    histories = of("away", "level", away[..., :DAYS]), of("roster", "level", roster[..., :DAYS])
    return *histories, of("sick", "flow", sick[..., :DAYS] * 1.0, ""), away[..., DAYS:]


def dressed(away: History, roster: History, sick: History | None = None) -> History:
    known = {} if sick is None else {"sick": sick}
    staff = staff_beside(away, roster, AHEAD + 14, [RULE], known, MEMBERS)
    return replace(away, beside=replace(away.beside, staff=staff))


def test_rules_of_staff_name_the_roster_of_their_absent() -> None:
    rules = [
        rule_of("beds", need="beds", capacity="staffed"),
        rule_of("staff", rostered="roster", absent="away", occupancy="beds"),
    ]
    assert roster_measures(rules) == {"away": "roster"}


def test_rosters_told_for_days_ahead_and_the_epidemic_of_the_region_stand_beside() -> None:
    away, roster, sick, _ = figures()
    earlier = replace(away, dates=away.dates[:-2], values=away.values[..., :-2])
    staff = dressed(earlier, roster, sick).beside.staff
    assert staff is not None
    assert staff.epidemic is not None
    assert staff.around is not None
    np.testing.assert_array_equal(staff.rostered[..., :DAYS], roster.values)
    assert np.isnan(staff.rostered[..., DAYS:]).all()
    np.testing.assert_allclose(staff.epidemic[0], sick.values[:3, 0, :-2].sum(axis=0))
    assert staff.around.tolist() == [0, 0, 0, 1, 1, 1]


def test_what_is_not_reported_by_day_stands_beside_nothing() -> None:
    away, roster, sick, _ = figures()
    assert staff_beside(replace(away, step="week"), roster, 9, [], {}, {}) is None
    assert staff_beside(away, replace(roster, step="week"), 9, [], {}, {}) is None
    weekly = dressed(away, roster, replace(sick, step="week")).beside.staff
    silent = replace(sick, values=np.full_like(sick.values, np.nan))
    assert weekly is not None
    assert weekly.epidemic is None
    assert dressed(away, roster, silent).beside.staff.epidemic is None  # type: ignore[union-attr]


def test_model_applies_where_rosters_are_known_and_persistence_stays_the_baseline() -> None:
    away, roster, _, _ = figures()
    told = dressed(away, roster)
    assert [model.name for model in models_of(told)] == ["vigie-persistence", "vigie-absence"]
    assert baseline_of(told).name == "vigie-persistence"
    assert model_without_scores(told).name == "vigie-absence"
    assert model_without_scores(away).name == "vigie-persistence"
    never = replace(roster, values=np.where(np.isnan(away.values), 20.0, np.nan))
    assert not has_rosters(dressed(away, never))


def test_ranges_hold_what_comes_and_weekdays_are_known() -> None:
    held, weekend = [], []
    for seed in range(4):
        away, roster, sick, came = figures(0.5, seed)
        paths = absent_paths(dressed(away, roster, sick), AHEAD, CHANCE)
        assert (paths == np.rint(paths)).all()
        assert (paths >= 0).all()
        below, upto = (paths < came[..., None]), (paths <= came[..., None])
        held.append(covered_share(below.mean(axis=-1).ravel(), upto.mean(axis=-1).ravel(), 0.8))
        is_short = np.arange(DAYS, DAYS + AHEAD) % 7 >= 5
        weekend.append(paths[:, :, is_short].mean() / paths[:, :, ~is_short].mean())
    assert 0.7 <= np.mean(held) <= 0.9
    assert np.mean(weekend) == pytest.approx(12 / 20, rel=0.1)


def test_a_future_with_more_of_the_epidemic_has_more_absent() -> None:
    told = dressed(*figures(1.0)[:3])
    staff = told.beside.staff
    assert staff is not None
    assert staff.epidemic is not None
    sick = whole_paths(staff.epidemic[None], AHEAD, CHANCE)
    absent = absent_paths(told, AHEAD, CHANCE)
    at = np.arange(CHANCE.sample_count) % sick.shape[-1]
    pressure, away = sick[:, -4:].sum(axis=(0, 1))[at], absent[:, :, -4:].sum(axis=(0, 1, 2))
    assert np.corrcoef(pressure, away)[0, 1] > 0.25


def test_a_roster_told_for_a_day_ahead_stands_in_every_future() -> None:
    away, roster, _, _ = figures()
    earlier = replace(away, dates=away.dates[:-3], values=away.values[..., :-3])
    roster.values[:, :, -3:] = [[[0.0, 1.0, 20.0]]]
    told = dressed(earlier, roster)
    assert (rosters_ahead(told, AHEAD, CHANCE)[:, :, :3] == [[[[0], [1], [20]]]]).all()
    paths = absent_paths(told, AHEAD, CHANCE)
    assert (paths[:, :, 0] == 0).all()
    assert set(np.unique(paths[:, :, 1])) == {0, 1}


def test_series_without_a_roster_keep_the_paths_of_persistence() -> None:
    away, roster, _, _ = figures()
    roster.values[1] = np.nan
    paths = absent_paths(dressed(away, roster), AHEAD, CHANCE)
    as_today = level_paths(away.values, AHEAD, CHANCE.draws())
    np.testing.assert_array_equal(paths[1], as_today[1])
    assert (paths[0] != as_today[0]).any()


def test_more_absent_than_rostered_counts_as_all_absent() -> None:
    away, roster, _, _ = figures()
    away.values[:, :, -20:] = 50.0
    told = dressed(away, roster)
    assert (absent_paths(told, AHEAD, CHANCE) <= rosters_ahead(told, AHEAD, CHANCE)).all()


def test_days_that_are_only_scored_are_as_those_of_today() -> None:
    told = dressed(*figures(0.5)[:3])
    whole = absent_paths(told, AHEAD, CHANCE)
    asked = absent_paths(told, AHEAD, replace(CHANCE, asked=(1, 7)))
    np.testing.assert_allclose(asked[:, :, [0, 6]].mean(), whole[:, :, [0, 6]].mean(), rtol=0.05)


def test_the_same_chance_gives_the_same_absence() -> None:
    told = dressed(*figures()[:3])
    one, two = (absent_paths(told, AHEAD, CHANCE) for _ in range(2))
    np.testing.assert_array_equal(one, two)
