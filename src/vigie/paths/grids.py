"""From tall tables to arrays: histories on a grid of places, categories and dates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.paths.arrays import DateArray, FloatArray, IntArray

__all__ = ["days_of_data", "last_seen", "to_grid"]


def to_grid(
    places: Sequence[str], categories: Sequence[str], dates: DateArray, facts: pa.Table
) -> FloatArray:
    """History of one measure as an array; what was not reported is NaN.

    Args:
        places: keys, axis 0 of the result.
        categories: keys, axis 1.
        dates: (time,), datetime64[D], increasing, axis 2.
        facts: columns place, category, reference_date and value; null values are missing.

    Returns:
        (place, category, time), float64.

    Raises:
        ValueError: a row lies outside the grid (select the rows first), or two rows fall on
            one cell (let the ruling feed win first).
    """
    cells = [
        _positions(facts, "place", pa.array(places, pa.string())),
        _positions(facts, "category", pa.array(categories, pa.string())),
        _positions(facts, "reference_date", pa.array(dates, pa.date32())),
    ]
    shape = (len(places), len(categories), len(dates))
    flat = np.ravel_multi_index(tuple(cells), shape)
    is_filled = np.zeros(np.prod(shape, dtype=int), dtype=bool)
    is_filled[flat] = True
    if np.count_nonzero(is_filled) != len(flat):
        raise ValueError("two rows have the same place, category and reference_date")
    history = np.full(shape, np.nan)
    history.reshape(-1)[flat] = pc.cast(facts["value"], pa.float64()).to_numpy()
    return history


def _positions(facts: pa.Table, name: str, keys: pa.Array) -> IntArray:
    column = facts[name] if facts[name].type == keys.type else pc.cast(facts[name], keys.type)
    found = pc.index_in(column, value_set=keys)
    if found.null_count:
        raise ValueError(f"{found.null_count} rows have a {name} outside the grid")
    return np.asarray(found.to_numpy(), dtype=np.int64)


def last_seen(history: FloatArray) -> FloatArray:
    """Missing values read as the last one before them; NaN before the first.

    Args:
        history: (..., time), NaN where missing.
    """
    at = np.where(np.isfinite(history), np.arange(history.shape[-1]), -1)
    at = np.maximum.accumulate(at, axis=-1)
    carried = np.take_along_axis(history, np.maximum(at, 0), axis=-1)
    return np.where(at >= 0, carried, np.nan)


def days_of_data(history: FloatArray) -> IntArray:
    """Number of reported values of each series: (..., time) gives (...)."""
    return np.asarray(np.isfinite(history).sum(axis=-1), dtype=np.int64)
