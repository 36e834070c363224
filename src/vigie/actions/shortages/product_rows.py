"""Rows of shortages of products, with what only products tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["beside_open", "with_models"]


def beside_open(rows: pa.Table, alone: pa.Table, foreseen: np.ndarray) -> pa.Table:
    """Rows with the chance and the last moment to act if nobody orders again.

    An order is advised as if it were the next one: foreseen orders would hide that it is needed.

    Args:
        rows: with the orders that sites usually place.
        alone: the same, with open orders only.
        foreseen: (row,), whether orders of the place are foreseen.
    """
    at = rows.schema.get_field_index("act_by")
    rows = rows.set_column(at, "act_by", alone["act_by"])
    chance = pc.if_else(pa.array(foreseen), alone["probability"], pa.scalar(None, pa.float64()))
    at = rows.schema.get_field_index("probability_open")
    return rows.set_column(at, "probability_open", chance)


def with_models(rows: pa.Table, models: Mapping[str, str]) -> pa.Table:
    """Rows that name the model of their place."""
    at = rows.schema.get_field_index("model_id")
    names = pa.array([models[place] for place in rows["place"].to_pylist()], pa.string())
    return rows.set_column(at, "model_id", names)
