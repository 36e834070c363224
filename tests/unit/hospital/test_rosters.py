"""Rosters ahead: after the weekday and the planned beds."""

import numpy as np
import pytest

from vigie.hospital.rosters import RosterHistory, fit_rosters, roster_paths
from vigie.paths import FloatArray

PLACES, DAYS = 12, 120
WEEKDAYS = np.arange(DAYS) % 7
AHEAD = np.arange(DAYS, DAYS + 14) % 7


def asked() -> FloatArray:
    """(place, 1, day), staff that the planned beds ask for: a slow wave."""
    rng = np.random.default_rng(0)
    size = rng.uniform(4, 15, (PLACES, 1, 1))
    return size * (1 + 0.5 * np.sin(np.arange(DAYS + 14) / 20))


def cover(weekdays: np.ndarray) -> FloatArray:
    return np.where(weekdays >= 5, 1.1, 1.3)


def test_rosters_that_follow_the_beds_are_drawn_along_them() -> None:
    want = asked()
    whole = np.concatenate([WEEKDAYS, AHEAD])
    rostered = np.ceil(want * cover(whole))

    law = fit_rosters(RosterHistory(rostered[:, :, :DAYS], want[:, :, :DAYS], WEEKDAYS))
    ahead = np.repeat(want[:, :, DAYS:, None], 300, axis=3).astype(np.float32)
    paths = roster_paths(law, ahead, AHEAD, np.random.default_rng(1))

    assert law.follows.all()
    assert law.cover[0, 2] - law.cover[0, 6] == pytest.approx(0.2, abs=0.05)
    assert np.abs(paths.mean(axis=3) - rostered[:, :, DAYS:]).mean() < 0.5
    assert (paths == np.round(paths)).all()


def test_rosters_that_know_nothing_of_the_beds_keep_their_weekdays() -> None:
    rng = np.random.default_rng(2)
    level = rng.uniform(10, 30, (PLACES, 1, 1))
    rostered = np.round(
        level * np.where(WEEKDAYS >= 5, 0.7, 1.1) + rng.normal(0, 0.5, (PLACES, 1, DAYS))
    )

    law = fit_rosters(RosterHistory(rostered, asked()[:, :, :DAYS], WEEKDAYS))
    paths = roster_paths(
        law, np.full((PLACES, 1, 14, 300), 50, dtype=np.float32), AHEAD, np.random.default_rng(1)
    )

    truth = level[:, :, 0] * np.where(AHEAD >= 5, 0.7, 1.1)
    assert not law.follows.any()
    assert np.abs(paths.mean(axis=3)[:, 0] - truth).mean() < 1


def test_more_planned_beds_never_bring_fewer_staff() -> None:
    want = asked()
    rostered = np.ceil(want * cover(np.concatenate([WEEKDAYS, AHEAD])))[:, :, :DAYS]
    law = fit_rosters(RosterHistory(rostered, want[:, :, :DAYS], WEEKDAYS))
    few = want[:, :, DAYS:, None].astype(np.float32) + np.zeros(20, dtype=np.float32)

    drawn = [roster_paths(law, each, AHEAD, np.random.default_rng(5)) for each in (few, few + 2)]

    assert (drawn[1] >= drawn[0]).all()
    assert (drawn[1] > drawn[0]).any()


def test_a_place_that_rosters_more_than_the_others_goes_on_doing_so() -> None:
    want = asked()[:, :, :DAYS]
    rostered = np.ceil(want * 1.3)
    rostered[0] *= 2

    law = fit_rosters(RosterHistory(rostered, want, WEEKDAYS))

    assert law.place[0, 0] > 1.5
    assert np.abs(law.place[1:] - law.place[1:].mean()).max() < 0.15


def test_a_roster_never_reported_is_not_invented() -> None:
    want = asked()[:, :, :DAYS]
    rostered = np.ceil(want * 1.3)
    rostered[3] = np.nan

    law = fit_rosters(RosterHistory(rostered, want, WEEKDAYS))
    paths = roster_paths(
        law, np.ones((PLACES, 1, 14, 4), dtype=np.float32), AHEAD, np.random.default_rng(0)
    )

    assert np.isnan(paths[3]).all()
    assert np.isfinite(np.delete(paths, 3, axis=0)).all()


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match="twice"):
        RosterHistory(np.ones((1, 1, 3)), np.ones((1, 1, 4)), WEEKDAYS[:3])
