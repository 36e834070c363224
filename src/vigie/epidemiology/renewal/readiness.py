"""The engine made ready: its loops compiled, or loaded where compiled code is kept."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from vigie.epidemiology.delays import Delay, DelayFamily
from vigie.epidemiology.renewal.engine import fit_renewal
from vigie.epidemiology.renewal.rules import RenewalRules
from vigie.epidemiology.renewal.scenarios import Multiplier, scenario_paths

__all__ = ["engine_loops", "ready_engine"]

_DAYS, _PEOPLE, _SAMPLES = 28, 20.0, 20


def ready_engine() -> None:
    """Compile all loops of fits and scenarios, which the first of a process would do otherwise.

    It fits one invented place, runs it on once more and forgets the result; no chance of a caller
    is drawn. Some 15 s where no compiled code is kept, half a second where it is. Other threads may
    work meanwhile; a fit that is begun before the end waits for what it needs.
    """
    result = fit_renewal(
        np.full((1, _DAYS), _PEOPLE),
        first_weekday=0,
        generation=Delay(DelayFamily.GAMMA, 5.0, 2.0),
        admission=Delay(DelayFamily.GAMMA, 9.0, 4.0),
        horizon_days=7,
        sample_count=_SAMPLES,
        rng=np.random.default_rng(0),
        # Draws that are moved in any case: the loop that moves them is compiled too.
        rules=RenewalRules(move_steps=1, smallest_effective_share=1.0),
    )
    scenario_paths(result, [Multiplier(1, 1, 1.0)], 0)


def engine_loops() -> dict[ModuleType, tuple[Any, ...]]:
    """The loops that ``ready_engine`` compiles (numba dispatchers), by the module of each."""
    from vigie.epidemiology.renewal import draw_kernels, fit_kernels, kernels, path_kernels

    return {
        module: tuple(
            loop
            for loop in vars(module).values()
            if hasattr(loop, "py_func") and loop.py_func.__module__ == module.__name__
        )
        for module in (kernels, fit_kernels, draw_kernels, path_kernels)
    }
