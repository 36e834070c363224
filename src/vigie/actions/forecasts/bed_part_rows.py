"""Rows of the table of bed parts: of what the patients in bed consist, today and ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.bed_flow_forecasts import flow_of_parts
from vigie.actions.forecasts.bed_parts import REST
from vigie.actions.forecasts.flow_models import steps_ahead
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.actions.rooms.room import FlowRule
from vigie.hospital.stays import WardHistory, served_wards
from vigie.paths import BoolArray, FloatArray, last_seen
from vigie.schemas import BED_PARTS

__all__ = ["bed_part_rows"]

_SAMPLES = 120
"""Futures that tell a mean share well enough."""

_SCHEMA = BED_PARTS.schema_before_run()


def bed_part_rows(
    history: History | None, rules: Mapping[str, FlowRule], chance: Chance
) -> pa.Table:
    """Rows of ``schemas.BED_PARTS``, all but the column ``run``; none where nothing is told apart.

    Args:
        history: of patients in bed with entries beside it; None: of another measure.
        rules: how patients are told apart, by measure.
        chance: of the run.
    """
    entries = None if history is None else history.beside.entries
    if history is None or entries is None or not entries.is_told_apart:
        return _SCHEMA.empty_table()
    served = served_wards(WardHistory(history.values, entries.values, entries.whole[0]))
    if not served.any():
        return _SCHEMA.empty_table()
    flow = flow_of_parts(history, steps_ahead(history, chance), chance, _SAMPLES)
    whole = np.maximum(flow.cause_ahead.sum(axis=(0, 3)), 1e-9)
    rows: list[dict[str, object]] = []
    if len(entries.causes) > 1:
        for at, cause in enumerate(entries.causes):
            share = flow.cause_ahead[at].sum(axis=-1) / whole
            rows += _rows(history, served, "cause", cause.name, flow.cause_now[at], share)
    if entries.waiting is not None:
        name = rules[history.measure].waiting or REST
        share = flow.waiting_ahead.sum(axis=-1) / whole
        rows += _rows(history, served, "waiting", name, flow.waiting_now, share)
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _rows(
    history: History,
    served: BoolArray,
    kind: str,
    part: str,
    patients: np.ndarray,
    share: FloatArray,
) -> Iterator[dict[str, object]]:
    seen = last_seen(history.values)[..., -1]
    for place, ward in zip(*np.nonzero(served), strict=True):
        yield {
            "measure": history.measure,
            "place": history.places[place],
            "category": history.categories[ward],
            "kind": kind,
            "part": part,
            "patients": float(np.nan_to_num(seen[place, ward])),
            "part_patients": float(patients[place, ward]),
            "share_ahead": float(share[place, ward]),
        }
