"""What a changed move would do, read from the stock paths of a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.places import depot_places, places_inside
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.room import Room
from vigie.errors import NotFound
from vigie.paths import PathArray
from vigie.planning import (
    Breach,
    Depot,
    Effect,
    Exchange,
    MoveRules,
    Use,
    WantedMove,
    judge_edit,
    lanes,
    need_of_stock,
    with_depots,
)

__all__ = ["arrival_days", "judge", "product_exchange", "release_depots"]


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
    between = Exchange(
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
    return with_depots(
        between,
        [each for each in release_depots(reader, product).values() if each.place not in places],
        reader.table("arcs"),
    )


def release_depots(reader: ReleaseReader, product: str) -> dict[str, Depot]:
    """What depots hold of a product as a release tells it, by place; one without the table: none.

    Depots that never told of the product hold none of it.
    """
    places = reader.table("places")
    rows = {row["place"]: row for row in reader.table("depot_stock", category=product).to_pylist()}
    if not rows and not reader.table("depot_stock").num_rows:
        return {}
    found = {}
    for depot in depot_places(places, reader.as_of):
        row = rows.get(depot)
        if row is None:
            found[depot] = Depot(depot, 0.0)
            continue
        inside = [places_inside(places, each, reader.as_of) for each in row["serves"].split()]
        serves = frozenset().union(*inside) if inside else None
        found[depot] = Depot(depot, _usable(row), row["reserve"], serves)
    return found


def _usable(row: Mapping[str, Any]) -> float:
    """Units of a depot that can be used: what is free, and the reserve as far as it is held."""
    if row["free"] is None:
        return float("nan")
    if row["free"] > 0:
        return float(row["free"] + row["reserve"])
    return float(min(max(0.0, row["stock"]), row["reserve"]))


def judge(
    exchange: Exchange,
    as_of: date,
    wanted: WantedMove,
    others: Sequence[WantedMove],
    rules: MoveRules | None = None,
    depots: Mapping[str, Depot] | None = None,
) -> tuple[Effect | None, tuple[Breach, ...]]:
    """What a move does together with others that leave from the day of the release on.

    Args:
        exchange: of the product.
        as_of: day of the release.
        wanted: the move; its day of leaving counts from ``as_of``.
        others: other open moves of the product; those that left before count as done.
        rules: of plans; None: the usual ones.
        depots: those of the exchange, by place.
    """
    known = rules or MoveRules()
    return judge_edit(
        exchange,
        wanted,
        others,
        risk_days=min(known.risk_days, exchange.horizon),
        largest_harm=known.largest_harm,
        depots=depots,
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
