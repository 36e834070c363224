"""Rows of the table of leading signals."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from vigie.actions.forecasts.room_signals import RANKED_HORIZON_DAYS, RankedSignals
from vigie.schemas import LEADING_SIGNALS

__all__ = ["signal_rows"]


def signal_rows(rankings: Mapping[str, RankedSignals | None]) -> pa.Table:
    """Rows of ``schemas.LEADING_SIGNALS``, all columns but ``run``.

    Args:
        rankings: signals by measure that they may run ahead of; None: it has none.
    """
    rows = [
        {
            "target": target,
            "signal": each.signal,
            "ranked_on": ranked.day,
            "horizon": RANKED_HORIZON_DAYS,
            "lead_days": each.lead_days,
            "gain": each.gain,
            "stability": each.stability,
            "placebo_gain": each.placebo_gain,
            "is_selected": each.is_selected,
        }
        for target, ranked in rankings.items()
        if ranked is not None
        for each in ranked.indicators
    ]
    return pa.Table.from_pylist(rows, schema=LEADING_SIGNALS.schema_before_run())
