"""Compiled code made ready while a run does other work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vigie.actions.room import Room
from vigie.state import ArrivalStatus

__all__ = ["engine_made_ready", "is_engine_kept"]

_CODE = (
    "from vigie.epidemiology.renewal import ready_engine; "
    "from vigie.supply.demand_kernel import ready_draws; ready_draws(); ready_engine(); "
    "from vigie.supply.reorder_kernel import ready_orders; ready_orders()"
)


@contextmanager
def engine_made_ready(room: Room) -> Iterator[None]:
    """Have the engine of epidemics compiled beside the work inside, in a room that declares one.

    The first run on a machine compiles for some 15 s. A process of its own does it, since a
    thread would hold up the work inside; compiled code is kept on the disk, where the run finds
    it. What fails here is not told: it fails again in the fit, which tells it. With nothing to
    parse nothing is compiled: there may be nothing to compute either, and else the fit compiles
    what it needs.
    """
    with room.state.read() as tx:
        is_waiting = bool(tx.arrivals(status=(ArrivalStatus.RECEIVED,)))
    if not (room.values.epidemics and is_waiting and not is_engine_kept()):
        yield
        return
    command = [sys.executable, "-c", _CODE]
    with subprocess.Popen(  # noqa: S603  # our own program
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield
        except BaseException:
            child.kill()
            raise


def is_engine_kept() -> bool:
    """Whether compiled loops of the engine as it is now are kept on this machine."""
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
