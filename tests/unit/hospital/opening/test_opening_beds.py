"""How planned beds follow patients: learnt from the past, drawn ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.opening import (
    OpeningHistory,
    Plans,
    WardRules,
    fit_opening,
    followed,
    planned_paths,
)
from vigie.paths import FloatArray

PLACES, DAYS = 20, 180
RULES = WardRules(*(np.array([v]) for v in (3.0, 0.2, 4.0, 0.03, 0.01, 0.7)))


def patients(days: int = DAYS, seed: int = 1) -> FloatArray:
    """(place, 1, day), two waves on a steady level."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(10, 40, (PLACES, 1, 1))
    shape = 1 + 0.7 * np.sin(np.arange(days) / 25 + rng.uniform(0, 1, (PLACES, 1, 1)))
    return rng.poisson(size * shape).astype(float)


def in_bays(occupancy: FloatArray) -> FloatArray:
    """Beds by a rule of another family: bays of four open at 90 %, close after ten quiet days."""
    beds = np.empty_like(occupancy)
    now = np.ceil(occupancy[:, :, 0] / 0.8)
    quiet = np.zeros(now.shape)
    for day in range(occupancy.shape[2]):
        recent = occupancy[:, :, max(0, day - 3) : day + 1].mean(axis=2)
        is_full, is_calm = recent > 0.9 * now, recent < 0.65 * now
        quiet = np.where(is_calm, quiet + 1, 0)
        now = now + 4 * is_full - 4 * ((quiet >= 10) & ~is_full)
        quiet = np.where(quiet >= 10, 0, quiet)
        beds[:, :, day] = now
    return beds


def slowly(
    rules: WardRules, level: float, recent: float, ceiling: float, path: list[float]
) -> list[float]:
    """The rule for one ward in plain numbers."""
    slack, spare, memory, up, down, speed = (float(each[0]) for each in rules.arrays())
    told = []
    for here in path:
        wanted = max(recent * (1 + spare), recent + slack * recent**0.5)
        wanted = min(max(wanted, 2.0), ceiling)
        step = min(max(speed * (wanted - level), -down * ceiling), up * ceiling)
        level += step
        told.append(level)
        recent += (here - recent) / memory
    return told


PATH = st.lists(st.floats(0, 60), min_size=10, max_size=10)


@given(PATH, st.floats(2, 40), st.floats(0, 40))
def test_the_fast_rule_is_the_plain_one(path: list[float], level: float, recent: float) -> None:
    plans = Plans(*(np.array([[each]]) for each in (level, recent, 2.0, 50.0)))

    told = [float(each[0, 0]) for each in followed(RULES, plans, np.array(path)[:, None, None])]

    assert told == pytest.approx(slowly(RULES, level, recent, 50.0, path))


@given(PATH, st.lists(st.floats(0, 20), min_size=10, max_size=10))
def test_more_patients_never_bring_fewer_planned_beds(path: list[float], more: list[float]) -> None:
    plans = Plans(*(np.array([[each]]) for each in (20.0, 15.0, 2.0, 50.0)))
    few, many = (
        np.array([np.array(each) for each in followed(RULES, plans, each[:, None, None])])
        for each in (np.array(path), np.array(path) + np.array(more))
    )

    assert (many >= few - 1e-9).all()


def test_beds_opened_by_another_rule_are_followed_better_than_held() -> None:
    occupancy = patients(330)
    beds = in_bays(occupancy)
    ceiling = np.full((PLACES, 1), 120.0)
    missed, held, inside = [], [], []
    for day in range(DAYS, 311, 26):
        past, ahead = slice(day - DAYS, day), slice(day, day + 14)
        law = fit_opening(OpeningHistory(occupancy[:, :, past], beds[:, :, past], ceiling))
        came = np.repeat(occupancy[:, :, ahead, None], 200, axis=3).astype(np.float32)
        paths, truth = planned_paths(law, came, np.random.default_rng(0)), beds[:, :, ahead]
        missed.append(np.abs(np.median(paths, axis=3) - truth)[:, :, 13].mean())
        held.append(np.abs(beds[:, :, day - 1, None] - truth)[:, :, 13].mean())
        low, high = np.quantile(paths, [0.1, 0.9], axis=3)
        inside.append(((truth >= low) & (truth <= high)).mean())

    assert np.mean(missed) < 0.7 * np.mean(held)
    assert 0.74 < np.mean(inside) < 0.95


