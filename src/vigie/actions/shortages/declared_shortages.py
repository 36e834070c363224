"""Shortages that places declare themselves: yes or no, or the share of units that lack."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.share_forecasts import high_share
from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs, Series, shortage_rows
from vigie.paths import first_passage, last_seen

__all__ = ["declared_rows"]

_BINDS = {"products": "stock"}


def declared_rows(rule: ShortageRule, inputs: Inputs) -> pa.Table | None:
    """P(a lack is declared on any day up to D), by place; None when the measure is not reported.

    Of a share of units that declare a lack it is the chance that it is unusually high for its
    place: above the 80 % quantile of its own past. A register emptied by a reset is not the end
    of a shortage. The category of the rows is the key of the measure: what people declare has no
    other name.
    """
    measure = rule.measures["declared"]
    if measure not in inputs.paths:
        return None
    history = inputs.histories[measure]
    declared = inputs.ahead(measure)
    now = last_seen(history.values)[:, :, -1]
    is_share = history.kind == "share"
    limit = high_share(history) if is_share else np.full(now.shape, 0.5)
    many = len(history.categories) > 1
    series = Series(
        kind=rule.of,
        places=history.places,
        categories=tuple(f"{measure}/{each}" if many else measure for each in history.categories),
        offset=inputs.offset(measure),
        model=inputs.models[measure],
        unit="days",
        need_now=np.asarray(now, dtype=np.float32),
        capacity_now=np.asarray(np.where(is_share, limit, np.nan), dtype=np.float32),
        binds=[[_BINDS.get(rule.of, rule.of)] * len(history.categories) for _ in history.places],
        history=history,
    )
    short = declared > limit[:, :, None, None]
    unmet = np.where(short, declared, 0).sum(axis=2, dtype=np.float32)
    return shortage_rows(series, inputs, first_passage(short), unmet, history.is_reported())
