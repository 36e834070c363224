"""Phases: told from what happened around a day only."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.paths import PHASES, phases


def names(values: list[float], width: int = 1) -> list[str]:
    return [PHASES[number] for number in phases(np.array(values, dtype=np.float64), width)]


@pytest.mark.parametrize(
    ("values", "phase"),
    [
        ([10, 20, 40], "rise"),
        ([40, 20, 10], "fall"),
        ([10, 20, 10], "peak"),
        ([20, 20, 10], "peak"),
        ([20, 20, 20], "steady"),
        ([20, 20.5, 20.8], "steady"),
        ([20, 10, 20], "steady"),
        ([0, 0, 0], "steady"),
        ([10, 20, float("nan")], "recent"),
        ([float("nan"), 20, 30], "recent"),
    ],
)
def test_the_phase_of_a_week_follows_from_its_neighbours(values: list[float], phase: str) -> None:
    assert names(values)[1] == phase


def test_the_ends_of_a_series_have_no_phase_yet() -> None:
    days = list(np.linspace(100, 200, 40))
    found = names(days, 7)
    assert found[:10] == found[-10:] == ["recent"] * 10
    assert set(found[10:-10]) == {"rise"}


def test_a_wave_rises_peaks_and_falls_whatever_the_weekday() -> None:
    day = np.arange(120)
    weekday = 1 + 0.3 * np.isin(day % 7, (5, 6))
    wave = 1000 * np.exp(-(((day - 60) / 18) ** 2)) * weekday
    found = names(list(wave), 7)
    order = [name for n, name in enumerate(found) if n == 0 or name != found[n - 1]]
    assert order == ["recent", "rise", "peak", "fall", "recent"]
    assert found[60] == "peak"


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=30), st.floats(0.01, 1000))
def test_phases_do_not_depend_on_the_unit(values: list[float], factor: float) -> None:
    rounded = np.round(np.array(values))
    scaled = phases(rounded * 2.0 ** np.round(np.log2(factor)), 1)
    assert scaled.tolist() == phases(rounded, 1).tolist()


@given(st.lists(st.integers(0, 50), min_size=25, max_size=40))
def test_what_comes_later_than_the_week_after_changes_nothing(values: list[int]) -> None:
    series = np.array(values, dtype=np.float64)
    before = phases(series[:-1], 7)
    after = phases(series, 7)
    known = before != PHASES.index("recent")
    assert (before[known] == after[:-1][known]).all()


def test_an_even_width_is_refused() -> None:
    with pytest.raises(ValueError, match="odd"):
        phases(np.ones(10), 2)
