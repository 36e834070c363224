"""Final counts of days whose reports are not all in."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["complete_counts"]


def complete_counts(
    rng: np.random.Generator,
    counts: FloatArray,
    reported: FloatArray,
    stands: FloatArray | None,
    mean: FloatArray,
    dispersion: FloatArray,
) -> FloatArray:
    """Final counts, given what is reported so far.

    Equation: lambda ~ Gamma(n + phi, rate F + phi/mu), y = n + Poisson(lambda (1 - F)); with
    corrections downwards n is first thinned by the share that stands.

    Args:
        rng: source of chance.
        counts: (day,), reported so far, >= 0.
        reported: (sample, day), share F reported so far, 0 to 1; 0 where a report is missing.
        stands: (sample, day), share of reports that will stand; None if all will.
        mean: (sample, day), expected final counts mu.
        dispersion: (sample,) or one value, phi.

    Returns:
        (sample, day); never below counts when all stand.

    Source: docs/models/nowcast.md, equation 4.
    """
    own = np.where(reported > 0, counts, 0.0)
    if stands is not None:
        own = rng.binomial(np.rint(own).astype(np.int64), stands).astype(float)
    phi = np.reshape(dispersion, (-1, 1))
    rate = reported + phi / np.maximum(mean, 1e-9)
    late = rng.standard_gamma(own + phi) / rate
    return np.asarray(own + rng.poisson(late * (1.0 - reported)))
