"""Two things at a time: NumPy, Arrow and the engine let other threads run while they work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["side_by_side"]

_AT_ONCE = 2
"""More threads would hold more arrays (100 MB of paths for a product) than two cores repay."""

Result = TypeVar("Result")


def side_by_side(calls: Iterable[Callable[[], Result]]) -> Iterator[Result]:
    """Results of the calls in their order; at most three are begun before they are asked for.

    Args:
        calls: functions that share nothing they change.

    Raises:
        Exception: what a call raised, when its result is reached; calls not begun are left out.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun: deque[Future[Result]] = deque()
        for call in calls:
            begun.append(pool.submit(call))
            if len(begun) > _AT_ONCE:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
