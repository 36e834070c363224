"""Absence learnt from histories whose law is known, and its paths."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.absence import AbsenceHistory, absence_paths, fit_absence, persisting
from vigie.paths import FloatArray

PLACES, SKILLS, DAYS = 25, 3, 180
WEEKDAYS = np.arange(DAYS) % 7


def wave(places: int = PLACES, days: int = DAYS) -> FloatArray:
    """(place, day), an epidemic of two waves."""
    level = 30 * np.exp(-(((np.arange(days) - 60) / 18) ** 2)) + 2
    level += 50 * np.exp(-(((np.arange(days) - 150) / 20) ** 2))
    return np.random.default_rng(0).poisson(level, (places, days)).astype(float)


def absent_of(
    rng: np.random.Generator, rostered: FloatArray, logit: FloatArray, dispersion: float
) -> FloatArray:
    share = 1 / (1 + np.exp(-logit))
    together = (1 - dispersion) / dispersion
    drawn = rng.beta(share * together, (1 - share) * together)
    return rng.binomial(rostered.astype(int), drawn).astype(float)


def history_of(
    *, slope: float = 0.0, lag: int = 0, dispersion: float = 0.02, seed: int = 3
) -> AbsenceHistory:
    rng = np.random.default_rng(seed)
    rostered = np.full((PLACES, SKILLS, DAYS), 14.0)
    epidemic = wave()
    felt = np.log1p(epidemic)[:, np.maximum(np.arange(DAYS) - lag, 0)]
    logit = -2.6 + np.array([0.0, -0.4, 0.3])[:, None] + slope * felt[:, None, :]
    return AbsenceHistory(rostered, absent_of(rng, rostered, logit, dispersion), WEEKDAYS, epidemic)


def test_the_part_of_the_epidemic_its_lag_and_the_over_dispersion_are_found() -> None:
    law = fit_absence(history_of(slope=0.35, lag=8))

    assert law.slope > 0.2
    # Pressure is a mean of seven days: what follows by 8 days follows it by 5.
    assert 4 <= law.lag_days <= 8
    assert law.dispersion == pytest.approx(0.02, abs=0.008)
    assert np.diff(law.skills)[0] == pytest.approx(-0.4, abs=0.1)


def test_an_epidemic_that_tells_nothing_has_no_part() -> None:
    law = fit_absence(history_of(slope=0.0))

    assert (law.slope, law.lag_days) == (0.0, 0)


def test_without_any_epidemic_the_recent_level_is_followed() -> None:
    history = replace(history_of(slope=0.4, lag=6), epidemic=None)

    law = fit_absence(history)
    paths = absence_paths(
        law,
        np.full((PLACES, SKILLS, 1, 1), 14.0, dtype=np.float32),
        WEEKDAYS[:7],
        np.random.default_rng(1),
        400,
        days_before=DAYS,
    )

    recent = history.absent[:, :, -10:].mean()
    assert law.slope == 0
    assert abs(paths.mean() - recent) < abs(history.absent.mean() - recent)


def test_a_ward_outbreak_lasts_and_fades() -> None:
    rng = np.random.default_rng(5)
    series = PLACES * SKILLS
    outbreak = np.zeros((series, DAYS))
    for day in range(1, DAYS):
        outbreak[:, day] = 0.9 * outbreak[:, day - 1] + 0.35 * rng.standard_normal(series)
    rostered = np.full((PLACES, SKILLS, DAYS), 20.0)
    logit = -2.2 + outbreak.reshape(PLACES, SKILLS, DAYS)
    history = AbsenceHistory(rostered, absent_of(rng, rostered, logit, 0.005), WEEKDAYS)

    law = fit_absence(history)
    ahead = law.wards.ahead(np.random.default_rng(0), 21, 300)

    assert law.wards.memory == pytest.approx(0.9, abs=0.06)
    assert law.wards.variance == pytest.approx(0.35**2 / (1 - 0.81), rel=0.4)
    assert np.corrcoef(law.wards.mean, outbreak[:, -1])[0, 1] > 0.6
    worst = int(outbreak[:, -1].argmax())
    assert ahead[worst, 0].mean() > ahead[worst, -1].mean() > -0.3
    together = np.corrcoef(ahead[worst, 0], ahead[worst, 1])[0, 1]
    assert together > 0.6, "an outbreak of one day is mostly that of the next"


def test_chance_alone_does_not_last() -> None:
    rng = np.random.default_rng(8)

    found = persisting(rng.standard_normal((40, 100)), np.ones((40, 100)))

    assert (found.variance, found.memory) == (0.0, 0.0)
    assert (found.ahead(rng, 5, 10) == 0).all()


def test_a_place_without_reports_of_absence_has_the_share_of_the_others() -> None:
    whole = history_of()
    absent = whole.absent.copy()
    absent[0] = np.nan

    law = fit_absence(replace(whole, absent=absent, epidemic=None))

    assert law.places[0] == 0
    assert np.abs(law.places[1:]).max() < 0.5


def test_more_absent_than_rostered_counts_as_all_absent() -> None:
    rostered, absent = np.full((1, 1, 3), 4.0), np.array([[[9.0, np.nan, 1.0]]])

    roster, away = AbsenceHistory(rostered, absent, WEEKDAYS[:3]).counted()

    assert (roster.ravel().tolist(), away.ravel().tolist()) == ([4, 0, 4], [4, 0, 1])


def test_a_room_without_any_report_of_absence_is_told_so() -> None:
    nothing = np.full((1, 1, 3), np.nan)

    with pytest.raises(ValueError, match="no roster has a report of absence"):
        fit_absence(AbsenceHistory(np.ones((1, 1, 3)), nothing, WEEKDAYS[:3]))


def test_shapes_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"give \(place, skill, day\) twice"):
        AbsenceHistory(np.ones((1, 1, 3)), np.ones((1, 1, 4)), WEEKDAYS[:3])
    with pytest.raises(ValueError, match="the epidemic has shape"):
        AbsenceHistory(np.ones((2, 1, 3)), np.ones((2, 1, 3)), WEEKDAYS[:3], np.ones((1, 3)))


LAW = fit_absence(history_of(slope=0.35, lag=6))


def drawn(rostered: FloatArray, growth: float = 1.0) -> np.ndarray:
    past = wave()
    ahead = past[:, -1][:, None, None] * growth ** np.arange(1, 15)[:, None]
    return absence_paths(
        LAW,
        rostered.astype(np.float32),
        WEEKDAYS[:14],
        np.random.default_rng(4),
        64,
        epidemic=(past, np.repeat(ahead, 64, axis=2).astype(np.float32)),
        days_before=DAYS,
    )


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 30), st.integers(0, 6))
def test_more_staff_on_the_roster_never_leaves_fewer_present(count: int, more: int) -> None:
    few = np.full((PLACES, SKILLS, 14, 1), float(count))

    present, present_of_more = (each - drawn(each) for each in (few, few + more))

    assert ((drawn(few) >= 0) & (drawn(few) <= count)).all()
    assert (present_of_more >= present).all()


def test_a_growing_epidemic_takes_more_staff() -> None:
    roster = np.full((PLACES, SKILLS, 14, 1), 20.0)

    assert drawn(roster, 1.08)[:, :, 10:].mean() > 1.03 * drawn(roster)[:, :, 10:].mean()


def test_an_epidemic_far_beyond_the_past_does_not_empty_the_wards() -> None:
    roster = np.full((PLACES, SKILLS, 14, 1), 20.0)

    assert drawn(roster, 3.0).mean() < 12


def test_paths_refuse_what_the_law_does_not_know() -> None:
    rng, one = np.random.default_rng(0), np.ones((1, 1, 1, 1), dtype=np.float32)
    with pytest.raises(ValueError, match="the law knows 25 places"):
        absence_paths(LAW, one, WEEKDAYS[:7], rng, 8)
    whole = np.ones((PLACES, SKILLS, 1, 1), dtype=np.float32)
    with pytest.raises(ValueError, match="give its history and its paths"):
        absence_paths(LAW, whole, WEEKDAYS[:7], rng, 8)
