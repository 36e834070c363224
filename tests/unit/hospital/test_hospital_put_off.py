"""Changes in whole units, and patients who are not in bed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.hospital import entries_returned, in_proportion, patients_spared
from vigie.paths import PathArray

values = st.lists(st.integers(0, 400), min_size=1, max_size=20)
factors = st.floats(0, 10)
chances = st.floats(0, 0.999)


def as_paths(numbers: list[int]) -> PathArray:
    return np.array(numbers, dtype=np.float32)


def chance(value: float) -> PathArray:
    return np.array(value, dtype=np.float32)


@given(values, chances)
def test_a_factor_of_one_changes_nothing(numbers: list[int], uniform: float) -> None:
    given_values = as_paths(numbers)
    assert (in_proportion(given_values, chance(1.0), chance(uniform)) == given_values).all()


@given(values, factors, factors, chances)
def test_a_larger_factor_never_gives_less(
    numbers: list[int], one: float, other: float, uniform: float
) -> None:
    low, high = sorted((one, other))
    less = in_proportion(as_paths(numbers), chance(low), chance(uniform))
    more = in_proportion(as_paths(numbers), chance(high), chance(uniform))
    assert (less <= more).all()
    assert (less >= 0).all()
    assert (less == np.round(less)).all()


@pytest.mark.parametrize("factor", [0.0, 0.35, 0.8, 1.2, 2.5])
def test_whole_changes_are_exact_in_the_mean(factor: float) -> None:
    uniform = np.random.default_rng(1).random(20_000, dtype=np.float32)
    found = in_proportion(as_paths([3]), chance(factor), uniform)
    assert found.mean() == pytest.approx(3 * factor, abs=0.02)


def test_unlimited_and_unknown_values_stay() -> None:
    given_values = np.array([np.inf, np.nan, 4.0], dtype=np.float32)
    found = in_proportion(given_values, chance(0.5), chance(0.0))
    assert found[0] == np.inf
    assert np.isnan(found[1])
    assert found[2] == 2


def slow_spared(avoided: np.ndarray, mean_stay_days: float) -> np.ndarray:
    """Each entry avoided, on each later day, with its chance of being still in bed."""
    out = np.zeros_like(avoided)
    for entry in range(len(avoided)):
        for day in range(entry, len(avoided)):
            first = min(1.0, mean_stay_days)
            stays = (1 - 1 / mean_stay_days) if mean_stay_days > 1 else 0.0
            out[day] += avoided[entry] * first * stays ** (day - entry)
    return out


@given(st.lists(st.floats(0, 30), min_size=1, max_size=12), st.floats(0.2, 30))
def test_spared_patients_are_entries_times_their_chance_to_be_still_in_bed(
    avoided: list[float], mean_stay_days: float
) -> None:
    entries = np.array(avoided, dtype=np.float32)
    found = patients_spared(entries[None, None, :, None], mean_stay_days)[0, 0, :, 0]
    assert found == pytest.approx(slow_spared(entries, mean_stay_days), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("mean_stay_days", [0.5, 1.0, 4.0])
def test_constant_entries_spare_entries_times_mean_stay(mean_stay_days: float) -> None:
    avoided = np.full((1, 1, 80, 2), 3, dtype=np.float32)
    assert patients_spared(avoided, mean_stay_days)[0, 0, -1, 0] == pytest.approx(
        3 * mean_stay_days, rel=1e-4
    )


def test_a_stay_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="mean_stay_days is 0"):
        patients_spared(np.ones((1, 1, 2, 1), dtype=np.float32), 0)


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=12),
    st.floats(0, 1),
    st.integers(1, 20),
    st.integers(1, 30),
)
def test_whoever_is_put_off_comes_back_once_as_far_as_declared(
    numbers: list[int], share: float, after_days: int, over_days: int
) -> None:
    last = len(numbers) - 1
    avoided = np.zeros((last + 1 + after_days + over_days, 1), dtype=np.float32)
    avoided[: last + 1, 0] = numbers
    back = entries_returned(avoided, last, share, after_days, over_days)
    assert back.sum() == pytest.approx(share * avoided.sum(), rel=1e-4, abs=1e-4)
    days = np.flatnonzero(back[:, 0])
    assert not len(days) or (days[0], days[-1]) == (
        last + after_days,
        last + after_days + over_days - 1,
    )
    in_bed = patients_spared(np.float32(1.0) * avoided - back, 1.0)
    assert in_bed.sum() == pytest.approx((1 - share) * avoided.sum(), rel=1e-3, abs=1e-3)


def test_returns_after_the_last_day_looked_at_are_not_seen() -> None:
    avoided = np.ones((5, 3), dtype=np.float32)
    assert not entries_returned(avoided, 4, 1.0, 1, 28).any()
    part = entries_returned(avoided, 2, 1.0, 1, 10)
    assert part[3:].sum() == pytest.approx(2 * 3 * 3 / 10)
    with pytest.raises(ValueError, match="a share is 0 to 1"):
        entries_returned(avoided, 2, 1.5, 1, 10)
