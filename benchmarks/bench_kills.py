"""2,000 kills at random instants: what was acknowledged is kept, a re-run ends undisturbed."""

from __future__ import annotations

import time

from benchmarks.figures import Figure
from tests.integration.kill_drill import main

KILLS = 2_000


def run() -> list[Figure]:
    """Kill as often; a single thing lost, half visible or twice ends the measurement."""
    started = time.perf_counter()
    main(["instants", str(KILLS), "1"])
    minutes = (time.perf_counter() - started) / 60
    command = "make bench ONLY=kills"
    return [
        Figure(
            f"{KILLS} kills at random instants, room of 3 places", KILLS, "kills", None, command
        ),
        Figure("the same, all copies and re-runs included", minutes, "min", None, command),
    ]
