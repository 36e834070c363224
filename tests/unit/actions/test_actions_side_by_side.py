"""Calls made side by side answer as if they were made one after the other."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from vigie.actions.rooms.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_calls() -> None:
    gate = threading.Event()

    def slow() -> str:
        gate.wait(5)
        return "slow"

    def quick() -> str:
        gate.set()
        return "quick"

    assert list(side_by_side([slow, quick, slow])) == ["slow", "quick", "slow"]


def test_calls_are_begun_only_shortly_before_they_are_asked_for() -> None:
    begun: list[int] = []
    results = side_by_side(partial(begun.append, number) for number in range(10))
    next(results)
    assert len(begun) <= 3
    list(results)
    assert sorted(begun) == list(range(10))


def test_what_a_call_raises_is_raised_where_its_result_is_due() -> None:
    def fail() -> int:
        raise ValueError("of the second")

    results = side_by_side([lambda: 1, fail])
    assert next(results) == 1
    with pytest.raises(ValueError, match="of the second"):
        next(results)


def test_no_call_gives_no_result() -> None:
    assert list(side_by_side([])) == []
