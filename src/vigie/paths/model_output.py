"""Model-output that somebody else made: checked whole, or refused with what is wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import BadData, nearest
from vigie.paths.arrays import FloatArray, IntArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["checked_output"]

_DIGITS = 4
_NEEDED = ("location", "horizon", "output_type_id", "value")


def checked_output(
    rows: pa.Table, series: Collection[tuple[str, str]], dates: Mapping[int, np.datetime64]
) -> dict[tuple[str, str], FloatArray]:
    """Quantiles by place and category, from rows in hubverse model-output columns.

    Args:
        rows: columns location, horizon, output_type_id and value; category, output_type and
            target_end_date where there are such columns.
        series: places and categories that may be forecast.
        dates: the day forecast, by horizon; a series must have all of them.

    Returns:
        (horizon, level) arrays in order of the horizons and of ``QUANTILE_LEVELS``.

    Raises:
        BadData: a column, a level or a horizon is missing, a place or category is unknown, a row
            is there twice, or quantiles are negative, cross, or are no numbers. It says which and
            how many.
    """
    if missing := [name for name in _NEEDED if name not in rows.column_names]:
        raise BadData(f"no column {', '.join(missing)} among {', '.join(rows.column_names)}.")
    if "output_type" in rows.column_names:
        rows = rows.filter(pc.equal(pc.cast(rows["output_type"], pa.string()), "quantile"))
    if not rows.num_rows:
        raise BadData("it holds no quantile.")
    horizons = sorted(dates)
    keys, series_of = _series(rows)
    _require_known(keys, series)
    step = _positions(_numbers(rows, "horizon"), horizons, "horizon")
    level = np.round(_numbers(rows, "output_type_id"), _DIGITS)
    at = _positions(level, np.round(QUANTILE_LEVELS, _DIGITS).tolist(), "output_type_id")
    if "target_end_date" in rows.column_names:
        _require_dates(rows, step, [dates[each] for each in horizons])
    value = _numbers(rows, "value")
    if bad := int((~np.isfinite(value)).sum()):
        raise BadData(f"{bad} values are missing, NaN or infinite.")
    if bad := int((value < 0).sum()):
        raise BadData(f"{bad} values are negative.")
    shape = (len(keys), len(horizons), len(QUANTILE_LEVELS))
    cell = np.ravel_multi_index((series_of, step, at), shape)
    if twice := len(cell) - len(np.unique(cell)):
        raise BadData(f"{twice} rows are there twice (same location, category, horizon, level).")
    quantiles = np.full(shape, np.nan)
    quantiles.reshape(-1)[cell] = value
    for key, one in zip(keys, quantiles, strict=True):
        _require_whole(key, one, horizons)
    return dict(zip(keys, quantiles, strict=True))


def _series(rows: pa.Table) -> tuple[list[tuple[str, str]], IntArray]:
    """Places and categories in order, and of each row the number of its own."""
    count = rows.num_rows
    blank = pa.chunked_array([pa.repeat(pa.scalar(""), count)])
    columns = [
        pc.fill_null(pc.cast(rows[name], pa.string()), "") if name in rows.column_names else blank
        for name in ("location", "category")
    ]
    joined = pc.binary_join_element_wise(*columns, "\0")
    coded = joined.combine_chunks().dictionary_encode()
    names = coded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    number = np.empty(len(names), dtype=np.int64)
    number[order] = np.arange(len(names))
    keys = [names[at].split("\0", 1) for at in order]
    return [(place, category) for place, category in keys], number[coded.indices.to_numpy()]


def _require_known(keys: Sequence[tuple[str, str]], series: Collection[tuple[str, str]]) -> None:
    known = set(series)
    unknown = sorted(set(keys) - known)
    if unknown:
        near = nearest(unknown[0][0], {place for place, _ in known})
        raise BadData(
            f"{_told(unknown[0])} is not in the history that it was given"
            f"{f', nor are {len(unknown) - 1} others' if len(unknown) > 1 else ''}. "
            f"Nearest: {near}."
        )


def _require_dates(rows: pa.Table, step: np.ndarray, dates: Sequence[np.datetime64]) -> None:
    text = pc.utf8_slice_codeunits(pc.cast(rows["target_end_date"], pa.string()), 0, 10)
    wanted = np.array(dates, dtype="datetime64[D]").astype(str)[step]
    wrong = int((np.asarray(text.to_pylist()) != wanted).sum())
    if wrong:
        raise BadData(
            f"{wrong} rows have a target_end_date that is not that of their horizon; request.json "
            "says which day each horizon is."
        )


def _require_whole(key: tuple[str, str], quantiles: FloatArray, horizons: Sequence[int]) -> None:
    gaps = np.isnan(quantiles).sum(axis=1)
    if gaps.any():
        first = int(np.argmax(gaps > 0))
        raise BadData(
            f"{_told(key)}, horizon {horizons[first]}: {int(gaps[first])} of "
            f"{quantiles.shape[1]} quantile levels are missing. Give all 23 levels and all "
            "horizons, or leave the series out."
        )
    crossing = (np.diff(quantiles, axis=1) < 0).any(axis=1)
    if crossing.any():
        first = int(np.argmax(crossing))
        raise BadData(f"{_told(key)}, horizon {horizons[first]}: its quantiles cross.")


def _told(key: tuple[str, str]) -> str:
    place, category = key
    return f"location {place}, category {category}" if category else f"location {place}"


def _numbers(rows: pa.Table, name: str) -> FloatArray:
    try:
        return np.asarray(pc.cast(rows[name], pa.float64()).to_numpy(), dtype=np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadData(f"column {name} holds something that is no number.") from error


def _positions(values: FloatArray, valid: Sequence[float], name: str) -> IntArray:
    wanted = np.asarray(valid, dtype=np.float64)
    at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    wrong = wanted[at] != values
    if wrong.any():
        raise BadData(
            f"{name} {values[wrong][0]:g} was not asked for. Those that are: "
            f"{', '.join(f'{each:g}' for each in valid)}."
        )
    return np.asarray(at, dtype=np.int64)
