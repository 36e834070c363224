"""Ratios of patients to staff in force on the day of a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import FloatArray

__all__ = ["ratios_in_force"]


def ratios_in_force(
    inputs: Inputs, mode: str, wards: Sequence[str], skills: Sequence[str]
) -> FloatArray:
    """Patients per member of staff in force on the day, (ward, skill), NaN where none."""
    out = np.full((len(wards), len(skills)), np.nan)
    newest: dict[tuple[int, int], date] = {}
    for row in inputs.reference["ratios"].to_pylist():
        if row["mode"] != mode or row["valid_from"] > inputs.as_of:
            continue
        if row["valid_to"] is not None and row["valid_to"] <= inputs.as_of:
            continue
        if row["ward_kind"] in wards and row["skill"] in skills:
            at = (wards.index(row["ward_kind"]), skills.index(row["skill"]))
            if at not in newest or row["valid_from"] >= newest[at]:
                newest[at] = row["valid_from"]
                out[at] = row["patients_per_staff"]
    return out
