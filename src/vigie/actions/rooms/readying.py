"""Compiled code made ready while a run does other work."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vigie.actions.rooms.compiled_loops import compile_loops
from vigie.actions.rooms.room import Room
from vigie.state import ArrivalStatus

__all__ = ["compiled_beside", "is_engine_kept"]


@contextmanager
def compiled_beside(room: Room) -> Iterator[Callable[[], object]]:
    """Have the loops of models compiled beside the work inside, in a room that has an epidemic.

    Where the installation keeps no loops the first run of a room compiles for some 25 s. A process
    of its own does it; compiled code is kept with the room, where the run finds it.
    What fails here is not told: it fails again in the models, which tell it. With nothing to
    parse nothing is compiled: there may be nothing to compute either, and else the models compile
    what they need. What is not ready when the work ends is given up.

    Yields:
        Waits until all is compiled.
    """
    with room.state.read() as tx:
        is_waiting = bool(tx.arrivals(status=(ArrivalStatus.RECEIVED,)))
    if not (room.values.epidemics and is_waiting and not is_engine_kept()):
        yield lambda: None
        return
    with compile_loops(stderr=subprocess.DEVNULL) as child:
        try:
            yield child.wait
        finally:
            child.kill()


def is_engine_kept() -> bool:
    """Whether compiled loops of the engine as it is now are kept."""
    from vigie.epidemiology.renewal import engine_loops

    return all(
        any(
            index.stat().st_mtime >= source.stat().st_mtime
            for index in Path(loop.stats.cache_path).glob(f"{source.stem}.{loop.__name__}-*.nbi")
        )
        for module, loops in engine_loops().items()
        for source in [Path(str(module.__file__))]
        for loop in loops
    )
