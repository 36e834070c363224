"""Which model is published: replaced when worse over 8 weeks, back when better over 8 weeks."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.paths import WEEKS, Choice, choose_model

BASELINE, MODEL, OTHER = 0, 1, 2


def chosen(*models: Sequence[float | None]) -> Choice:
    """The choice from weekly ratios of models to a baseline whose sum is 100 each week."""
    weeks = max(map(len, models))
    rows = [[1.0] * weeks, *models]
    ratios = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)
    base = np.where(np.isnan(ratios), np.nan, 100.0)
    return choose_model(ratios * base, base, BASELINE, range(1, len(rows)))


@pytest.mark.parametrize(
    ("ratios", "model", "replaced"),
    [
        ([0.8] * 7, BASELINE, None),
        ([0.8] * 8, MODEL, None),
        ([1.2] * 20, BASELINE, None),
        ([1.0] * 20, BASELINE, None),
        ([0.8] * 8 + [1.3] * 3, MODEL, None),
        ([0.8] * 8 + [1.3] * 5, BASELINE, MODEL),
        ([0.8] * 8 + [3.0], BASELINE, MODEL),
        ([0.8] * 8 + [1.3] * 5 + [0.8] * 4, BASELINE, MODEL),
        ([0.8] * 8 + [1.3] * 5 + [0.8] * 5, MODEL, None),
        # One very good week among bad ones does not bring it back.
        ([0.8] * 8 + [1.3] * 8 + [0.01], BASELINE, MODEL),
        # Weeks without outcomes are passed over.
        ([0.8] * 4 + [None] * 6 + [0.8] * 4, MODEL, None),
        ([None] * 12, BASELINE, None),
    ],
)
def test_a_model_is_replaced_when_worse_and_returns_when_better(
    ratios: list[float | None], model: int, replaced: int | None
) -> None:
    found = chosen(ratios)
    assert (found.model, found.replaced) == (model, replaced)


def test_the_week_of_the_last_change_is_told() -> None:
    assert chosen([0.8] * 12).since == 7
    assert chosen([0.8] * 8 + [3.0, 1.0]).since == 8
    assert chosen([1.2] * 12).since is None


def test_the_best_of_several_is_published_and_stays_while_no_other_is_better() -> None:
    assert chosen([0.9] * 10, [0.7] * 10).model == OTHER
    close = [0.80, 0.82, 0.80, 0.82, 0.80, 0.82, 0.80, 0.82]
    other = [0.81] * 8
    assert chosen([*close, *close], [*other, *other]).model == MODEL


def test_a_replaced_model_gives_way_to_another_that_is_better_than_the_baseline() -> None:
    found = chosen([0.8] * 8 + [3.0] * 4, [0.9] * 12)
    assert (found.model, found.replaced) == (OTHER, None)


def test_ratios_are_ratios_of_sums_over_the_last_weeks() -> None:
    own = np.array([[1.0] * 9, [5.0, *([1.0] * 4), *([3.0] * 4)]])
    base = np.array([[1.0] * 9, [1.0, *([2.0] * 4), *([1.0] * 4)]])
    found = choose_model(own, base, 0, [1])
    assert found.ratios[1] == pytest.approx((4 * 1 + 4 * 3) / (4 * 2 + 4 * 1))


weekly = st.lists(st.floats(0.2, 3.0), min_size=1, max_size=24)


@given(weekly, weekly)
def test_whoever_is_published_is_not_worse_than_the_baseline(
    one: list[float], other: list[float]
) -> None:
    length = min(len(one), len(other))
    found = chosen(one[:length], other[:length])
    if found.model != BASELINE:
        assert length >= WEEKS
        assert found.ratios[found.model] <= 1.0 + 1e-12
    if found.replaced is not None:
        assert found.model == BASELINE


@given(weekly)
def test_the_choice_rests_on_the_past_only(ratios: list[float]) -> None:
    """Leaving out later weeks gives the choice that was made then: nothing is decided anew."""
    history = [chosen(ratios[: week + 1]) for week in range(len(ratios))]
    model = BASELINE
    for week, choice in enumerate(history):
        if choice.since == week:
            model = choice.model
        assert choice.model == model


def test_arrays_that_differ_in_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        choose_model(np.ones((2, 3)), np.ones((2, 4)), 0, [1])
