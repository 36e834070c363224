"""Where patients of a ward kind are later, from the stays that patient systems send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.ward_stays import FEWEST_ENDED, WardStays
from vigie.hospital.stays import OnwardStays, fit_onward_stays, stay_records
from vigie.paths import BoolArray, IntArray

__all__ = ["onward_stays"]


def onward_stays(
    stays: WardStays, categories: Sequence[str], day: date, rng: np.random.Generator
) -> OnwardStays | None:
    """How long stays last by ward kind, and to which ward kinds they go on.

    Stays of one patient follow each other where one begins on the day on which the other ends or
    on the next, at whatever place. Without numbers of patients nobody is followed.

    Args:
        stays: reads them.
        categories: ward kinds; each needs 50 stays that ended.
        day: as_of; the day before is the last one of which most ends are known.
        rng: source of chance.

    Returns:
        None where too few stays are known.

    Source: docs/models/length-of-stay.md, section "Where a stay goes on".
    """
    rows = stays.known(day, with_adjoining=True)
    if rows is None:
        return None
    keys = pa.array(list(categories), pa.string())
    is_here = pc.is_in(rows["category"], keys)
    rows = rows.filter(is_here)
    unit = _numbers(rows["category"], keys)
    last = np.datetime64(day - timedelta(days=1), "D")
    from_date, to_date = (rows[name].to_numpy() for name in ("from_date", "to_date"))
    ended = np.bincount(unit[to_date <= last], minlength=len(keys))
    if (ended < FEWEST_ENDED).any():
        return None
    records = stay_records(
        unit,
        from_date,
        to_date,
        _causes(rows, keys, unit),
        window_start=rows["seen_from"].to_numpy(),
        as_of=last,
        units=len(keys),
        causes=len(keys) + 2,
    )
    return fit_onward_stays(records, _new_share(rows, unit, len(keys)), rng)


def _numbers(names: pa.ChunkedArray, keys: pa.Array) -> IntArray:
    """Number of each ward kind; -1 for others and for none."""
    return np.asarray(pc.fill_null(pc.index_in(names, keys), -1).to_numpy(), dtype=np.int64)


def _causes(rows: pa.Table, keys: pa.Array, unit: IntArray) -> IntArray:
    """The ward kind gone on to; then moves to where nobody saw; then leaving.

    A patient whose next stay is in the same ward kind, or in one that is not planned for, leaves.
    """
    onward = _numbers(rows["next_category"], keys)
    is_seen = np.asarray(pc.is_valid(rows["next_category"]).to_numpy())
    is_moved = np.asarray(pc.fill_null(pc.equal(rows["outcome"], "transfer"), False).to_numpy())
    is_onward: BoolArray = (onward >= 0) & (onward != unit)
    unseen, left = len(keys), len(keys) + 1
    return np.where(is_onward, onward, np.where(is_moved & ~is_seen, unseen, left))


def _new_share(rows: pa.Table, unit: IntArray, wards: int) -> np.ndarray:
    """(ward,): share of those who entered while it was looked at that came from no other ward."""
    is_known = rows["from_date"].to_numpy() > rows["seen_from"].to_numpy()
    came = np.bincount(unit[is_known], minlength=wards)
    before = np.asarray(pc.is_valid(rows["category_before"]).to_numpy())
    moved = np.bincount(unit[is_known & before], minlength=wards)
    return np.where(came > 0, 1 - moved / np.maximum(came, 1), 1.0)
