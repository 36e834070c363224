"""Skill mix on the paths: beds and staff of a rule cannot contradict each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.hospital import is_short, staff_paths
from vigie.hospital.shifts import registered_missing
from vigie.hospital.skill_mix import SkillMix, Team

NURSES, ASSISTANTS = np.array([True, False]), np.array([False, True])
RATIOS = np.array([[4.0, 6.0], [np.nan, 8.0]])
STAFF = arrays(np.float32, (2, 2, 3, 5), elements=st.integers(0, 12).map(float))
PATIENTS = arrays(np.float32, (2, 2, 3, 5), elements=st.integers(0, 30).map(float))
SHARES = arrays(np.float64, (2, 3), elements=st.sampled_from([np.nan, 0.0, 0.25, 0.5, 0.9, 1.0]))


def mix_of(least: np.ndarray) -> SkillMix:
    return SkillMix((Team(NURSES, ASSISTANTS, least),))


def nurses_to_add(nurses: float, assistants: float, least: float) -> int:
    """One after the other; with a share of 1 every assistant needs a nurse in their place."""
    if least >= 1:
        return int(assistants)
    if not least > 0 or nurses + assistants == 0:
        return 0
    more = 0
    while (nurses + more) / (nurses + assistants + more) < least - 1e-6:
        more += 1
    return more


@settings(deadline=None, max_examples=30)
@given(STAFF, SHARES)
def test_missing_nurses_and_assistants_who_count_are_those_of_the_slow_way(
    staff: np.ndarray, least: np.ndarray
) -> None:
    missing = mix_of(least).teams[0].missing(staff)
    counted = mix_of(least).counted(staff)

    assert (counted[:, 0] == staff[:, 0]).all()
    for place, day, sample in np.ndindex(2, 3, 5):
        nurses, others = staff[place, :, day, sample].tolist()
        share = least[place, day]
        added = nurses_to_add(nurses, others, share)
        assert missing[place, day, sample] == added
        allowed = math.floor(nurses * (1 - share) / share + 1e-3) if added else others
        assert counted[place, 1, day, sample] == allowed


@settings(deadline=None, max_examples=30)
@given(STAFF, PATIENTS, SHARES)
def test_patients_without_staff_for_their_beds_are_a_shift_that_is_understaffed(
    staff: np.ndarray, patients: np.ndarray, least: np.ndarray
) -> None:
    nobody = np.zeros((1, 1, 1, 1), dtype=np.float32)

    paths = staff_paths(patients, RATIOS, staff, nobody, mix_of(least))
    without = staff_paths(patients, RATIOS, staff, nobody)

    understaffed = is_short(paths.need, paths.available).any(axis=1)
    beds_short = (patients > paths.beds).any(axis=1)
    assert (understaffed | ~beds_short).all()
    assert (paths.beds <= without.beds).all() and (paths.need >= without.need).all()
    assert (paths.available == without.available).all()
    lacking = mix_of(least).teams[0].missing(staff)
    gap = np.maximum(paths.need[:, 0] - paths.available[:, 0], 0)
    ratio_gap = np.maximum(without.need[:, 0] - without.available[:, 0], 0)
    np.testing.assert_array_equal(gap, np.maximum(lacking, ratio_gap))


def test_a_place_without_a_rule_is_judged_as_before() -> None:
    staff = np.array([2.0, 9.0], dtype=np.float32).reshape(1, 2, 1, 1).repeat(2, axis=0)
    least = np.array([[0.5], [np.nan]])

    mix = mix_of(least)

    assert mix.teams[0].missing(staff)[:, 0, 0].tolist() == [7, 0]
    assert mix.counted(staff)[:, 1, 0, 0].tolist() == [2, 9]


def test_as_many_nurses_are_needed_as_keep_the_share_beside_the_others() -> None:
    staff = np.array([9.0, 4.0], dtype=np.float32).reshape(1, 2, 1, 1)

    needed = mix_of(np.array([[0.6]])).needed(np.zeros_like(staff), staff)
    without_others = mix_of(np.array([[1.0]])).needed(staff * 0, staff * np.float32([[[1]], [[0]]]))

    assert needed[0, :, 0, 0].tolist() == [6, 0]
    assert without_others[0, 0, 0, 0] == 0


def test_a_share_by_place_and_day_is_the_share_of_each() -> None:
    staff = np.array([3.0, 5.0], dtype=np.float32).reshape(1, 2, 1, 1).repeat(2, axis=2)

    by_day = registered_missing(staff, NURSES, np.array([[[0.5], [0.75]]]))

    assert by_day[0, :, 0].tolist() == [2, 12]
    assert registered_missing(staff, NURSES, 0.75)[0, 0, 0] == pytest.approx(12)
