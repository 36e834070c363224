"""What a changed move would do, read from the stock paths of a release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.room import Room
from vigie.errors import NotFound
from vigie.paths import PathArray
from vigie.planning import (
    Breach,
    Effect,
    Exchange,
    MoveRules,
    Use,
    WantedMove,
    judge_edit,
    lanes,
    need_of_stock,
)

__all__ = ["arrival_days", "judge", "product_exchange"]


def product_exchange(room: Room, reader: ReleaseReader, product: str) -> Exchange | None:
    """A product at all places, from tomorrow on, as a release tells it.

    None when it cannot be told: no stock paths of it, or they have expired.
    """
    terms = [row for row in reader.table("products").to_pylist() if row["product"] == product]
    paths = _stock_paths(room, reader, product) if terms else None
    if paths is None:
        return None
    places, dates, samples = paths
    rows = reader.table("shortages", kind="products", category=product).to_pylist()
    known = {row["place"]: row for row in rows}
    stock, use = (
        np.array([_number(known.get(place, {}).get(name)) for place in places])
        for name in ("capacity_now", "need_now")
    )
    start = sum(day <= reader.as_of for day in dates)
    return Exchange(
        kind="products",
        category=product,
        unit=terms[0]["unit"],
        places=places,
        stock=stock,
        need=need_of_stock(stock, samples, use)[:, start:],
        use=Use(terms[0]["unmet"]),
        pack_size=float(terms[0]["pack_size"]),
        lanes=lanes(reader.table("arcs"), places),
    )


def judge(
    exchange: Exchange,
    as_of: date,
    wanted: WantedMove,
    others: Sequence[WantedMove],
    rules: MoveRules | None = None,
) -> tuple[Effect | None, tuple[Breach, ...]]:
    """What a move does together with others that leave from the day of the release on.

    Args:
        exchange: of the product.
        as_of: day of the release.
        wanted: the move; its day of leaving counts from ``as_of``.
        others: other open moves of the product; those that left before count as done.
        rules: of plans; None: the usual ones.
    """
    known = rules or MoveRules()
    return judge_edit(
        exchange,
        wanted,
        others,
        risk_days=min(known.risk_days, exchange.horizon),
        largest_harm=known.largest_harm,
    )


def arrival_days(reader: ReleaseReader, from_place: str, to_place: str) -> int | None:
    """Days under way between two places, from the ways of a release; None without a way."""
    found = reader.table("arcs", from_place=from_place, to_place=to_place).to_pylist()
    return max(1, int(np.ceil(min(row["hours"] for row in found) / 24))) if found else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _stock_paths(
    room: Room, reader: ReleaseReader, product: str
) -> tuple[tuple[str, ...], list[date], PathArray] | None:
    for rule in room.values.shortages:
        if rule.kind != "products":
            continue
        try:
            rows = reader.table("path_arrays", measure=rule.measures["stock"], category=product)
        except NotFound:
            return None
        if rows.num_rows:
            return _cube(rows)
    return None


def _cube(rows: pa.Table) -> tuple[tuple[str, ...], list[date], PathArray] | None:
    """Places, days and samples of rows of ``path_arrays``; None unless every day is there."""
    rows = rows.sort_by([("place", "ascending"), ("date", "ascending")])
    places = sorted(set(rows["place"].to_pylist()))
    dates = sorted(set(rows["date"].to_pylist()))
    if rows.num_rows != len(places) * len(dates):
        return None
    values = rows["samples"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    cube = values.reshape(len(places), len(dates), -1).astype(np.float32)
    return tuple(places), dates, cube
