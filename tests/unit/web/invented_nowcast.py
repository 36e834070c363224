"""Rows of the table of nowcasts, of one place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

__all__ = ["nowcast_rows"]


def nowcast_rows(
    place: str, last: date, *, late: float = 0.6, is_told: bool = True
) -> list[dict[str, Any]]:
    """21 days of 50 admissions, of which all but the last six are reported.

    Args:
        place: key.
        last: last day.
        late: share of the last day that is still to be reported, then 0.6 of that a day earlier.
        is_told: whether anything is reported of the last day.
    """
    missing = np.round(50 * late * 0.6 ** np.arange(6)).tolist() + [0.0] * 15
    rows: list[dict[str, Any]] = []
    for back in range(20, -1, -1):
        gone = missing[back]
        rows.append(
            {
                "run": "r",
                "measure": "admissions",
                "place": place,
                "category": "",
                "date": last - timedelta(days=back),
                "model_id": "vigie-renewal",
                "reported": 50 - gone if is_told or back else None,
                "q05": 50 - 0.3 * gone,
                "q25": 50 - 0.1 * gone,
                "q50": 50.0,
                "q75": 50 + 0.1 * gone,
                "q95": 50 + 0.4 * gone,
                "share_reported": 1 - gone / 50,
                "first_delay_days": 1,
                "known_after": [50 - each for each in missing[: back + 1]],
            }
        )
    return rows
