"""Sample paths as rows: hub quantiles for the table of forecasts, arrays for that of paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import BadData
from vigie.paths.distribution import QUANTILE_LEVELS, quantiles
from vigie.paths.sample_paths import SamplePaths

__all__ = ["forecast_rows", "path_rows", "paths_from_rows"]


def forecast_rows(
    paths: SamplePaths,
    model_id: str,
    reference_date: np.datetime64,
    levels: Sequence[float] = QUANTILE_LEVELS,
) -> pa.Table:
    """Quantiles in hubverse model-output columns, all but the column ``run``.

    Args:
        paths: one measure; its first date is horizon 1.
        model_id: name of the model.
        reference_date: last day of the data, horizon 0.
        levels: quantile levels.
    """
    values = quantiles(paths.values, levels)
    place, category, step, level = (axis.reshape(-1) for axis in np.indices(values.shape))
    count = values.size
    return pa.table(
        {
            "model_id": _same(model_id, count),
            "reference_date": pa.array(np.full(count, reference_date, "datetime64[D]")),
            "target": _same(paths.measure, count),
            "location": pa.array(paths.places, pa.string()).take(pa.array(place)),
            "category": pa.array(paths.categories, pa.string()).take(pa.array(category)),
            "horizon": pa.array(step + 1, pa.int64()),
            "target_end_date": pa.array(paths.dates[step]),
            "output_type": _same("quantile", count),
            "output_type_id": pa.array(np.asarray(levels, dtype=np.float64)[level]),
            "value": pa.array(values.reshape(-1)),
        }
    )


def path_rows(paths: SamplePaths) -> pa.Table:
    """One row a (place, category, day) with all its samples, all but the column ``run``."""
    place, category, day = (
        axis.reshape(-1) for axis in np.indices(paths.values.shape[:3], dtype=np.int64)
    )
    offsets = np.arange(len(day) + 1, dtype=np.int32) * paths.sample_count
    samples = pa.ListArray.from_arrays(pa.array(offsets), pa.array(paths.values.reshape(-1)))
    return pa.table(
        {
            "measure": _same(paths.measure, len(day)),
            "place": pa.array(paths.places, pa.string()).take(pa.array(place)),
            "category": pa.array(paths.categories, pa.string()).take(pa.array(category)),
            "date": pa.array(paths.dates[day]),
            "samples": samples,
        }
    )


def paths_from_rows(rows: pa.Table, sample_count: int) -> SamplePaths:
    """The inverse of ``path_rows``, for the rows of one measure in any order.

    Raises:
        BadData: rows of several measures or of none, a row without exactly ``sample_count``
            samples, or a (place, category, day) that is missing or there twice.
    """
    measures = pc.unique(rows["measure"]).to_pylist()
    if len(measures) != 1:
        raise BadData(
            f"path_arrays: rows of {len(measures)} measures where one is expected. "
            "Select one measure of one run."
        )
    measure = str(measures[0])
    lengths = pc.list_value_length(rows["samples"])
    wrong = pc.sum(pc.fill_null(pc.not_equal(lengths, sample_count), True)).as_py()
    if wrong:
        raise BadData(
            f"path_arrays, measure {measure}: {wrong} rows do not hold exactly "
            f"{sample_count} samples. Run the cycle again."
        )
    ordered = rows.sort_by(
        [("place", "ascending"), ("category", "ascending"), ("date", "ascending")]
    ).combine_chunks()
    places, categories = (
        sorted(pc.unique(ordered[name]).to_pylist()) for name in ("place", "category")
    )
    dates = np.unique(ordered["date"].to_numpy().astype("datetime64[D]"))
    keys = ordered.select(["place", "category", "date"]).group_by(["place", "category", "date"])
    shape = (len(places), len(categories), len(dates), sample_count)
    if not ordered.num_rows == keys.aggregate([]).num_rows == np.prod(shape[:3]):
        raise BadData(
            f"path_arrays, measure {measure}: {ordered.num_rows} rows do not fill "
            f"{shape[0]} places x {shape[1]} categories x {shape[2]} days once each. "
            "Run the cycle again."
        )
    flat = pc.list_flatten(ordered["samples"]).to_numpy().astype(np.float32, copy=False)
    values = np.ascontiguousarray(flat.reshape(shape))
    return SamplePaths(measure, tuple(places), tuple(categories), dates, values)


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)
