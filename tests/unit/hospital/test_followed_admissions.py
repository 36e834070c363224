"""What an admission brings to a ward, read from days and not from the course of a wave."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator

from vigie.hospital import delayed, delayed_and_staying, follow_entries, follow_patients

DAYS = 150
WEEKDAYS = np.arange(DAYS) % 7


def wave(rng: Generator, areas: int) -> np.ndarray:
    """(area, day), admissions that rise by 4 % a day."""
    level = 3 * np.exp(0.04 * np.maximum(np.arange(DAYS) - 60, 0))
    return rng.poisson(np.broadcast_to(level, (areas, DAYS))).astype(float)


def entries_of(rng: Generator, admissions: np.ndarray, share: float, delay: float) -> np.ndarray:
    """(area, 1, day), with usual entries that fall as the wave rises: treatment is put off."""
    usual = 50 - 25 * np.clip(admissions.mean(axis=0) / 60, 0, 1) + 4.0 * (WEEKDAYS < 5)
    brought = [rng.poisson(np.convolve(each, share * delayed(delay))[:DAYS]) for each in admissions]
    return (rng.poisson(usual, admissions.shape) + np.stack(brought)).astype(float)[:, None]


@pytest.mark.parametrize(("share", "delay"), [(1.0, 0.0), (0.6, 0.0), (0.8, 2.0)])
def test_entries_are_told_though_hospitals_put_treatment_off(share: float, delay: float) -> None:
    rng = np.random.default_rng(3)
    admissions = wave(rng, 12)
    found = follow_entries(admissions, entries_of(rng, admissions, share, delay), WEEKDAYS)[0]
    assert found.sum() == pytest.approx(share, abs=0.2)
    assert found @ np.arange(len(found)) / found.sum() == pytest.approx(delay, abs=1.0)


def test_a_ward_without_the_epidemic_is_left_alone() -> None:
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        admissions = wave(rng, 6)
        found.append(follow_entries(admissions, entries_of(rng, admissions, 0.0, 0.0), WEEKDAYS))
    assert sum(each.any() for each in found) <= 1, "3 standard errors: 1 in 100 or so"


def test_missing_days_are_not_read_as_days_of_nobody() -> None:
    rng = np.random.default_rng(4)
    admissions = wave(rng, 12)
    entries = entries_of(rng, admissions, 1.0, 0.0)
    whole = follow_entries(admissions, entries, WEEKDAYS)
    entries[:, :, 90:95] = np.nan
    admissions[:, 120] = np.nan
    assert follow_entries(admissions, entries, WEEKDAYS).sum() == pytest.approx(
        whole.sum(), abs=0.2
    )
    short = follow_entries(admissions[:, :40], entries[:, :, :40], WEEKDAYS[:40])
    assert not short.any(), "40 days tell nothing"


def test_patients_of_the_epidemic_alone_are_told_from_admissions() -> None:
    rng = np.random.default_rng(5)
    admissions = wave(rng, 12).sum(axis=0)
    kernel = delayed_and_staying(1.0, 7.0)
    patients = rng.poisson(np.convolve(admissions, kernel)[:DAYS]).astype(float)
    found = follow_patients(admissions, patients[None], WEEKDAYS)[0]
    assert found.sum() == pytest.approx(kernel.sum(), rel=0.15)
    flat = rng.poisson(np.full(DAYS, 80.0)).astype(float)
    assert not follow_patients(admissions, flat[None], WEEKDAYS).any()


def test_a_stay_is_counted_for_its_mean_number_of_days() -> None:
    assert delayed(2.0).sum() == pytest.approx(1)
    assert delayed(2.0) @ np.arange(42) == pytest.approx(2)
    assert delayed_and_staying(0.0, 3.0).sum() == pytest.approx(3)
    assert delayed_and_staying(0.0, 0.5).tolist()[:2] == [0.5, 0.0]
