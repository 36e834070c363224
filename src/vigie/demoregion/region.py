"""The demo region as a whole: the hidden truth and what the hospitals reported of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.demoregion.reporting import FeedReport
from vigie.demoregion.sending import send_all
from vigie.demoregion.truth import Extent, HiddenTruth, build_truth

__all__ = ["DemoRegion", "generate_region"]


@dataclass(frozen=True, slots=True)
class DemoRegion:
    """An invented region.

    Attributes:
        truth: what happened, with some days of the future.
        reports: what each feed has sent up to the morning after the last observed day, and how
            that differs from the truth.
    """

    truth: HiddenTruth
    reports: tuple[FeedReport, ...]


def generate_region(rng: np.random.Generator, extent: Extent) -> DemoRegion:
    """Invent a region, its epidemic, its hospitals and their reports.

    Args:
        rng: source of chance; the same state gives the same region.
        extent: how many hospitals, how many days, which last day.

    Raises:
        ValueError: the extent cannot be simulated.
    """
    truth_rng, report_rng = rng.spawn(2)
    truth = build_truth(truth_rng, extent)
    return DemoRegion(truth, send_all(report_rng, truth))
