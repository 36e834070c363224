"""Depots whose figures cannot be taken as they are, as results of a check that readers see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND
from vigie.actions.rooms.check_rows import CheckRow, check_warning, table_of_checks
from vigie.actions.rooms.places import depot_places
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.depot_lots import depot_lots
from vigie.actions.shortages.product_lots import LotCount, lot_book
from vigie.actions.shortages.room_depots import (
    declared_terms,
    depot_terms,
    stock_measures,
)
from vigie.feeds import reference_lines
from vigie.lake import DataFile
from vigie.planning import Depot
from vigie.schemas import DEPOTS, PLACES

__all__ = ["DEPOT_CHECK", "depot_check_rows"]

DEPOT_CHECK = "depot"
"""How the names of these checks in the table of results begin."""

_FILE = "reference/depots.csv"

Told = dict[str, tuple[date, float]]
"""By product, the last day with a report and the units of that day."""


def depot_check_rows(
    room: Room, day: date, standing: pa.Table, lots: Sequence[DataFile] = ()
) -> pa.Table:
    """What is missing, old or impossible at depots.

    Args:
        room: the room.
        day: as_of.
        standing: the figures that stand, of the days that a run looks at.
        lots: files of the table of lots.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none where all is well, or where no rule of
        the room is about products.
    """
    depots = depot_places(room.reference(PLACES.name), day)
    measures = stock_measures(room)
    if not depots or not measures:
        return table_of_checks()
    rows: list[CheckRow] = []
    book = lot_book(room, lots, day)
    for depot in depots:
        own = standing.filter(pc.equal(standing["place"], depot))
        told = _last_told(own, measures)
        rows += _silent(depot, measures[0], told, day)
        rows += _other_figures(depot, own, measures)
        rows += _reserves(room, depot, measures[0], told)
        counts = {product: of[depot] for product, of in book.items() if depot in of}
        rows += _expiring_reserves(room, depot, measures[0], told, counts, day)
    return table_of_checks(rows)


def _last_told(own: pa.Table, measures: list[str]) -> Told:
    is_stock = pc.is_in(own["measure"], pa.array(measures, pa.string()))
    rows = own.filter(pc.and_(is_stock, pc.is_valid(own["value"])))
    found: Told = {}
    columns = (rows[name].to_pylist() for name in ("category", "reference_date", "value"))
    for product, told_date, value in zip(*columns, strict=True):
        if product not in found or found[product][0] < told_date:
            found[product] = (told_date, value)
    return found


def _silent(depot: str, measure: str, told: Told, day: date) -> Iterator[CheckRow]:
    """No report at all, or none lately; then nothing may leave."""
    if not told:
        yield _row(
            "silent",
            measure,
            depot,
            "",
            "This depot reports no stock: nothing can leave it in the plan. Let a feed report its "
            "stock, or remove it from reference/places.csv.",
        )
        return
    old = {product: when for product, (when, _) in told.items() if _is_old(when, day)}
    if old:
        last = max(old.values())
        what = "1 product" if len(old) == 1 else f"{len(old)} products"
        yield _row(
            "old",
            measure,
            depot,
            "",
            f"Stock of {what} was last told on {last} or before, more than {MOST_DAYS_BEHIND} days "
            "ago: nothing of it can leave in the plan. Ask the depot for its figures.",
            rows=len(old),
        )
    for product, (_, units) in sorted(told.items()):
        if units < 0:
            yield _row(
                "negative", measure, depot, product, f"The stock told is {units:g}. Count it again."
            )


def _is_old(when: date, day: date) -> bool:
    return (day - when).days > MOST_DAYS_BEHIND


def _other_figures(depot: str, own: pa.Table, measures: list[str]) -> Iterator[CheckRow]:
    is_stock = pc.is_in(own["measure"], pa.array(measures, pa.string()))
    rest = own.filter(pc.and_(pc.invert(is_stock), pc.not_equal(pc.fill_null(own["value"], 0), 0)))
    for measure in sorted(set(rest["measure"].to_pylist())):
        count = pc.sum(pc.equal(rest["measure"], measure)).as_py()
        yield _row(
            "figures",
            measure,
            depot,
            "",
            f"A depot has no patients, staff or use: its figures of {measure} are not used. "
            "Correct the feed, or give the place the kind site in reference/places.csv.",
            rows=count,
        )


def _reserves(room: Room, depot: str, measure: str, told: Told) -> Iterator[CheckRow]:
    """Reserves above what is held, and those of products of which no stock is told."""
    lines = reference_lines(room.folder, DEPOTS)
    terms = declared_terms(room.reference(DEPOTS.name))
    named = {product for place, product in terms if place == depot and product}
    for product in sorted(named | set(told)) if told else ():
        own = depot_terms(terms, depot, product)
        where = f"{_FILE}, line {lines.get((depot, own.row))}"
        if product not in told:
            message = f"{where}: {depot} reports no stock of {product}. Let it, or remove the line."
        elif own.reserve and told[product][1] < own.reserve:
            message = (
                f"{where}: {depot} is to keep {own.reserve:g} of {product} and holds "
                f"{told[product][1]:g}: nothing of it can leave. Refill it, or declare a lower one."
            )
        else:
            continue
        yield _row("reserve", measure, depot, product, message)


def _expiring_reserves(
    room: Room,
    depot: str,
    measure: str,
    told: Told,
    counts: Mapping[str, LotCount],
    day: date,
) -> Iterator[CheckRow]:
    """Reserves that what is held would keep, and what can be used does not or will not."""
    terms, horizon = declared_terms(room.reference(DEPOTS.name)), room.values.horizon_days
    for product in sorted(set(counts) & set(told)):
        when, units = told[product]
        reserve = depot_terms(terms, depot, product).reserve
        if _is_old(when, day) or not 0 < reserve <= units:
            continue
        held = Depot(depot, units, lots=depot_lots(counts[product], units, when, day))
        days = (last + 1 for last, _ in held.lots if last >= 0)
        below = next((at for at in (0, *sorted(days)) if held.usable(at) < reserve), None)
        if below is None or below > horizon:
            continue
        keeps = f"{depot} is to keep {reserve:g} of {product} and holds {units:g}, "
        name = "expiring_reserve"
        if below == 0:
            name = "expired_reserve"
            message = (
                f"{units - held.usable(0):g} of them past their last day of use: only "
                f"{held.usable(0):g} can be used, nothing of it can leave. Replace what expired."
            )
        else:
            message = (
                f"of which {held.usable(below):g} can be used from {day + timedelta(days=below)} "
                "on. Replace what expires before that day; send it while it can be used."
            )
        yield _row(name, measure, depot, product, keeps + message)


def _row(
    name: str, measure: str, depot: str, product: str, message: str, rows: int = 1
) -> CheckRow:
    return check_warning(
        f"{DEPOT_CHECK}_{name}", "depot", measure, message, place=depot, category=product, rows=rows
    )
