"""Admissions of an epidemic under a scenario: the published paths, times what R changes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import DateArray, PathArray, SamplePaths

__all__ = ["AdmissionRatios", "admissions_under", "categories_of"]

_LEAST_EXPECTED = 0.05
"""Expected admissions a day below which a draw is taken to have this many: no ratio to nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class AdmissionRatios:
    """What a scenario makes of the admissions to be expected, place by place.

    Attributes:
        measure, category: the epidemic; category "" is all of them.
        dates: days ahead.
        by_place: (day, draw), expected admissions under the scenario over those without it.
    """

    measure: str
    category: str
    dates: DateArray
    by_place: Mapping[str, PathArray]

    @staticmethod
    def of(expected: PathArray, baseline: PathArray) -> PathArray:
        """(day, draw), the ratio of two expectations of the same draws; 1 where both are alike."""
        least = np.float32(_LEAST_EXPECTED)
        return np.asarray(
            np.maximum(expected, least) / np.maximum(baseline, least), dtype=np.float32
        )


def categories_of(paths: SamplePaths, category: str) -> list[int]:
    """Axis 1 of the categories of an epidemic; empty where the one named is not there."""
    return [at for at, name in enumerate(paths.categories) if not category or name == category]


def admissions_under(inputs: Inputs, ratios: AdmissionRatios) -> SamplePaths | None:
    """The published paths of admissions, as they would be; sample s takes draw s of the epidemic.

    Where there are fewer draws than samples they are taken again from the first. Before the first
    day of the ratios nothing changes, after the last one it holds.

    Args:
        inputs: of the run.
        ratios: of the scenario.

    Returns:
        None where the measure is not drawn for every day looked at.
    """
    if not inputs.is_drawn(ratios.measure):
        return None
    paths = inputs.paths[ratios.measure]
    values = paths.values.copy()
    columns = categories_of(paths, ratios.category)
    day = (paths.dates - ratios.dates[0]).astype(np.int64)
    counts = day >= 0
    at = np.minimum(day[counts], len(ratios.dates) - 1)
    for row, place in enumerate(paths.places):
        if place in ratios.by_place:
            ratio = ratios.by_place[place][at]
            draw = np.arange(values.shape[3]) % ratio.shape[1]
            for column in columns:
                values[row, column, counts] *= ratio[:, draw]
    return SamplePaths(paths.measure, paths.places, paths.categories, paths.dates, values)
