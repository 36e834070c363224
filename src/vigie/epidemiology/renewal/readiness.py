"""The engine made ready: its loops compiled, or loaded where compiled code is kept."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np

from vigie.epidemiology.delays import Delay, DelayFamily
from vigie.epidemiology.renewal.engine import fit_renewal
from vigie.epidemiology.renewal.rules import RenewalRules

__all__ = ["is_engine_kept", "ready_engine"]

_DAYS, _PEOPLE, _SAMPLES = 28, 20.0, 20


def ready_engine() -> None:
    """Compile all loops of ``fit_renewal``, which the first fit of a process would do otherwise.

    It fits one invented place and forgets the result; no chance of a caller is drawn. Some 15 s
    where no compiled code is kept, half a second where it is. Other threads may work meanwhile; a
    fit that is begun before the end waits for what it needs.
    """
    fit_renewal(
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


def is_engine_kept() -> bool:
    """Whether the loops that ``ready_engine`` compiles are kept on this machine as they are now."""
    from vigie.epidemiology.renewal import draw_kernels, fit_kernels, kernels, path_kernels

    return all(_is_kept(module) for module in (kernels, fit_kernels, draw_kernels, path_kernels))


def _is_kept(module: ModuleType) -> bool:
    """Whether every loop that the module defines has an index newer than its source."""
    source = Path(str(module.__file__))
    loops = [
        loop
        for loop in vars(module).values()
        if hasattr(loop, "py_func") and loop.py_func.__module__ == module.__name__
    ]
    return all(
        any(
            index.stat().st_mtime >= source.stat().st_mtime
            for index in Path(loop.stats.cache_path).glob(f"{source.stem}.{loop.__name__}-*.nbi")
        )
        for loop in loops
    )
