"""Absence under another course of the epidemic: the law's own answer, place by place."""

import numpy as np
import pytest

from vigie.hospital.absence import AbsenceHistory, absence_ratio, fit_absence

DAYS = 140
WEEKDAYS = np.arange(DAYS) % 7


def test_absence_rises_where_and_as_the_law_says() -> None:
    rng = np.random.default_rng(2)
    past = np.stack([20 + 18 * np.sin(np.arange(DAYS) / 20 + shift) for shift in (0, 1, 2)])
    share = 0.04 + 0.004 * past
    roster = np.full((3, 1, DAYS), 60.0)
    absent = rng.binomial(60, share)[:, None].astype(float)
    law = fit_absence(AbsenceHistory(roster, absent, WEEKDAYS, past))
    assert law.slope > 0
    before = np.full((3, 14, 5), 20.0, dtype=np.float32)
    under = before.copy()
    under[1] *= 1.8
    ratio = absence_ratio(law, past, before, under)
    assert ratio.shape == (3, 1, 14, 5)
    assert (ratio[[0, 2]] == 1).all(), "to the digit where nothing changes"
    assert (ratio[1] >= 1).all()
    assert ratio[1, 0, -1].max() > 1.15
    assert (absence_ratio(law, past, before, 1.1 * under)[1] >= ratio[1]).all()
    assert absence_ratio(law, past, under, before)[1] == pytest.approx(1 / ratio[1], rel=1e-5)


def test_absence_that_does_not_follow_the_epidemic_stays() -> None:
    rng = np.random.default_rng(3)
    absent = rng.binomial(40, 0.1, (2, 1, DAYS)).astype(float)
    law = fit_absence(AbsenceHistory(np.full((2, 1, DAYS), 40.0), absent, WEEKDAYS))
    paths = np.ones((2, 7, 3), dtype=np.float32)
    assert (absence_ratio(law, np.ones((2, DAYS)), paths, 9 * paths) == 1).all()
