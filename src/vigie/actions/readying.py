"""Compiled code made ready while a run does other work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from vigie.actions.room import Room
from vigie.state import ArrivalStatus

__all__ = ["engine_made_ready"]


@contextmanager
def engine_made_ready(room: Room) -> Iterator[None]:
    """Have the engine of epidemics compiled beside the work inside, in a room that declares one.

    The first run of a room compiles for some 15 s, and parsing leaves one core free. What fails
    here is not told: it fails again in the fit, which tells it. With nothing to parse nothing is
    compiled: there may be nothing to compute either, and else the fit compiles what it needs.
    """
    with room.state.read() as tx:
        is_waiting = bool(tx.arrivals(status=(ArrivalStatus.RECEIVED,)))
    if not (room.values.epidemics and is_waiting):
        yield
        return
    with ThreadPoolExecutor(1, "ready") as pool:
        pool.submit(_ready)
        yield


def _ready() -> None:
    from vigie.epidemiology.renewal import ready_engine

    ready_engine()
