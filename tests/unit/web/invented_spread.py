"""Rows of the table of reproduction numbers, of one place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

__all__ = ["spread_rows"]


def spread_rows(
    place: str, last: date, *, growing: float = 0.93, rate: float = 0.03
) -> list[dict[str, Any]]:
    """60 days of R of the admissions, rising to 1.16 on the last day.

    Args:
        place: key.
        last: last day.
        growing: P(R > 1) on every day.
        rate: median growth a day on the last day.
    """
    middle = np.linspace(0.85, 1.16, 60).tolist()
    rows: list[dict[str, Any]] = [
        {
            "run": "r",
            "measure": "admissions",
            "place": place,
            "category": "",
            "date": last - timedelta(days=59 - number),
            "model_id": "vigie-renewal",
            "r_q05": 0.8 * each,
            "r_q25": 0.92 * each,
            "r_q50": each,
            "r_q75": 1.08 * each,
            "r_q95": 1.2 * each,
            "probability_growing": growing,
            "quality": "weighted",
        }
        for number, each in enumerate(middle)
    ]
    rows[-1] |= {
        "growth_rate_q05": rate - 0.05,
        "growth_rate_q50": rate,
        "growth_rate_q95": rate + 0.05,
        "doubling_days": float(np.log(2) / rate),
        "probability_peak_passed": 0.08,
        "weekly_mean": 400.0,
    }
    return rows
