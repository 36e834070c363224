"""Shares of many places on the same days, and what is known beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import DateArray, FloatArray

__all__ = ["ShareHistory"]

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ShareHistory:
    """What is known of a share in each place, up to the last day.

    Attributes:
        share: (place, day), 0..1, for example of units limited by lack of staff; NaN where missing.
        dates: (day,), datetime64[D], every day once, without gaps.
        companions: each (place, day), levels that may move the share, for example patients with
            one cause per bed; NaN where missing. They may be missing everywhere.

    Raises:
        ValueError: shapes differ, a share is outside 0..1, days have gaps, or a place has no value.
    """

    share: FloatArray
    dates: DateArray
    companions: tuple[FloatArray, ...] = ()

    def __post_init__(self) -> None:
        if self.share.ndim != 2 or not self.share.size:
            raise ValueError(f"share has shape {self.share.shape}: give (place, day)")
        for each in self.companions:
            if each.shape != self.share.shape:
                raise ValueError(f"a companion has shape {each.shape}, share {self.share.shape}")
        if (
            self.dates.shape != self.share.shape[1:]
            or (np.diff(self.dates.astype("datetime64[D]").astype(np.int64)) != 1).any()
        ):
            raise ValueError(
                f"{len(self.dates)} dates for {self.share.shape[1]} days: give every day once"
            )
        known = self.share[np.isfinite(self.share)]
        if ((known < -_ROUNDING) | (known > 1 + _ROUNDING)).any():
            raise ValueError(
                f"shares go from {known.min():g} to {known.max():g}; they are parts of 1"
            )
        never = ~np.isfinite(self.share).any(axis=1)
        if never.any():
            raise ValueError(
                f"places {np.flatnonzero(never).tolist()} have no value; leave them out"
            )
