"""One joint array of sample paths: index i is the same future in every series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths.arrays import DateArray, PathArray

__all__ = ["SamplePaths"]


@dataclass(frozen=True, slots=True, eq=False)
class SamplePaths:
    """Futures of one measure.

    Attributes:
        measure: key of measures.
        places: keys of places, axis 0.
        categories: keys of categories, axis 1; ("",) when the measure has none.
        dates: (day,), datetime64[D], increasing, axis 2.
        values: (place, category, day, sample), float32, finite, contiguous, in the unit of the
            measure.

    Raises:
        ValueError: axes and array do not fit, a key is named twice, dates do not increase, or
            a value is not finite.
    """

    measure: str
    places: tuple[str, ...]
    categories: tuple[str, ...]
    dates: DateArray
    values: PathArray

    def __post_init__(self) -> None:
        for name, keys in (("places", self.places), ("categories", self.categories)):
            if len(set(keys)) != len(keys):
                raise ValueError(f"{self.measure}: a key is named twice in {name}")
        if self.dates.dtype != np.dtype("datetime64[D]"):
            raise ValueError(f"{self.measure}: dates are {self.dates.dtype}, not datetime64[D]")
        if np.any(np.diff(self.dates) <= np.timedelta64(0, "D")):
            raise ValueError(f"{self.measure}: dates do not increase")
        expected = (len(self.places), len(self.categories), len(self.dates))
        if self.values.ndim != 4 or self.values.shape[:3] != expected:
            raise ValueError(
                f"{self.measure}: values have shape {self.values.shape}, "
                f"expected {expected} and the samples"
            )
        if self.values.dtype != np.float32 or not self.values.flags.c_contiguous:
            raise ValueError(f"{self.measure}: values must be contiguous float32")
        if not np.isfinite(self.values).all():
            raise ValueError(f"{self.measure}: a value is not finite")

    @property
    def horizon(self) -> int:
        """Number of days (or steps)."""
        return len(self.dates)

    @property
    def sample_count(self) -> int:
        """Number of futures."""
        return int(self.values.shape[3])

    def first(self, count: int) -> SamplePaths:
        """The first ``count`` futures, for a step that affords no more."""
        part = np.ascontiguousarray(self.values[..., :count])
        return SamplePaths(self.measure, self.places, self.categories, self.dates, part)
