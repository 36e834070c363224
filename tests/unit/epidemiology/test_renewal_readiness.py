"""An engine that was made ready compiles nothing more, whatever is fitted."""

from types import ModuleType

import numpy as np
import pytest

from vigie.epidemiology.delays import Delay, DelayFamily, ReportingHazards
from vigie.epidemiology.renewal import (
    draw_kernels,
    fit_kernels,
    fit_renewal,
    kernels,
    path_kernels,
    ready_engine,
)

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def compiled(*modules: ModuleType) -> dict[str, int]:
    """Signatures of each compiled loop."""
    return {
        f"{module.__name__}.{name}": len(value.signatures)
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "signatures")
    }


def test_a_fit_after_it_compiles_nothing_and_is_the_same() -> None:
    modules = (draw_kernels, fit_kernels, kernels, path_kernels)
    counts = np.random.default_rng(5).poisson(12.0, (3, 60)).astype(np.float64)
    counts[1] = 0.0
    counts[2, 30] = 4000.0
    counts[2, 40:44] = np.nan

    def fitted() -> np.ndarray:
        return fit_renewal(
            counts,
            first_weekday=3,
            generation=Delay(DelayFamily.GAMMA, 5.0, 2.0, 0.4, 0.1),
            admission=Delay(DelayFamily.LOG_NORMAL, 9.0, 4.5),
            horizon_days=14,
            sample_count=100,
            rng=np.random.default_rng(7),
            reporting=ReportingHazards(np.full((3, 4), 8.0), np.full((3, 4), 2.0)),
            holidays=np.zeros((3, 74), dtype=bool),
            population=np.array([1e6, np.nan, 1e5]),
            susceptible=np.array([np.nan, np.nan, 5e4]),
        ).reproduction_number

    ready_engine()
    before = compiled(*modules)
    first = fitted()

    assert len(before) > 15
    assert compiled(*modules) == before
    ready_engine()
    np.testing.assert_array_equal(fitted(), first)
