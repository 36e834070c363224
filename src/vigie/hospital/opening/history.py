"""What the opening and closing of beds is learnt from, and which beds were planned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, last_seen

__all__ = ["OpeningHistory"]

_RUN_DAYS = 60
_RUN_LEVEL = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class OpeningHistory:
    """Beds and patients of the past, all on the same days; NaN where missing.

    Attributes:
        occupancy: (place, ward, day), patients in bed.
        staffed: same shape, beds with the staff to run them, as reported.
        open_beds: (place, ward), beds that can be opened; NaN: not reported, then the most
            that were ever staffed.
        staff_beds: (place, ward, day), beds that the staff present could run at the ratios in
            force; infinite where no ratio applies or no roster is reported; None: nowhere known.

    Raises:
        ValueError: shapes differ.
    """

    occupancy: FloatArray
    staffed: FloatArray
    open_beds: FloatArray
    staff_beds: FloatArray | None = None

    def __post_init__(self) -> None:
        shape = self.occupancy.shape
        given = [self.staffed.shape, *([] if self.staff_beds is None else [self.staff_beds.shape])]
        if len(shape) != 3 or any(each != shape for each in given):
            raise ValueError(f"occupancy has shape {shape}, the others {given}: give equal ones")
        if self.open_beds.shape != shape[:2]:
            raise ValueError(f"open_beds has shape {self.open_beds.shape}, expected {shape[:2]}")

    def is_known(self) -> np.ndarray:
        """(place, ward), whether both patients and staffed beds were ever counted."""
        return np.asarray(
            np.isfinite(self.occupancy).any(axis=2) & np.isfinite(self.staffed).any(axis=2)
        )

    def patients(self) -> FloatArray:
        """Occupancy, a missing count read as the last one seen, else the first; 0 if never."""
        return _filled(self.occupancy)

    def run_scale(self) -> FloatArray:
        """(place, ward), by how much staff run more beds than the ratios say; 1 or more.

        Where more beds were staffed than the ratios allow, the ratios in the table are stricter
        than those in use; the staff effect then counts as a change against what was seen.
        """
        if self.staff_beds is None:
            return np.ones(self.staffed.shape[:2])
        run = self.staff_beds[:, :, -_RUN_DAYS:]
        beds = self.staffed[:, :, -_RUN_DAYS:]
        is_limited = np.isfinite(run) & (run > 0) & np.isfinite(beds)
        ratio = np.where(is_limited, beds / np.where(is_limited, run, 1.0), np.nan)
        scale = np.ones(ratio.shape[:2])
        some = is_limited.any(axis=2)
        scale[some] = np.nanquantile(ratio[some], _RUN_LEVEL, axis=-1)
        return np.maximum(scale, 1.0)

    def planned(self) -> FloatArray:
        """(place, ward, day), beds planned: those staffed, where staff did not keep them closed.

        On a day on which absence kept beds closed the plan is hidden; it is read as the last one
        seen, or as the beds staffed that day where they are more.
        """
        staffed = _filled(self.staffed)
        if self.staff_beds is None:
            return staffed
        run = np.floor(np.nan_to_num(self.staff_beds, nan=np.inf) * self.run_scale()[:, :, None])
        is_hidden = staffed >= run
        planned = staffed.copy()
        for day in range(1, planned.shape[2]):
            before, here = planned[:, :, day - 1], planned[:, :, day]
            np.copyto(here, np.maximum(here, before), where=is_hidden[:, :, day])
        return planned

    def ceiling(self, planned: FloatArray) -> FloatArray:
        """(place, ward), the most beds: those that can be opened, never below the plan of today."""
        most = np.where(np.isfinite(self.open_beds), self.open_beds, planned.max(axis=2))
        return np.asarray(np.maximum(most, planned[:, :, -1]))


def _filled(values: FloatArray) -> FloatArray:
    seen = last_seen(values)
    later = last_seen(values[..., ::-1])[..., ::-1]
    return np.nan_to_num(np.where(np.isfinite(seen), seen, later))