def test_planned_beds_are_whole_and_within_what_can_be_opened() -> None:
    occupancy = patients()
    ceiling = np.full((PLACES, 1), 45.0)
    law = fit_opening(OpeningHistory(occupancy, np.minimum(in_bays(occupancy), 45), ceiling))

    paths = planned_paths(
        law, np.full((PLACES, 1, 30, 50), 80, dtype=np.float32), np.random.default_rng(0)
    )

    assert ((paths >= 0) & (paths <= 45) & (paths == np.round(paths))).all()
    assert paths[..., -1, :].mean() > 40, "the need is far above: nearly all are opened"


def test_plans_that_never_moved_are_held() -> None:
    beds = np.full((PLACES, 1, DAYS), 30.0)

    law = fit_opening(OpeningHistory(patients(), beds, np.full((PLACES, 1), 60.0)))
    paths = planned_paths(
        law, np.full((PLACES, 1, 7, 5), 55, dtype=np.float32), np.random.default_rng(0)
    )

    assert not law.follows.any()
    assert (paths == 30).all()


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 40))
def test_a_short_history_holds_the_beds_of_today(days: int) -> None:
    occupancy = patients(days)
    beds = in_bays(occupancy)

    law = fit_opening(OpeningHistory(occupancy, beds, np.full((PLACES, 1), np.nan)))
    paths = planned_paths(
        law, np.full((PLACES, 1, 7, 5), 90, dtype=np.float32), np.random.default_rng(0)
    )

    assert not law.follows.any()
    assert (paths == beds[:, :, -1:, None]).all()


def test_a_day_on_which_absence_closed_beds_does_not_hide_the_plan() -> None:
    staffed = np.array([[[30.0, 30, 22, 31, 31]]])
    run = np.array([[[40.0, 36, 22, 38, 31]]])

    found = OpeningHistory(staffed, staffed, np.array([[40.0]]), run).planned()

    assert found.ravel().tolist() == [30, 30, 30, 31, 31]


def test_ratios_stricter_than_practice_count_as_a_change_against_what_was_seen() -> None:
    staffed = np.full((1, 1, 30), 24.0)

    scale = OpeningHistory(
        staffed, staffed, np.array([[40.0]]), np.full((1, 1, 30), 12.0)
    ).run_scale()

    assert scale.tolist() == [[2.0]]


def test_a_ward_that_was_never_counted_is_unknown() -> None:
    never = np.full((1, 2, 30), np.nan)
    never[0, 0] = 5.0
    history = OpeningHistory(never, never, np.full((1, 2), np.nan))

    assert history.is_known().tolist() == [[True, False]]
    assert np.isfinite(fit_opening(history).now.planned).all()


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match="give equal ones"):
        OpeningHistory(np.ones((1, 1, 3)), np.ones((1, 1, 4)), np.ones((1, 1)))
    with pytest.raises(ValueError, match="open_beds has shape"):
        OpeningHistory(np.ones((1, 1, 3)), np.ones((1, 1, 3)), np.ones((1, 2)))
    law = fit_opening(OpeningHistory(np.ones((1, 1, 3)), np.ones((1, 1, 3)), np.ones((1, 1))))
    with pytest.raises(ValueError, match="occupancy has shape"):
        planned_paths(law, np.ones((2, 1, 3, 4), dtype=np.float32), np.random.default_rng(0))
