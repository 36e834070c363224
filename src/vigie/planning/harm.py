"""How much harm may be seen among the futures of a plan, so that others show no more."""

from __future__ import annotations

import math

__all__ = ["harm_seen"]

_STANDARD_ERRORS = 3.0


def harm_seen(
    largest_harm: float, samples: float, standard_errors: float = _STANDARD_ERRORS
) -> float:
    """Rise of risk among so many futures that keeps to ``largest_harm`` among others too.

    What a quantile of a few futures promises, others keep only within chance: some standard errors
    are held back, three unless told otherwise, so that the worst of many senders keeps to it too.

    Args:
        largest_harm: rise of P(short) that is accepted, 0 to 1.
        samples: futures looked at, >= 1; what they are worth where chance was averaged out.
        standard_errors: that are held back.
    """
    spread = math.sqrt(largest_harm * (1 - largest_harm) / samples)
    return max(0.0, largest_harm - standard_errors * spread)
