"""Staff of whom nobody says whether they come."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.absence import with_untold_absence


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_who_is_told_stays_and_others_are_absent_as_their_colleagues(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rostered = rng.integers(0, 9, (3, 2, 4)).astype(float)
    absent = np.minimum(rng.integers(0, 5, rostered.shape), rostered)
    rostered[rng.random(rostered.shape) < 0.2] = np.nan
    told = rng.random((3, 2)) < 0.6
    absent[~told] = np.nan

    found = with_untold_absence(rostered, absent, told)

    for place, skill, day in np.ndindex(rostered.shape):
        if told[place, skill]:
            assert found[place, skill, day] == absent[place, skill, day]
            continue
        others = [
            (absent[each, skill, day], rostered[each, skill, day])
            for each in range(3)
            if told[each, skill] and np.isfinite(rostered[each, skill, day])
        ]
        away, of = (sum(each) for each in zip(*others, strict=True)) if others else (0, 0)
        size = np.nan_to_num(rostered[place, skill, day])
        assert found[place, skill, day] == (np.rint(away / of * size) if of else 0)


def test_a_missing_day_is_no_day_on_which_all_come() -> None:
    rostered, absent = np.full((2, 1, 2), 10.0), np.full((2, 1, 2), 3.0)
    absent[1, 0, 1] = np.nan

    found = with_untold_absence(rostered, absent, np.ones((2, 1), dtype=bool))

    assert (found == 3).all()
