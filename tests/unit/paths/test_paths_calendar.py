"""Which dates follow which, written as tables."""

import numpy as np
import pytest

from vigie.paths import past_dates, step_dates

FOLLOWING = [
    ("2024-02-28", "day", ["2024-02-29", "2024-03-01"]),
    ("2024-12-28", "week", ["2025-01-04", "2025-01-11"]),
    ("2024-01-31", "month", ["2024-02-29", "2024-03-31"]),
    ("2023-02-28", "month", ["2023-03-31", "2023-04-30"]),
    ("2024-01-30", "month", ["2024-02-29", "2024-03-30"]),
    ("2024-11-01", "month", ["2024-12-01", "2025-01-01"]),
]


@pytest.mark.parametrize(("last", "step", "expected"), FOLLOWING)
def test_dates_that_follow(last, step, expected):
    assert step_dates(np.datetime64(last), step, 2).astype(str).tolist() == expected


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_past_dates_end_with_the_last_one(step):
    last = np.datetime64("2024-03-31")
    dates = past_dates(last, step, 5)
    assert dates[-1] == last
    assert step_dates(dates[0], step, 4).tolist() == dates[1:].tolist()


def test_an_unknown_step_is_refused():
    with pytest.raises(ValueError, match="expected day, week or month"):
        step_dates(np.datetime64("2024-01-01"), "year", 1)
